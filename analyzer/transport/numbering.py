"""
Tell which connection each segment belongs to, numbered as tshark's `tcp.stream`.

Wireshark gives a number to the first segment between two endpoints, and a new one to a SYN whose
sequence number is not the one its side began with; a SYN-ACK always says anew where its side begins
(`dissect_tcp` in packet-tcp.c of Wireshark 4.0).
"""

import numpy as np
from msgspec import Struct

from ..model.limits import KNOWN_CONNECTIONS
from ..model.packet import Int64
from .columns import ACK, SYN, Segments
from .octets import U64
from .table import EMPTY, Table, longer

FIRST_ROOM = 1 << 10

MASK = (1 << 32) - 1

NONE = np.zeros(0, np.int64)

SIX = np.uint64(1 << 32)
"""Marks a pair of IPv6 endpoints, whose addresses stand as numbers of a table."""

_16, _32 = np.uint64(16), np.uint64(32)
_LOW16, _LOW32 = np.uint64(0xFFFF), np.uint64(MASK)


class Numbered(Struct, frozen=True):
    """
    Where the segments of a window belong.

    A connection stands in a slot, from 0 up, so that columns by slot are short; slots change only
    when connections are forgotten.

    Attributes:
        slot: Slot of each segment's connection.
        side: 0 or 1: which of the two endpoints sent it.
        opening: Rows that began a connection, ascending.
        replaced: Slot of the connection between the same endpoints before it, or EMPTY.
    """

    slot: Int64
    side: Int64
    opening: Int64
    replaced: Int64


class Numbering:
    """
    The connections of a capture, about 60 octets each.

    Attributes:
        count: Connections seen.
        slots: Connections known now.
        number: Number of each connection, by slot.
        base: Sequence number before the first octet, by twice the slot plus the side.
        based: Whether that is known.
    """

    def __init__(self) -> None:
        self.count = 0
        self.slots = 0
        self.number = np.zeros(FIRST_ROOM, np.int64)
        self.base = np.zeros(2 * FIRST_ROOM, np.uint32)
        self.based = np.zeros(2 * FIRST_ROOM, np.bool_)
        self._seen = np.zeros(2 * FIRST_ROOM, np.bool_)
        self._payload = np.zeros(FIRST_ROOM, np.bool_)
        self._addresses = Table()
        self._pairs = Table()
        self._current = np.full(FIRST_ROOM, EMPTY, np.int32)
        self._one_way = 0

    @property
    def full(self) -> bool:
        """Whether connections have to be forgotten."""
        return max(self.slots, self._addresses.count) > KNOWN_CONNECTIONS

    @property
    def one_way(self) -> int:
        """Connections with payload of which only one direction was captured."""
        seen = self._seen.reshape(-1, 2)
        return self._one_way + int(np.count_nonzero((seen[:, 0] != seen[:, 1]) & self._payload))

    def assign(self, segments: Segments) -> Numbered:
        """Find the connections of the segments of the next window."""
        known = self._pairs.count
        key, side = self._keys(segments)
        self._current = longer(self._current, self._pairs.count, EMPTY)
        opening, begun_by = self._openings(segments, known, key, side)
        slot = self._current[key].astype(np.int64)
        slots = np.arange(self.slots, self.slots + len(opening))
        replaced = slot[opening]
        _correct_replaced(key[opening], slots, replaced)
        begun = np.flatnonzero(begun_by != EMPTY)
        slot[begun] = slots[np.searchsorted(opening, begun_by[begun])]
        self._current[key[opening]] = slots
        self._add(len(opening))
        self._note(segments, slot, side)
        return Numbered(slot, side, opening, replaced)

    def forget(self, keep: Int64) -> None:
        """Forget all connections but those in the given slots, which become 0, 1, 2 and so on."""
        before = self.one_way
        moved = np.full(self.slots, EMPTY, np.int64)
        moved[keep] = np.arange(len(keep))
        slot = self._current[: self._pairs.count]
        pairs = np.flatnonzero(moved[slot] != EMPTY)
        first, second = (half[pairs] for half in self._pairs.halves())
        six = np.flatnonzero(second & SIX)
        first[six] = self._keep_addresses(first[six])
        self._pairs = Table()
        self._current = np.full(FIRST_ROOM, EMPTY, np.int32)
        key = self._pairs.numbers(first, second)
        self._current = longer(self._current, self._pairs.count, EMPTY)
        self._current[key] = moved[slot[pairs]]
        self.slots = len(keep)
        both = np.stack((2 * keep, 2 * keep + 1), 1).ravel()
        self.number, self._payload = self.number[keep], self._payload[keep]
        self.base, self.based, self._seen = self.base[both], self.based[both], self._seen[both]
        self._one_way += before - self.one_way

    def _keep_addresses(self, pairs: U64) -> U64:
        """Number the IPv6 addresses of some pairs anew, without changing which is the lower."""
        lower, upper = (pairs >> _32).astype(np.int64), (pairs & _LOW32).astype(np.int64)
        used = np.unique(np.concatenate((lower, upper)))
        first, second = self._addresses.halves()
        self._addresses = Table()
        self._addresses.numbers(first[used], second[used])
        lower, upper = np.searchsorted(used, lower), np.searchsorted(used, upper)
        return lower.astype(np.uint64) << _32 | upper.astype(np.uint64)

    def _keys(self, segments: Segments) -> tuple[Int64, Int64]:
        """The number of each segment's pair of endpoints, and the side that sent it."""
        source, destination = segments.source, segments.destination
        six = np.flatnonzero(segments.version == 6) if segments.upper is not None else NONE
        if segments.upper is not None:
            source, destination = source.copy(), destination.copy()
            for column, upper in (
                (source, segments.upper[:, 0]),
                (destination, segments.upper[:, 1]),
            ):
                column[six] = self._addresses.numbers(upper[six], column[six])
        sender = source << _16 | segments.source_port.astype(np.uint64)
        receiver = destination << _16 | segments.destination_port.astype(np.uint64)
        lower, upper = np.minimum(sender, receiver), np.maximum(sender, receiver)
        first = (lower >> _16) << _32 | upper >> _16
        second = (lower & _LOW16) << _16 | upper & _LOW16
        second[six] |= SIX
        return self._pairs.numbers(first, second), (sender > receiver).astype(np.int64)

    def _openings(
        self, segments: Segments, known: int, key: Int64, side: Int64
    ) -> tuple[Int64, Int64]:
        """Rows that begin a connection, and for each row the one of them that began its own."""
        begun_by = np.full(len(key), EMPTY, np.int64)
        new = np.flatnonzero(key >= known)
        first_of = np.zeros(self._pairs.count - known, np.int64)
        # Assigned backwards: the first row of each pair stands in the end.
        first_of[key[new[::-1]] - known] = new[::-1]
        begun_by[new] = first_of[key[new] - known]
        syn = np.flatnonzero((segments.flags & (SYN | ACK)) == SYN)
        again = syn[begun_by[syn] != syn]
        if len(again):
            mark = np.zeros(self._pairs.count, np.bool_)
            mark[key[again]] = True
            self._look_for_reuse(np.flatnonzero(mark[key]), segments, (key, side), begun_by)
        return np.flatnonzero(begun_by == np.arange(len(key))), begun_by

    def _look_for_reuse(
        self, rows: Int64, segments: Segments, sent: tuple[Int64, Int64], begun_by: Int64
    ) -> None:
        """Go through the segments of the pairs that sent a SYN again, one by one."""
        bases: dict[int, list[int]] = {}
        begun: dict[int, int] = {}
        columns = (*sent, segments.sequence - 1, segments.acknowledgment - 1, segments.flags)
        for row, pair, side, own, peer, flags in zip(
            rows.tolist(), *(column[rows].tolist() for column in columns), strict=True
        ):
            base = bases.get(pair)
            if base is None:
                base = bases[pair] = self._bases_of(pair)
                begun[pair] = int(begun_by[row])
            syn = flags & (SYN | ACK)
            if syn == SYN and base[side] not in (EMPTY, own):
                base[:] = (EMPTY, EMPTY)
                begun[pair] = row
            begun_by[row] = begun[pair]
            if base[side] == EMPTY or syn == SYN | ACK:
                base[side] = own
            if base[1 - side] == EMPTY and flags & ACK:
                base[1 - side] = peer

    def _bases_of(self, pair: int) -> list[int]:
        slot = int(self._current[pair])
        if slot == EMPTY:
            return [EMPTY, EMPTY]
        return [int(self.base[i]) if self.based[i] else EMPTY for i in (2 * slot, 2 * slot + 1)]

    def _add(self, more: int) -> None:
        upto = self.slots + more
        self.number = longer(self.number, upto, 0)
        self._payload = longer(self._payload, upto, 0)
        self.base, self.based, self._seen = (
            longer(column, 2 * upto, 0) for column in (self.base, self.based, self._seen)
        )
        self.number[self.slots : upto] = np.arange(self.count, self.count + more)
        self.slots = upto
        self.count += more

    def _note(self, segments: Segments, slot: Int64, side: Int64) -> None:
        """Keep where each side began, which sides were seen, and whether there is payload."""
        own = 2 * slot + side
        self._seen[own] = True
        self._payload[slot[segments.length > 0]] = True
        told_of_peer = ~self.based[own ^ 1] & ((segments.flags & ACK) != 0)
        rows = np.flatnonzero(~self.based[own] | told_of_peer)
        where = np.stack((own[rows], own[rows] ^ 1), 1)
        base = np.stack((segments.sequence[rows], segments.acknowledgment[rows]), 1) - 1
        told = ~self.based[where]
        told[:, 1] &= told_of_peer[rows]
        # Assigned backwards: the first one that tells stands in the end.
        where, base = where[told][::-1], base[told][::-1]
        self.base[where] = base
        self.based[where] = True
        answer = np.flatnonzero((segments.flags & (SYN | ACK)) == SYN | ACK)
        self.base[own[answer]] = segments.sequence[answer] - 1


def _correct_replaced(key: Int64, slots: Int64, replaced: Int64) -> None:
    """Where a pair opens twice in a window, the second connection replaces the first."""
    if len(np.unique(key)) == len(key):
        return
    last: dict[int, int] = {}
    for index, (pair, slot) in enumerate(zip(key.tolist(), slots.tolist(), strict=True)):
        replaced[index] = last.get(pair, replaced[index])
        last[pair] = slot
