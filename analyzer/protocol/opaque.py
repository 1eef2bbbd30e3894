"""What passes through a connection that no decoder reads."""

from ..model.events import Event, Item
from ..model.flow import Chunk, Gap, GapReason
from ..model.source import Direction, PacketSource


class Opaque:
    """Names what it does not read, once in each direction."""

    def __init__(self, capture: int) -> None:
        self._capture = capture
        self._named: set[Direction] = set()

    def feed(self, item: Item) -> list[Event]:
        """A gap without end where a direction's octets begin; all else as it is."""
        if not isinstance(item, Chunk):
            return [item]
        if item.direction in self._named:
            return []
        self._named.add(item.direction)
        packet, time_ns = item.provenance.packets[0], item.provenance.times_ns[0]
        source = PacketSource(self._capture, packet, packet, time_ns if time_ns >= 0 else None)
        return [Gap(item.direction, item.offset, None, GapReason.OPAQUE, source)]
