"""Messages put together from frames."""

import pytest

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event
from analyzer.model.limits import MESSAGE_OCTETS
from analyzer.model.source import HarSource, PacketSource, Source
from analyzer.model.websocket import Frame, MessageKind
from analyzer.protocol.deflate import Budget, Inflater
from analyzer.protocol.websocket_messages import MessageAssembler
from tests.protocol.wire import START_NS, Deflater, S, codes, messages, source


class Assembly:
    """Feeds an assembler one frame after the other."""

    def __init__(self, *, compressed: bool = False) -> None:
        inflater = Inflater(Budget(), takeover=True) if compressed else None
        self.assembler = MessageAssembler(inflater)
        self.events: list[Event] = []
        self.packet = 0

    def take(
        self,
        payload: bytes,
        opcode: int = 1,
        *,
        fin: bool = True,
        rsv: int = 0,
        missing: int = 0,
        place: Source | None = None,
    ) -> "Assembly":
        self.packet += 1
        made = Frame(
            direction=S,
            opcode=opcode,
            fin=fin,
            rsv=rsv,
            masking_key=None,
            length_form=7,
            length=len(payload) + missing,
            payload=payload,
            offset=0,
            source=place or source(self.packet),
        )
        self.assembler.take(made, self.events)
        return self

    def told(self) -> list[tuple[bytes, int, bool]]:
        return [(m.payload, m.frames, m.complete) for m in messages(self.events)]


def test_one_frame_is_one_message() -> None:
    assembly = Assembly().take(b"text").take(b"\xff", 2)
    assert [
        (m.kind, m.payload, m.frames, m.compressed_length, m.complete, m.source)
        for m in messages(assembly.events)
    ] == [
        (MessageKind.TEXT, b"text", 1, None, True, source(1)),
        (MessageKind.BINARY, b"\xff", 1, None, True, source(2)),
    ]


def test_fragments_with_control_frames_in_between() -> None:
    assembly = Assembly().take(b"a", fin=False).take(b"ping", 9).take(b"b", 0, fin=False)
    assembly.take(b"pong", 10).take(b"c", 0)
    assert assembly.told() == [(b"abc", 3, True)]
    assert messages(assembly.events)[0].source == source(1, 5)


def test_sources_without_times() -> None:
    assembly = Assembly().take(b"a", fin=False, place=PacketSource(0, 7, 8, None))
    assembly.take(b"b", 0, place=PacketSource(0, 3, 4, None))
    assert messages(assembly.events)[0].source == PacketSource(0, 3, 8, None)
    assembly = Assembly().take(b"a", fin=False, place=HarSource(0, 0, 0, None)).take(b"b", 0)
    assert messages(assembly.events)[0].source == HarSource(0, 0, 0, None)
    assembly = Assembly().take(b"a", fin=False, place=PacketSource(0, 9, 9, None)).take(b"b", 0)
    assert messages(assembly.events)[0].source == PacketSource(0, 2, 9, START_NS + 2)


def test_a_continuation_of_nothing() -> None:
    assembly = Assembly().take(b"a", 0).take(b"b")
    assert codes(assembly.events) == [AnomalyCode.WS_CONTINUATION]
    assert assembly.told() == [(b"b", 1, True)]


def test_a_message_inside_a_message() -> None:
    assembly = Assembly().take(b"a", fin=False).take(b"b").take(b"c", 0)
    assert codes(assembly.events) == [AnomalyCode.WS_INTERRUPTED, AnomalyCode.WS_CONTINUATION]
    assert assembly.told() == [(b"a", 1, False), (b"b", 1, True)]


def test_a_message_without_end() -> None:
    assembly = Assembly().take(b"a", fin=False).take(b"b", 0, fin=False)
    assembly.assembler.end("fin", assembly.events)
    anomaly = assembly.events[0]
    assert isinstance(anomaly, Anomaly)
    assert (anomaly.code, anomaly.values, anomaly.length) == (
        AnomalyCode.WS_UNFINISHED,
        {"frames": 2, "cause": "fin"},
        2,
    )
    assert assembly.told() == [(b"ab", 2, False)]


def test_reserved_opcodes_hold_no_message() -> None:
    assert Assembly().take(b"a", 3).take(b"b", 11).events == []


def test_close_frames() -> None:
    assembly = Assembly().take(b"\x03", 8)
    assert codes(assembly.events) == [AnomalyCode.WS_CLOSE_BODY]
    assert assembly.assembler.closed
    assert Assembly().take(b"\x03", 8, missing=5).events == []  # cut by the capture, not the sender


def test_missing_octets_make_a_message_incomplete() -> None:
    assembly = Assembly().take(b"a", missing=3)
    assert assembly.told() == [(b"a", 1, False)]
    assembly = Assembly().take(b"a", fin=False).take(b"b", 0, fin=False, missing=2).take(b"c", 0)
    assert assembly.told() == [(b"ab", 3, False)]


def test_missing_frames() -> None:
    assembly = Assembly().take(b"a", fin=False)
    assembly.assembler.lose(assembly.events)
    assembly.take(b"b", 0, fin=False).take(b"c", 0).take(b"d", 0)
    assert assembly.told() == [(b"a", 1, False)]
    assert codes(assembly.events) == [AnomalyCode.WS_CONTINUATION]  # the third is sure
    assembly = Assembly()
    assembly.assembler.lose(assembly.events)
    assembly.take(b"a").take(b"b", 0)
    assert codes(assembly.events) == [AnomalyCode.WS_CONTINUATION]


# UTF-8


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        ("κόσμε".encode(), None),
        (b"\xce\xba\xed\xa0\x80", 2),
        (b"\xf4\x90\x80\x80", 0),
        (b"ab\xce", 2),
    ],
)
def test_text_is_utf_8(octets: bytes, offset: int | None) -> None:
    values = [] if offset is None else [{"offset": offset, "octets": len(octets)}]
    assembly = Assembly().take(octets)
    assert [e.values for e in assembly.events if isinstance(e, Anomaly)] == values
    cut = Assembly().take(octets[:1], fin=False).take(octets[1:], 0)
    assert [e.values for e in cut.events if isinstance(e, Anomaly)] == values
    assert codes(Assembly().take(octets, 2).events) == []


def test_text_that_is_cut_may_end_inside_a_character() -> None:
    assert codes(Assembly().take(b"ab\xce", missing=1).events) == []
    assert codes(Assembly().take(b"ab\xffc", missing=1).events) == [AnomalyCode.WS_UTF8]


# Compression


def test_fragmented_and_compressed() -> None:
    """RFC 7692 section 7.2.3.1, two fragments."""
    assembly = Assembly(compressed=True)
    assembly.take(bytes.fromhex("f248cd"), fin=False, rsv=4).take(bytes.fromhex("c9c90700"), 0)
    (message,) = messages(assembly.events)
    assert (message.payload, message.compressed_length, message.frames) == (b"Hello", 7, 2)


def test_rsv1_means_nothing_where_nothing_was_agreed() -> None:
    assembly = Assembly().take(b"Hello", rsv=4)
    assert assembly.told() == [(b"Hello", 1, True)]
    assert messages(assembly.events)[0].compressed_length is None


def test_some_messages_are_compressed_and_some_are_not() -> None:
    send = Deflater()
    assembly = Assembly(compressed=True).take(send(b"one"), rsv=4).take(b"two")
    assembly.take(send(b"one two"), 2, rsv=4)
    assert [m.payload for m in messages(assembly.events)] == [b"one", b"two", b"one two"]


def test_damaged_compression() -> None:
    assembly = Assembly(compressed=True).take(b"\xff\xff", rsv=4)
    assert codes(assembly.events) == [AnomalyCode.DEFLATE_DATA]
    assert assembly.told() == [(b"", 1, False)]


def test_a_compressed_message_that_is_cut() -> None:
    octets = Deflater(level=0)(b"hello world")
    assembly = Assembly(compressed=True).take(octets[:10], rsv=4, missing=len(octets) - 10)
    assert assembly.told() == [(b"hello", 1, False)]
    assembly.assembler.lose(assembly.events)
    assert codes(assembly.events) == []


def test_text_inside_compression_is_checked() -> None:
    assembly = Assembly(compressed=True).take(Deflater()(b"\xff\xfe"), rsv=4)
    assert codes(assembly.events) == [AnomalyCode.WS_UTF8]


# Caps


def test_a_message_of_many_fragments_is_bounded() -> None:
    assembly = Assembly().take(b"a" * MESSAGE_OCTETS, 2, fin=False)
    assembly.take(b"b", 0, fin=False).take(b"c", 0)
    assert codes(assembly.events) == [AnomalyCode.LIMIT]
    (message,) = messages(assembly.events)
    assert (len(message.payload), message.complete, message.frames) == (MESSAGE_OCTETS, False, 3)
