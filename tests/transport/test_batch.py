import numpy as np
import pytest

from analyzer.transport import batch
from analyzer.transport.batch import Batch, Reference, Rows, joined, rows_of
from analyzer.transport.columns import Census

from .segments import ACK, FIN, ISN, RST, SYN, C, Pair, S, handshake, sent, window_of

BEGUN = (
    Reference(begun=True, until=1 << 62, sequence=ISN[0] + 1, offset=0, high=0),
    Reference(begun=True, until=1 << 62, sequence=ISN[1] + 1, offset=0, high=0),
)
UNKNOWN = Reference(begun=False, until=0, sequence=0, offset=0, high=0)


def batch_of(*packets: bytes, slots: list[int] | None = None, snaplen: int = 1 << 18) -> Batch:
    window = window_of(packets, snaplen=snaplen)
    segments = Census().segments(window)
    index = np.arange(len(segments))
    slot = np.array(slots or [0] * len(segments))
    side = (segments.source_port == 7_071).astype(np.int64)
    return Batch(rows_of(segments, index, slot, side), side * 0, window.data)


def test_groups_stand_by_connection_the_client_first() -> None:
    packets = [sent(S, 0, b"a"), sent(C, 0, b"b"), sent(S, 1, b"c"), sent(C, 0, b"d")]
    found = batch_of(*packets, slots=[0, 5, 0, 0])
    groups = [(group.slot, group.way, group.low, group.high) for group in found.groups]
    assert groups == [(0, 0, 0, 1), (0, 1, 1, 3), (5, 0, 3, 4)]
    assert found.rows.number.tolist() == [4, 1, 3, 2]
    assert [(first, last) for first, _, last, _ in found.outer_rows()] == [(4, 4), (1, 3), (2, 2)]


def test_rows_are_joined_and_taken() -> None:
    first, second = batch_of(*handshake()).rows, batch_of(sent(C, 0, b"x")).rows
    whole = joined(first, second)
    assert len(whole) == 4
    assert all(len(getattr(whole, name)) == 4 for name in Rows.__struct_fields__)
    assert whole.take(slice(1, 3)).number.tolist() == first.number.tolist()[1:]


def pieces(found: Batch, own: list[Reference], peer: list[Reference]) -> list[tuple[int, object]]:
    return [
        (run.piece.start, run.piece.octets or run.piece.end)
        for run in found.runs(found.measure(own, peer))
    ]


@pytest.mark.parametrize("many", [0, 100])
def test_what_follows_each_other_is_one_run(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MANY", many)
    packets = [sent(C, 0, b"ab"), sent(C, 2), sent(C, 2, b"cd"), sent(C, 7, b"h"), sent(C, 4, b"e")]
    found = batch_of(*packets)
    runs = list(found.runs(found.measure([BEGUN[0]], [BEGUN[1]])))
    assert [(run.piece.start, run.piece.octets) for run in runs] == [
        (0, b"abcd"),
        (7, b"h"),
        (4, b"e"),
    ]
    assert [list(run.piece.offsets) for run in runs] == [[0, 2], [7], [4]]
    assert [list(run.piece.packets) for run in runs] == [[1, 3], [4], [5]]
    assert [run.before for run in runs] == [0, 4, 8]


def test_a_cut_segment_stands_alone() -> None:
    packets = [sent(C, 0, b"abcd"), sent(C, 4, b"efgh"), sent(C, 8, b"i")]
    found = batch_of(*packets, snaplen=56)
    assert pieces(found, [BEGUN[0]], [BEGUN[1]]) == [
        (0, b"ab"),
        (2, 4),
        (4, b"ef"),
        (6, 8),
        (8, b"i"),
    ]
    found = batch_of(*packets, snaplen=54)
    assert pieces(found, [BEGUN[0]], [BEGUN[1]]) == [(0, 4), (4, 8), (8, 9)]


def test_sequence_numbers_wrap_around() -> None:
    pair = Pair(isn=((1 << 32) - 3, 0))
    found = batch_of(*(sent(C, at, b"abc", pair=pair) for at in (0, 3, 6)))
    own = Reference(begun=True, until=1 << 62, sequence=pair.isn[0] + 1, offset=0, high=0)
    assert pieces(found, [own], [BEGUN[1]]) == [(0, b"abcabcabc")]


def test_offsets_go_on_where_the_direction_stands() -> None:
    found = batch_of(sent(C, 100, b"x"), sent(C, 90, b"y"), sent(S, 0, acked=99))
    own = Reference(begun=True, until=1 << 62, sequence=ISN[0] + 101, offset=7_000, high=7_005)
    measured = found.measure([own, BEGUN[1]], [BEGUN[1], own])
    assert measured.offset.tolist() == [7_000, 6_990, 0]
    assert measured.before.tolist() == [7_005, 7_005, 0]
    assert measured.high == [7_005, 0]
    assert measured.acked == [0, 6_999]


def test_what_a_direction_does_is_counted() -> None:
    packets = [
        sent(C, -1, b"", SYN, window=0),
        sent(C, 0, b"abc"),
        sent(C, 2),  # a keep-alive
        sent(C, 2, b"\x00"),  # and one with an octet
        sent(C, 3),
        sent(C, 3, window=0),
        sent(C, 2, b"", ACK | FIN),
        sent(C, 3, b"", ACK | RST, window=0),
        sent(C, 1 << 20, b"xx", RST),
    ]
    found = batch_of(*packets)
    measured = found.measure([BEGUN[0]], [BEGUN[1]])
    assert measured.keep_alive.tolist() == [row in (2, 3) for row in range(9)]
    assert measured.keep_alives == [2]
    assert measured.zero_windows == [1]
    assert measured.payload.tolist() == [1, 3]
    assert measured.high == [3]
    assert [run.keep_alive for run in found.runs(measured)] == [False, True]


def test_a_fin_takes_a_number() -> None:
    found = batch_of(sent(C, 0, b"ab", ACK | FIN), sent(C, 2))
    measured = found.measure([BEGUN[0]], [BEGUN[1]])
    assert measured.high == [3]
    assert measured.keep_alives == [1]


def test_groups_do_not_touch_each_other() -> None:
    far = sent(C, (1 << 31) - 1, b"x")
    found = batch_of(far, sent(S, 0, b"y"), sent(S, -5, b"z"), slots=[0, 1, 1])
    measured = found.measure([BEGUN[0], BEGUN[1]], [BEGUN[1], BEGUN[0]])
    assert measured.before.tolist() == [0, 0, 1]


def test_what_cannot_be_placed_or_is_not_wanted_is_left_out() -> None:
    passed = Reference(begun=True, until=-1, sequence=ISN[0] + 1, offset=0, high=0)
    for own in (UNKNOWN, passed):
        found = batch_of(sent(C, 0, b"abc"), sent(C, 2))
        measured = found.measure([own], [UNKNOWN])
        assert list(found.runs(measured)) == []
        assert measured.keep_alives == [own.begun]
        assert measured.acked == [0]


def test_octets_are_wanted_up_to_an_offset() -> None:
    own = Reference(begun=True, until=50, sequence=ISN[0] + 1, offset=45, high=45)
    found = batch_of(sent(C, 0, b"abc"), sent(C, 3, b"def"), sent(C, 6, b"ghi"))
    assert pieces(found, [own], [BEGUN[1]]) == [(45, b"abcdef")]


def test_what_acknowledges_nothing_says_nothing() -> None:
    packets = [sent(C, 0, b"x", 0), sent(C, 1, b"", RST | ACK, acked=500)]
    found = batch_of(*packets)
    assert found.measure([BEGUN[0]], [BEGUN[1]]).acked[0] < 0
