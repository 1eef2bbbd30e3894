"""Binary messages (RFC 7395 section 3.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.XMPP_BINARY))


RULE = Rule(
    id="FR-002",
    severity=Severity.WARNING,
    title="The {side!t} sent {count:binary WebSocket message|binary WebSocket messages} where XMPP "
    "wants text",
    cause="XMPP goes in text messages only. What a server makes of others differs: prosody closes "
    "with 1003, ejabberd with 1000, Openfire drops them. Usual reason: a custom client hands its "
    "library octets (ArrayBuffer, bytes) instead of a string, or a device on the way changes the "
    "opcode.",
    remedy="If the {side!t} is a custom client, send strings. If it is a browser or the server, "
    "look for the device on the way that rewrites frames: captures on both ends, compare the "
    "opcode.",
    reference="RFC 7395 §3.2",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("ST-008", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> [binary 3c612f3e]
        """,
        """
        @har
        @login
        5.0 S> [binary 00ff]
        """,
        """
        @login
        5.0 C> [binary 00]
        5.1 S> [rst]
        """,
    ),
    silent_on=("@login",),
)
