"""200 to the upgrade: the handshake got lost on the way (RFC 9110 section 7.8)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {200})


RULE = Rule(
    id="CO-008",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="The request for a WebSocket was answered like an ordinary page: 200",
    cause="At {server}, {software!t} did not see an upgrade: a proxy, load balancer or antivirus "
    "on the way took Upgrade and Connection away (both are hop-by-hop, a proxy drops them unless "
    "told otherwise), or speaks HTTP/1.0 to the server. Then /ws/ looks like any GET. A captive "
    "portal or a block page answers 200, too.",
    remedy="1. Look at the response's headers and body: whose page is it? 2. nginx needs, in the "
    "location of /ws/: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    "proxy_set_header Connection upgrade; proxy_set_header Sec-WebSocket-Protocol "
    "$http_sec_websocket_protocol. 3. A load balancer must treat the port as WebSocket or plain "
    "TCP. 4. Test from the agent's PC past the company's web proxy (PAC exception for the Finesse "
    "hosts) and with HTTPS scanning of the antivirus off.",
    reference="RFC 6455 §4.1, §4.2.2; RFC 9110 §7.6.1, §7.8",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", "FR-001", *ENDINGS),
    check=_check,
    fires_on=(
        "@no-upgrade 200 OK",
        """
        @har
        @no-upgrade 200 OK
        """,
        """
        @request Upgrade:
        @no-upgrade 200 OK
        """,
    ),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
