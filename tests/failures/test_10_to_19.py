"""
Failures 10 to 19: what stands in front of the node takes the WebSocket apart.

What no capture shows:

| failure | HAR | packets |
|---|---|---|
| 16 rate limit | shown | 429; dropped SYN packets look like failure 2, whose remedy names it |
| 18 wrong proxy map | shown | a name that DNS does not know looks like failure 1, likewise |
| 19 proxy cannot be reached | shown | dropped SYN packets look like failure 2, likewise |
"""

import pytest

from tests.transport.segments import FIN, C, S

from . import har_changes as har
from . import packet_changes as packets
from .case import Case, hold
from .packet_changes import S_NS
from .refused import (
    NODE,
    STATUS,
    UNAUTHORIZED,
    answered,
    call,
    capture,
    not_connected,
    not_upgraded,
    socket,
)
from .story import FIXTURES, epoch_s, story

SUBPROTOCOL = "Sec-WebSocket-Protocol"
NOT_ECHOED = (
    "Error during WebSocket handshake: Sent non-empty 'Sec-WebSocket-Protocol' header but no "
    "response was received"
)
INSIDE = "finesse1.inside.test"
LATE = "net::ERR_CONNECTION_TIMED_OUT"


def recorded(name: str) -> dict[str, bytes]:
    """A recording as it is."""
    path = FIXTURES / name
    return {path.name: path.read_bytes()}


def forbidden() -> dict[str, bytes]:
    """REST and WebSocket get 403, on connections of their own."""
    refusal = answered("403 Forbidden")
    rest = packets.talk(FIXTURES / "good-ws" / "capture.pcapng", b"/finesse/api/SystemInfo")
    while b"HTTP/1.1 200 OK" in rest.octets(S):
        rest = packets.replaced(rest, S, b"HTTP/1.1 200 OK", b"HTTP/1.1 403 Forbidden")
    rest = packets.replaced(rest, S, b"202 Accepted", b"403 Forbidden")
    before = refusal.began_ns - rest.ended_ns - S_NS
    client = ("198.51.100.7", 51_000)
    rest = packets.moved(rest, client=client, server=refusal.server, later_ns=before)
    return capture(rest, refusal)


def closed_without_subprotocol() -> dict[str, bytes]:
    """The 101 lacks what was offered, and the browser leaves at once (RFC 6455 section 4.1)."""
    one = packets.replaced(socket(), S, b"Sec-WebSocket-Protocol: xmpp\r\n", b"")
    accepted = next(s for s in one.segments if s.payload.startswith(b"HTTP/1.1 101"))
    return capture(packets.ended(packets.until(one, accepted.time_ns + 1), C, FIN))


def now_and_then_in_har() -> dict[str, bytes]:
    """One socket is up, the next upgrade gets 502."""
    up = story().open_end().pinging(60.0)
    refusal = next(e for e in har.entries_of("upgrade-403") if "_webSocketMessages" in e)
    refusal["request"]["url"] = refusal["request"]["url"].replace("/ws403/", "/ws/")
    refusal["_webSocketMessages"][0]["data"] = STATUS + "502"
    later_s = epoch_s("2026-11-20T20:45:00.000Z") - epoch_s(refusal["startedDateTime"])
    return {"session.har": har.har(up, more=[har.moved(refusal, later_s)])}


def now_and_then_in_packets() -> dict[str, bytes]:
    """The same of two clients, whose sockets a capture at the proxy shows."""
    up = packets.paused(socket(), packets.when(socket(), C, ":ping"), 60 * S_NS)
    refusal = answered("502 Bad Gateway")
    later_ns = up.began_ns + 30 * S_NS - refusal.began_ns
    return capture(up, packets.moved(refusal, client=("198.51.100.8", 52_000), later_ns=later_ns))


def sent_inside() -> dict[str, bytes]:
    """SystemInfo through the proxy names a node that the client does not find."""
    body = f"<SystemInfo><primaryNode><host>{INSIDE}</host></primaryNode></SystemInfo>"
    info = call("/finesse/api/SystemInfo", body=body, host="proxy.example.test:8445")
    return not_connected("ERR_NAME_NOT_RESOLVED", f"wss://{INSIDE}:8445/ws/", info)


def silent(*, page: bool = False) -> dict[str, bytes]:
    """Page, REST and socket run into a time-out; or there is the page alone."""
    entries = [
        har.blocked(entry, LATE)
        for entry in har.entries_of("good-ws")
        if "_webSocketMessages" not in entry
    ]
    if page:
        return {"session.har": har.with_entries("good-ws", entries[:1])}
    url = f"wss://{NODE}:8445/ws/"
    return not_connected("ERR_CONNECTION_TIMED_OUT", url, *entries, page=False)


CASES = (
    Case(
        10,
        "Upgrade stripped",
        "HAR, as recorded: 200",
        lambda: recorded("m-upgrade-stripped/session.har"),
        "CO-008",
        "upgrade",
        "proxy",
        ("proxy_http_version 1.1",),
    ),
    Case(
        10,
        "Upgrade stripped",
        "packets, as recorded: 200",
        lambda: recorded("m-upgrade-stripped/capture.pcapng"),
        "CO-008",
        "upgrade",
        "proxy",
        ("proxy_http_version 1.1",),
    ),
    Case(
        10,
        "Upgrade stripped",
        "HAR 400",
        lambda: not_upgraded(STATUS + "400"),
        "CO-026",
        "upgrade",
        "proxy",
        ("proxy_http_version 1.1",),
    ),
    Case(
        10,
        "Upgrade stripped",
        "HAR 426",
        lambda: not_upgraded(STATUS + "426"),
        "CO-026",
        "upgrade",
        "proxy",
        ("proxy_http_version 1.1",),
    ),
    Case(
        10,
        "Upgrade stripped",
        "packets 400",
        lambda: capture(answered("400 Bad Request")),
        "CO-026",
        "upgrade",
        "proxy",
        ("proxy_http_version 1.1",),
    ),
    Case(
        10,
        "Upgrade stripped",
        "packets 426",
        lambda: capture(answered("426 Upgrade Required")),
        "CO-026",
        "upgrade",
        "proxy",
        ("proxy_http_version 1.1",),
    ),
    Case(
        11,
        "no xmpp subprotocol",
        "HAR, refused",
        lambda: not_upgraded(STATUS + "400", change={SUBPROTOCOL: None}),
        "FR-001",
        "upgrade",
        "client",
        ("new WebSocket(url, 'xmpp')",),
    ),
    Case(
        11,
        "no xmpp subprotocol",
        "packets, refused",
        lambda: capture(answered("400 Bad Request", head=b"X: 1\r\n")),
        "FR-001",
        "upgrade",
        "client",
        ("new WebSocket(url, 'xmpp')",),
    ),
    Case(
        11,
        "no xmpp subprotocol",
        "HAR, dropped by a proxy",
        lambda: not_upgraded(NOT_ECHOED),
        "FR-001",
        "upgrade",
        "proxy",
        ("proxy_set_header Sec-WebSocket-Protocol",),
    ),
    Case(
        11,
        "no xmpp subprotocol",
        "packets, dropped by a proxy",
        closed_without_subprotocol,
        "FR-001",
        "open",
        "proxy",
        ("proxy_set_header Sec-WebSocket-Protocol",),
    ),
    Case(
        12,
        "reverse proxy WS auth",
        "HAR",
        lambda: not_upgraded(UNAUTHORIZED),
        "CO-020",
        "upgrade",
        "client",
        ("NGX_AUTHENTICATE_WEBSOCKET=false",),
    ),
    Case(
        12,
        "reverse proxy WS auth",
        "packets",
        lambda: capture(answered("401 Unauthorized")),
        "CO-020",
        "upgrade",
        "client",
        ("NGX_AUTHENTICATE_WEBSOCKET=false",),
    ),
    Case(
        13,
        "mTLS to upstream off",
        "HAR",
        lambda: not_upgraded(
            STATUS + "403",
            calls=[call("/finesse/api/SystemInfo", 403), call("/finesse/api/User/agent1001", 403)],
        ),
        "CO-038",
        "upgrade",
        "proxy",
        ("utils system reverse-proxy client-auth status",),
    ),
    Case(
        13,
        "mTLS to upstream off",
        "packets",
        forbidden,
        "CO-038",
        "upgrade",
        "proxy",
        ("utils system reverse-proxy client-auth status",),
    ),
    Case(
        14,
        "User-Agent filter",
        "HAR",
        lambda: not_upgraded(STATUS + "412"),
        "CO-022",
        "upgrade",
        "proxy",
        ("NGX_VALID_USER_AGENTS_REGEX",),
    ),
    Case(
        14,
        "User-Agent filter",
        "packets",
        lambda: capture(answered("412 Precondition Failed")),
        "CO-022",
        "upgrade",
        "proxy",
        ("NGX_VALID_USER_AGENTS_REGEX",),
    ),
    Case(
        15,
        "brute-force block",
        "HAR",
        lambda: not_upgraded(STATUS + "418"),
        "CO-023",
        "upgrade",
        "proxy",
        ("NAT",),
    ),
    Case(
        15,
        "brute-force block",
        "packets",
        lambda: capture(answered("418 I'm a teapot")),
        "CO-023",
        "upgrade",
        "proxy",
        ("NAT",),
    ),
    Case(
        16,
        "rate limit",
        "HAR",
        lambda: not_upgraded(STATUS + "429"),
        "CO-024",
        "upgrade",
        "proxy",
        ("rate limit",),
    ),
    Case(
        16,
        "rate limit",
        "packets",
        lambda: capture(answered("429 Too Many Requests")),
        "CO-024",
        "upgrade",
        "proxy",
        ("rate limit",),
    ),
    Case(
        17,
        "upstream limit",
        "HAR",
        now_and_then_in_har,
        "CO-042",
        "upgrade",
        "proxy",
        ("NGX_SET_UPSTREAM_MAX_CONNS=false", "no live upstreams"),
    ),
    Case(
        17,
        "upstream limit",
        "packets",
        now_and_then_in_packets,
        "CO-042",
        "upgrade",
        "proxy",
        ("NGX_SET_UPSTREAM_MAX_CONNS=false",),
    ),
    Case(
        18,
        "wrong proxy map",
        "HAR",
        sent_inside,
        "CO-041",
        "connect",
        "proxy",
        ("map file", INSIDE, "proxy.example.test"),
    ),
    Case(
        19,
        "proxy cannot be reached",
        "HAR, not even the page",
        lambda: silent(page=True),
        "CO-040",
        "connect",
        "proxy",
        ("NGX_IPTABLES_HARDENING",),
    ),
    Case(
        19,
        "proxy cannot be reached",
        "HAR",
        silent,
        "CO-040",
        "connect",
        "proxy",
        ("NGX_IPTABLES_HARDENING", "iptables"),
    ),
    Case(
        19,
        "proxy cannot be reached",
        "packets",
        lambda: capture(packets.unanswered(socket())),
        "CO-002",
        "connect",
        "network",
        ("NGX_IPTABLES_HARDENING",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_verdict_names_it(case: Case) -> None:
    hold(case)
