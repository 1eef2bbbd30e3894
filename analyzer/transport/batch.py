"""The segments of followed connections, sorted by connection and direction, cut into runs."""

from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.packet import Int64
from .columns import ACK, FIN, RST, SYN, Segments
from .pieces import Piece

HALF = 1 << 31
MASK = (1 << 32) - 1

GROUP_BITS = 34
"""Offsets in a batch differ by less than this, so groups can share a column without touching."""

MANY = 4_096
"""Payloads in a batch from which on it is worth copying the window."""


class Told(Struct, frozen=True, gc=False):
    """
    A packet that tells where a connection begins.

    Attributes:
        number: Its number.
        time_ns: Its time.
        sequence: As in `Segments`.
        acknowledgment: Acknowledgment number.
    """

    number: int
    time_ns: int
    sequence: int
    acknowledgment: int


class Rows(Struct, frozen=True, kw_only=True, gc=False):
    """Segments of some connections; columns as in `Segments`, and who sent each to whom."""

    number: Int64
    time_ns: Int64
    sequence: Int64
    acknowledgment: Int64
    flags: Int64
    window: Int64
    identification: Int64
    at: Int64
    captured: Int64
    length: Int64
    slot: Int64
    side: Int64

    def __len__(self) -> int:
        """Segments."""
        return len(self.number)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> "Rows":
        """Some of the rows."""
        return Rows(**{name: getattr(self, name)[index] for name in Rows.__struct_fields__})

    def told(self, row: int) -> Told:
        """What one of them says of where a connection begins."""
        columns = (self.number, self.time_ns, self.sequence, self.acknowledgment)
        return Told(*(int(column[row]) for column in columns))


Find = Callable[[Rows, Int64, NDArray[np.uint8]], NDArray[np.bool_]]
"""Marks the rows to leave out, given their order by direction and the octets of the window."""

OF_SEGMENTS = tuple(name for name in Rows.__struct_fields__ if name not in ("slot", "side"))


def rows_of(segments: Segments, index: Int64, slot: Int64, side: Int64) -> Rows:
    """Some segments of a window."""
    columns = {name: getattr(segments, name)[index].astype(np.int64) for name in OF_SEGMENTS}
    return Rows(**columns, slot=slot[index], side=side[index])


def joined(first: Rows, second: Rows) -> Rows:
    """The rows of both."""
    return Rows(
        **{
            name: np.concatenate((getattr(first, name), getattr(second, name)))
            for name in Rows.__struct_fields__
        }
    )


class Group(Struct, frozen=True, gc=False):
    """
    The rows of one direction of one connection.

    Attributes:
        slot: Of the connection.
        way: 0 from the client, 1 from the server.
        low: First row.
        high: Row behind the last.
    """

    slot: int
    way: int
    low: int
    high: int


class Reference(Struct, frozen=True, gc=False):
    """
    Where a direction stands before a batch.

    Attributes:
        begun: Whether offsets can be told.
        until: Octets from this offset on are not wanted.
        sequence: Sequence number expected.
        offset: Its offset.
        high: Highest offset seen.
    """

    begun: bool
    until: int
    sequence: int
    offset: int
    high: int


class Measured(Struct, frozen=True, kw_only=True):
    """
    What the rows of a batch mean, given where their directions stand.

    Attributes:
        offset: Of each row.
        before: Highest offset seen in its direction before each row.
        keep_alive: Which rows are keep-alives.
        payload: Rows with payload that is wanted.
        group: Group of each row.
        keep_alives: How many there are, by group.
        zero_windows: How many rows advertise no window, by group.
        high: Highest offset seen at the end, by group.
        acked: Highest offset of the opposite direction acknowledged, by group.
    """

    offset: Int64
    before: Int64
    keep_alive: NDArray[np.bool_]
    payload: Int64
    group: Int64
    keep_alives: list[int]
    zero_windows: list[int]
    high: list[int]
    acked: list[int]


class Batch:
    """
    Rows of a window, sorted.

    Attributes:
        rows: The rows; those of a group in the order of the packets.
        groups: Where each direction's rows stand, by connection, the client's first.
        copies: Rows left out because they were captured twice: slot, way and how many.
    """

    def __init__(
        self,
        rows: Rows,
        client: Int64,
        data: NDArray[np.uint8],
        copies: Find | None = None,
    ) -> None:
        """
        Sort the rows.

        Args:
            rows: In the order of the packets.
            client: Side of the client of each.
            data: Octets of their window.
            copies: What finds those that were captured twice.
        """
        code = rows.slot * 2 + (rows.side != client)
        order = np.argsort(code, kind="stable")
        self.copies: list[tuple[int, int, int]] = []
        if copies is not None and (found := copies(rows, order, data)).any():
            ways, counts = np.unique(code[found], return_counts=True)
            self.copies = [
                (way >> 1, way & 1, count)
                for way, count in zip(ways.tolist(), counts.tolist(), strict=True)
            ]
            order = order[~found[order]]
        self.rows = rows.take(order)
        code = code[order]
        self._bounds = np.flatnonzero(np.diff(code, prepend=-1))
        ends = [*self._bounds.tolist(), len(code)]
        self.groups = [
            Group(value >> 1, value & 1, low, high)
            for value, (low, high) in zip(code[self._bounds].tolist(), pairwise(ends), strict=True)
        ]
        self._group = np.repeat(
            np.arange(len(self._bounds)), np.diff(self._bounds, append=len(code))
        )
        self._data = data.data

    def part(self, group: Group) -> Rows:
        """The rows of a group."""
        return self.rows.take(slice(group.low, group.high))

    def first(self, chosen: NDArray[np.bool_]) -> list[int]:
        """The first of the chosen rows of each group; -1 where there is none."""
        rows = np.flatnonzero(chosen)[::-1]
        found = np.full(len(self.groups), -1)
        # Assigned backwards: the first one stands in the end.
        found[self._group[rows]] = rows
        return found.tolist()

    def beginnings(self) -> tuple[list[int], list[int], list[int]]:
        """The first SYN, acknowledgment, and payload or FIN of each group, as `first` has them."""
        flags = self.rows.flags
        kept = (flags & RST) == 0
        syn, ack = (flags & SYN) != 0, (flags & ACK) != 0
        return (
            self.first(syn & kept),
            self.first(ack & kept),
            self.first(((self.rows.length > 0) | ((flags & FIN) != 0)) & kept),
        )

    def outer_rows(self) -> Iterator[tuple[int, int, int, int]]:
        """Number and time of the first and of the last row of each group."""
        last = np.append(self._bounds[1:], len(self.rows)) - 1
        number, time_ns = self.rows.number, self.rows.time_ns
        columns = (number[self._bounds], time_ns[self._bounds], number[last], time_ns[last])
        return zip(*(column.tolist() for column in columns), strict=True)

    def measure(self, own: list[Reference], peer: list[Reference]) -> Measured:
        """Work out offsets, given where each group's direction and its opposite stand."""
        rows, bounds = self.rows, self._bounds
        last = np.append(bounds[1:], len(rows)) - 1
        group = self._group
        base = np.array([ref.offset for ref in own])[group]
        begun = np.array([ref.begun for ref in own])[group]
        until = np.array([ref.until for ref in own])[group]
        ahead = np.array([ref.high - ref.offset for ref in own])[group]
        offset = _ahead_of(np.array([ref.sequence for ref in own])[group], rows.sequence)
        reset = (rows.flags & RST) != 0
        shift = group << GROUP_BITS
        end = offset + rows.length + ((rows.flags & FIN) != 0)
        end = np.where(reset, -HALF, end)
        reached = np.maximum.accumulate(end + shift)
        before = np.maximum(np.concatenate(([-HALF], reached[:-1])) - shift, ahead)
        plain = (rows.flags & (SYN | FIN | RST)) == 0
        keep_alive = begun & plain & (rows.length <= 1) & (offset == before - 1)
        zero_window = plain & (rows.window == 0)
        return Measured(
            offset=offset + base,
            before=before + base,
            keep_alive=keep_alive,
            payload=np.flatnonzero((rows.length > 0) & ~reset & begun & (offset + base < until)),
            group=group,
            keep_alives=np.add.reduceat(keep_alive.astype(np.int64), bounds).tolist(),
            zero_windows=np.add.reduceat(zero_window.astype(np.int64), bounds).tolist(),
            high=np.where(begun, np.maximum(before, end) + base, 0)[last].tolist(),
            acked=self._acked(peer, reset),
        )

    def _acked(self, peer: list[Reference], reset: NDArray[np.bool_]) -> list[int]:
        expected = np.array([ref.sequence for ref in peer])[self._group]
        acked = _ahead_of(expected, self.rows.acknowledgment)
        acked[reset | ((self.rows.flags & ACK) == 0)] = -HALF
        highest = np.maximum.reduceat(acked, self._bounds).tolist()
        return [
            ref.offset + value if ref.begun else 0 for ref, value in zip(peer, highest, strict=True)
        ]

    def runs(self, measured: Measured) -> Iterator["Run"]:
        """Payload that follows each other within a group; a cut segment ends its run."""
        rows, index = self.rows, measured.payload
        start, length, captured = measured.offset[index], rows.length[index], rows.captured[index]
        end = start + length
        group = measured.group[index]
        alone = (captured < length) | measured.keep_alive[index]
        new = np.ones(len(index), np.bool_)
        new[1:] = (group[1:] != group[:-1]) | (start[1:] != end[:-1]) | alone[1:] | alone[:-1]
        low = np.flatnonzero(new)
        before = measured.before[index[low]].tolist()
        keep_alive = measured.keep_alive[index[low]].tolist()
        groups = group[low].tolist()
        starts, numbers, times = (
            _array(c) for c in (start, rows.number[index], rows.time_ns[index])
        )
        ats, untils, ends = (c.tolist() for c in (rows.at[index], rows.at[index] + captured, end))
        data = self._payload(len(index))
        for place, (first, behind) in enumerate(pairwise([*low.tolist(), len(index)])):
            if behind - first == 1:
                octets = bytes(data[ats[first] : untils[first]])
            else:
                places = zip(ats[first:behind], untils[first:behind], strict=True)
                octets = b"".join([data[begin:until] for begin, until in places])
            begin = starts[first]
            middle = begin + len(octets)
            where = (starts[first:behind], numbers[first:behind], times[first:behind])
            odd = (before[place], keep_alive[place])
            if octets:
                yield Run(groups[place], Piece(begin, middle, octets, *where), *odd)
            if middle < ends[behind - 1]:
                cut = Piece(middle, ends[behind - 1], None, array("q", [middle]), *where[1:])
                yield Run(groups[place], cut, *odd)

    def _payload(self, segments: int) -> bytes | memoryview:
        """What payload is cut from: slices of a copy cost less, but a copy has its price."""
        return self._data.tobytes() if segments > MANY else self._data


class Run(Struct, frozen=True, gc=False):
    """
    Payload rows that follow each other.

    Attributes:
        group: Index of the group.
        piece: What they hold, or what the capture cut off of the one before.
        before: Highest offset seen before.
        keep_alive: It is the one octet of a keep-alive.
    """

    group: int
    piece: Piece
    before: int
    keep_alive: bool


def _array(column: Int64) -> "array[int]":
    """A column whose slices are neither numpy's nor the garbage collector's concern."""
    found = array("q")
    found.frombytes(column.tobytes())
    return found


def _ahead_of(expected: Int64, number: Int64) -> Int64:
    """How far sequence numbers are ahead of others, modulo 2**32 (RFC 9293 section 3.4)."""
    return ((number - expected + HALF) & MASK) - HALF
