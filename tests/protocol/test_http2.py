"""HTTP/2 of a connection: what a real endpoint says, cut anywhere, in any order, damaged."""

import random
import time
import tracemalloc
from collections.abc import Callable

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived
from h2.settings import SettingCodes
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event, Item, Streamed
from analyzer.model.flow import Chunk, Connection, End, Gap
from analyzer.model.http import Exchange
from analyzer.model.source import Direction
from analyzer.protocol.http2 import Http2
from analyzer.protocol.http2_layout import PREFACE
from analyzer.protocol.tower import Tower
from tests.protocol.h2_wire import (
    Talk,
    asked,
    cut,
    data,
    ends,
    food,
    frame,
    holes,
    reset,
    streamed,
    told,
)
from tests.protocol.wire import CONNECTION, C, S, chunk, codes, end, gap, source


def test_goaway() -> None:
    talk = Talk().ask(1).answer(1).say(S, frame(7, bytes([0, 0, 0, 1, 0, 0, 0, 0]) + b"bye"))
    assert talk.anomalies() == []
    talk.say(S, frame(7, bytes([0, 0, 0, 1, 0, 0, 0, 11]) + b"too_many_pings"))
    (anomaly,) = talk.anomalies()
    assert anomaly.code is AnomalyCode.H2_GOAWAY
    assert anomaly.values == {"error": "ENHANCE_YOUR_CALM", "last": 1}
    assert (anomaly.direction, anomaly.source) == (S, source(6, offset=39))


def test_windows() -> None:
    talk = Talk().say(C, frame(8, b"\x00\x00\xff\xff"), frame(8, b"\x80\x00\x00\x00", stream=3))
    assert talk.problems() == ["window increment"]
    assert talk.anomalies()[0].values["stream"] == 3


def test_frames_that_tell_nothing() -> None:
    talk = Talk().say(C, frame(6, bytes(8)), frame(2, bytes(5), stream=1), frame(4, flags=1))
    assert talk.events == []


def test_what_is_not_for_it_passes() -> None:
    http = Http2(0)
    hole, over = gap(C, 0, 5), end(S)
    assert http.feed(hole) == [hole]
    assert http.feed(over) == [over]
    odd = Anomaly(code=AnomalyCode.TCP_CONFLICT)
    assert http.feed(odd) == [odd]
    assert http.feed(CONNECTION) == [CONNECTION]


def test_data_within_a_block() -> None:
    talk = Talk().say(C, frame(1, b"\x82", stream=1), data(1, b"abc"))
    assert talk.problems() == ["unfinished", "unfinished header block"]
    talk.lose(C, 40).say(C, frame(6, bytes(8)) * 3)
    assert talk.problems() == ["unfinished", "unfinished header block"]


def test_a_block_lost_in_a_hole() -> None:
    talk = Talk().say(C, frame(1, b"\x82", stream=1)).lose(C, 50).say(C, frame(6, bytes(8)) * 3)
    assert codes(talk.events) == [AnomalyCode.H2_HEADERS]


# Conversations of a real endpoint


def endpoints() -> tuple[H2Connection, H2Connection]:
    client = H2Connection(H2Configuration(client_side=True))
    server = H2Connection(H2Configuration(client_side=False))
    server.local_settings.enable_connect_protocol = 1
    server.local_settings.acknowledge()
    client.initiate_connection()
    server.initiate_connection()
    return client, server


class Wire:
    """Two endpoints, and what went between them as the transport would deliver it."""

    def __init__(self) -> None:
        self.client, self.server = endpoints()
        self.items: list[Item] = []
        self.offsets = {C: 0, S: 0}
        self.packet = 0
        self.flow()

    def flow(self) -> list[object]:
        """Carry what is to be sent, both ways; events of the server."""
        seen: list[object] = []
        for _ in range(3):
            for direction, sender, receiver in (
                (C, self.client, self.server),
                (S, self.server, self.client),
            ):
                octets = sender.data_to_send()
                if octets:
                    self.packet += 1
                    offset = self.offsets[direction]
                    self.items.append(chunk(octets, direction, offset, self.packet))
                    self.offsets[direction] += len(octets)
                    events = receiver.receive_data(octets)
                    seen += events if receiver is self.server else []
        return seen


TEXT = st.text("abcxyz-0129", min_size=1, max_size=30)
CALLS = st.lists(
    st.tuples(
        TEXT,  # path
        st.lists(st.tuples(TEXT.map("x-{}".format), TEXT), max_size=4),
        st.binary(max_size=3_000),  # request body
        st.integers(0, 20) | st.none(),  # its padding
        st.sampled_from([200, 404, 500]),
        st.binary(max_size=3_000),  # response body
        st.booleans(),  # trailers
    ),
    min_size=1,
    max_size=6,
)


def converse(calls: list[tuple]) -> Wire:  # type: ignore[type-arg]
    """What two `h2` endpoints say to each other."""
    wire = Wire()
    for turn, (path, lines, body, pad, status, answer, trailers) in enumerate(calls):
        number = 2 * turn + 1
        usual = asked({":method": "POST", ":path": f"/{path}"})
        wire.client.send_headers(number, [*usual, *lines])
        wire.client.send_data(number, body, end_stream=True, pad_length=pad)
        seen = wire.flow()
        assert any(isinstance(event, RequestReceived) for event in seen)
        wire.server.send_headers(number, [(":status", "103")])
        wire.server.send_headers(number, [(":status", str(status)), *lines])
        wire.server.send_data(number, answer, end_stream=not trailers)
        if trailers:
            wire.server.send_headers(number, [("x-sum", "1")], end_stream=True)
        for event in seen:
            if isinstance(event, DataReceived):
                wire.server.acknowledge_received_data(event.flow_controlled_length, number)
        wire.client.increment_flow_control_window(len(answer) + 1)
        wire.flow()
    return wire


def decode(items: list[Item]) -> list[Event]:
    http = Http2(0, secure=True)
    return [event for item in [*items, CONNECTION] for event in http.feed(item)]


def facts(events: list[Event]) -> list[object]:
    """Exchanges without their places."""
    found: list[object] = []
    for event in events:
        if isinstance(event, Exchange):
            request, response = event.request, event.response
            assert request is not None
            assert response is not None
            asked_for = (request.method, request.url, request.headers, request.body)
            answer = (response.status, response.headers, response.body)
            found.append((asked_for, answer, event.interim))
    return found


@settings(max_examples=60)
@given(CALLS, st.lists(st.integers(1, 900), min_size=1, max_size=4), st.randoms())
def test_what_endpoints_say(
    calls: list[tuple],  # type: ignore[type-arg]
    sizes: list[int],
    order: random.Random,
) -> None:
    wire = converse(calls)
    events = decode(wire.items)
    expected: list[object] = [
        (
            ("POST", f"https://a:1/{path}", (("host", "a:1"), *lines), body),
            (status, (*lines, *([("x-sum", "1")] if trailers else [])), answer),
            (103,),
        )
        for path, lines, body, _, status, answer, trailers in calls
    ]
    assert facts(events) == expected
    assert codes(events) == []
    # any cut
    assert [e for e in decode(cut(wire.items, sizes)) if not isinstance(e, Connection)] == [
        e for e in events if not isinstance(e, Connection)
    ]
    # any order of the directions
    lanes = {way: [i for i in wire.items if getattr(i, "direction", 0) is way] for way in (C, S)}
    mixed: list[Item] = []
    while lanes[C] or lanes[S]:
        way = order.choice([way for way in (C, S) if lanes[way]])
        mixed.append(lanes[way].pop(0))
    for items in (mixed, sorted(wire.items, key=lambda item: item.direction is C)):  # type: ignore[union-attr]
        found = decode(items)
        assert sorted(facts(found), key=str) == sorted(expected, key=str)
        assert codes(found) == []


def socket(messages: list[tuple[bool, bytes]]) -> Wire:
    wire = Wire()
    lines = asked({":method": "CONNECT", ":protocol": "websocket", ":path": "/ws/"})
    wire.client.send_headers(1, lines)
    wire.flow()
    wire.server.send_headers(1, [(":status", "200")])
    wire.flow()
    for up, octets in messages:
        (wire.client if up else wire.server).send_data(1, octets)
        wire.flow()
    wire.client.end_stream(1)
    wire.flow()
    return wire


def test_the_server_offers_websockets() -> None:
    client, server = endpoints()
    client.receive_data(server.data_to_send())
    assert client.remote_settings[SettingCodes.ENABLE_CONNECT_PROTOCOL] == 1


MESSAGES = st.lists(st.tuples(st.booleans(), st.binary(max_size=200)), max_size=12)


@settings(max_examples=60)
@given(MESSAGES, st.lists(st.integers(1, 60), min_size=1, max_size=4), st.booleans())
def test_a_websocket_of_real_endpoints(
    messages: list[tuple[bool, bytes]], sizes: list[int], apart: bool
) -> None:
    items = cut(socket(messages).items, sizes)
    if apart:
        items.sort(key=lambda item: item.direction is C)  # type: ignore[union-attr]
    events = streamed(decode(items))
    for way in (C, S):
        octets = b"".join(octets for up, octets in messages if up is (way is C))
        assert food(events, way) == ([(0, octets)] if octets else [])
    assert {(way, offset) for way, offset, _ in ends(events)} == {
        (way, sum(len(octets) for up, octets in messages if up is (way is C))) for way in (C, S)
    }
    assert holes(events) == []
    assert codes(events) == []


# Any octets


def octets_told(events: list[Event], direction: Direction) -> int:
    """Octets that events account for."""
    count = 0
    for event in events:
        if isinstance(event, Streamed):
            count += octets_told([*event.events], direction)
        elif isinstance(event, Chunk) and event.direction is direction:
            count += len(event.octets)
        elif isinstance(event, Exchange):
            message = event.request if direction is C else event.response
            count += message.body_length if message is not None else 0
    return count


PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            PREFACE,
            frame(1, b"\x82\x84\x87", flags=5, stream=1),
            frame(1, b"\x88", flags=4, stream=1),
            frame(1, b"\x42\x07CONNECT\x00\x09:protocol\x09websocket", flags=4, stream=3),
            frame(1, b"\x88", flags=4, stream=3),
            frame(1, b"\x82", stream=5),
            frame(9, b"\x88", flags=4, stream=5),
            frame(5, b"\x00\x00\x00\x04\x82", flags=4, stream=1),
            data(1, b"abc"),
            data(3, b"\x81\x02hi"),
            data(3, b"xyz", last=True, pad=3),
            data(7, b"unknown"),
            reset(1),
            reset(3, 0),
            frame(7, bytes(8)),
        ]
    ),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.booleans(), PIECES | st.integers(0, 30) | st.none()), max_size=20))
def test_any_octets(pieces: list[tuple[bool, bytes | int | None]]) -> None:
    talk = Talk(preface=False)
    for up, piece in pieces:
        direction = C if up else S
        if isinstance(piece, bytes):
            talk.say(direction, piece) if piece else None
        else:
            talk.lose(direction, piece)
    talk.close()
    assert talk.events[-1] is CONNECTION
    for direction in (C, S):
        assert octets_told(talk.events, direction) <= talk.offsets[direction]
    streams = talk.http._streams
    assert not streams._streams
    assert not streams._tunnels
    assert streams._kept == 0
    for number in range(8):
        of = talk.streamed(number)
        for direction in (C, S):
            over = [e for e in of if isinstance(e, End) and e.direction is direction]
            assert len(over) <= 1
            position = 0
            for event in of:
                if isinstance(event, Chunk | Gap) and event.direction is direction:
                    assert event.offset == position
                    position += len(event.octets) if isinstance(event, Chunk) else event.length or 0


@settings(max_examples=60)
@given(CALLS, st.integers(0, 5_000), st.integers(1, 400))
def test_behind_a_hole_the_rest_is_told(
    calls: list[tuple],  # type: ignore[type-arg]
    at: int,
    length: int,
) -> None:
    """What was told before the hole is told as before, and no octets are made up."""
    items = converse(calls).items
    torn: list[Item] = []
    for item in items:
        if not isinstance(item, Chunk) or item.direction is C:
            torn.append(item)
            continue
        first = item.octets[: max(at - item.offset, 0)]
        last_at = max(at + length - item.offset, 0)
        last = item.octets[last_at:]
        packet = item.provenance.packets[0]
        if first:
            torn.append(chunk(first, S, item.offset, packet))
        if item.offset <= at < item.offset + len(item.octets):
            torn.append(gap(S, at, length, packet))
        if last and last_at:
            torn.append(chunk(last, S, item.offset + last_at, packet))
        elif not last_at and not first:
            torn.append(item)
    whole, rest = decode(items), decode(torn)
    known = {str(fact) for fact in told(whole)}
    assert {str((url, status)) for url, status in told(rest) if url and status} <= known
    urls = [url for url, _ in told(rest)]
    assert all(url in urls for url, _ in told(whole))


# Floods


@pytest.mark.parametrize(
    "flood",
    [
        lambda n: frame(1, b"\x82\x84\x87", flags=5, stream=n) + reset(n),
        lambda n: frame(1, b"\x82\x84\x87", flags=4, stream=n),
        lambda n: data(n, b"x"),
        lambda n: frame(8, bytes(4), stream=n),
        lambda n: frame(4, bytes(6)) + frame(6, bytes(8)),
        lambda n: frame(7, b"\0\0\0\1\0\0\0\1"),
        lambda n: frame(9, b"", stream=1),
    ],
    ids=["rapid reset", "open", "data", "window", "settings", "goaway", "continuation"],
)
def test_floods_take_linear_time(flood: Callable[[int], bytes]) -> None:
    http = Http2(0)
    events = http.feed(chunk(PREFACE, C))
    offset = len(PREFACE)
    begun = time.process_time()
    for batch in range(20):
        octets = b"".join(flood(2 * (batch * 1_000 + n) + 1) for n in range(1_000))
        events = http.feed(chunk(octets, C, offset))
        offset += len(octets)
        assert len(events) <= 4_000
    http.feed(CONNECTION)
    assert time.process_time() - begun < 10


def test_a_bomb_of_headers_is_bounded() -> None:
    http = Http2(0)
    http.feed(chunk(PREFACE, C))
    table = b"\x44\x7f\x81\x1f" + b"/" * 4_000  # a path of 4,000 octets, kept as an entry
    octets = frame(1, b"\x82" + table, flags=5, stream=1)
    octets += b"".join(
        frame(1, b"\x82\x41\x01a" + b"\xbf" * 60, flags=5, stream=n) for n in range(3, 5_003, 2)
    )
    tracemalloc.start()
    events = http.feed(chunk(octets, C, len(PREFACE)))
    events += http.feed(CONNECTION)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20
    assert len(told(events)) == 2_501


def test_an_upgrade_from_http1() -> None:
    """RFC 7540 section 3.2: the answer to the upgrade request comes on stream 1."""
    tower = Tower(0)
    upgrade = (
        b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    )
    asking = upgrade + b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
    agreed = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    talk = Talk(preface=False)
    answer = frame(4) + talk.head(S, 1, [(":status", "200")]) + data(1, b"hi", last=True)
    follows = PREFACE + frame(4) + talk.head(C, 3, asked({}), last=True)
    items: list[Item] = [chunk(asking, C, 0, 1), chunk(agreed + answer, S, 0, 2)]
    items.append(chunk(follows, C, len(asking), 3))
    items.append(
        chunk(talk.head(S, 3, [(":status", "204")], last=True), S, len(agreed + answer), 4)
    )
    events = tower.feed([*items, CONNECTION])
    assert told(events) == [("http://a/x", 101), ("https://a:1/x", 204), (None, 200)]
    assert codes(events) == []
