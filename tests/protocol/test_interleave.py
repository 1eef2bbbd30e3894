"""Both directions in the order of time, whatever the order they were delivered in."""

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event
from analyzer.model.flow import Chunk, Provenance
from analyzer.model.source import Direction, HarSource
from analyzer.protocol.interleave import (
    PORTION_OCTETS,
    Interleaver,
    Octets,
    by_time,
    portions,
    stamp,
)
from tests.protocol.wire import START_NS, C, S, chunk, end, gap, run_of, source


def told(items: list[Octets]) -> list[tuple[Direction | None, bytes | str]]:
    return [
        (item.direction, item.octets if isinstance(item, Chunk) else type(item).__name__)
        for item in items
    ]


def all_of(interleaver: Interleaver) -> list[Octets]:
    items = []
    while (item := interleaver.next()) is not None:
        items.append(item)
    return items


def test_chunks_are_cut_where_the_other_direction_comes_in() -> None:
    asked = run_of([b"a", b"b", b"c"], C, first=1, step=2)  # packets 1, 3, 5
    answered = run_of([b"A", b"B"], S, first=2, step=2)  # packets 2, 4
    items = all_of(Interleaver([asked, answered]))
    assert told(items) == [(C, b"a"), (S, b"A"), (C, b"b"), (S, b"B"), (C, b"c")]
    assert items[2] == Chunk(C, 1, b"b", Provenance([1], [3], [START_NS + 3]))


def test_one_direction_is_not_cut() -> None:
    asked = run_of([b"a", b"b"], C)
    assert all_of(Interleaver([asked])) == [asked]
    assert all_of(Interleaver([])) == []


def test_the_rest_is_not_cut_any_further() -> None:
    asked = run_of([b"a", b"b", b"c", b"d"], C, first=1, step=2)
    answered = run_of([b"A", b"B", b"C"], S, first=2, step=2)
    interleaver = Interleaver([asked, end(C), answered])
    assert told([item for item in (interleaver.next(), interleaver.next()) if item]) == [
        (C, b"a"),
        (S, b"A"),
    ]
    assert told(interleaver.rest()) == [(C, b"bcd"), (C, "End"), (S, b"BC")]
    assert interleaver.next() is None


def test_portions_end_with_a_packet() -> None:
    third = PORTION_OCTETS // 3 + 1
    asked = run_of([b"a" * third] * 5, C, first=1, step=2)
    answered = run_of([b"A" * third], S, first=4)
    found = list(portions([asked, end(C, packet=50), answered, end(S, packet=51)]))
    assert [[(d, len(o)) for d, o in told(portion)] for portion in found] == [
        [(C, 2 * third), (S, third)],
        [(C, 3 * third)],
        [(C, 3), (S, 3)],
    ]
    assert list(portions([])) == [[]]


def test_a_run_is_cut_behind_so_many_octets() -> None:
    asked = run_of([b"ab"] * 5, C)
    interleaver = Interleaver([asked])
    items = [item for _ in range(3) if (item := interleaver.next(3)) is not None]
    assert told(items) == [(C, b"abab"), (C, b"abab"), (C, b"ab")]


def test_packets_that_came_late_stay_where_their_octets_belong() -> None:
    late = run_of([b"a", b"b"], C, first=9, step=-8)  # packets 9 and 1: sent again
    answered = chunk(b"A", S, packet=5)
    assert told(all_of(Interleaver([late, answered]))) == [(S, b"A"), (C, b"ab")]


def test_gaps_and_ends_have_their_time_too() -> None:
    items: list[Octets] = [chunk(b"a", C, 0, 1), gap(C, 1, 5, packet=6), end(C, packet=8)]
    other: list[Octets] = [chunk(b"A", S, 0, 3), chunk(b"B", S, 1, 7)]
    odd = Anomaly(code=AnomalyCode.TCP_CONFLICT)
    assert told(all_of(Interleaver([*items, *other, odd]))) == [
        (C, b"a"),
        (S, b"A"),
        (C, "Gap"),
        (S, b"B"),
        (None, "Anomaly"),
        (C, "End"),
    ]


def test_what_has_no_time_stays_behind_what_came_before() -> None:
    assert stamp(None, (5, 1)) == (5, 1)
    assert stamp(HarSource(0, 0, None, 9), (5, 1)) == (5, 1)
    assert stamp(source(2), (0, 0)) == (START_NS + 2, 2)


def test_events_of_two_directions() -> None:
    def odd(packet: int | None) -> Event:
        place = source(packet) if packet is not None else None
        return Anomaly(code=AnomalyCode.TCP_GAP, source=place)

    one, other = [odd(1), odd(None), odd(5), odd(4)], [odd(2), odd(6)]
    assert by_time(one, other) == [one[0], one[1], other[0], one[2], one[3], other[1]]
    assert by_time(one, []) is one
    assert by_time([], other) is other


@given(
    st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=3)), max_size=12), st.data()
)
def test_nothing_is_lost_and_order_is_time(
    packets: list[tuple[bool, bytes]], data: st.DataObject
) -> None:
    items: list[Octets] = []
    for direction in Direction:
        numbered = [(n, o) for n, (up, o) in enumerate(packets, 1) if up is (direction is C)]
        if numbered:
            numbers = [n for n, _ in numbered]
            offsets = [0, *accumulate(len(o) for _, o in numbered)][:-1]
            provenance = Provenance(offsets, numbers, [START_NS + n for n in numbers])
            items.append(Chunk(direction, 0, b"".join(o for _, o in numbered), provenance))
    interleaver = Interleaver(items)
    taken = [interleaver.next() for _ in range(data.draw(st.integers(0, len(packets))))]
    chunks = [item for item in taken if isinstance(item, Chunk)]
    in_order = b"".join(octets for _, octets in packets)
    assert in_order.startswith(b"".join(item.octets for item in chunks))
    assert all(a.direction is not b.direction for a, b in pairwise(chunks))
    chunks += [item for item in interleaver.rest() if isinstance(item, Chunk)]
    for direction in Direction:
        parts = [item for item in chunks if item.direction is direction]
        whole = b"".join(o for up, o in packets if up is (direction is C))
        assert b"".join(item.octets for item in parts) == whole
        assert [item.offset for item in parts] == [item.provenance.offsets[0] for item in parts]
