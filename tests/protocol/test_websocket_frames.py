"""Frames of one direction: the examples of RFC 6455, violations, holes, caps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event
from analyzer.model.flow import EndCause, GapReason
from analyzer.model.limits import MESSAGE_OCTETS
from analyzer.model.source import Direction
from analyzer.protocol import websocket_frames
from analyzer.protocol.deflate import Budget, Inflater
from analyzer.protocol.websocket_frames import FrameReader, unmask
from analyzer.protocol.websocket_messages import MessageAssembler
from tests.protocol.wire import (
    KEY,
    C,
    S,
    chunk,
    codes,
    end,
    frame,
    frames,
    gap,
    gaps,
    messages,
    source,
    xor,
)


class Reading:
    """Feeds a reader one packet after the other."""

    def __init__(self, direction: Direction = S, *, compressed: bool = False) -> None:
        inflater = Inflater(Budget(), takeover=True) if compressed else None
        self.reader = FrameReader(direction, 0, MessageAssembler(inflater))
        self.direction = direction
        self.offset = 0
        self.packet = 0
        self.events: list[Event] = []

    def feed(self, *packets: bytes) -> "Reading":
        for octets in packets:
            self.packet += 1
            item = chunk(octets, self.direction, self.offset, self.packet)
            self.reader.feed(item, self.events)
            self.offset += len(octets)
        return self

    def gap(self, length: int | None) -> "Reading":
        self.reader.gap(gap(self.direction, self.offset, length), self.events)
        self.offset += length or 0
        return self

    def end(self, cause: EndCause = EndCause.FIN) -> "Reading":
        self.reader.end(end(self.direction, cause), self.events)
        return self

    def payloads(self) -> list[bytes]:
        return [f.payload for f in frames(self.events)]

    def opaque(self) -> list[tuple[int, int | None]]:
        return [(at, n) for _, at, n, why in gaps(self.events) if why is GapReason.OPAQUE]


@given(st.binary(max_size=1200), st.binary(min_size=4, max_size=4))
def test_unmasking(payload: bytes, key: bytes) -> None:
    assert unmask(payload, key) == xor(payload, key)


@pytest.mark.parametrize("length", range(websocket_frames.VECTOR - 4, websocket_frames.VECTOR + 5))
def test_unmasking_either_way(length: int) -> None:
    payload = bytes(i % 256 for i in range(length))
    assert unmask(payload, KEY) == xor(payload, KEY)


@pytest.mark.parametrize(
    ("direction", "octets", "opcode", "payload"),
    [
        (S, "810548656c6c6f", 1, b"Hello"),
        (C, "818537fa213d7f9f4d5158", 1, b"Hello"),
        (S, "890548656c6c6f", 9, b"Hello"),
        (C, "8a8537fa213d7f9f4d5158", 10, b"Hello"),
    ],
)
def test_the_examples_of_rfc_6455(
    direction: Direction, octets: str, opcode: int, payload: bytes
) -> None:
    """Section 5.7."""
    reading = Reading(direction).feed(bytes.fromhex(octets))
    (found,) = frames(reading.events)
    assert (found.opcode, found.payload, found.fin, found.rsv) == (opcode, payload, True, 0)
    assert found.masking_key == (KEY if direction is C else None)
    assert (found.offset, found.length, found.length_form) == (0, 5, 7)
    assert found.source == source(1, offset=0)
    assert codes(reading.events) == []


def test_the_fragmented_example_of_rfc_6455() -> None:
    reading = Reading().feed(bytes.fromhex("010348656c"), bytes.fromhex("80026c6f"))
    assert [(f.opcode, f.fin, f.payload) for f in frames(reading.events)] == [
        (1, False, b"Hel"),
        (0, True, b"lo"),
    ]
    assert [m.payload for m in messages(reading.events)] == [b"Hello"]


@pytest.mark.parametrize("length", [0, 125, 126, 127, 65535, 65536, 100_000])
def test_lengths(length: int) -> None:
    payload = bytes(length)
    reading = Reading(C).feed(frame(payload, 2, key=KEY), frame(b"", key=KEY))
    assert reading.payloads() == [payload, b""]
    form = 7 if length < 126 else 16 if length < 65536 else 64
    assert frames(reading.events)[0].length_form == form
    assert codes(reading.events) == []


@pytest.mark.parametrize("cut", range(1, 11))
def test_a_header_in_two_packets(cut: int) -> None:
    octets = frame(b"x" * 70_000, key=KEY)
    reading = Reading(C).feed(octets[:cut], octets[cut:])
    assert reading.payloads() == [b"x" * 70_000]
    assert frames(reading.events)[0].source == source(1, 2, 0)


def test_violations_do_not_stop_the_reader() -> None:
    reading = Reading().feed(
        frame(b"a", key=KEY)
        + frame(b"b", 3)
        + frame(b"c", rsv=4)
        + frame(b"d", form=16)
        + frame(b"e" * 126, 9)
        + frame(b"f", form=64)
        + frame(b"g" * 200, form=64)
        + frame(b"h")
    )
    assert codes(reading.events) == [
        AnomalyCode.WS_MASKED,
        AnomalyCode.WS_OPCODE,
        AnomalyCode.WS_RSV,
        AnomalyCode.WS_LENGTH,
        AnomalyCode.WS_CONTROL_LENGTH,
        AnomalyCode.WS_LENGTH,
        AnomalyCode.WS_LENGTH,
    ]
    assert reading.payloads()[0] == b"a"
    assert reading.payloads()[-1] == b"h"


def test_an_anomaly_stands_before_its_frame() -> None:
    reading = Reading().feed(frame(b"a", 3))
    assert isinstance(reading.events[0], Anomaly)
    assert frames(reading.events[1:])


def test_frames_behind_a_close() -> None:
    reading = Reading().feed(frame(b"", 8) + frame(b"a"))
    assert codes(reading.events) == [AnomalyCode.WS_AFTER_CLOSE]
    assert reading.payloads() == [b"", b"a"]


def test_a_length_that_no_frame_may_have() -> None:
    head = b"\x82\x7f" + b"\xff" * 8
    reading = Reading().feed(frame(b"a"), head, frame(b"b"), frame(b"c"))
    assert codes(reading.events) == [AnomalyCode.WS_LENGTH]
    assert reading.payloads() == [b"a", b"b", b"c"]
    assert reading.opaque() == [(3, 10)]


# Ends


def test_a_frame_cut_by_the_end() -> None:
    reading = Reading().feed(frame(b"abcdef")[:5]).end(EndCause.RST)
    anomaly = reading.events[0]
    assert isinstance(anomaly, Anomaly)
    assert (anomaly.code, anomaly.values) == (
        AnomalyCode.WS_TRUNCATED,
        {"octets": 5, "cause": "rst"},
    )
    (found,) = frames(reading.events)
    assert (found.payload, found.length) == (b"abc", 6)
    assert [(m.payload, m.complete) for m in messages(reading.events)] == [(b"abc", False)]
    assert gaps(reading.events) == []


@pytest.mark.parametrize(
    "head", [b"\x81", b"\x81\x7e", b"\x81\x7e\x00", b"\x81\xfe\x01\x00\x01\x02\x03"]
)
def test_a_header_cut_by_the_end(head: bytes) -> None:
    reading = Reading().feed(frame(b"a"), head).end()
    assert codes(reading.events) == [AnomalyCode.WS_TRUNCATED]
    assert reading.opaque() == [(3, len(head))]
    assert reading.payloads() == [b"a"]


def test_an_end_at_a_boundary() -> None:
    reading = Reading().feed(frame(b"a")).end()
    assert codes(reading.events) == []
    assert gaps(reading.events) == []


# Gaps


def test_a_gap_within_a_frame() -> None:
    octets = frame(b"abcdefgh")
    reading = Reading().feed(octets[:5]).gap(3).feed(octets[8:] + frame(b"next"))
    assert reading.payloads() == [b"abc", b"next"]
    assert reading.opaque() == [(8, 2)]
    assert [m.complete for m in messages(reading.events)] == [False, True]
    assert codes(reading.events) == []


def test_a_gap_to_the_end_of_a_frame() -> None:
    octets = frame(b"abcdefgh")
    reading = Reading().feed(octets[:5]).gap(5).feed(frame(b"next"))
    assert reading.payloads() == [b"abc", b"next"]
    assert reading.opaque() == []


def test_two_gaps_within_a_frame() -> None:
    octets = frame(b"abcdefgh")
    reading = Reading().feed(octets[:5]).gap(2).feed(octets[7:8]).gap(1).feed(octets[9:])
    reading.feed(frame(b"next"))
    assert reading.payloads() == [b"abc", b"next"]
    assert reading.opaque() == [(7, 1), (9, 1)]


def test_gap_upon_gap_within_a_frame() -> None:
    octets = frame(b"abcdefgh")
    reading = Reading().feed(octets[:5]).gap(2).gap(2).feed(octets[9:] + frame(b"next"))
    assert reading.payloads() == [b"abc", b"next"]
    assert reading.opaque() == [(9, 1)]


def test_an_end_within_the_rest_of_a_frame() -> None:
    octets = frame(b"abcdefgh")
    reading = Reading().feed(octets[:5]).gap(2).feed(octets[7:8]).end()
    assert reading.opaque() == [(7, 1)]


def test_a_gap_beyond_a_frame() -> None:
    reading = Reading().feed(frame(b"abcdefgh")[:5]).gap(9).feed(b"tail", frame(b"x"), frame(b"y"))
    assert reading.payloads() == [b"abc", b"x", b"y"]
    assert reading.opaque() == [(14, 4)]


def test_a_gap_at_a_boundary() -> None:
    reading = Reading().feed(frame(b"a")).gap(9).feed(frame(b"x"), frame(b"y"))
    assert reading.payloads() == [b"a", b"x", b"y"]
    assert reading.opaque() == []


def test_a_gap_within_a_header() -> None:
    reading = Reading().feed(frame(b"a"), b"\x81").gap(9).feed(frame(b"x"), frame(b"y"))
    assert reading.payloads() == [b"a", b"x", b"y"]
    assert reading.opaque() == [(3, 1)]


def test_a_gap_of_unknown_length() -> None:
    reading = Reading().feed(frame(b"abc")[:3]).gap(None).feed(b"??", frame(b"x"), frame(b"y"))
    assert reading.payloads() == [b"a", b"x", b"y"]
    assert reading.opaque() == [(3, 2)]


def test_what_waits_behind_a_gap_is_settled_by_the_next() -> None:
    reading = Reading().gap(None).feed(b"??", frame(b"x")).gap(4).feed(b"!!").end()
    assert reading.payloads() == [b"x"]
    assert reading.opaque() == [(0, 2), (9, 2)]


def test_what_waits_behind_a_gap_is_settled_by_the_end() -> None:
    reading = Reading().gap(None).feed(frame(b"x")).end()
    assert reading.payloads() == [b"x"]
    assert gaps(reading.events) == []


def test_frames_cut_by_the_snap_length() -> None:
    reading = Reading().gap(None)
    for text in (b"one" * 100, b"two" * 100, b"three" * 100):
        octets = frame(text)
        reading.feed(octets[:20]).gap(len(octets) - 20)
    assert reading.payloads() == [(text * 9)[:16] for text in (b"one", b"two", b"three")]
    assert reading.opaque() == []


def test_a_window_is_lost_with_a_frame() -> None:
    hello, again = bytes.fromhex("c107f248cdc9c90700"), bytes.fromhex("c105f200110000")
    reading = Reading(compressed=True).feed(hello, again)
    assert [m.payload for m in messages(reading.events)] == [b"Hello", b"Hello"]
    reading.gap(9).feed(again, again)
    assert codes(reading.events) == [AnomalyCode.DEFLATE_CONTEXT] * 2
    assert [m.complete for m in messages(reading.events)] == [True, True, False, False]


# Caps


def test_a_frame_that_is_too_long() -> None:
    extra = 10
    octets = frame(b"a" * (MESSAGE_OCTETS + extra), 2)
    reading = Reading().feed(octets[:1000], octets[1000:-5], octets[-5:] + frame(b"next"))
    first, second = frames(reading.events)
    assert (len(first.payload), first.length) == (MESSAGE_OCTETS, MESSAGE_OCTETS + extra)
    assert second.payload == b"next"
    assert codes(reading.events) == [AnomalyCode.LIMIT]
    assert gaps(reading.events) == [(S, 10 + MESSAGE_OCTETS, extra, GapReason.LIMIT)]
    assert [m.complete for m in messages(reading.events)] == [False, True]


def test_a_frame_that_is_too_long_and_cut() -> None:
    octets = frame(b"a" * (MESSAGE_OCTETS + 10), 2)
    reading = Reading().feed(octets[:-8]).gap(4).feed(octets[-4:], frame(b"next"))
    assert gaps(reading.events) == [
        (S, 10 + MESSAGE_OCTETS, 2, GapReason.LIMIT),
        (S, len(octets) - 4, 4, GapReason.OPAQUE),
    ]
    assert frames(reading.events)[-1].payload == b"next"


def test_a_frame_that_never_comes_is_not_waited_for_with_more_than_the_cap() -> None:
    reading = Reading().feed(b"\x82\x7f" + (1 << 40).to_bytes(8, "big"))
    for _ in range(20):
        reading.feed(bytes(1 << 20))
    assert len(reading.reader._queue.octets) < MESSAGE_OCTETS
    assert len(frames(reading.events)) == 1
