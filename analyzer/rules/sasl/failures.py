"""Refused logins, for the rules that tell why."""

from collections.abc import Collection, Iterator

from ...model.session import Session
from ...model.source import Direction
from ...model.xmpp import Auth, SaslFailure, Stanza


def refusals(
    session: Session, conditions: Collection[str]
) -> Iterator[tuple[Stanza, SaslFailure, Auth | None]]:
    """Each `<failure/>` with one of the conditions, and the login attempt it answers."""
    attempt: Auth | None = None
    for stanza in session.stanzas:
        said = stanza.payload
        if isinstance(said, Auth):
            # A <response/> names no mechanism; the user stands in the first message of an attempt.
            if said.mechanism is not None or attempt is None:
                attempt = said
        elif isinstance(said, SaslFailure) and stanza.direction is Direction.TO_CLIENT:
            if said.condition in conditions:
                yield stanza, said, attempt
            attempt = None


TOKEN_OCTETS = 200
"""A password is shorter, a JWT access token longer (three base64 parts with a signature)."""


def is_token(attempt: Auth | None) -> bool:
    """Whether the secret is a single sign-on token rather than a password, by its length."""
    return attempt is not None and attempt.secret_octets >= TOKEN_OCTETS
