"""An upgrade request that does not ask for an upgrade (RFC 6455 section 4.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.http import Request, tokens
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..http2.conversation import OPENED
from .handshake import asked, effect_of_refusal


def _check(session: Session) -> Iterator[Hit]:
    for upgrade, request in asked(session):
        lacking = ", ".join(_lacking(request))
        if lacking:
            yield Hit((request.source,), {"lacking": lacking}, effect=effect_of_refusal(upgrade))


def _lacking(request: Request) -> Iterator[str]:
    if request.version == "HTTP/2":
        return  # RFC 8441 section 5: CONNECT, and none of these
    if request.method != "GET":
        yield "GET"
    if request.version == "HTTP/1.0":
        yield "HTTP/1.1"
    if "websocket" not in tokens(request.headers, "Upgrade"):
        yield "Upgrade: websocket"
    if "upgrade" not in tokens(request.headers, "Connection"):
        yield "Connection: Upgrade"
    if "sec-websocket-key" not in {name.lower() for name, _ in request.headers}:
        yield "Sec-WebSocket-Key"


RULE = Rule(
    id="WS-001",
    severity=Severity.ERROR,
    party=Party.PROXY,
    title="The upgrade request lacks {lacking}",
    cause="As it was captured, this request could not lead to a WebSocket. A browser always sends "
    "it complete, so something in front of this point took parts away: Upgrade and Connection are "
    "hop-by-hop headers, which every proxy drops unless it is told to pass them on, and many "
    "proxies speak HTTP/1.0 to the server behind them.",
    remedy="1. In the proxy or load balancer in front of this point set HTTP/1.1 and both headers "
    "for the path /ws/; nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    'proxy_set_header Connection "upgrade". 2. In a web application firewall switch WebSocket on '
    "for this virtual server. 3. Capture on the agent's PC: if the headers are there, the proxy is "
    "proven; if they are missing there too, the client is no browser, see its User-Agent.",
    reference="RFC 6455 §4.1; RFC 9110 §7.6.1, §7.8",
    needs=frozenset({Needs.PACKETS, Needs.HTTP}),
    explains=("CO-008", "CO-026"),
    check=_check,
    fires_on=(
        """
        @request Connection: close
        @no-upgrade 400 Bad Request
        """,
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden", OPENED),
)
