"""An upgrade request that does not ask for an upgrade (RFC 6455 section 4.1)."""

from collections.abc import Iterator

from ...model.http import Request, tokens
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from .handshake import asked, effect_of_refusal


def _check(session: Session) -> Iterator[Hit]:
    for upgrade, request in asked(session):
        lacking = ", ".join(_lacking(request))
        if lacking:
            yield Hit((request.source,), {"lacking": lacking}, effect=effect_of_refusal(upgrade))


def _lacking(request: Request) -> Iterator[str]:
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
    title="The upgrade request lacks {lacking}",
    cause="Where this was captured the request could not lead to a WebSocket. A browser always "
    "sends it complete, so something in front of this point took it away: Upgrade and Connection "
    "are hop-by-hop headers that every proxy drops unless it is told to pass them on, and many "
    "speak HTTP/1.0 to the server behind them unless told otherwise.",
    remedy="In the proxy or load balancer in front of this point set, for the path /ws/, HTTP/1.1 "
    "to the server and both headers. nginx: proxy_http_version 1.1; proxy_set_header Upgrade "
    '$http_upgrade; proxy_set_header Connection "upgrade"; for a web application firewall '
    "enable WebSocket on that virtual server. Prove it with a capture on the agent's PC, where "
    "the headers are still there.",
    reference="RFC 6455 §4.1; RFC 9110 §7.6.1, §7.8",
    needs=frozenset({Needs.PACKETS, Needs.HTTP}),
    check=_check,
    fires_on=(
        """
        @request Connection: close
        @no-upgrade 400 Bad Request
        """,
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden"),
)
