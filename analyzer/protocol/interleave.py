"""
The two directions of a connection in one order, that of time.

The transport delivers a window of one direction, then of the other. HTTP must see a response behind
its request, so octets are cut where the other direction has a packet in between.
"""

from collections import deque
from collections.abc import Iterable

from ..model.anomaly import Anomaly
from ..model.events import Event
from ..model.flow import Chunk, End, Gap, Provenance
from ..model.source import Direction, PacketSource, Source

Stamp = tuple[int, int]
"""Time in nanoseconds and packet number."""

Octets = Chunk | Gap | End | Anomaly


def stamp(source: Source | None, latest: Stamp) -> Stamp:
    """When something was captured; what has no place stays behind what came before it."""
    if not isinstance(source, PacketSource):
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

    def take(self, before: Stamp | None) -> Octets:
        """The next item, cut before the first packet that is not captured before a time."""
        item = self.items[0]
        self._latest = self.next_stamp()
        if isinstance(item, Chunk) and before is not None:
            provenance = item.provenance
            rows = len(provenance.packets)
            row = self.row + 1
            while row < rows:
                found = (provenance.times_ns[row], provenance.packets[row])
                if max(self._latest, found) >= before:
                    return self._cut(item, row)
                self._latest = max(self._latest, found)
                row += 1
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

    def next(self) -> Octets | None:
        """What comes next: one item, or the packets of a chunk up to the other direction's next."""
        one, other = (lane for lane in self._lanes.values())
        if not one.items or not other.items:
            lane = one if one.items else other
            return lane.take(None) if lane.items else None
        first, second = one.next_stamp(), other.next_stamp()
        return one.take(second) if first <= second else other.take(first)

    def rest(self) -> list[Octets]:
        """All that is left, one direction behind the other and uncut."""
        return [lane.rest() for lane in self._lanes.values() for _ in range(len(lane.items))]


def by_time(one: list[Event], other: list[Event]) -> list[Event]:
    """Events of two directions in the order of time, each direction's own order kept."""
    if not one or not other:
        return one or other
    stamps: list[Stamp] = []
    for events in (one, other):
        latest = (0, 0)
        for event in events:
            latest = stamp(getattr(event, "source", None), latest)
            stamps.append(latest)
    events = one + other
    return [events[index] for index in sorted(range(len(events)), key=stamps.__getitem__)]
