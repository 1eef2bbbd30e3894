"""
Law 1: the same octets, cut anyhow, give the same events.

A conversation is packets of both directions in time. It is delivered packet by packet, in pieces of
packets, and in windows (one direction behind the other, as the transport does it); each direction
must tell the same story, in the same order.
"""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.model.events import Event, Item
from analyzer.model.flow import Chunk, Connection, Gap, GapReason, Provenance
from analyzer.model.source import Direction
from analyzer.protocol.tower import Tower
from tests.laws.talk import Packet, conversations
from tests.protocol.wire import CONNECTION, START_NS, C, S, end, source


def by_packet(packets: list[Packet]) -> list[list[Item]]:
    """One packet a delivery."""
    offsets = {C: 0, S: 0}
    deliveries: list[list[Item]] = []
    for number, (direction, octets, lost) in enumerate(packets, 1):
        deliveries.append([item_of(direction, octets, offsets[direction], number, lost)])
        offsets[direction] += len(octets)
    return deliveries


def item_of(direction: Direction, octets: bytes, offset: int, number: int, lost: bool) -> Item:
    if lost:
        return Gap(direction, offset, len(octets), GapReason.LOST, source(number))
    return Chunk(direction, offset, octets, Provenance([offset], [number], [START_NS + number]))


def in_pieces(deliveries: list[list[Item]], size: int) -> list[list[Item]]:
    """Packets cut into pieces of a few octets."""
    pieces: list[list[Item]] = []
    for (item,) in deliveries:
        if not isinstance(item, Chunk):
            pieces.append([item])
            continue
        for at in range(0, len(item.octets), size):
            offset = item.offset + at
            columns = item.provenance
            provenance = Provenance([offset], columns.packets, columns.times_ns)
            octets = item.octets[at : at + size]
            pieces.append([Chunk(item.direction, offset, octets, provenance)])
    return pieces


def in_windows(deliveries: list[list[Item]], size: int) -> list[list[Item]]:
    """So many packets a window: one direction, then the other, packets in a row joined."""
    windows: list[list[Item]] = []
    for begin in range(0, len(deliveries), size):
        lanes: dict[Direction, list[Item]] = {C: [], S: []}
        for (item,) in deliveries[begin : begin + size]:
            assert isinstance(item, Chunk | Gap)
            lane = lanes[item.direction]
            if lane and isinstance(lane[-1], Chunk) and isinstance(item, Chunk):
                lane[-1] = joined(lane[-1], item)
            else:
                lane.append(item)
        windows.append(lanes[C] + lanes[S])
    return windows


def joined(one: Chunk, other: Chunk) -> Chunk:
    a, b = one.provenance, other.provenance
    provenance = Provenance(
        [*a.offsets, *b.offsets], [*a.packets, *b.packets], [*a.times_ns, *b.times_ns]
    )
    return Chunk(one.direction, one.offset, one.octets + other.octets, provenance)


def story(deliveries: list[list[Item]]) -> dict[object, list[Event]]:
    """Events of each direction, and those of both."""
    tower = Tower(0)
    last: list[Item] = [end(C, packet=10_000), end(S, packet=10_001), CONNECTION]
    told: dict[object, list[Event]] = {}
    for items in [*deliveries, last]:
        for event in tower.feed(items):
            told.setdefault(getattr(event, "direction", None), []).append(event)
    assert isinstance(told[None][-1], Connection)
    return told


CUTS: tuple[Callable[[list[list[Item]], int], list[list[Item]]], ...] = (in_pieces, in_windows)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conversations(), st.sampled_from(CUTS), st.sampled_from((1, 2, 3, 7, 1000)))
def test_any_cut_tells_the_same_story(
    packets: list[Packet],
    cut: Callable[[list[list[Item]], int], list[list[Item]]],
    size: int,
) -> None:
    deliveries = by_packet(packets)
    one, other = story(cut(deliveries, size)), story(deliveries)
    for direction in (C, S, None):
        assert one[direction] == other[direction]
