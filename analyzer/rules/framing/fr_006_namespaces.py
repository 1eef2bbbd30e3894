"""A message that leans on declarations of another (RFC 7395 section 3.3.3)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    strayed = [
        anomaly for anomaly in session.anomalies if anomaly.values.get("element") not in _FRAMING
    ]
    yield from weighed(
        session, violations(replace(session, anomalies=tuple(strayed)), AnomalyCode.XMPP_NAMESPACE)
    )


_FRAMING = frozenset({"open", "close"})


RULE = Rule(
    id="FR-006",
    severity=Severity.WARNING,
    title="The {side!t} sent {count:message that does not declare the namespaces it uses|messages "
    "that do not declare the namespaces they use}",
    cause="On TCP the stream header declares jabber:client and the prefix stream for everything "
    "behind it. On WebSocket there is no such header: each message stands alone and must declare "
    "what it uses. Without xmlns='jabber:client' a stanza is no stanza; with an unknown prefix it "
    "is not even XML. Openfire is lenient with some, browsers' parsers with none: an event may be "
    "lost in silence.",
    remedy="In the {side!t}: xmlns='jabber:client' on every iq, message and presence, and "
    "xmlns:stream='http://etherx.jabber.org/streams' on stream:features and stream:error. If a "
    "proxy or gateway converts from TCP, it has to add them.",
    reference="RFC 7395 §3.3.3; RFC 6120 §4.8",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("ST-008", "ST-017", "IQ-002", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <presence type='unavailable'/>
        """,
        """
        @login until=auth
        5.0 S> <stream:features/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <close/>
        """,
    ),
)
