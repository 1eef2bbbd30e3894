import pytest

from analyzer.model import limits
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.events import Item
from analyzer.model.flow import Chunk, EndCause, Gap, GapReason
from analyzer.model.source import PacketSource
from analyzer.transport.direction import Direction, Finish, Store
from analyzer.transport.pieces import Piece

from .segments import C, anomalies, gaps, octets

LAST = PacketSource(0, 99, 99, 990)


class Fed:
    """A direction that is fed one packet after another."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or Store(0)
        self.direction = Direction(self.store, C)
        self.direction.begin(1)
        self.packets = 0
        self.out: list[Item] = []

    def take(
        self, start: int, text: bytes | None, end: int = 0, *, keep_alive: bool = False
    ) -> None:
        self.packets += 1
        piece = Piece(
            start,
            end or start + len(text or b""),
            text,
            [start],
            [self.packets],
            [self.packets * 10],
        )
        take = self.direction.keep_alive if keep_alive else self.direction.take
        take(piece, self.direction.high)
        self.direction.high = max(self.direction.high, piece.end)

    def items(self) -> list[Item]:
        self.out += self.direction.items()
        return self.out

    def finish(self) -> list[Item]:
        self.out += self.direction.finish(LAST)
        return self.out


def test_what_comes_in_order_is_one_chunk() -> None:
    fed = Fed()
    fed.take(0, b"ab")
    fed.take(2, b"cd")
    (chunk,) = fed.items()
    assert isinstance(chunk, Chunk)
    assert (chunk.direction, chunk.offset, chunk.octets) == (C, 0, b"abcd")
    provenance = chunk.provenance
    assert list(provenance.offsets) == [0, 2]
    assert list(provenance.packets) == [1, 2]
    assert list(provenance.times_ns) == [10, 20]
    assert fed.direction.facts().octets == 4
    assert fed.direction.items() == []


def test_what_comes_too_early_waits() -> None:
    fed = Fed()
    fed.take(2, b"cd")
    fed.take(6, b"gh")
    assert fed.items() == []
    assert fed.store.pending == 4
    fed.take(0, b"ab")
    fed.take(4, b"ef")
    assert octets(fed.items(), C) == b"abcdefgh"
    assert gaps(fed.out) == []
    assert fed.store.pending == 0
    facts = fed.direction.facts()
    assert (facts.out_of_order, facts.retransmitted, facts.lost) == (2, 0, 0)


def test_what_was_seen_is_compared_and_the_first_copy_stands() -> None:
    fed = Fed()
    fed.take(0, b"abcdef")
    fed.take(2, b"cdef")
    fed.take(4, b"eXgh")
    fed.take(12, b"mn")
    fed.take(12, b"mY")
    facts = fed.direction.facts()
    assert (facts.retransmitted, facts.conflicting) == (6, 2)
    found = anomalies(fed.finish())
    assert [(a.code, a.values, a.direction, a.length) for a in found] == [
        (AnomalyCode.TCP_CONFLICT, {"offset": 4}, C, 1),
        (AnomalyCode.TCP_CONFLICT, {"offset": 12}, C, 1),
    ]
    assert [a.source for a in found] == [PacketSource(0, 3, 3, 30), PacketSource(0, 5, 5, 50)]
    assert octets(fed.out, C) == b"abcdefghmn"
    assert gaps(fed.out) == [(C, 8, 4, "lost")]
    assert fed.direction.facts().lost == 4


def test_a_copy_is_compared_with_what_an_earlier_window_brought() -> None:
    fed = Fed()
    fed.store.history = 4
    fed.take(0, b"abcd")
    fed.items()
    fed.take(4, b"ef")
    fed.items()
    fed.take(0, b"ZZcdef")  # the first two octets are not remembered
    assert fed.direction.facts().retransmitted == 6
    fed.take(0, b"abZdeZ")
    facts = fed.direction.facts()
    assert (facts.retransmitted, facts.conflicting) == (10, 2)


def test_conflicts_are_counted_beyond_those_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANOMALIES_PER_CODE", 2)
    fed = Fed()
    fed.take(0, b"abcd")
    for _ in range(5):
        fed.take(0, b"abcX")
    assert len(anomalies(fed.finish())) == 2
    assert fed.direction.facts().conflicting == 5


def test_a_hole_is_given_up_when_the_peer_has_what_was_in_it() -> None:
    fed = Fed()
    fed.take(0, b"ab")
    fed.take(5, b"fg")
    fed.direction.acked = 4
    assert octets(fed.items(), C) == b"ab"
    fed.direction.acked = 7
    assert octets(fed.items(), C) == b"abfg"
    gap = fed.out[1]
    assert gap == Gap(C, 2, 3, GapReason.LOST, PacketSource(0, 2, 2, 20))
    fed.take(2, b"cde")  # too late
    assert octets(fed.items(), C) == b"abfg"


def test_what_the_capture_cut_off_is_a_gap() -> None:
    fed = Fed()
    fed.take(0, b"ab")
    fed.take(2, None, 6)
    fed.take(6, b"gh")
    fed.take(2, b"cdef")
    fed.take(2, None, 6)
    assert octets(fed.finish(), C) == b"abgh"
    assert gaps(fed.out) == [(C, 2, 4, "snaplen")]
    facts = fed.direction.facts()
    assert (facts.cut, facts.lost, facts.conflicting) == (4, 0, 0)


def test_what_was_cut_off_may_wait_too() -> None:
    fed = Fed()
    fed.take(2, None, 4)
    fed.take(2, b"cd")
    fed.take(3, None, 5)
    fed.take(0, b"ab")
    assert gaps(fed.finish()) == [(C, 2, 2, "snaplen"), (C, 4, 1, "snaplen")]
    assert fed.store.pending == 0


def test_the_octet_of_a_keep_alive_counts_only_where_none_was_seen() -> None:
    fed = Fed()
    fed.take(0, b"abc")
    fed.take(2, b"\x00", keep_alive=True)
    fed.take(5, b"f")
    fed.take(5, b"\x00", keep_alive=True)
    facts = fed.direction.facts()
    assert (facts.retransmitted, facts.conflicting) == (0, 0)
    fed.take(3, b"d", keep_alive=True)
    assert octets(fed.items(), C) == b"abcd"


@pytest.mark.parametrize(
    ("name", "value"), [("PENDING_OCTETS", 10), ("PENDING_SEGMENTS", 5), ("ALL_PENDING_OCTETS", 10)]
)
def test_too_much_behind_a_hole_gives_it_up(
    name: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, name, value)
    fed = Fed()
    for start in range(1, 30, 4):
        fed.take(start, b"xx")
    found = anomalies(fed.items())
    assert {a.code for a in found} == {AnomalyCode.LIMIT}
    assert found[0].values == {"limit": name, "value": value}
    assert found[0].source == PacketSource(0, 6, 6, 60)
    assert gaps(fed.out)[0] == (C, 0, 1, "lost")
    assert fed.store.pending <= 10
    assert len(octets(fed.finish(), C)) == 16
    assert fed.store.pending == 0


def test_directions_share_what_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ALL_PENDING_OCTETS", 10)
    first = Fed()
    second = Fed(first.store)
    first.take(1, b"x" * 8)
    second.take(1, b"y" * 8)
    assert octets(second.items(), C) == b"y" * 8
    assert first.items() == []


def test_at_the_end_all_holes_are_gaps() -> None:
    fed = Fed()
    fed.take(1, b"b")
    fed.take(5, b"f")
    fed.direction.fin = Finish(9, LAST)
    assert gaps(fed.finish()) == [(C, 0, 1, "lost"), (C, 2, 3, "lost"), (C, 6, 3, "lost")]
    assert fed.direction.end(EndCause.FIN, LAST).offset == 9
    assert fed.direction.facts().lost == 7


@pytest.mark.parametrize(("acked", "lost"), [(0, []), (2, []), (3, []), (4, [(C, 2, 2, "lost")])])
def test_what_the_peer_acknowledged_was_there(acked: int, lost: list[object]) -> None:
    """One number more than octets may be a FIN that was not captured."""
    fed = Fed()
    fed.take(0, b"ab")
    fed.direction.acked = acked
    assert gaps(fed.finish()) == lost


def test_without_a_beginning_there_is_no_end_to_miss() -> None:
    direction = Direction(Store(0), C)
    direction.acked = 50
    assert direction.finish(LAST) == []


def test_a_late_beginning_is_a_gap_of_unknown_length() -> None:
    direction = Direction(Store(0), C)
    assert not direction.reference().begun
    direction.begin(7, LAST)
    assert direction.items() == [Gap(C, 0, None, GapReason.LATE_START, LAST)]
    reference = direction.reference()
    assert (reference.begun, reference.sequence) == (True, 7)


def test_where_only_the_beginning_is_wanted_the_rest_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "NAMED_OCTETS", 4)
    fed = Fed()
    fed.direction.brief = True
    fed.take(0, b"abc")
    assert gaps(fed.items()) == []
    fed.take(3, b"def")
    assert octets(fed.items(), C) == b"abcdef"
    assert fed.out[-1] == Gap(C, 6, None, GapReason.OPAQUE, PacketSource(0, 2, 2, 20))
    assert fed.direction.reference().until == 4
    fed.direction.high = 60
    assert fed.direction.items() == []
    assert fed.direction.reference().offset == 60
    fed.direction.acked = 90
    assert fed.direction.finish(LAST) == []
    assert fed.direction.end(EndCause.RST, LAST).offset == 60
    fed.direction.fin = Finish(59, LAST)
    fed.direction.finish(LAST)
    assert fed.direction.end(EndCause.FIN, LAST).offset == 59


def test_what_is_passed_over_may_begin_behind_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NAMED_OCTETS", 4)
    fed = Fed()
    fed.direction.brief = True
    fed.take(0, None, 6)
    assert gaps(fed.items()) == [(C, 0, 6, "snaplen"), (C, 6, None, "opaque")]


def test_a_time_that_is_not_known_is_none() -> None:
    assert Store(3).source(5, -1) == PacketSource(3, 5, 5, None)
    assert Store(3).source(5, 0) == PacketSource(3, 5, 5, 0)
