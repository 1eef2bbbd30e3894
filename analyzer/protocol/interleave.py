"""
The two directions of a connection in one order, that of time.

The transport delivers a window of one direction, then of the other. HTTP must see a response behind
its request, so octets are cut where the other direction has a packet in between.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from ..model.anomaly import Anomaly
from ..model.events import Event
from ..model.flow import Chunk, End, Gap, Provenance
from ..model.source import Direction, PacketSource, Source

PORTION_OCTETS = 256 << 10
"""Octets decoded in one go; at worst their events take 50 MiB."""

Stamp = tuple[int, int]
"""Time in nanoseconds and packet number."""

Octets = Chunk | Gap | End | Anomaly


def stamp(source: Source | None, latest: Stamp) -> Stamp:
    """When something was captured; what has no place stays behind what came before it."""
    if type(source) is not PacketSource:
        return latest
    return max(latest, (source.time_ns or 0, source.last))


class _Lane:
    """What one direction has left to deliver."""

    def __init__(self) -> None:
        self.items: deque[Octets] = deque()
        self.row = 0
        self._latest: Stamp = (0, 0)

    def next_stamp(self) -> Stamp:
        """When the next item, or the next packet of a chunk, was captured."""
        item = self.items[0]
        if isinstance(item, Chunk):
            provenance = item.provenance
            found = (provenance.times_ns[self.row], provenance.packets[self.row])
            return max(self._latest, found)
        return stamp(item.source, self._latest)

    def take(self, before: Stamp | None, limit: int | None) -> Octets:
        """The next item, up to a packet not captured before a time, or behind so many octets."""
        item = self.items[0]
        self._latest = self.next_stamp()
        if isinstance(item, Chunk) and (before is not None or limit is not None):
            offsets, packets, times = (
                item.provenance.offsets,
                item.provenance.packets,
                item.provenance.times_ns,
            )
            stop = offsets[self.row] + limit if limit is not None else None
            for row in range(self.row + 1, len(packets)):
                latest = max(self._latest, (times[row], packets[row]))
                if (before is not None and latest >= before) or (
                    stop is not None and offsets[row] >= stop
                ):
                    return self._cut(item, row)
                self._latest = latest
        return self.rest()

    def rest(self) -> Octets:
        """The next item whole, less what was cut off before."""
        item = self.items.popleft()
        if self.row and isinstance(item, Chunk):
            rows = len(item.provenance.packets)
            self.items.appendleft(item)
            item = self._cut(item, rows)
            self.items.popleft()
        self.row = 0
        return item

    def _cut(self, chunk: Chunk, until: int) -> Chunk:
        row, self.row = self.row, until
        offsets = chunk.provenance.offsets
        begin = offsets[row] if row else chunk.offset
        end = offsets[until] if until < len(offsets) else chunk.offset + len(chunk.octets)
        columns = chunk.provenance
        return Chunk(
            chunk.direction,
            begin,
            chunk.octets[begin - chunk.offset : end - chunk.offset],
            Provenance(
                columns.offsets[row:until], columns.packets[row:until], columns.times_ns[row:until]
            ),
        )


class Interleaver:
    """Items of both directions, taken one by one in the order of time."""

    def __init__(self, items: Iterable[Octets]) -> None:
        self._lanes = {Direction.TO_SERVER: _Lane(), Direction.TO_CLIENT: _Lane()}
        for item in items:
            self._lanes[item.direction or Direction.TO_CLIENT].items.append(item)

    def next(self, limit: int | None = None) -> Octets | None:
        """
        What comes next: one item, or the packets of a chunk up to the other direction's next.

        Args:
            limit: Octets behind which a chunk ends with the packet.
        """
        one, other = (lane for lane in self._lanes.values())
        if not one.items or not other.items:
            lane = one if one.items else other
            return lane.take(None, limit) if lane.items else None
        first, second = one.next_stamp(), other.next_stamp()
        return one.take(second, limit) if first <= second else other.take(first, limit)

    def rest(self) -> list[Octets]:
        """All that is left, one direction behind the other and uncut."""
        return [lane.rest() for lane in self._lanes.values() for _ in range(len(lane.items))]


def portions(items: Iterable[Octets]) -> Iterator[list[Octets]]:
    """
    Items in the order of time, in portions of about `PORTION_OCTETS`.

    Two octets can be a frame, and what is made of a frame takes hundreds of octets of memory.
    """
    interleaver = Interleaver(items)
    portion: list[Octets] = []
    octets = 0
    while (item := interleaver.next(PORTION_OCTETS - octets)) is not None:
        portion.append(item)
        octets += len(item.octets) if isinstance(item, Chunk) else 0
        if octets >= PORTION_OCTETS:
            yield portion
            portion, octets = [], 0
    yield portion


def by_time(one: list[Event], other: list[Event]) -> list[Event]:
    """Events of two directions in the order of time, each direction's own order kept."""
    if not one or not other:
        return one or other
    stamps: list[Stamp] = []
    for events in (one, other):
        latest = (0, 0)
        for event in events:
            source = getattr(event, "source", None)
            if type(source) is PacketSource:  # as `stamp` does, without a call for each frame
                found = (source.time_ns or 0, source.last)
                latest = max(latest, found)
            stamps.append(latest)
    events = one + other
    return [events[index] for index in sorted(range(len(events)), key=stamps.__getitem__)]
