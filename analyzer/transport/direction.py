"""
Put one direction of a connection in order (RFC 9293 section 3.10.7.4).

An observer's view: what was captured twice counts once and the first copy stands, what was not
captured is a `Gap`. Nothing that was captured is refused.
"""

from array import array
from itertools import chain

from msgspec import Struct

from ..model import limits
from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Item
from ..model.flow import (
    Chunk,
    DirectionFacts,
    End,
    EndCause,
    Gap,
    GapReason,
    Provenance,
    Unacknowledged,
)
from ..model.source import Direction as Way
from ..model.source import PacketSource
from .batch import MASK, Reference
from .pieces import Pending, Piece, differing
from .watch import Watch

ALL = 1 << 62
"""Beyond any offset."""

NOTHING_PENDING = Pending()
"""Stands in every direction without a hole; never added to."""


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

    def source(self, number: int, time_ns: int) -> PacketSource:
        """One packet."""
        return PacketSource(self.capture, number, number, time_ns if time_ns >= 0 else None)


class Finish(Struct, frozen=True):
    """Where a FIN stands: the offset behind the last octet, and the packet."""

    offset: int
    source: PacketSource


class Direction:
    """
    One direction of a followed connection; the counts are those of `DirectionFacts`.

    What is seen again is compared with as much of what was delivered as is still kept; beyond that,
    and where the capture cut one of the copies, it counts as retransmitted.

    Attributes:
        origin: Sequence number of offset 0; None until it can be told.
        next: Offset of the next octet to deliver.
        high: Highest offset seen, FIN counted.
        acked: Offset up to which the other side acknowledged.
        fin: The first FIN.
        brief: Only the first octets are wanted, up to `limits.NAMED_OCTETS`.
        passed_over: They have been delivered; what follows is only counted.
        watch: What tells of it without its octets: its last packet, silences, what is in flight.
    """

    __slots__ = (
        "_items", "_parts", "_pending", "_reported", "_store", "_tail", "_way",
        "acked", "brief", "conflicting", "cut", "duplicates", "fin", "high", "keep_alives", "lost",
        "next", "octets", "origin", "out_of_order", "packets", "passed_over", "retransmitted",
        "watch", "zero_windows",
    )  # fmt: skip

    def __init__(self, store: Store, way: Way) -> None:
        self._store = store
        self._way = way
        self._pending = NOTHING_PENDING
        self._tail = b""
        self._parts: list[Piece] = []
        self._items: list[Item] = []
        self._reported: dict[AnomalyCode, int] | None = None
        self.origin: int | None = None
        self.next = self.high = self.acked = 0
        self.fin: Finish | None = None
        self.watch = Watch()
        self.brief = self.passed_over = False
        self.packets = self.octets = self.lost = self.retransmitted = self.conflicting = 0
        self.duplicates = self.out_of_order = self.keep_alives = self.zero_windows = self.cut = 0

    def reference(self) -> Reference:
        """Where the direction stands."""
        if self.origin is None:
            return Reference(begun=False, until=0, sequence=0, offset=0, high=0)
        return Reference(
            begun=True,
            until=limits.NAMED_OCTETS if self.brief else ALL,
            sequence=(self.origin + self.next) & MASK,
            offset=self.next,
            high=self.high,
        )

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
            duplicates=self.duplicates,
            last_ns=self.watch.last_ns,
            resent_ns=self.watch.resent_ns,
            unacknowledged=self._unacknowledged(),
            silences=self.watch.silences(),
        )

    def _unacknowledged(self) -> Unacknowledged | None:
        flight = self.watch.flight
        end = self.high if self.fin is None else min(self.high, self.fin.offset)
        if flight is None or flight.offset != self.acked or end <= self.acked:
            return None
        return Unacknowledged(
            octets=end - self.acked,
            resent=flight.sent - 1,
            first=self._store.source(*flight.first),
            last=self._store.source(*flight.last),
        )

    def begin(self, origin: int, late: PacketSource | None = None) -> None:
        """
        Say which sequence number offset 0 has.

        Args:
            origin: The sequence number.
            late: The packet that holds it if there were octets before.
        """
        self.origin = origin
        if late is not None:
            self._items.append(Gap(self._way, 0, None, GapReason.LATE_START, late))

    def report_limit(self, name: str, source: PacketSource | None = None) -> None:
        """Say that a cap of `limits` was reached, and at which packet."""
        values: dict[str, str | int] = {"limit": name, "value": getattr(limits, name)}
        self._report(
            Anomaly(code=AnomalyCode.LIMIT, values=values, direction=self._way, source=source)
        )

    def take(self, piece: Piece, high: int) -> None:
        """Take in payload; `high` is the highest offset seen before it."""
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
        if self.brief and self.next >= limits.NAMED_OCTETS:
            self._pass_over()
        return self._hand_over()

    def finish(self, source: PacketSource) -> list[Item]:
        """The rest; `source` is the connection's last packet."""
        while self._pending:
            self._lose()
        end = self.acked if self.fin is None else self.fin.offset
        if self.passed_over:
            self.next = self.next if self.fin is None else end
        # Without a FIN captured the last number acknowledged may be that of one.
        elif self.origin is not None and end - self.next > (self.fin is None):
            self._gap(end, source)
        return self._hand_over()

    def end(self, cause: EndCause, source: PacketSource | None) -> End:
        """The end of this direction, whose octets have all been handed over."""
        return End(self._way, self.next, cause, source)

    def _take_odd(self, piece: Piece, high: int) -> None:
        """Take in what does not simply continue what was delivered."""
        self._compare(piece)
        start = max(piece.start, self.next)
        if start >= piece.end:
            return
        piece = piece.part(start, piece.end)
        if start < high:
            self.out_of_order += len(piece.packets)
        if not self._pending:
            self._pending = Pending()
        before = self._pending.octets
        self._pending.add(piece)
        self._store.pending += self._pending.octets - before
        self._drain()
        self._stay_in_bounds(piece)

    def _compare(self, piece: Piece) -> None:
        """Count what was seen before, and whether it was the same."""
        if piece.start < self.next:
            if piece.times_ns[-1] >= 0:
                self.watch.resent_ns = max(self.watch.resent_ns or 0, piece.times_ns[-1])
            self._close_chunk()
            self.retransmitted += min(piece.end, self.next) - piece.start
            kept = self.next - len(self._tail)
            self._compare_with((kept, self._tail), piece, (max(piece.start, kept), self.next))
        for start, end, part in self._pending.overlaps(piece.start, piece.end):
            self.retransmitted += end - start
            if part.octets is not None:
                self._compare_with((part.start, part.octets), piece, (start, end))

    def _compare_with(self, seen: tuple[int, bytes], piece: Piece, where: tuple[int, int]) -> None:
        start, end = where[0], min(where[1], piece.end)
        if piece.octets is None or start >= end:
            return
        count = differing(seen, (piece.start, piece.octets), start, end)
        if count:
            self.retransmitted -= count
            self.conflicting += count
            part = piece.part(start, end)
            self._report(
                Anomaly(
                    code=AnomalyCode.TCP_CONFLICT,
                    values={"offset": start},
                    direction=self._way,
                    length=count,
                    source=self._source(part),
                )
            )

    def _report(self, anomaly: Anomaly) -> None:
        """Keep an anomaly, a bounded number of each code; the counts tell of the others."""
        if self._reported is None:
            self._reported = {}
        seen = self._reported[anomaly.code] = self._reported.get(anomaly.code, 0) + 1
        if seen <= limits.ANOMALIES_PER_CODE:
            self._close_chunk()
            self._items.append(anomaly)

    def _close_chunk(self) -> None:
        """Make a chunk of the parts gathered, so that what comes next stands behind it."""
        parts = self._parts
        if not parts:
            return
        if len(parts) == 1:
            whole = parts[0]
            columns = (whole.offsets, whole.packets, whole.times_ns)
            octets = whole.octets or b""
        else:
            octets = b"".join([part.octets or b"" for part in parts])
            columns = (
                array("q", chain.from_iterable(part.offsets for part in parts)),
                array("q", chain.from_iterable(part.packets for part in parts)),
                array("q", chain.from_iterable(part.times_ns for part in parts)),
            )
        self._items.append(Chunk(self._way, parts[0].start, octets, Provenance(*columns)))
        parts.clear()
        keep = self._store.history
        self._tail = (self._tail + octets if len(octets) < keep else octets)[-keep:]

    def _hand_over(self) -> list[Item]:
        self._close_chunk()
        items, self._items = self._items, []
        return items

    def _deliver(self, piece: Piece) -> None:
        self.next = piece.end
        octets = piece.octets
        if octets is None:
            self._close_chunk()
            self._tail = b""
            length = piece.end - piece.start
            self.cut += length
            source = self._source(piece)
            self._items.append(Gap(self._way, piece.start, length, GapReason.SNAPLEN, source))
            return
        self.octets += len(octets)
        self._parts.append(piece)

    def _pass_over(self) -> None:
        """Want no more octets."""
        if not self.passed_over:
            last = self._parts[-1] if self._parts else None
            source = None if last is None else self._source(last.part(last.end - 1, last.end))
            self._close_chunk()
            self._items.append(Gap(self._way, self.next, None, GapReason.OPAQUE, source))
            self.passed_over = True
        self.next = max(self.next, self.high)

    def _drain(self) -> None:
        """Deliver what no longer waits."""
        while self._pending and self._pending.start == self.next:
            self._deliver(self._pop())

    def _pop(self) -> Piece:
        piece = self._pending.pop()
        self._store.pending -= len(piece.octets or b"")
        return piece

    def _lose(self) -> None:
        """Give the first hole up."""
        piece = self._pop()
        self._gap(piece.start, self._source(piece))
        self._deliver(piece)
        self._drain()

    def _gap(self, end: int, source: PacketSource) -> None:
        self._close_chunk()
        self._tail = b""
        length = end - self.next
        self.lost += length
        self._items.append(Gap(self._way, self.next, length, GapReason.LOST, source))
        self.next = end

    def _stay_in_bounds(self, piece: Piece) -> None:
        """Give holes up that keep too much waiting."""
        while self._pending and (name := self._reached()):
            self._lose()
            self.report_limit(name, self._source(piece))

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
        return self._store.source(piece.packets[0], piece.times_ns[0])
