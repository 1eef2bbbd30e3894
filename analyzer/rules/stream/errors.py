"""Stream errors, for the rules that tell what each means (RFC 6120 section 4.9.3)."""

from collections.abc import Collection, Iterator

from ...model.rule import Effect, Value
from ...model.session import Session
from ...model.source import Direction
from ...model.xmpp import Stanza, StreamError
from ..progress import seconds

DEFINED = frozenset(
    {
        "bad-format",
        "bad-namespace-prefix",
        "conflict",
        "connection-timeout",
        "host-gone",
        "host-unknown",
        "improper-addressing",
        "internal-server-error",
        "invalid-from",
        "invalid-namespace",
        "invalid-xml",
        "not-authorized",
        "not-well-formed",
        "policy-violation",
        "remote-connection-failed",
        "reset",
        "resource-constraint",
        "restricted-xml",
        "see-other-host",
        "system-shutdown",
        "undefined-condition",
        "unsupported-encoding",
        "unsupported-feature",
        "unsupported-stanza-type",
        "unsupported-version",
    }
)
"""The 25 conditions of RFC 6120 section 4.9.3."""


def final_errors(
    session: Session, conditions: Collection[str]
) -> Iterator[tuple[Stanza, dict[str, Value]]]:
    """
    The server's first stream error, if it has one of the conditions, with values for the texts.

    A stream error is final (RFC 6120 section 4.9.1.1): whatever comes behind it decides nothing.
    """
    for stanza in session.negotiation:
        said = stanza.payload
        if type(said) is StreamError and stanza.direction is Direction.TO_CLIENT:
            if said.condition in conditions:
                yield stanza, _values(session, stanza, said)
            return


def _values(session: Session, stanza: Stanza, said: StreamError) -> dict[str, Value]:
    begun, ended = session.started_ns, stanza.source.time_ns
    age = ended - begun if begun is not None and ended is not None else None
    return {
        "condition": said.condition or "none",
        "application": said.application or "none",
        "text": said.text or "none",
        "agent": session.agent or "the agent",
        "domain": session.domain or "none",
        "resource": session.resource or "none",
        "server": session.server,
        "age_s": seconds(age),
    }


def effect_of(session: Session) -> Effect:
    """What unreadable XML did: BREAKS if the stream was ended for its form, else DEGRADES."""
    return Effect.BREAKS if session.close.condition in FORMAT else Effect.DEGRADES


FORMAT = frozenset(
    {
        "bad-format",
        "bad-namespace-prefix",
        "invalid-namespace",
        "invalid-xml",
        "not-well-formed",
        "restricted-xml",
        "unsupported-encoding",
        "unsupported-feature",
        "unsupported-stanza-type",
        "unsupported-version",
    }
)
"""Conditions that speak of the form of what was sent."""
