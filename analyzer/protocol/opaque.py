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
        source = source_of(item, self._capture)
        return [Gap(item.direction, item.offset, None, GapReason.OPAQUE, source)]


def source_of(chunk: Chunk, capture: int) -> PacketSource:
    """The packet of a chunk's first octet."""
    packet, time_ns = chunk.provenance.packets[0], chunk.provenance.times_ns[0]
    return PacketSource(capture, packet, packet, time_ns if time_ns >= 0 else None)
