"""400 or 426 to the upgrade (RFC 6455 sections 4.2.1 and 4.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {400, 426})


RULE = Rule(
    id="CO-026",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} did not take the request for a WebSocket handshake: {status}",
    cause="Something of the handshake did not reach the server as the browser sent it. Most often "
    "a proxy speaks HTTP/1.0 to it or drops the hop-by-hop fields Upgrade and Connection; 426 asks "
    "for them, or for Sec-WebSocket-Version: 13. A missing Sec-WebSocket-Protocol: xmpp, or a Host "
    "that Tomcat refuses, gives 400, too.",
    remedy="1. If this was recorded at the client, compare with a capture at the server: which of "
    "Upgrade, Connection, Sec-WebSocket-Key, -Version, -Protocol is missing there? 2. nginx needs, "
    "in the location of /ws/: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    "proxy_set_header Connection upgrade. 3. A load balancer must treat the port as WebSocket or "
    "plain TCP, not as HTTP only. 4. Try past the proxy.",
    reference="RFC 6455 §4.2.1, §4.4; RFC 9110 §7.6.1, §7.8, §15.5.22",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        "@no-upgrade 400 Bad Request",
        "@no-upgrade 426 Upgrade Required",
    ),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
