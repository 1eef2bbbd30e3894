"""Whitespace as keep-alive (RFC 7395 section 3.8)."""

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
    kept = tuple(anomaly for anomaly in session.anomalies if anomaly.source not in said)
    yield from weighed(
        session, violations(replace(session, anomalies=kept), AnomalyCode.XMPP_WHITESPACE)
    )


RULE = Rule(
    id="FR-014",
    severity=Severity.WARNING,
    title="The {side!t} sent {count:message|messages} of blanks only",
    cause="On TCP a blank now and then keeps an XMPP stream alive; on a WebSocket that is "
    "forbidden, since each message must begin with <. A server may end the session for it, and "
    "Openfire does not count it as a ping. The desktop pings with an iq every 10 s; blanks come "
    "from custom clients.",
    remedy="In the client: send an iq with <ping xmlns='urn:xmpp:ping'/> to the domain every 10 s "
    "(the server expects one every 20 s), or a ping frame where the library can.",
    reference="RFC 7395 §3.3.3, §3.8; XEP-0199 §4.2",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> [text hex=20]
        """,
        """
        @login
        5.0 C> [text]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> [text hex=203c612f3e]
        """,
    ),
)
