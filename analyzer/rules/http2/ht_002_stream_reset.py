"""A WebSocket over HTTP/2 that one side reset (RFC 9113 section 5.4.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations
from .conversation import OPENED


def _check(session: Session) -> Iterator[Hit]:
    if session.anomalies and not session.close.orderly:
        for hit in violations(session, AnomalyCode.H2_RESET):
            yield Hit(hit.evidence, hit.values | {"server": session.server}, party=hit.party)


RULE = Rule(
    id="HT-002",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The {side!t} reset the HTTP/2 stream of the WebSocket to {server} ({error})",
    cause="RST_STREAM ends this one WebSocket while the TCP connection beneath goes on, so TCP "
    "shows nothing. CANCEL of the client: the page was left or closed it. INTERNAL_ERROR, "
    "REFUSED_STREAM: the proxy or server could not go on, often because the connection behind it "
    "broke. ENHANCE_YOUR_CALM: a limit of the proxy. FLOW_CONTROL_ERROR, PROTOCOL_ERROR, "
    "FRAME_SIZE_ERROR: one side breaks the rules of HTTP/2, mostly a device in between.",
    remedy="1. Look into the log of the {side!t} (of a server: first of the proxy that speaks "
    "HTTP/2 with the browser) at this second. 2. Did the connection behind the proxy end at the "
    "same time? Then that is the cause. 3. To rule HTTP/2 out, switch it off for this host on the "
    "proxy, or start one browser with --disable-http2.",
    reference="RFC 9113 §5.4.2, §6.4, §7; RFC 8441 §5",
    needs=frozenset({Needs.PACKETS}),
    explains=("HT-001", *ENDINGS),
    check=_check,
    fires_on=(
        f"{OPENED}2.0 S> [octets 00000403000000000100000002]",
        f"{OPENED}2.0 C> [octets 00000403000000000100000008]",
    ),
    silent_on=(OPENED, "@login"),
)
