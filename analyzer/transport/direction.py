"""
Put one direction of a connection in order (RFC 9293 section 3.10.7.4).

An observer's view: what was captured twice counts once and the first copy stands, what was not
captured is a `Gap`. Nothing that was captured is refused.
"""

from bisect import bisect_right

from msgspec import Struct

from ..model import limits
from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Item
from ..model.flow import Chunk, DirectionFacts, End, EndCause, Gap, GapReason, Provenance
from ..model.source import Direction as Way
from ..model.source import PacketSource
from .pieces import Pending, Piece

SEQUENCES = 1 << 32


class Store:
    """
    What all directions of a capture share.

    Attributes:
        capture: Index of the input.
        pending: Octets that wait behind holes.
        history: Octets each direction may keep of what it delivered.
    """

    def __init__(self, capture: int) -> None:
        self.capture = capture
        self.pending = 0
        self.history = limits.HISTORY_OCTETS


class Finish(Struct, frozen=True):
    """Where a FIN stands: the offset behind the last octet, and the packet."""

    offset: int
    source: PacketSource


class Direction:
    """
    One direction of a followed connection.

    Attributes:
        origin: Sequence number of offset 0; None until it can be told.
        next: Offset of the next octet to deliver.
        high: Highest offset seen, FIN counted.
        acked: Offset up to which the other side acknowledged.
        first_acknowledgment: The first acknowledgment number sent in this direction.
        first_acknowledged: The packet that holds it.
        fin: The first FIN.
    """

    __slots__ = (
        "_conflicts", "_history", "_items", "_parts", "_pending", "_store", "_way", "acked",
        "conflicting", "cut", "fin", "first_acknowledged", "first_acknowledgment", "high", "keep_alives", "lost",
        "next", "octets", "origin", "out_of_order", "packets", "retransmitted", "zero_windows",
    )  # fmt: skip

    def __init__(self, store: Store, way: Way) -> None:
        self._store = store
        self._way = way
        self._pending = Pending()
        self._history: list[Piece] = []
        self._parts: list[Piece] = []
        self._items: list[Item] = []
        self._conflicts = 0
        self.origin: int | None = None
        self.next = 0
        self.high = 0
        self.acked = 0
        self.first_acknowledgment: int | None = None
        self.first_acknowledged = 0
        self.fin: Finish | None = None
        self.packets = self.octets = self.lost = self.retransmitted = self.conflicting = 0
        self.out_of_order = self.keep_alives = self.zero_windows = self.cut = 0

    @property
    def expected(self) -> int:
        """Sequence number of the next octet; 0 while it cannot be told."""
        return ((self.origin or 0) + self.next) % SEQUENCES

    @property
    def in_order(self) -> bool:
        """Nothing waits behind a hole."""
        return not self._pending

    def facts(self) -> DirectionFacts:
        """The counts so far."""
        return DirectionFacts(
            packets=self.packets,
            octets=self.octets,
            lost=self.lost,
            retransmitted=self.retransmitted,
            conflicting=self.conflicting,
            out_of_order=self.out_of_order,
            keep_alives=self.keep_alives,
            zero_windows=self.zero_windows,
            cut=self.cut,
        )

    def begin(self, origin: int) -> None:
        """Offset 0 is this sequence number."""
        self.origin = origin

    def begin_late(self, origin: int, source: PacketSource) -> None:
        """Offset 0 is this sequence number, but there were octets before."""
        self.begin(origin)
        self._items.append(Gap(self._way, 0, None, GapReason.LATE_START, source))

    def take(self, piece: Piece, high: int) -> None:
        """
        Take in a run of payload.

        Args:
            piece: Never empty.
            high: Highest offset seen before it.
        """
        if piece.start != self.next or self._pending:
            self._take_odd(piece, high)
        else:
            self._deliver(piece)

    def keep_alive(self, piece: Piece, high: int) -> None:
        """Take in the one octet of a keep-alive: garbage where the real one was captured."""
        if piece.start >= self.next and not any(self._pending.overlaps(piece.start, piece.end)):
            self.take(piece, high)

    def items(self) -> list[Item]:
        """What has been put in order since the last call; holes that the peer passed are gaps."""
        while self._pending and self.acked >= self._pending.start:
            self._lose()
        return self._handed_over()

    def finish(self, source: PacketSource) -> list[Item]:
        """The rest; `source` is the connection's last packet."""
        while self._pending:
            self._lose()
        end = self.acked if self.fin is None else self.fin.offset
        # Without a FIN captured the last acknowledged number may be one that was not.
        if end - self.next > (self.fin is None) and self.origin is not None:
            self._gap(end, GapReason.LOST, source)
        return self._handed_over()

    def end(self, cause: EndCause, source: PacketSource) -> End:
        """The end of this direction, whose octets have all been handed over."""
        return End(self._way, self.next, cause, source)

    def _take_odd(self, piece: Piece, high: int) -> None:
        """Take in a run that does not simply continue what was delivered."""
        self._compare(piece)
        start = max(piece.start, self.next)
        if start >= piece.end:
            return
        if start < high:
            self.out_of_order += len(piece.packets)
        before = self._pending.octets
        self._pending.add(piece.part(start, piece.end))
        self._store.pending += self._pending.octets - before
        self._drain()
        self._stay_in_bounds(piece)

    def _compare(self, piece: Piece) -> None:
        """Count what was seen before, and whether it was the same."""
        seen = list(self._pending.overlaps(piece.start, piece.end))
        if piece.start < self.next:
            end = min(piece.end, self.next)
            delivered = bisect_right(self._history, piece.start, key=lambda part: part.start)
            kept = [
                (max(part.start, piece.start), min(part.end, end), part)
                for part in self._history[max(delivered - 1, 0) :]
                if part.end > piece.start and part.start < end
            ]
            forgotten = end - piece.start - sum(high - low for low, high, _ in kept)
            self.retransmitted += forgotten
            seen += kept
        for start, end, part in seen:
            differing = piece.differs(part, start, end)
            self.retransmitted += end - start - differing
            if differing:
                self.conflicting += differing
                self._report(AnomalyCode.TCP_CONFLICT, piece.part(start, end), differing)

    def _report(self, code: AnomalyCode, piece: Piece, length: int, **values: str | int) -> None:
        self._conflicts += 1
        if self._conflicts > limits.ANOMALIES_PER_CODE:
            return
        self._handed_over_later()
        self._items.append(
            Anomaly(
                code=code,
                values={"offset": piece.start, **values},
                direction=self._way,
                length=length,
                source=self._source(piece),
            )
        )

    def _handed_over_later(self) -> None:
        """Close the chunk being gathered, so that what comes next stands behind it."""
        if not self._parts:
            return
        parts, self._parts = self._parts, []
        octets = b"".join([part.octets or b"" for part in parts])
        if len(parts) == 1:
            columns = (parts[0].offsets, parts[0].packets, parts[0].times_ns)
        else:
            columns = (
                [value for part in parts for value in part.offsets],
                [value for part in parts for value in part.packets],
                [value for part in parts for value in part.times_ns],
            )
        self._items.append(Chunk(self._way, parts[0].start, octets, Provenance(*columns)))

    def _handed_over(self) -> list[Item]:
        self._handed_over_later()
        items, self._items = self._items, []
        self._forget()
        return items

    def _forget(self) -> None:
        """Cut the history down to its last octets."""
        low = self.next - self._store.history
        kept = [part for part in self._history if part.end > low]
        if kept and kept[0].start < low:
            kept[0] = kept[0].part(low, kept[0].end)
        self._history = kept

    def _deliver(self, piece: Piece) -> None:
        self.next = piece.end
        self._history.append(piece)
        if piece.octets is None:
            self.cut += piece.end - piece.start
            self._handed_over_later()
            self._items.append(
                Gap(
                    self._way,
                    piece.start,
                    piece.end - piece.start,
                    GapReason.SNAPLEN,
                    self._source(piece),
                )
            )
            return
        self.octets += len(piece.octets)
        self._parts.append(piece)

    def _drain(self) -> None:
        """Deliver what no longer waits."""
        while self._pending and self._pending.start == self.next:
            piece = self._pending.pop()
            self._store.pending -= len(piece.octets or b"")
            self._deliver(piece)

    def _lose(self) -> None:
        """Give the first hole up."""
        piece = self._pending.pop()
        self._store.pending -= len(piece.octets or b"")
        self._gap(piece.start, GapReason.LOST, self._source(piece))
        self._deliver(piece)
        self._drain()

    def _gap(self, end: int, reason: GapReason, source: PacketSource) -> None:
        self._handed_over_later()
        self.lost += end - self.next
        self._items.append(Gap(self._way, self.next, end - self.next, reason, source))
        self.next = end

    def _stay_in_bounds(self, piece: Piece) -> None:
        """Give holes up that keep too much waiting."""
        while self._pending and (name := self._reached()):
            self._lose()
            self._report(AnomalyCode.LIMIT, piece, 0, limit=name, value=getattr(limits, name))

    def _reached(self) -> str:
        """The cap that what waits goes beyond; empty if none."""
        if self._pending.octets > limits.PENDING_OCTETS:
            return "PENDING_OCTETS"
        if len(self._pending) > limits.PENDING_SEGMENTS:
            return "PENDING_SEGMENTS"
        if self._store.pending > limits.ALL_PENDING_OCTETS:
            return "ALL_PENDING_OCTETS"
        return ""

    def _source(self, piece: Piece) -> PacketSource:
        time_ns = piece.times_ns[-1]
        return PacketSource(
            self._store.capture,
            piece.packets[0],
            piece.packets[-1],
            time_ns if time_ns >= 0 else None,
        )
