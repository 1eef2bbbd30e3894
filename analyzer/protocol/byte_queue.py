"""The octets of one direction that no decoder has consumed yet, and the packets they came in."""

from bisect import bisect_left, bisect_right

from ..model.flow import Chunk, Provenance
from ..model.source import Direction, PacketSource

MAX_ROWS = 64 << 10
"""Packets remembered of octets that wait; beyond it every second one in the middle is forgotten."""


class ByteQueue:
    """
    What has come and is not consumed.

    A decoder reads `octets` from index `at` on, in place, and moves `at` as it consumes. A chunk
    that meets an empty queue is not copied; one that does not is appended, so octets are copied
    once however small the chunks are.

    Attributes:
        octets: Read only; unread from `at` on.
        at: Index of the first unread octet.
        base: Offset in the direction of `octets[0]`.
    """

    def __init__(self, capture: int) -> None:
        self._capture = capture
        self.octets: bytes | bytearray = b""
        self.at = 0
        self.base = 0
        # One row a packet: offset of its first octet, its number, its time.
        self._starts: list[int] = []
        self._packets: list[int] = []
        self._times: list[int] = []
        self._row = 0
        self._before = -1  # number of the packet before the first row

    def __len__(self) -> int:
        """Unread octets."""
        return len(self.octets) - self.at

    @property
    def position(self) -> int:
        """Offset in the direction of the first unread octet."""
        return self.base + self.at

    @property
    def end(self) -> int:
        """Offset in the direction behind the last octet held."""
        return self.base + len(self.octets)

    def push(self, chunk: Chunk) -> None:
        """Append a chunk; it must follow what is held, if anything is."""
        provenance = chunk.provenance
        if self.at == len(self.octets):
            self._before = self._packets[-1] if self._packets else -1
            self.octets = chunk.octets
            self.at = 0
            self.base = chunk.offset
            self._starts = list(provenance.offsets)
            self._packets = list(provenance.packets)
            self._times = list(provenance.times_ns)
            self._row = 0
            return
        if isinstance(self.octets, bytearray):
            del self.octets[: self.at]
        else:
            self.octets = bytearray(memoryview(self.octets)[self.at :])
        self.base += self.at
        self.at = 0
        self.octets += chunk.octets
        self._append(provenance)

    def _append(self, provenance: Provenance) -> None:
        self._row = max(bisect_right(self._starts, self.base) - 1, 0)
        if self._row:
            self._before = self._packets[self._row - 1]
            for column in (self._starts, self._packets, self._times):
                del column[: self._row]
            self._row = 0
        self._starts += provenance.offsets
        self._packets += provenance.packets
        self._times += provenance.times_ns
        if len(self._starts) > MAX_ROWS:
            for column in (self._starts, self._packets, self._times):
                del column[1:-1:2]

    def take(self, count: int) -> bytes:
        """Consume octets; `count` must not exceed what is held."""
        begin = self.at
        self.at += count
        return bytes(self.octets[begin : self.at])

    def clear(self) -> None:
        """Consume all."""
        self.at = len(self.octets)

    def rest(self, direction: Direction) -> Chunk | None:
        """What is unread, as a chunk for another decoder; consumes it."""
        if not len(self):
            return None
        row = max(bisect_right(self._starts, self.position) - 1, 0)
        provenance = Provenance(self._starts[row:], self._packets[row:], self._times[row:])
        chunk = Chunk(direction, self.position, bytes(self.octets[self.at :]), provenance)
        self.clear()
        return chunk

    def provenance(self, begin: int, end: int, shift: int) -> Provenance:
        """
        The packets of octets held, or held last, counted anew.

        Args:
            begin: Offset in the direction of the first octet.
            end: Offset behind the last; above `begin`.
            shift: What is added to offsets.
        """
        starts = self._starts
        row = max(bisect_right(starts, begin) - 1, 0)
        stop = bisect_left(starts, end, row + 1)
        offsets = [begin + shift, *(start + shift for start in starts[row + 1 : stop])]
        return Provenance(offsets, self._packets[row:stop], self._times[row:stop])

    def begins_packet(self, offset: int) -> bool:
        """Whether the octet at this offset was the first new one of its packet."""
        row = bisect_left(self._starts, offset)
        if row == len(self._starts) or self._starts[row] != offset:
            return False
        return self._packets[row] != (self._packets[row - 1] if row else self._before)

    def beginnings(self, begin: int, end: int) -> list[int]:
        """The offsets of a range that `begins_packet` says yes to."""
        starts = self._starts
        rows = starts[bisect_left(starts, begin) : bisect_left(starts, end)]
        return [offset for offset in rows if self.begins_packet(offset)]

    def latest(self, begin: int, end: int) -> tuple[int, int]:
        """Number and time of the last packet that brought octets held; cheaper than `source`."""
        starts, packets, times = self._starts, self._packets, self._times
        row, rows = self._row, len(starts)
        if starts[row] > begin:
            row = max(bisect_right(starts, begin) - 1, 0)
        while row + 1 < rows and starts[row + 1] <= begin:
            row += 1
        self._row = row
        packet, time = packets[row], times[row]
        row += 1
        while row < rows and starts[row] < end:
            packet = max(packet, packets[row])
            time = max(time, times[row])
            row += 1
        return packet, time

    def source(self, begin: int, end: int) -> PacketSource:
        """
        The packets that brought octets held, or held last.

        Args:
            begin: Offset in the direction of the first octet.
            end: Offset behind the last; above `begin`.
        """
        starts, packets, times = self._starts, self._packets, self._times
        row, rows = self._row, len(starts)
        if starts[row] > begin:
            row = max(bisect_right(starts, begin) - 1, 0)
        while row + 1 < rows and starts[row + 1] <= begin:
            row += 1
        self._row = row
        first = last = packets[row]
        time = times[row]
        row += 1
        while row < rows and starts[row] < end:
            # Out of order, or sent again: the range was complete with its latest packet.
            first = min(first, packets[row])
            last = max(last, packets[row])
            time = max(time, times[row])
            row += 1
        return PacketSource(self._capture, first, last, time if time >= 0 else None, begin)


def joined(one: PacketSource, other: PacketSource) -> PacketSource:
    """The packets of octets and of those behind them, as one place."""
    times = [time for time in (one.time_ns, other.time_ns) if time is not None]
    return PacketSource(
        one.capture,
        min(one.first, other.first),
        max(one.last, other.last),
        max(times, default=None),
        one.offset,
    )
