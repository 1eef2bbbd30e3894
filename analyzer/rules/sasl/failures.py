"""Refused logins, for the rules that tell why."""

from collections.abc import Collection, Iterable, Iterator

from ...model.rule import Hit, Value
from ...model.session import Session
from ...model.source import Direction
from ...model.xmpp import Auth, SaslFailure, Stanza
from ..progress import effect_of_stop
from ..violations import PLACES


def refusals(
    session: Session, conditions: Collection[str]
) -> Iterator[tuple[Stanza, SaslFailure, Auth | None]]:
    """Each `<failure/>` with one of the conditions, and the login attempt it answers."""
    attempt: Auth | None = None
    for stanza in session.negotiation:
        said = stanza.payload
        if type(said) is Auth:
            # A <response/> names no mechanism; the user stands in the first message of an attempt.
            if said.mechanism is not None or attempt is None:
                attempt = said
        elif type(said) is SaslFailure and stanza.direction is Direction.TO_CLIENT:
            if said.condition in conditions:
                yield stanza, said, attempt
            attempt = None


TOKEN_OCTETS = 200
"""A password is shorter, a JWT access token longer (three base64 parts with a signature)."""


def is_token(attempt: Auth | None) -> bool:
    """Whether the secret is a single sign-on token rather than a password, by its length."""
    return attempt is not None and attempt.secret_octets >= TOKEN_OCTETS


def told(
    session: Session, found: Iterable[tuple[Stanza, SaslFailure, Auth | None]]
) -> Iterator[Hit]:
    """One hit for all refusals of a kind; the values are those of the first."""
    refused = list(found)
    if not refused:
        return
    _, failure, attempt = refused[0]
    values: dict[str, Value] = {
        "agent": session.agent or "the agent",
        "condition": failure.condition or "no condition",
        "mechanism": (attempt.mechanism if attempt is not None else None) or "?",
        "count": len(refused),
    }
    if attempt is not None and is_token(attempt):
        values["octets"] = attempt.secret_octets  # of a password nobody should learn the length
    places = tuple(stanza.source for stanza, _, _ in refused[:PLACES])
    yield Hit(places, values, effect=effect_of_stop(session))
