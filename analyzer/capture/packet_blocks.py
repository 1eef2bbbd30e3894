"""Columns of pcapng packet blocks: Enhanced (section 4.3), Simple (4.4), obsolete (appendix A)."""

import numpy as np
from numpy.typing import NDArray

from ..model.packet import NO_PACKET, Int64
from . import blocks
from .block_chain import HEAD, BlockChain
from .window import Stretch

SIMPLE_HEAD = 12
"""Octets of a Simple Packet Block before its packet."""

DROPS_UNKNOWN = 0xFFFF
"""What an obsolete Packet Block says where it counts no drops."""


class PacketBlocks:
    """Packet blocks at some positions, whose heads were gathered by `BlockChain.heads`."""

    def __init__(self, positions: Int64, heads: NDArray[np.uint32], chain: BlockChain) -> None:
        self._positions = positions
        self._heads = heads
        self._chain = chain
        self._simple = heads[:, 0] == blocks.SIMPLE_PACKET
        self._obsolete = heads[:, 0] == blocks.OBSOLETE_PACKET
        self._no_packet = np.isin(heads[:, 0], blocks.NUMBERED)
        self._interface = heads[:, 2].astype(np.int64)
        self._start = positions + HEAD
        self._captured = heads[:, 5].astype(np.int64)
        self._original = heads[:, 6].astype(np.int64)
        if self._obsolete.any():
            # Interface and drop count share the word, 16 bits each.
            word = self._interface[self._obsolete]
            self._interface[self._obsolete] = word & 0xFFFF if self._little else word >> 16
        if self._simple.any():
            self._read_simple()
        self._original = np.maximum(self._original, self._captured)
        self._captured[self._no_packet] = self._original[self._no_packet] = 0

    @property
    def _little(self) -> bool:
        return self._chain.order == "<"

    @property
    def _room(self) -> Int64:
        """Octets between the head and the closing length."""
        head = np.where(self._simple, SIMPLE_HEAD, HEAD)
        return self._heads[:, 1].astype(np.int64) - head - 4

    def _read_simple(self) -> None:
        """A Simple Packet Block belongs to interface 0 and is cut at its snap length."""
        rows = self._simple
        self._interface[rows] = 0
        self._start[rows] = self._positions[rows] + SIMPLE_HEAD
        self._original[rows] = self._heads[rows, 2]
        interfaces = self._chain.interfaces
        snaplen = interfaces[0].snaplen if interfaces else 0
        kept = np.minimum(self._original[rows], self._room[rows])
        self._captured[rows] = np.minimum(kept, snaplen) if snaplen else kept

    def sane(self) -> NDArray[np.bool_]:
        """Which packets fit into their block and name an interface there is."""
        return np.asarray(
            (self._captured <= self._room) & (self._interface < len(self._chain.interfaces))
            | self._no_packet
        )

    def smallest_snaplen(self) -> int:
        """Of the interfaces that cut a packet; 0 if none did, or none names it."""
        cut = self._original > self._captured
        if not cut.any():
            return 0
        snaplen = self._chain.interface_columns()[1][self._interface[cut]]
        return min(snaplen[snaplen > 0].tolist(), default=0)

    def options(self) -> tuple[Int64, Int64]:
        """Where the options of the packets that may have some begin and end, in the file."""
        room = self._captured + (-self._captured & 3)
        # A Simple Packet Block has no options; a zero to four octets of padding are none either.
        some = np.flatnonzero((self._room >= room + 4) & ~self._simple & ~self._no_packet)
        begin = self._start[some] + room[some]
        return begin, self._start[some] + self._room[some]

    def obsolete_drops(self) -> list[int]:
        """Drop counts of the obsolete blocks that have one."""
        word = self._heads[self._obsolete, 2]
        drops = word >> 16 if self._little else word & 0xFFFF
        known: list[int] = drops[drops != DROPS_UNKNOWN].tolist()
        return known

    def stretch(self, end: int) -> Stretch:
        """The packets as columns; `end` is where the stretch ends in the file."""
        known = ~self._no_packet
        link_type = np.full(len(known), NO_PACKET, np.int64)
        link_type[known] = self._chain.interface_columns()[0][self._interface[known]]
        return Stretch(
            begin=int(self._positions[0]),
            end=end,
            start=self._start,
            captured=self._captured,
            original=self._original,
            time_ns=self._time_ns(known),
            link_type=link_type,
        )

    def _time_ns(self, known: NDArray[np.bool_]) -> Int64:
        """-1 where there is no time: in a Simple Packet Block, before 1970, without a packet."""
        _, _, resolutions, offsets = self._chain.interface_columns()
        ticks = self._heads[:, 3].astype(np.uint64) << np.uint64(32) | self._heads[:, 4]
        ns = np.full(len(ticks), -1, np.int64)
        known = known & ~self._simple
        resolution = np.zeros(len(ticks), np.int64)
        resolution[known] = resolutions[self._interface[known]]
        for kind in np.unique(resolution[known]).tolist():
            rows = known & (resolution == kind)
            ns[rows] = blocks.nanoseconds(ticks[rows], kind)
            ns[rows] += offsets[self._interface[rows]] * 1_000_000_000
        ns[ns < 0] = -1
        return ns
