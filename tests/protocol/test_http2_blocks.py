"""Field blocks, in one frame or several, and what is left of broken ones."""

import time

from hpack import Encoder

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.limits import H2_HEADER_OCTETS
from analyzer.protocol.http2_blocks import Block, BlockReader
from analyzer.protocol.http2_layout import Frame
from tests.protocol.wire import S, source

LINES = [(":status", "200"), ("x-a", "1")]


class Lane:
    """A reader fed frame by frame; each frame is a packet."""

    def __init__(self) -> None:
        self.reader = BlockReader(S)
        self.encoder = Encoder()
        self.packet = 0
        self.told: list[Block | Anomaly] = []

    def say(self, kind: int, payload: bytes | None, flags: int = 4, stream: int = 1) -> "Lane":
        self.packet += 1
        frame = Frame(kind, flags, stream, payload, source(self.packet))
        self.told += self.reader.feed(frame)
        return self

    def fields(self, *lines: tuple[str, str]) -> bytes:
        return self.encoder.encode(list(lines or LINES))

    def lose(self) -> "Lane":
        self.told += self.reader.lose()
        return self

    def short(self) -> list[object]:
        return [
            (one.stream, one.headers) if isinstance(one, Block) else one.values.get("problem")
            for one in self.told
        ]


WHOLE = (1, tuple(LINES))


def test_one_frame() -> None:
    lane = Lane()
    lane.say(1, lane.fields(), 5)
    (block,) = lane.told
    assert block == Block(1, False, tuple(LINES), True, True, source(1))


def test_several_frames() -> None:
    lane = Lane()
    octets = lane.fields()
    lane.say(1, octets[:2], 1).say(9, octets[2:3], 0).say(9, b"", 0).say(9, octets[3:])
    (block,) = lane.told
    assert block == Block(1, False, tuple(LINES), True, True, source(1, 4))


def test_padding_and_priority() -> None:
    lane = Lane()
    lane.say(1, b"\x03" + bytes(5) + lane.fields() + bytes(3), 0x2C)
    lane.say(1, bytes(5) + lane.fields(), 0x24, 3).say(1, b"\x00" + lane.fields(), 0xC, 5)
    assert lane.short() == [(n, tuple(LINES)) for n in (1, 3, 5)]


def test_a_promise() -> None:
    lane = Lane()
    lane.say(5, b"\x01\x80\x00\x00\x02" + lane.fields() + b"\x00", 0xC)
    (block,) = lane.told
    assert block == Block(2, True, tuple(LINES), True, False, source(1))


def test_more_padding_than_payload() -> None:
    lane = Lane().say(1, b"\x09abc", 0xC)
    assert lane.short() == ["gap", (1, ())]
    assert Lane().say(5, b"\x02abcd", 0xC).short() == ["gap", (int.from_bytes(b"abcd"), ())]


def test_a_block_with_a_hole() -> None:
    lane = Lane()
    octets = lane.fields(("x-old", "1"))
    lane.say(1, None, 5, 3).say(1, octets[:2], 0).say(9, None, 0).say(9, b"x", 4)
    assert lane.short() == ["gap", (3, ()), "gap", (1, ())]
    assert [one.last for one in lane.told if isinstance(one, Block)] == [True, False]
    assert not any(one.known for one in lane.told if isinstance(one, Block))
    # What it put into the table is unknown, what comes behind it is not.
    lane.say(1, lane.fields(("x-old", "1"), ("x-new", "2")), 4, 5)
    assert lane.short()[4:] == ["index", (5, (("x-new", "2"),))]


def test_frames_lost_within_a_block() -> None:
    lane = Lane()
    octets = lane.fields()
    lane.say(1, octets[:2], 1).lose()
    assert lane.short() == ["gap", (1, ())]
    assert lane.lose().told[2:] == []


def test_another_frame_within_a_block() -> None:
    lane = Lane()
    octets = lane.fields()
    lane.say(1, octets[:2], 0).say(6, bytes(8), 0, 0).say(9, octets[2:])
    assert lane.short() == ["unfinished", (1, ()), "unfinished header block", "continuation"]
    lane.say(6, bytes(8), 0, 0)
    assert len(lane.told) == 4


def test_another_block_within_a_block() -> None:
    lane = Lane()
    octets = lane.fields()
    lane.say(1, octets[:2], 0).say(1, octets, 4, 3)
    assert lane.short() == ["unfinished", (1, ()), "unfinished header block", (3, tuple(LINES))]


def test_a_continuation_of_another_stream() -> None:
    lane = Lane().say(1, b"\x88", 0).say(9, b"\x88", 4, 3)
    assert lane.short() == ["continuation", (1, ()), "continuation"]


def test_broken_coding() -> None:
    lane = Lane().say(1, b"\x88\x40")
    (anomaly, block) = lane.told
    assert isinstance(anomaly, Anomaly)
    assert anomaly.code is AnomalyCode.H2_HEADERS
    assert anomaly.values == {"problem": "truncated", "stream": 1, "fields": 0}
    assert block == Block(1, False, ((":status", "200"),), True, False, source(1))


def test_a_flood_of_continuations() -> None:
    lane = Lane().say(1, b"\x88", 0)
    begun = time.process_time()
    for _ in range(200):
        lane.say(9, b"\x88" * 16_384, 0)
    for _ in range(20_000):
        lane.say(9, b"", 0)
    lane.say(9, b"", 4)
    assert time.process_time() - begun < 5
    (limit, block) = lane.told
    assert isinstance(limit, Anomaly)
    assert limit.code is AnomalyCode.LIMIT
    assert limit.values["value"] == H2_HEADER_OCTETS
    assert isinstance(block, Block)
    assert len(block.headers) == H2_HEADER_OCTETS // (7 + 3 + 32)


def test_an_empty_block_is_a_known_one() -> None:
    (block,) = Lane().say(1, b"").told
    assert isinstance(block, Block)
    assert block.known
