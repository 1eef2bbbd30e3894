"""Not one element a message (RFC 7395 section 3.3.3)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    if not session.anomalies:
        return
    said = {stanza.source for stanza in session.stanzas}
    kept = tuple(anomaly for anomaly in session.anomalies if anomaly.source in said)
    yield from weighed(
        session,
        violations(
            replace(session, anomalies=kept), AnomalyCode.XMPP_SEVERAL, AnomalyCode.XMPP_WHITESPACE
        ),
    )


RULE = Rule(
    id="FR-005",
    severity=Severity.WARNING,
    title="The {side!t} sent {count:message that does|messages that do} not hold exactly one "
    "element",
    cause="Each WebSocket message holds one complete element, and < is its first character: no "
    "blank in front, no second stanza behind, no element over two messages. Servers differ in what "
    "they do with others: Openfire reads the first element only, or logs an error and answers "
    "nothing. Usual reason: a client written for TCP that sends its buffer as it comes.",
    remedy="In the {side!t}: one send() for each stanza, without line breaks around it. If both "
    "ends are in order, look for a gateway between them that turns a TCP stream into messages.",
    reference="RFC 7395 §3.3.3",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("ST-008", "IQ-002", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <presence xmlns='jabber:client'/><presence xmlns='jabber:client'/>
        """,
        """
        @login
        5.0 S> [text hex=203c612f3e]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> [text hex=20]
        """,
    ),
)
