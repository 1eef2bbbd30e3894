"""The segments of followed connections, sorted by connection and direction, cut into runs."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.packet import Int64
from .columns import ACK, FIN, RST, SYN, Segments
from .pieces import Piece

NAMES = (
    "number", "time_ns", "sequence", "acknowledgment", "flags", "window", "at", "captured",
    "length",
)  # fmt: skip

HALF = 1 << 31
MASK = (1 << 32) - 1

GROUP_DISTANCE = 34
"""Bits between the offsets of two groups in one column: offsets in a batch differ by 32 at most."""


class Rows(Struct, frozen=True, kw_only=True):
    """Segments of some connections; columns as in `Segments`, and who sent each to whom."""

    number: Int64
    time_ns: Int64
    sequence: Int64
    acknowledgment: Int64
    flags: Int64
    window: Int64
    at: Int64
    captured: Int64
    length: Int64
    connection: Int64
    side: Int64

    def __len__(self) -> int:
        """Segments."""
        return len(self.number)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> "Rows":
        """Some of the rows."""
        return Rows(**{name: getattr(self, name)[index] for name in Rows.__struct_fields__})


def rows_of(segments: Segments, index: Int64, connection: Int64, side: Int64) -> Rows:
    """Some segments of a window."""
    columns = {name: getattr(segments, name)[index] for name in NAMES}
    return Rows(**columns, connection=connection[index], side=side[index])


def joined(first: Rows, second: Rows) -> Rows:
    """The rows of both."""
    if not len(first):
        return second
    return Rows(
        **{
            name: np.concatenate((getattr(first, name), getattr(second, name)))
            for name in Rows.__struct_fields__
        }
    )


class Group(Struct, frozen=True):
    """
    The rows of one direction of one connection.

    Attributes:
        connection: Its number.
        way: 0 from the client, 1 from the server.
        low: First row.
        high: Row behind the last.
    """

    connection: int
    way: int
    low: int
    high: int


class Reference(Struct, frozen=True):
    """
    Where a direction stands before a batch.

    Attributes:
        begun: Whether offsets can be told.
        sequence: Sequence number expected.
        offset: Its offset.
        high: Highest offset seen.
    """

    begun: bool
    sequence: int
    offset: int
    high: int


class Batch:
    """
    Rows of a window, sorted.

    Attributes:
        rows: The rows.
        groups: Where each direction's rows stand, by connection, the client's first.
    """

    def __init__(self, rows: Rows, client: Int64, data: NDArray[np.uint8]) -> None:
        """Sort the rows; `client` is the side of the client of each row's connection."""
        way = (rows.side != client).astype(np.int64)
        code = rows.connection * 2 + way
        order = np.argsort(code, kind="stable")
        self.rows = rows.take(order)
        code = code[order]
        self._bounds = np.flatnonzero(np.diff(code, prepend=-1))
        ends = [*self._bounds[1:].tolist(), len(code)]
        self.groups = [
            Group(value >> 1, value & 1, low, high)
            for value, low, high in zip(
                code[self._bounds].tolist(), self._bounds.tolist(), ends, strict=True
            )
        ]
        self._data = memoryview(data)

    def measure(self, own: list[Reference], peer: list[Reference]) -> "Measured":
        """Work out offsets, given where each group's direction and its opposite stand."""
        rows = self.rows
        size = np.diff(np.append(self._bounds, len(rows)))
        group = np.repeat(np.arange(len(self.groups)), size)
        begun = np.array([ref.begun for ref in own])[group]
        expected = np.array([ref.sequence for ref in own], np.int64)[group]
        ahead = np.array([ref.high - ref.offset for ref in own], np.int64)[group]
        offset = ((rows.sequence - expected + HALF) & MASK) - HALF
        plain = (rows.flags & (SYN | FIN | RST)) == 0
        reset = (rows.flags & RST) != 0
        shift = group << GROUP_DISTANCE
        end = offset + rows.length + ((rows.flags & FIN) != 0)
        end = np.where(reset, -HALF, end) + shift
        reached = np.maximum.accumulate(end) if len(end) else end
        before = np.maximum(np.concatenate(([-HALF], reached[:-1])) - shift, ahead)
        keep_alive = begun & plain & (rows.length <= 1) & (offset == before - 1)
        base = np.array([ref.offset for ref in own], np.int64)
        zero_window = plain & (rows.window == 0)
        return Measured(
            offset=offset + base[group],
            high=before + base[group],
            keep_alive=keep_alive,
            keep_alives=self._sums(keep_alive),
            zero_windows=self._sums(zero_window),
            highs=(np.maximum(before, end - shift) + base[group])[self._last()].tolist(),
            acked=self._acked(group, peer, reset),
            payload=np.flatnonzero((rows.length > 0) & ~reset & begun),
            group=group,
        )

    def _last(self) -> Int64:
        return np.append(self._bounds[1:], len(self.rows)) - 1

    def _sums(self, flags: NDArray[np.bool_]) -> list[int]:
        return [int(value) for value in np.add.reduceat(flags.astype(np.int64), self._bounds)]

    def _acked(self, group: Int64, peer: list[Reference], reset: NDArray[np.bool_]) -> list[int]:
        """Highest offset of the opposite direction that each group acknowledges."""
        expected = np.array([ref.sequence for ref in peer], np.int64)[group]
        acked = ((self.rows.acknowledgment - expected + HALF) & MASK) - HALF
        acked[reset | ((self.rows.flags & ACK) == 0)] = -HALF
        highest = np.maximum.reduceat(acked, self._bounds).tolist()
        return [
            ref.offset + value if ref.begun else 0 for ref, value in zip(peer, highest, strict=True)
        ]

    def runs(self, measured: "Measured") -> list["Run"]:
        """Payload that follows each other within a group; a cut segment ends its run."""
        rows, index = self.rows, measured.payload
        if not len(index):
            return []
        start = measured.offset[index]
        end = start + rows.length[index]
        group = measured.group[index]
        alone = (rows.captured[index] < rows.length[index]) | measured.keep_alive[index]
        new = np.ones(len(index), np.bool_)
        new[1:] = (group[1:] != group[:-1]) | (start[1:] != end[:-1]) | alone[1:] | alone[:-1]
        low = np.flatnonzero(new)
        high = np.append(low[1:], len(index))
        return [
            Run(*values)
            for values in zip(
                group[low].tolist(),
                low.tolist(),
                high.tolist(),
                measured.high[index[low]].tolist(),
                measured.keep_alive[index[low]].tolist(),
                strict=True,
            )
        ]

    def pieces(self, measured: "Measured", run: "Run") -> list[Piece]:
        """A run as a piece, and what the capture cut off of it as another."""
        rows = self.rows
        index = measured.payload[run.low : run.high]
        offsets = measured.offset[index].tolist()
        numbers, times = rows.number[index].tolist(), rows.time_ns[index].tolist()
        at, captured = rows.at[index].tolist(), rows.captured[index].tolist()
        data = self._data
        octets = b"".join([data[a : a + n] for a, n in zip(at, captured, strict=True)])
        middle = offsets[0] + len(octets)
        end = offsets[-1] + int(rows.length[index[-1]])
        found = []
        if octets:
            found.append(Piece(offsets[0], middle, octets, offsets, numbers, times))
        if middle < end:
            found.append(Piece(middle, end, None, [middle], numbers, times))
        return found


class Measured(Struct, frozen=True, kw_only=True):
    """
    Offsets of a batch's rows.

    Attributes:
        offset: Of each row.
        high: Highest offset seen in its direction before each row.
        keep_alive: Which rows are keep-alives.
        keep_alives: How many are, by group.
        zero_windows: How many advertise no window, by group.
        highs: Highest offset seen at the end, by group.
        acked: Highest offset of the opposite direction acknowledged, by group.
        payload: Rows with payload that can be placed.
        group: Group of each row.
    """

    offset: Int64
    high: Int64
    keep_alive: NDArray[np.bool_]
    keep_alives: list[int]
    zero_windows: list[int]
    highs: list[int]
    acked: list[int]
    payload: Int64
    group: Int64


class Run(Struct, frozen=True):
    """
    Payload rows that follow each other.

    Attributes:
        group: Index of the group.
        low: First, in `Measured.payload`.
        high: Behind the last.
        seen: Highest offset seen before.
        keep_alive: The run is the one octet of a keep-alive.
    """

    group: int
    low: int
    high: int
    seen: int
    keep_alive: bool
