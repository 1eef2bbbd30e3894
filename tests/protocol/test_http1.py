"""Requests meet their responses, and what is not HTTP any more goes on to others."""

import time

import pytest

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event, Item
from analyzer.model.flow import Chunk, EndCause, GapReason
from analyzer.model.http import Exchange, Switched
from analyzer.model.source import Direction
from analyzer.model.websocket import Upgrade
from analyzer.protocol.http1 import HELD_OCTETS, PENDING, Http1
from tests.protocol.wire import (
    CONNECTION,
    START_NS,
    C,
    S,
    chunk,
    codes,
    end,
    frame,
    gap,
    gaps,
    source,
)

KEY_LINES = (
    "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
ASKED = f"GET /chat HTTP/1.1\r\nHost: server.example.com\r\n{KEY_LINES}\r\n".encode()
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
FRAME = frame(b"hi", key=b"abcd")


def request(target: str = "/", lines: str = "", body: str = "", method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}".encode()


def response(status: int = 200, lines: str = "Content-Length: 2\r\n", body: str = "ok") -> bytes:
    return f"HTTP/1.1 {status} Word\r\n{lines}\r\n{body}".encode()


class Talk:
    """A decoder fed one packet after the other."""

    def __init__(self) -> None:
        self.http = Http1(0)
        self.offsets = {C: 0, S: 0}
        self.packet = 0
        self.events: list[Event] = []

    def say(self, direction: Direction, octets: bytes) -> "Talk":
        self.packet += 1
        item = chunk(octets, direction, self.offsets[direction], self.packet)
        self.offsets[direction] += len(octets)
        return self.take(item)

    def ask(self, octets: bytes) -> "Talk":
        return self.say(C, octets)

    def answer(self, octets: bytes) -> "Talk":
        return self.say(S, octets)

    def lose(self, direction: Direction, length: int | None) -> "Talk":
        offset = self.offsets[direction]
        self.offsets[direction] += length or 0
        return self.take(gap(direction, offset, length))

    def take(self, item: Item) -> "Talk":
        self.events += self.http.feed(item)
        return self

    def close(self) -> "Talk":
        return self.take(CONNECTION)

    def told(self) -> list[tuple[str | None, int | None]]:
        """Target and status of each exchange, refused upgrades marked."""
        told: list[tuple[str | None, int | None]] = []
        for event in self.events:
            exchange = event.exchange if isinstance(event, Upgrade) else event
            if isinstance(exchange, Exchange):
                asked, answered = exchange.request, exchange.response
                told.append((asked.url if asked else None, answered.status if answered else None))
        return told

    def upgrades(self) -> list[Upgrade]:
        return [event for event in self.events if isinstance(event, Upgrade)]

    def switched(self) -> list[str]:
        return [event.protocol for event in self.events if isinstance(event, Switched)]

    def food(self) -> list[tuple[Direction, int, bytes]]:
        return [(e.direction, e.offset, e.octets) for e in self.events if isinstance(e, Chunk)]


def test_an_exchange_keeps_all() -> None:
    asked = request("/a?b", "X: 1\r\nx: 2\r\nContent-Length: 3\r\n", "abc", "POST")
    talk = Talk().ask(asked).answer(response())
    (exchange,) = talk.events
    assert isinstance(exchange, Exchange)
    assert exchange.request is not None
    assert exchange.response is not None
    assert (exchange.request.method, exchange.request.version) == ("POST", "HTTP/1.1")
    assert exchange.request.url == "http://a/a?b"
    assert exchange.request.headers == (
        ("Host", "a"),
        ("X", "1"),
        ("x", "2"),
        ("Content-Length", "3"),
    )
    assert (exchange.request.body, exchange.request.body_length) == (b"abc", 3)
    assert exchange.request.source == source(1, offset=0)
    assert (exchange.response.status, exchange.response.reason) == (200, "Word")
    assert (exchange.response.body, exchange.response.source) == (b"ok", source(2, offset=0))


@pytest.mark.parametrize(
    ("target", "url"),
    [("http://b/c", "http://b/c"), ("*", "*"), ("/x", "http://a/x")],
)
def test_urls(target: str, url: str) -> None:
    assert Talk().ask(request(target)).answer(response()).told() == [(url, 200)]


def test_without_a_host_the_target_is_all_there_is() -> None:
    talk = Talk().ask(b"GET /x HTTP/1.0\r\n\r\n").answer(response())
    assert talk.told() == [("/x", 200)]


def test_pipelined() -> None:
    talk = Talk().ask(request("/1") + request("/2")).answer(response() + response(404))
    assert talk.told() == [("http://a/1", 200), ("http://a/2", 404)]


def test_chunked_both_ways() -> None:
    lines = "Transfer-Encoding: gzip, chunked\r\n"
    body = "3\r\nabc\r\n0\r\n\r\n"
    talk = Talk().ask(request("/", lines, body, "POST")).answer(response(200, lines, body))
    (exchange,) = talk.events
    assert isinstance(exchange, Exchange)
    assert exchange.request is not None
    assert exchange.response is not None
    assert (exchange.request.body, exchange.response.body) == (b"abc", b"abc")


def test_interim_responses() -> None:
    interim = response(100, "", "") + response(103, "Link: x\r\n", "")
    talk = Talk().ask(request(method="POST")).answer(interim + response())
    (exchange,) = talk.events
    assert isinstance(exchange, Exchange)
    assert exchange.interim == (100, 103)
    assert talk.told() == [("http://a/", 200)]


def test_many_interim_responses_take_their_time_once() -> None:
    def taken(count: int) -> float:
        interim = response(102, "", "") * count
        start = time.process_time()
        talk = Talk().ask(request(method="POST")).answer(interim + response())
        passed = time.process_time() - start
        exchange = talk.events[0]
        assert isinstance(exchange, Exchange)
        assert exchange.interim == (102,) * count
        return passed

    # Eight times as many: 64 times as long if each looked at all before it.
    assert taken(80_000) < 24 * taken(10_000)


def test_an_interim_response_to_nothing() -> None:
    assert Talk().answer(response(100, "", "")).events == []


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_responses_without_a_body(method: str, status: int) -> None:
    talk = Talk().ask(request("/1", method=method) + request("/2"))
    talk.answer(response(status, "Content-Length: 99\r\n", "") + response())
    assert talk.told() == [("http://a/1", status), ("http://a/2", 200)]


def test_a_response_until_the_end() -> None:
    talk = Talk().ask(request()).answer(response(200, "", "abc")).take(end(S))
    assert talk.told() == [("http://a/", 200)]
    assert codes(talk.events) == []


def test_an_early_response_waits_for_its_request() -> None:
    talk = Talk().ask(request("/", "Content-Length: 6\r\n", "abc", "POST"))
    talk.answer(response(413))
    assert talk.told() == []
    talk.ask(b"def" + request("/2")).answer(response())
    assert talk.told() == [("http://a/", 413), ("http://a/2", 200)]


def test_a_content_length_that_says_nothing() -> None:
    talk = Talk().ask(request("/1", "Content-Length: x\r\n") + b"what" + request("/2"))
    talk.answer(response(200, "Content-Length: 1, 2\r\n", "?") + response())
    assert talk.told() == [("http://a/1", 200), ("http://a/2", 200)]
    assert codes(talk.events) == [AnomalyCode.HTTP_MALFORMED] * 2
    assert [length for _, _, length, _ in gaps(talk.events)] == [4, 1]


def test_a_response_that_nobody_asked_for() -> None:
    talk = Talk().ask(request("/1")).answer(response() + response(408))
    assert talk.told() == [("http://a/1", 200), (None, 408)]
    assert codes(talk.events) == [AnomalyCode.HTTP_UNEXPECTED_RESPONSE]


def test_what_never_is_answered() -> None:
    talk = Talk().ask(request("/1") + request("/2", "Content-Length: 5\r\n", "abc")).close()
    assert talk.told() == [("http://a/1", None), ("http://a/2", None)]
    assert codes(talk.events) == [AnomalyCode.HTTP_BODY_INCOMPLETE]


def test_one_way_to_the_server() -> None:
    talk = Talk()
    for i in range(PENDING + 5):
        talk.ask(request(f"/{i}"))
    assert talk.told() == [(f"http://a/{i}", None) for i in range(5)]
    assert len(talk.close().told()) == PENDING + 5


def test_bodies_that_wait_are_bounded() -> None:
    talk = Talk()
    body = "a" * (9 << 20)
    for i in range(3):
        talk.ask(request(f"/{i}", f"Content-Length: {len(body)}\r\n", body, "PUT"))
    assert talk.told() == [("http://a/0", None), ("http://a/1", None)]


def test_one_way_to_the_client() -> None:
    talk = Talk().answer(response() + response(404)).close()
    assert talk.told() == [(None, 200), (None, 404)]
    assert codes(talk.events) == []


def test_other_items_pass_through() -> None:
    other = Anomaly(code=AnomalyCode.TCP_GAP)
    talk = Talk().take(other).take(end(C)).take(end(S)).close()
    assert talk.events == [other, end(C), end(S), CONNECTION]


def test_a_head_that_was_cut() -> None:
    talk = Talk().ask(request("/1")).answer(b"HTTP/1.1 200 OK\r\nA: b").lose(S, 99)
    talk.ask(b"GET /2 HTTP/1.1\r\nHost: b\r\nA").lose(C, 99).answer(response())
    assert talk.told() == [("http://a/1", 200), ("http://b/2", 200)]
    assert codes(talk.events) == [AnomalyCode.HTTP_BODY_INCOMPLETE] * 2


# Gaps


def test_a_lost_request() -> None:
    talk = Talk().ask(request("/1")).answer(response()).lose(C, 50).answer(response(201))
    talk.ask(request("/3")).answer(response(202) + response(203))
    assert talk.told() == [("http://a/1", 200), (None, 201), ("http://a/3", 202), (None, 203)]
    assert codes(talk.events) == [AnomalyCode.HTTP_UNEXPECTED_RESPONSE]


def test_a_damaged_request_may_be_answered() -> None:
    talk = Talk().ask(b"\x00\x01\r\n").answer(response(400))
    assert codes(talk.events) == [AnomalyCode.HTTP_MALFORMED]


def test_a_lost_response() -> None:
    talk = Talk().ask(request("/1")).lose(S, 50).ask(request("/2")).answer(response(201))
    assert talk.told() == [("http://a/1", None), ("http://a/2", 201)]


def test_a_lost_response_and_a_lost_request() -> None:
    talk = Talk().ask(request("/1")).lose(S, 50).lose(C, 50).answer(response(201))
    assert talk.told() == [("http://a/1", None), (None, 201)]


def test_a_late_start() -> None:
    talk = Talk().lose(C, None).lose(S, None).answer(b"body" + response())
    talk.ask(request("/2")).answer(response(201))
    assert talk.told() == [(None, 200), ("http://a/2", 201)]
    assert codes(talk.events) == []


# Upgrades


def test_the_example_of_rfc_6455() -> None:
    """Section 1.3."""
    talk = Talk().ask(ASKED).answer(ACCEPTED)
    (upgrade,) = talk.upgrades()
    assert (upgrade.accepted, upgrade.accept_valid) == (True, True)
    assert upgrade.time_ns == START_NS + 2
    assert upgrade.exchange.request is not None
    assert upgrade.exchange.request.url == "ws://server.example.com/chat"
    assert talk.switched() == ["websocket"]
    switched = talk.events[-1]
    assert isinstance(switched, Switched)
    assert (switched.exchange, switched.source) == (upgrade.exchange, source(2, offset=0))


def test_what_is_glued_to_a_handshake_goes_on() -> None:
    talk = Talk().ask(request("/1")).ask(ASKED + FRAME)
    talk.answer(response() + ACCEPTED + b"\x81\x00")
    assert talk.told() == [("http://a/1", 200), ("ws://server.example.com/chat", 101)]
    assert talk.food() == [
        (C, len(request("/1")) + len(ASKED), FRAME),
        (S, len(response()) + len(ACCEPTED), b"\x81\x00"),
    ]


def test_what_could_not_be_read_before_a_switch_is_named() -> None:
    talk = Talk().ask(b"GET /ws/ HTTP/1.1\r\nHo").lose(C, 100).ask(b"x" * 20).answer(ACCEPTED)
    assert talk.switched() == ["websocket"]
    assert gaps(talk.events)[-1] == (C, 121, 12, GapReason.OPAQUE)
    assert [octets for _, _, octets in talk.food()] == [b"x" * 8]
    talk = Talk().ask(b"GET /ws/ HTTP/1.1\r\nHo").lose(C, 100).answer(ACCEPTED)
    assert gaps(talk.events)[-1] == (C, 121, 0, GapReason.OPAQUE)


def test_requests_before_an_upgrade_that_were_not_answered() -> None:
    talk = Talk().ask(request("/1")).lose(S, 40).ask(ASKED).answer(ACCEPTED)
    assert talk.told() == [("http://a/1", None), ("ws://server.example.com/chat", 101)]
    talk = Talk().ask(request("/1", "Content-Length: 9\r\n")).take(gap(C, 0, None))
    talk.ask(ASKED).answer(ACCEPTED + ACCEPTED)
    assert talk.told()[0] == ("http://a/1", 101)


def test_a_refused_upgrade() -> None:
    talk = Talk().ask(ASKED + request("/2")).answer(response(403) + response())
    assert [upgrade.accepted for upgrade in talk.upgrades()] == [False]
    assert talk.told() == [("ws://server.example.com/chat", 403), ("http://a/2", 200)]
    assert talk.switched() == []


def test_an_upgrade_that_nobody_answered() -> None:
    talk = Talk().ask(ASKED).close()
    assert [(u.accepted, u.exchange.response) for u in talk.upgrades()] == [(False, None)]


def test_an_upgrade_whose_request_was_not_captured() -> None:
    talk = Talk().lose(C, None).answer(ACCEPTED)
    (upgrade,) = talk.upgrades()
    assert (upgrade.accepted, upgrade.accept_valid, upgrade.exchange.request) == (True, None, None)
    assert talk.switched() == ["websocket"]


def test_an_upgrade_to_something_else() -> None:
    asked = request("/", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n")
    talk = Talk().ask(asked).answer(response(101, "Upgrade: h2c\r\n", ""))
    assert (talk.told(), talk.switched()) == ([("http://a/", 101)], ["h2"])


def test_a_tunnel() -> None:
    talk = Talk().ask(request("b:443", method="CONNECT") + b"\x16\x03")
    talk.answer(response(200, "", ""))
    assert (talk.told(), talk.switched()) == ([("b:443", 200)], ["tunnel"])
    assert [octets for _, _, octets in talk.food()] == [b"\x16\x03"]


def test_a_tunnel_refused() -> None:
    talk = Talk().ask(request("b:443", method="CONNECT")).answer(response(407))
    assert (talk.told(), talk.switched()) == ([("b:443", 407)], [])


# Answers to upgrades that were not captured


def test_a_client_that_sends_frames_was_answered() -> None:
    talk = Talk().ask(request("/1")).ask(ASKED).lose(S, 150).ask(FRAME)
    assert talk.told() == [("http://a/1", None), ("ws://server.example.com/chat", None)]
    assert [u.accepted for u in talk.upgrades()] == [True]
    assert [octets for _, _, octets in talk.food()] == [FRAME]


def test_a_client_that_asks_again_was_refused() -> None:
    talk = Talk().ask(ASKED).lose(S, 150).ask(request("/2")).answer(response())
    assert talk.told() == [("ws://server.example.com/chat", None), ("http://a/2", 200)]
    assert [u.accepted for u in talk.upgrades()] == [False]


@pytest.mark.parametrize("item", [end(C), end(S, EndCause.RST), CONNECTION, gap(C, 0, 5)])
def test_one_way_frames(item: Item) -> None:
    talk = Talk().ask(ASKED).ask(FRAME).take(item)
    assert talk.switched() == ["websocket"]
    assert talk.events[-1] is item
    assert len(talk.food()) == 1


def test_one_way_requests() -> None:
    talk = Talk().ask(ASKED).ask(request("/2")).take(end(C)).close()
    assert talk.told() == [("ws://server.example.com/chat", None), ("http://a/2", None)]


def test_frames_are_not_held_for_ever() -> None:
    talk = Talk().ask(ASKED).ask(FRAME)
    assert talk.switched() == []
    talk.ask(bytes(HELD_OCTETS))
    assert talk.switched() == ["websocket"]


def test_octets_behind_a_connect_are_not_frames() -> None:
    talk = Talk().ask(request("b:1", method="CONNECT") + FRAME).close()
    assert talk.switched() == []
