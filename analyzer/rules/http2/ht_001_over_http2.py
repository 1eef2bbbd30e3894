"""A WebSocket over HTTP/2 (RFC 8441)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from .conversation import OPENED


def _check(session: Session) -> Iterator[Hit]:
    request = session.upgrade.exchange.request if session.upgrade is not None else None
    if request is not None and request.version == "HTTP/2" and request.method == "CONNECT":
        yield Hit((request.source,), {"server": session.server})


RULE = Rule(
    id="HT-001",
    severity=Severity.INFO,
    title="The WebSocket to {server} runs over HTTP/2",
    cause="It is one of several streams on a TCP connection that the browser also uses for pages "
    "and REST calls. It began with an extended CONNECT and status 200, so there is no 101, no "
    "Sec-WebSocket-Key and no Sec-WebSocket-Accept, and that is as it should be. What ends or "
    "slows down the connection does so to all of them; a device in between that knows only the "
    "WebSocket of HTTP/1.1 does not recognise this one.",
    remedy="Nothing while it works. To rule it out as a cause, switch HTTP/2 off for this host on "
    "the proxy or load balancer, or start one browser with --disable-http2, and compare.",
    reference="RFC 8441 §4, §5",
    needs=frozenset({Needs.HTTP, Needs.PACKETS}),
    check=_check,
    fires_on=(OPENED,),
    silent_on=("@login", "@no-upgrade 403 Forbidden", "@bosh\n@login"),
)
