"""Find the blocks of a pcapng, in the byte order of each section."""

from struct import Struct as Layout

import numpy as np
from numpy.typing import NDArray

from ..model.limits import PACKET_OCTETS
from ..model.packet import Int64
from . import blocks
from .blocks import Interface
from .walk import STRIPE_OCTETS
from .window import Buffer

MAGIC = b"\x0a\x0d\x0d\x0a"
BYTE_ORDER_MAGIC = 0x1A2B3C4D

BLOCK_OCTETS = PACKET_OCTETS + (1 << 20)
"""A longer block is damage: it holds at most a packet and its options."""

HEAD = 28
"""Octets of an Enhanced Packet Block before its packet."""


class BlockChain:
    """Block headers of the file, in the byte order of the section read."""

    def __init__(self, data: Buffer) -> None:
        self._data = data
        self._end = len(data)
        self._octets = np.frombuffer(data, np.uint8)
        self._set_order("<")
        self.interfaces: list[Interface] = []
        self._interface_columns = _columns([])

    def _set_order(self, order: str) -> None:
        self.order = order
        self._word = Layout(order + "I").unpack_from
        self._words = self._overlapping(order + "u4", 4)
        self._halves = self._overlapping(order + "u2", 2)
        self._quads = self._overlapping(order + "u8", 8)
        self._heads = self._overlapping(f"V{HEAD}", HEAD)
        self._mark = self._packed(blocks.ENHANCED_PACKET)

    def _overlapping(self, kind: str, width: int) -> NDArray[np.generic]:
        """The file as words that begin at every octet."""
        return np.ndarray((max(0, self._end - width + 1),), kind, self._octets, strides=(1,))

    def _packed(self, value: int) -> bytes:
        return Layout(self.order + "I").pack(value)

    def begin_section(self, at: int) -> None:
        """Take the byte order of a section header, and forget the interfaces of the last one."""
        little = bytes(self._data[at + 8 : at + 12]) == BYTE_ORDER_MAGIC.to_bytes(4, "little")
        self._set_order("<" if little else ">")
        self.interfaces = []
        self._interface_columns = _columns([])

    def interface_columns(self) -> tuple[Int64, Int64, Int64, Int64]:
        """Link type, snap length, resolution and offset of the section's interfaces."""
        if len(self._interface_columns[0]) != len(self.interfaces):
            self._interface_columns = _columns(self.interfaces)
        return self._interface_columns

    def section_header(self, at: int) -> int:
        """Length of the Section Header Block at a position (section 4.1); 0 if none is there."""
        head = bytes(self._data[at : at + 12])
        if len(head) < 12 or head[:4] != MAGIC:
            return 0
        for order in ("little", "big"):
            if int.from_bytes(head[8:], order) == BYTE_ORDER_MAGIC:
                length = int.from_bytes(head[4:8], order)
                break
        else:
            return 0
        whole = 28 <= length <= BLOCK_OCTETS and length % 4 == 0
        tail = bytes(self._data[at + length - 4 : at + length])
        return length if whole and tail == head[4:8] else 0

    def length(self, at: int) -> int:
        """Octets of the block; 0 if it is a section header, not whole, or its lengths differ."""
        if at + 12 > self._end:
            return 0
        length: int = self._word(self._data, at + 4)[0]
        if length < 12 or length > BLOCK_OCTETS or length % 4 or at + length > self._end:
            return 0
        if self._word(self._data, at + length - 4)[0] != length:
            return 0
        return 0 if self._word(self._data, at)[0] == blocks.SECTION_HEADER else length

    def lengths(self, at: Int64) -> Int64:
        """`length` of many blocks."""
        last = self._end - 4
        length = self._words[np.minimum(at + 4, last)].astype(np.int64)
        behind = at + length
        sane = (length >= 12) & (length <= BLOCK_OCTETS) & (behind <= self._end)
        tail = self._words[np.minimum(behind - 4, last)]
        sane &= (tail == length) & (length & 3 == 0)
        sane &= self._words[np.minimum(at, last)] != blocks.SECTION_HEADER
        return np.where(sane, length, 0)

    def runs_over_the_end(self, at: int) -> bool:
        """The file ends inside this block."""
        if at + 8 > self._end:
            return True
        length: int = self._word(self._data, at + 4)[0]
        return 12 <= length <= BLOCK_OCTETS and at + length > self._end

    def guess(self, low: int, high: int) -> int:
        """A packet block that another block follows."""
        text = bytes(self._data[low:high])
        found = text.find(self._mark)
        while found >= 0:
            length = self.length(low + found)
            if length and (low + found + length == self._end or self.length(low + found + length)):
                return low + found
            found = text.find(self._mark, found + 1)
        return -1

    def resume(self, at: int) -> int:
        """The next position from which blocks follow each other; the file's end if none."""
        size = STRIPE_OCTETS
        while at < self._end - 11:
            here = np.arange(at, min(at + size, self._end - 11))
            kinds = self._words[here]
            header: list[int] = here[kinds == blocks.SECTION_HEADER].tolist()
            known = here[np.isin(kinds, blocks.KNOWN)]
            length = self.lengths(known)
            known, behind = known[length > 0], (known + length)[length > 0]
            followed = (behind == self._end) | (self.lengths(behind) > 0)
            followed |= self._words[np.minimum(behind, self._end - 4)] == blocks.SECTION_HEADER
            sane: list[int] = known[followed][:1].tolist()
            sane += [start for start in header if self.section_header(start)][:1]
            if sane:
                return min(sane)
            at += size
            size = min(size * 2, 1 << 20)
        return self._end

    def heads(self, positions: Int64) -> NDArray[np.uint32]:
        """The first seven words of blocks; what would stand behind the file is zero."""
        inside = int(np.searchsorted(positions, self._end - HEAD, side="right"))
        found = self._heads[positions[:inside]].view(self.order + "u4").reshape(-1, HEAD // 4)
        if inside == len(positions):
            return found
        late = [
            np.frombuffer(bytes(self._data[at : at + HEAD]).ljust(HEAD, b"\0"), self.order + "u4")
            for at in positions[inside:].tolist()
        ]
        return np.concatenate((found, np.stack(late)))

    def option_heads(self, at: Int64) -> tuple[Int64, Int64]:
        """Codes and lengths of options."""
        return self._halves[at].astype(np.int64), self._halves[at + 2].astype(np.int64)

    def quads(self, at: Int64) -> list[int]:
        """Numbers of 64 bits."""
        numbers: list[int] = self._quads[at].tolist()
        return numbers


def _columns(interfaces: list[Interface]) -> tuple[Int64, Int64, Int64, Int64]:
    rows = [(i.link_type, i.snaplen, i.resolution, i.offset_s) for i in interfaces]
    link_type, snaplen, resolution, offset_s = np.array(rows, np.int64).reshape(-1, 4).T
    return link_type, snaplen, resolution, offset_s
