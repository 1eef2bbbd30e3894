"""<open/> or <close/> in another namespace (RFC 7395 section 3.3.2)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS, STREAM_ERRORS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    strayed = [
        anomaly for anomaly in session.anomalies if anomaly.values.get("element") in _FRAMING
    ]
    yield from weighed(
        session, violations(replace(session, anomalies=tuple(strayed)), AnomalyCode.XMPP_NAMESPACE)
    )


_FRAMING = frozenset({"open", "close"})


RULE = Rule(
    id="FR-004",
    severity=Severity.ERROR,
    title="The {side!t} sent {count} <open/> or <close/> without the namespace of XMPP framing",
    cause="Both belong to urn:ietf:params:xml:ns:xmpp-framing, and each message must say so "
    "itself. Without it the server sees an unknown element: invalid-namespace, or "
    "unsupported-stanza-type and the end of the stream. Clients of the old draft, and hand-written "
    "ones, do this.",
    remedy="In the client: <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='DOMAIN' "
    "version='1.0'/>, and <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>. Update Strophe or "
    "the library if it comes from there (1.2 or later).",
    reference="RFC 7395 §3.3.2, §3.4",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("FR-003", "OR-011", *STREAM_ERRORS, *ENDINGS),
    check=_check,
    fires_on=(
        """
        0.0 C> <open to='example.test' version='1.0'/>
        0.1 S> [rst]
        """,
        """
        @login
        5.0 C> <close/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <presence/>
        """,
    ),
)
