"""Frames of one direction, whole, cut, damaged."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.flow import Gap, GapReason
from analyzer.model.limits import H2_HEADER_OCTETS
from analyzer.protocol.http2_frames import FrameReader
from analyzer.protocol.http2_layout import PREFACE, Data, Frame, Lost, Part
from tests.protocol.h2_wire import data, frame, reset, settings
from tests.protocol.wire import C, S, chunk, gap, source

PING = frame(6, b"12345678")


class Lane:
    """One direction, fed packet by packet."""

    def __init__(self, direction: object = S) -> None:
        self.direction = C if direction is C else S
        self.reader = FrameReader(self.direction, 0)
        self.offset = self.packet = 0
        self.parts: list[Part] = []

    def say(self, *pieces: bytes) -> "Lane":
        octets = b"".join(pieces)
        self.packet += 1
        self.parts += self.reader.feed(chunk(octets, self.direction, self.offset, self.packet))
        self.offset += len(octets)
        return self

    def lose(self, length: int | None) -> "Lane":
        self.parts += self.reader.gap(gap(self.direction, self.offset, length))
        self.offset += length or 0
        return self

    def end(self) -> "Lane":
        self.parts += self.reader.end()
        return self

    def told(self) -> list[object]:
        """The parts in short."""
        found: list[object] = []
        for part in self.parts:
            if isinstance(part, Data):
                mark = "!" if part.last else ""
                found.append((part.stream, part.missing or part.octets, mark))
            elif isinstance(part, Frame):
                found.append((part.kind, part.stream, part.payload))
            elif isinstance(part, Lost):
                found.append("lost")
            elif isinstance(part, Gap):
                found.append((part.offset, part.length))
            else:
                found.append(part.values.get("problem", part.code))
        return found


def test_frames_and_their_packets() -> None:
    lane = Lane(C).say(PREFACE[:10]).say(PREFACE[10:] + settings((4, 65_535))[:11])
    lane.say(settings((4, 65_535))[11:] + data(1, b"abc", last=True))
    assert lane.told() == [(4, 0, b"\0\4\0\0\xff\xff"), (1, b"abc", "!")]
    first, second = lane.parts
    assert isinstance(first, Frame)
    assert isinstance(second, Data)
    assert first.source == source(2, 3, offset=24)
    assert second.source == source(3, offset=39)
    assert (second.begin, lane.reader.queue.provenance(48, 51, -40).offsets) == (48, [8])


def test_padding_is_left_out() -> None:
    lane = Lane().say(data(1, b"abc", last=True, pad=4), data(3, b"", pad=2), data(5, b"x", pad=0))
    assert lane.told() == [(1, b"abc", "!"), (3, b"", ""), (5, b"x", "")]


def test_empty_data() -> None:
    lane = Lane().say(data(1, b""), data(3, b"", last=True), PING)
    assert lane.told() == [(1, b"", ""), (3, b"", "!"), (6, 0, b"12345678")]


def test_data_is_handed_on_as_it_comes() -> None:
    octets = data(1, b"abcdef", last=True, pad=2)
    lane = Lane().say(octets[:9]).say(octets[9:12]).say(octets[12:13])
    assert lane.told() == [(1, b"ab", ""), (1, b"c", "")]
    lane.say(octets[13:17]).say(octets[17:] + PING)
    assert lane.told()[2:] == [(1, b"def", "!"), (6, 0, b"12345678")]


def test_too_much_padding() -> None:
    lane = Lane().say(frame(0, b"\x05abcd", flags=8, stream=1), PING)
    assert lane.told() == ["padding", (1, b"", ""), (6, 0, b"12345678")]


def test_an_extension_is_passed_over() -> None:
    lane = Lane().say(frame(0xC, b"x" * 300), PING)
    assert lane.told() == [(0xC, 0, None), (6, 0, b"12345678")]


def test_a_flawed_frame_is_named_and_passed_over() -> None:
    lane = Lane().say(data(0, b"abc"), PING)
    assert lane.told() == ["no stream", (0, 0, None), (6, 0, b"12345678")]
    (anomaly, *_) = lane.parts
    assert isinstance(anomaly, Anomaly)
    assert (anomaly.code, anomaly.length) == (AnomalyCode.H2_FRAME, 3)
    assert anomaly.values == {"problem": "no stream", "frame": "DATA", "stream": 0}


def test_headers_beyond_the_bound_are_passed_over() -> None:
    lane = Lane().say(frame(1, bytes(H2_HEADER_OCTETS + 1), flags=4, stream=1), PING)
    assert lane.told() == [AnomalyCode.LIMIT, (1, 1, None), (6, 0, b"12345678")]


def test_no_preface() -> None:
    lane = Lane(C).say(b"PRI * HTTP/1.1\r\n\r\n", PING, PING, reset(3))
    assert lane.told()[:3] == ["preface", "lost", (0, 18)]
    assert lane.told()[3:] == [(6, 0, b"12345678")] * 2 + [(3, 3, b"\0\0\0\x08")]


def test_a_late_start_that_nobody_told() -> None:
    lane = Lane(C).say(PING[:5]).say(PING[5:], PING, reset(3))
    assert lane.told() == ["lost"] + [(6, 0, b"12345678")] * 2 + [(3, 3, b"\0\0\0\x08")]
    assert Lane(C).say(b"GET").end().told() == [(0, 3)]


def test_what_is_no_frame() -> None:
    lane = Lane().say(PING, b"HTTP/1.1 400 Bad Request\r\n\r\n", PING * 3)
    assert (
        lane.told()
        == [(6, 0, b"12345678"), "frame type", "lost", (17, 28)] + [(6, 0, b"12345678")] * 3
    )


def test_a_flawed_frame_that_is_too_long_is_none() -> None:
    lane = Lane().say(b"\x00\x50\x00\x00\x00\x00\x00\x00\x00").end()
    assert lane.told() == ["no stream", "lost", (0, 9)]


def test_a_hole_in_data() -> None:
    octets = data(1, b"abcdefgh", last=True, pad=3)
    lane = Lane().say(octets[:12]).lose(4).say(octets[16:] + PING)
    assert lane.told() == [(1, b"ab", ""), (1, 4, ""), (1, b"gh", "!"), (6, 0, b"12345678")]
    (_, hole, *_) = lane.parts
    assert isinstance(hole, Data)
    assert hole.gap is not None
    assert hole.gap.reason is GapReason.LOST


@pytest.mark.parametrize(("length", "rest"), [(6, 3), (7, 2), (9, 0)])
def test_a_hole_that_reaches_into_the_padding(length: int, rest: int) -> None:
    octets = data(1, b"abcdefgh", last=True, pad=3)
    lane = Lane().say(octets[:12]).lose(length).say(bytes(rest) + PING)
    assert lane.told() == [(1, b"ab", ""), (1, 6, "!"), (6, 0, b"12345678")]


def test_a_hole_in_the_padding() -> None:
    octets = data(1, b"ab", pad=9)
    lane = Lane().say(octets[:-6]).lose(4).say(octets[-2:] + PING)
    assert lane.told() == [(1, b"ab", ""), (6, 0, b"12345678")]


def test_a_hole_in_headers() -> None:
    octets = frame(1, b"0123456789", flags=5, stream=1)
    lane = Lane().say(octets[:12]).lose(3).say(octets[15:] + PING)
    assert lane.told() == [(1, 1, None), (0, 12), (6, 0, b"12345678")]


@pytest.mark.parametrize(
    "octets",
    [data(1, b"abcd")[:11], data(1, b"ab", pad=4)[:-1], PING[:12], PING[:4], b"", PING],
    ids=["data", "padding", "payload", "head", "nothing", "between"],
)
def test_a_hole_whose_end_is_anywhere(octets: bytes) -> None:
    lane = Lane().say(octets) if octets else Lane()
    lane.lose(50).say(b"garbage", PING * 2 + data(7, b"x"))
    told = lane.told()
    assert told[-3:] == [(6, 0, b"12345678")] * 2 + [(7, b"x", "")]
    assert "lost" in told
    assert (len(octets) + 50, 7) in told


def test_a_late_start() -> None:
    lane = Lane(C).lose(None).say(b"rest", data(3, b"abc"), PING, PING)
    assert lane.told() == ["lost", (0, 4), (3, b"abc", "")] + [(6, 0, b"12345678")] * 2


def test_the_last_frames_before_a_hole_are_found() -> None:
    lane = Lane().lose(10).say(b"rest", PING, PING).lose(10).say(b"end").end()
    assert lane.told() == ["lost", (10, 4)] + [(6, 0, b"12345678")] * 2 + ["lost", (58, 3)]


def test_frames_found_behind_a_hole_may_be_cut() -> None:
    lane = Lane().lose(10).say(PING, PING, data(1, b"abc")[:5]).end()
    assert lane.told() == ["lost"] + [(6, 0, b"12345678")] * 2 + [(44, 5)]


def test_an_empty_hole_in_data_changes_nothing() -> None:
    octets = data(1, b"abcd")
    lane = Lane().say(octets[:11]).lose(0).say(octets[11:])
    assert lane.told() == [(1, b"ab", ""), (1, b"cd", "")]


def test_a_frame_without_an_end() -> None:
    lane = Lane().say(PING, PING[:13]).end()
    assert lane.told() == [(6, 0, b"12345678"), (17, 13)]
    assert Lane().say(data(1, b"abc")[:10]).end().told() == [(1, b"a", "")]


def test_looking_for_frames_takes_linear_time() -> None:
    lane = Lane().lose(None)
    begun = time.process_time()
    for _ in range(40):
        lane.say(b"\x00\x01\x05\x00\x00\x00\x00\x00\x01\xff\xff" * 5_000)
    lane.end()
    assert time.process_time() - begun < 8
    assert lane.told() == ["lost", (0, 40 * 55_000)]


FRAMES = st.lists(
    st.sampled_from(
        [
            PING,
            settings((3, 100)),
            data(1, b"abcdef"),
            data(3, b"xyz", last=True, pad=3),
            data(5, b""),
            frame(1, b"\x82\x84", flags=5, stream=7),
            frame(0x10, b"ext", stream=0),
            reset(9),
            data(0, b"flaw"),
            b"\xff" * 9,
        ]
    ),
    max_size=10,
)


def joined(told: list[object]) -> list[object]:
    """DATA of one frame in one piece."""
    found: list[object] = []
    for part in told:
        if isinstance(part, tuple) and len(part) == 3 and isinstance(part[2], str):
            last = found[-1] if found else None
            if isinstance(last, list) and last[0] == part[0]:
                last[1] += part[1]
                last[2] += part[2]
            else:
                found.append([*part])
        else:
            found.append(part)
    return found


@given(FRAMES, st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_any_cut_gives_the_same(frames: list[bytes], sizes: list[int]) -> None:
    octets = b"".join(frames)
    whole, pieces = Lane(), Lane()
    if octets:
        whole.say(octets)
    at = turn = 0
    while at < len(octets):
        size = sizes[turn % len(sizes)]
        pieces.say(octets[at : at + size])
        at, turn = at + size, turn + 1
    assert joined(whole.end().told()) == joined(pieces.end().told())


@given(st.lists(st.one_of(st.binary(max_size=80), FRAMES.map(b"".join), st.none()), max_size=8))
def test_every_octet_is_told(pieces: list[bytes | None]) -> None:
    lane = Lane()
    for piece in pieces:
        if piece is None:
            lane.lose(7)
        elif piece:
            lane.say(piece)
    lane.end()
    named = sum(part.length or 0 for part in lane.parts if isinstance(part, Gap))
    payload = sum(
        len(part.octets) if isinstance(part, Data) else len(part.payload or b"")
        for part in lane.parts
        if isinstance(part, Data | Frame)
    )
    assert named + payload <= lane.offset
    ends = [part.offset + (part.length or 0) for part in lane.parts if isinstance(part, Gap)]
    assert ends == sorted(ends)
