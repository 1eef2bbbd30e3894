"""One stream: what a request, an answer and their bodies are made of."""

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.flow import Chunk, Provenance
from analyzer.model.http import Headers
from analyzer.model.limits import HTTP_BODY_OCTETS
from analyzer.model.source import Direction
from analyzer.protocol.http2_blocks import Block
from analyzer.protocol.http2_streams import HELD_CHUNKS, HELD_OCTETS, Half, Stream, Texts
from tests.protocol.wire import C, S, codes, source

NO_LOSSES = {C: 0, S: 0}


def block(headers: Headers, packet: int = 1, *, last: bool = False, known: bool = True) -> Block:
    return Block(1, False, headers, known, last, source(packet))


def asked(*lines: tuple[str, str], secure: bool = True) -> Stream:
    stream = Stream(1, NO_LOSSES)
    stream.take(C, block(lines), Texts(), secure=secure)
    return stream


@pytest.mark.parametrize(
    ("lines", "secure", "url"),
    [
        ({":scheme": "https", ":authority": "a:1", ":path": "/x?y"}, False, "https://a:1/x?y"),
        ({":authority": "a", ":path": "/x"}, True, "https://a/x"),
        ({":authority": "a", ":path": "/x"}, False, "http://a/x"),
        ({":path": "/x", "host": "h"}, True, "https://h/x"),
        ({":path": "/x"}, True, "/x"),
        ({":authority": "a", ":path": "*"}, True, "*"),
        ({":authority": "a:443", ":method": "CONNECT"}, True, "a:443"),
        ({}, True, ""),
    ],
)
def test_urls(lines: dict[str, str], secure: bool, url: str) -> None:
    request = asked(*({":method": "OPTIONS"} | lines).items(), secure=secure).request
    assert request is not None
    assert request.url == url


@pytest.mark.parametrize(
    ("scheme", "secure", "expected"),
    [("https", False, "wss"), ("http", True, "ws"), ("", True, "wss"), ("", False, "ws")],
)
def test_urls_of_websockets(scheme: str, secure: bool, expected: str) -> None:
    lines = [(":method", "CONNECT"), (":protocol", "WebSocket"), (":authority", "a")]
    lines += [(":scheme", scheme), (":path", "/ws/")]
    stream = asked(*lines, secure=secure)
    assert stream.request is not None
    assert (stream.request.url, stream.protocol) == (f"{expected}://a/ws/", "websocket")
    assert stream.switches


def test_what_connect_asks_for() -> None:
    assert asked((":method", "CONNECT")).protocol == "tunnel"
    other = asked((":method", "CONNECT"), (":protocol", "connect-udp"))
    assert (other.protocol, other.switches) == ("connect-udp", False)
    assert asked((":method", "GET"), (":protocol", "websocket")).protocol is None


def test_header_fields() -> None:
    lines = [(":authority", "a"), ("cookie", "x=1"), ("accept", "*/*"), ("cookie", "y=2")]
    request = asked(*lines).request
    assert request is not None
    assert request.headers == (("host", "a"), ("accept", "*/*"), ("cookie", "x=1; y=2"))
    request = asked((":authority", "a"), ("Host", "b"), ("cookie", "z")).request
    assert request is not None
    assert request.headers == (("Host", "b"), ("cookie", "z"))


def test_cookies_that_are_too_long_stay_apart() -> None:
    request = asked(*[("cookie", "x" * 5_000)] * 2).request
    assert request is not None
    assert len(request.headers) == 2


def test_texts_are_kept_once() -> None:
    texts = Texts()
    first = texts.one("a" * 9)
    assert texts.one("".join(["a"] * 9)) is first
    for number in range(1_000):
        texts.one(str(number))
    assert texts.one("".join(["a"] * 9)) is not first


def answered(*blocks: Block) -> Stream:
    stream = Stream(1, NO_LOSSES)
    for one in blocks:
        stream.take(S, one, Texts(), secure=True)
    return stream


def test_answers() -> None:
    early = block(((":status", "103"), ("link", "x")), 2)
    final = block(((":status", "200"), ("x-a", "1")), 3)
    trailers = block((("x-sum", "2"),), 4, last=True)
    stream = answered(early, final, trailers)
    exchange = stream.exchange()
    assert exchange.interim == (103,)
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.version) == (200, "HTTP/2")
    assert exchange.response.headers == (("x-a", "1"), ("x-sum", "2"))
    assert exchange.response.source == source(3)
    assert exchange.request is None


@pytest.mark.parametrize("status", ["", "20", "2000", "2x0", "²00"])
def test_no_status(status: str) -> None:
    stream = answered(block(((":status", status),)))
    assert stream.response is None
    assert not stream.halves[S].headed


def test_unreadable_sections() -> None:
    stream = answered(block((), known=False))
    assert stream.halves[S].headed
    stream.take(C, block((), known=False), Texts(), secure=True)
    stream.take(C, block(((":method", "GET"),)), Texts(), secure=True)
    assert stream.request is None  # those are trailers


def test_trailers_of_a_request() -> None:
    stream = asked((":method", "POST"))
    stream.take(C, block((("x-sum", "1"),), last=True), Texts(), secure=True)
    assert stream.request is not None
    assert stream.request.headers == (("x-sum", "1"),)


def test_an_interim_answer_that_ends_the_stream_is_the_answer() -> None:
    stream = answered(block(((":status", "100"),), last=True))
    assert stream.response is not None


def test_bodies() -> None:
    stream = asked((":method", "POST"), (":path", "/"))
    stream.take(S, block(((":status", "200"),)), Texts(), secure=True)
    stream.halves[C].keep(b"ab", source(3))
    stream.halves[C].keep(b"c", source(5))
    stream.halves[S].keep(b"xyz", source(6))
    exchange = stream.exchange()
    assert exchange.request is not None
    assert (exchange.request.body, exchange.request.body_length) == (b"abc", 3)
    assert exchange.request.body_source == source(3, 5)
    assert exchange.response is not None
    assert (exchange.response.body, exchange.response.body_source) == (b"xyz", source(6))


def test_a_body_with_a_hole() -> None:
    half = Half(0)
    assert half.keep(b"abc", source(1)) == 3
    half.miss(4)
    assert half.keep(b"de", source(2)) == 0
    assert (half.length, bytes(half.kept), half.dropped, half.cut) == (9, b"abc", 0, True)


def test_a_body_beyond_the_bound() -> None:
    stream = asked((":method", "POST"))
    half = stream.halves[C]
    assert half.keep(bytes(HTTP_BODY_OCTETS - 1), source(1)) == HTTP_BODY_OCTETS - 1
    assert half.keep(b"abc", source(2)) == 1
    half.ended = True
    (anomaly,) = stream.flaws(NO_LOSSES, reset=False)
    assert (anomaly.code, anomaly.length) == (AnomalyCode.LIMIT, 2)


def flaws(
    direction: Direction = S,
    *lines: tuple[str, str],
    body: bytes = b"abc",
    ended: bool = True,
    losses: int = 0,
    reset: bool = False,
) -> list[tuple[str | int, ...]]:
    stream = Stream(1, NO_LOSSES)
    first = (":status", "200") if direction is S else (":method", "POST")
    stream.take(direction, block((first, *lines)), Texts(), secure=True)
    half = stream.halves[direction]
    half.keep(body, source(2))
    half.ended = ended
    found = stream.flaws({C: losses, S: losses}, reset=reset)
    return [tuple(flaw.values.values()) for flaw in found]


def test_flaws_of_bodies() -> None:
    assert flaws() == []
    assert flaws(ended=False) == [("body", 3, 3)]
    assert flaws(C, ended=False) == [("body", 3, 3)]
    assert flaws(S, ("content-length", "8"), ended=False) == [("body", 3, 8)]
    assert flaws(ended=False, reset=True) == []
    assert flaws(losses=1) == [("body", 3, 3)]
    assert flaws(S, ("content-length", "8")) == [("body", 3, 8)]
    assert flaws(S, ("content-length", "8"), body=b"") == []  # an answer to HEAD
    assert flaws(S, ("content-length", "x")) == []


def test_bodies_of_unknown_messages_are_counted() -> None:
    stream = Stream(7, NO_LOSSES)
    stream.halves[S].keep(b"abc", source(2))
    (anomaly,) = stream.flaws(NO_LOSSES, reset=True)
    assert (anomaly.code, anomaly.length) == (AnomalyCode.H2_HEADERS, 3)
    assert anomaly.values == {"problem": "missing", "stream": 7}
    assert codes(Stream(7, NO_LOSSES).flaws(NO_LOSSES, reset=False)) == []


def test_what_is_held() -> None:
    half = Half(0)
    piece = Chunk(C, 0, bytes(HELD_OCTETS), Provenance([0], [1], [1]))
    assert half.hold(piece, source(1))
    assert not half.hold(Chunk(C, HELD_OCTETS, b"x", Provenance([0], [1], [1])), source(1))
    assert [len(chunk.octets) for chunk, _ in half.release()] == [HELD_OCTETS, 1]
    small = Chunk(C, 0, b"x", Provenance([0], [1], [1]))
    assert all(half.hold(small, source(1)) for _ in range(HELD_CHUNKS))
    assert not half.hold(small, source(1))
