"""
Tell which connection each segment belongs to, numbered as tshark's `tcp.stream`.

Wireshark gives a number to the first segment between two endpoints, and a new one to a SYN whose
sequence number is not the one its side began with; a SYN-ACK always says anew where its side begins
(`dissect_tcp` in packet-tcp.c of Wireshark 4.0).
"""

import numpy as np
from msgspec import Struct

from ..model.packet import Int64
from .columns import ACK, SYN, Segments
from .table import EMPTY, U64, Table, longer

FIRST_ROOM = 1 << 10


class Numbered(Struct, frozen=True):
    """
    Where the segments of a window belong.

    Attributes:
        connection: Number of the connection of each segment.
        side: 0 or 1: which of the two endpoints sent it; the lower address and port is 0.
        opening: Rows that began a connection, ascending.
        replaced: Number of the connection between the same endpoints before it, or EMPTY.
    """

    connection: Int64
    side: Int64
    opening: Int64
    replaced: Int64


class Numbering:
    """
    The connections seen so far, 40 octets each.

    Attributes:
        count: Connections.
        base: Sequence number before the first octet, by connection times two plus side.
        based: Whether that is known.
    """

    def __init__(self) -> None:
        self.count = 0
        self._addresses = Table()
        self._pairs = Table()
        self._current = np.full(FIRST_ROOM, EMPTY, np.int32)
        self.base = np.zeros(2 * FIRST_ROOM, np.uint32)
        self.based = np.zeros(2 * FIRST_ROOM, np.bool_)
        self._seen = np.zeros(2 * FIRST_ROOM, np.bool_)
        self._payload = np.zeros(FIRST_ROOM, np.bool_)

    @property
    def one_way(self) -> int:
        """Connections with payload of which only one direction was captured."""
        seen = self._seen.reshape(-1, 2)
        return int(np.count_nonzero((seen[:, 0] != seen[:, 1]) & self._payload))

    def number(self, segments: Segments) -> Numbered:
        """Number the segments of the next window."""
        key, side = self._keys(segments)
        opening, begun_by = self._openings(segments, key, side)
        connection = self._current[key].astype(np.int64)
        replaced = connection[opening]
        numbers = np.arange(self.count, self.count + len(opening))
        begun = np.flatnonzero(begun_by != EMPTY)
        connection[begun] = numbers[np.searchsorted(opening, begun_by[begun])]
        # The connection before a reuse in the same window is itself one of this window.
        self._note_replaced(key, opening, numbers, replaced)
        self._current[key[opening]] = numbers
        self.count += len(opening)
        self._note(segments, connection, side)
        return Numbered(connection, side, opening, replaced)

    def _keys(self, segments: Segments) -> tuple[Int64, Int64]:
        """The number of each segment's pair of endpoints, and the side that sent it."""
        source, destination = segments.source[:, 1], segments.destination[:, 1]
        six = np.flatnonzero(segments.version == 6)
        if len(six):
            source, destination = source.copy(), destination.copy()
            for column, full in ((source, segments.source), (destination, segments.destination)):
                column[six] = self._addresses.numbers(full[six, 0], full[six, 1])
        sixteen, low = np.uint64(16), np.uint64(0xFFFF)
        sender = source << sixteen | segments.source_port.astype(np.uint64)
        receiver = destination << sixteen | segments.destination_port.astype(np.uint64)
        lower, upper = np.minimum(sender, receiver), np.maximum(sender, receiver)
        first: U64 = (lower >> sixteen) << np.uint64(32) | upper >> sixteen
        second: U64 = (lower & low) << sixteen | upper & low
        second[six] |= np.uint64(1 << 32)
        before = self._pairs.count
        key = self._pairs.numbers(first, second)
        if self._pairs.count > len(self._current):
            self._current = longer(self._current, self._pairs.count, EMPTY)
        self._new_from = before
        return key, (sender > receiver).astype(np.int64)

    def _openings(self, segments: Segments, key: Int64, side: Int64) -> tuple[Int64, Int64]:
        """Rows that begin a connection, and for each row which of them began its connection."""
        begun_by = np.full(len(key), EMPTY, np.int64)
        new = np.flatnonzero(key >= self._new_from)
        first_of = np.zeros(self._pairs.count - self._new_from, np.int64)
        first_of[key[new[::-1]] - self._new_from] = new[::-1]
        begun_by[new] = first_of[key[new] - self._new_from]
        syn = np.flatnonzero((segments.flags & (SYN | ACK)) == SYN)
        again = syn[begun_by[syn] != syn]
        if len(again):
            mark = np.zeros(self._pairs.count, np.bool_)
            mark[key[again]] = True
            self._look_for_reuse(np.flatnonzero(mark[key]), segments, key, side, begun_by)
        opening = np.flatnonzero(begun_by == np.arange(len(key)))
        return opening, begun_by

    def _look_for_reuse(
        self, rows: Int64, segments: Segments, key: Int64, side: Int64, begun_by: Int64
    ) -> None:
        """Go through the segments of the pairs that sent a SYN again, one by one."""
        bases: dict[int, list[int | None]] = {}
        begun: dict[int, int] = {}
        columns = (key, side, segments.sequence, segments.acknowledgment, segments.flags)
        for row, pair, way, sequence, acknowledgment, flags in zip(
            rows.tolist(), *(column[rows].tolist() for column in columns), strict=True
        ):
            base = bases.get(pair)
            if base is None:
                base = bases[pair] = self._bases_of(pair)
                begun[pair] = begun_by[row]
            if flags & (SYN | ACK) == SYN and base[way] not in (None, sequence - 1 & 0xFFFFFFFF):
                base = bases[pair] = [None, None]
                begun[pair] = row
            begun_by[row] = begun[pair]
            if base[way] is None or flags & (SYN | ACK) == SYN | ACK:
                base[way] = sequence - 1 & 0xFFFFFFFF
            if base[1 - way] is None and flags & ACK:
                base[1 - way] = acknowledgment - 1 & 0xFFFFFFFF

    def _bases_of(self, pair: int) -> list[int | None]:
        connection = int(self._current[pair])
        if connection == EMPTY:
            return [None, None]
        at = 2 * connection
        return [int(self.base[i]) if self.based[i] else None for i in (at, at + 1)]

    def _note_replaced(self, key: Int64, opening: Int64, numbers: Int64, replaced: Int64) -> None:
        if len(np.unique(key[opening])) == len(opening):
            return
        last: dict[int, int] = {}
        for index, pair in enumerate(key[opening].tolist()):
            if pair in last:
                replaced[index] = last[pair]
            last[pair] = int(numbers[index])

    def _note(self, segments: Segments, connection: Int64, side: Int64) -> None:
        """Keep where each side began, which sides were seen, and whether there is payload."""
        if self.count > len(self._payload):
            self._payload = longer(self._payload, self.count, fill=False)
            room = 2 * len(self._payload)
            self.base = longer(self.base, room, 0)
            self.based = longer(self.based, room, fill=False)
            self._seen = longer(self._seen, room, fill=False)
        own = 2 * connection + side
        self._seen[own] = True
        self._payload[connection[segments.length > 0]] = True
        peer_told = ~self.based[own ^ 1] & ((segments.flags & ACK) != 0)
        rows = np.flatnonzero(~self.based[own] | peer_told)
        where = np.stack((own[rows], own[rows] ^ 1), 1)
        base = np.stack((segments.sequence[rows] - 1, segments.acknowledgment[rows] - 1), 1)
        told = np.stack((np.ones(len(rows), np.bool_), peer_told[rows]), 1)
        told &= ~self.based[where]
        # Assigned backwards: the first one that tells stands in the end.
        where, base = where[told][::-1], base[told][::-1]
        self.base[where] = (base & 0xFFFFFFFF).astype(np.uint32)
        self.based[where] = True
        answer = np.flatnonzero((segments.flags & (SYN | ACK)) == SYN | ACK)
        self.base[own[answer]] = ((segments.sequence[answer] - 1) & 0xFFFFFFFF).astype(np.uint32)
