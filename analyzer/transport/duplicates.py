"""
Tell packets that were captured twice from segments that were sent twice.

A mirror port hands a packet out where it comes in and where it leaves, Linux's "any" interface on
every device that it passes. Both copies have the same sequence numbers, octets and, by IPv4,
identification (RFC 6864 section 4), whatever became of VLAN tag, MAC addresses and TTL between
them. A retransmission is a datagram of its own, and comes later.
"""

from zlib import crc32

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.packet import Int64
from .batch import HALF, MASK, Rows, joined
from .columns import ACK, FIN, RST, SYN
from .octets import Octets

NEAR_NS = 100_000_000
"""From a packet to its copy at most; Linux waits 200 ms before it sends a segment again."""

UNNAMED_NEAR_NS = 1_000_000
"""Likewise of packets without identification: IPv6, and systems that always send zero."""

REMEMBERED = 64
"""Rows of one batch with which the first ones of the next are compared."""

_SAME = (
    "slot",
    "side",
    "sequence",
    "acknowledgment",
    "flags",
    "window",
    "length",
    "captured",
    "identification",
)
"""Columns in which copies agree."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)

Marks = NDArray[np.bool_]


class _Remembered(Struct, frozen=True):
    """Rows whose window is gone, with checksums of their payload."""

    rows: Rows
    sums: list[int]


class Duplicates:
    """
    Finds the copies among the rows of followed connections.

    Attributes:
        count: Copies found so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._last: _Remembered | None = None

    def find(self, rows: Rows, order: Int64, data: Octets) -> Marks:
        """
        Mark the copies among rows.

        Args:
            rows: In the order of the packets.
            order: Their indices by connection and direction.
            data: Octets of their window.
        """
        found = np.zeros(len(rows), np.bool_)
        if _is_suspicious(rows, order):
            for first, second in _alike(rows):
                found[second] = _octets(rows, first, data) == _octets(rows, second, data)
        self._compare_with_last(rows, data, found)
        self.count += int(np.count_nonzero(found))
        return found

    def _compare_with_last(self, rows: Rows, data: Octets, found: Marks) -> None:
        """Mark copies of what came in the batch before, whose octets are gone."""
        tail = rows.take(slice(-REMEMBERED, None))
        sums = [crc32(_octets(tail, row, data)) for row in range(len(tail))]
        last = self._last
        if last is not None:
            size = len(last.rows)
            head = rows.take(slice(REMEMBERED))
            for first, second in _alike(joined(last.rows, head)):
                if first < size <= second:
                    octets = _octets(head, second - size, data)
                    found[second - size] |= last.sums[first] == crc32(octets)
            if len(tail) < REMEMBERED:
                tail = joined(last.rows, tail).take(slice(-REMEMBERED, None))
                sums = [*last.sums, *sums][-REMEMBERED:]
        self._last = _Remembered(tail, sums)


def _octets(rows: Rows, row: int, data: Octets) -> bytes:
    at = int(rows.at[row])
    return data[at : at + int(rows.captured[row])].tobytes()


def _is_suspicious(rows: Rows, order: Int64) -> bool:
    """Whether a direction ever stands still or falls back: behind a copy it must."""
    before, after = order[:-1], order[1:]
    same = (rows.slot[before] == rows.slot[after]) & (rows.side[before] == rows.side[after])
    gone = _distance(rows.sequence, before, after)
    acked = _distance(rows.acknowledgment, before, after)
    acked[(rows.flags[before] & rows.flags[after] & ACK) == 0] = 0
    again = (rows.identification[before] == rows.identification[after]) & (
        rows.flags[before] == rows.flags[after]
    )
    still = (gone == 0) & (acked == 0) & ((rows.length[before] > 0) | again)
    return bool((same & ((gone < 0) | (acked < 0) | still)).any())


def _distance(column: Int64, before: Int64, after: Int64) -> Int64:
    """How far sequence numbers went on, modulo 2**32 (RFC 9293 section 3.4)."""
    return ((column[after] - column[before] + HALF) & MASK) - HALF


def _alike(rows: Rows) -> list[tuple[int, int]]:
    """Rows that agree in all but their octets, each with the one before it."""
    mixed = np.zeros(len(rows), np.uint64)
    for name in _SAME:
        mixed = (mixed ^ getattr(rows, name).astype(np.uint64)) * _FACTOR
        mixed ^= mixed >> _SHIFT
    order = np.argsort(mixed, kind="stable")
    first, second = order[:-1], order[1:]
    alike = mixed[first] == mixed[second]
    first, second = first[alike], second[alike]
    for name in _SAME:
        column = getattr(rows, name)
        same = column[first] == column[second]
        first, second = first[same], second[same]
    named = rows.identification[first] != 0
    # Acknowledgments may be repeated at once, with other options (RFC 5681 section 3.2).
    telling = (rows.length[first] > 0) | ((rows.flags[first] & (SYN | FIN | RST)) != 0)
    apart = np.abs(rows.time_ns[second] - rows.time_ns[first])
    unnamed = telling & (apart < UNNAMED_NEAR_NS) & (rows.time_ns[first] >= 0)
    near = np.where(named, apart < NEAR_NS, unnamed)
    return list(zip(first[near].tolist(), second[near].tolist(), strict=True))
