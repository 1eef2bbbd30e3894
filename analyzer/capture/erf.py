"""
Read ERF, the Extensible Record Format of Endace's DAG cards.

No file header; records of: time (64 bits, little-endian, in 2**-32 s), type, flags, then big-endian
record length, loss counter or colour and wire length; extension headers; octets.
"""

from collections.abc import Iterator
from struct import Struct as Layout

import numpy as np

from ..model.packet import Int64
from .record_chain import Heads, RecordChain, RecordReader
from .signature import ERF_EXTENDED, ERF_TYPES
from .window import Buffer, Stretch

EXTENSIONS = 16
"""Extension headers passed of one record."""

PAD = 48
"""A record that only fills up, to which Wireshark gives no number."""

HDLC = (1, 5, 10, 15, 17, 19)
ETHERNET = (2, 11, 16, 20)
IPV4, IPV6 = 22, 23
COLOURED = (10, 11, 15, 16, 17, 19, 20)
"""Types with a colour in place of the loss counter."""

MULTI_CHANNEL = (5, 17)
"""Types with four octets more in front of the packet."""

_KNOWN = np.isin(np.arange(128), list(ERF_TYPES))

LINKTYPE_ETHERNET = 1
LINKTYPE_PPP = 9
LINKTYPE_C_HDLC = 104
LINKTYPE_ERF = 197
"""What stands in the record is none of the others."""
LINKTYPE_IPV4, LINKTYPE_IPV6 = 228, 229

CISCO = (0x0F, 0x8F)
"""First octets of Cisco HDLC; that of PPP is 0xFF."""


class ErfReader(RecordReader):
    """An ERF capture as windows of packets."""

    def __init__(self, data: Buffer) -> None:
        """Take the whole file, which `signature.is_erf`."""
        super().__init__(data, _Records(data))

    def _stretches(self) -> Iterator[Stretch]:
        for stretch in self._chain.stretches(0, self._defects):
            if len(stretch.start):
                yield stretch


class _Records(RecordChain):
    HEADER = 16
    MARK = 6
    ORDER = "<"

    def __init__(self, data: Buffer) -> None:
        super().__init__(data)
        self._fields = Layout(">BxH").unpack_from

    def one_length(self, at: int) -> int:
        kind, length = self._fields(self.data, at + 8)
        sane = length >= self.HEADER and (kind & ~ERF_EXTENDED) in ERF_TYPES
        return int(length) if sane else 0

    def heads(self, at: Int64) -> Heads:
        kind = self.column("u1", at + 8) & ~ERF_EXTENDED
        length = self.column(">u2", at + 10)
        chained = (length >= self.HEADER) & _KNOWN[kind]
        seconds = self.column("<u4", at + 4)
        wire = self.column(">u2", at + 14)
        sane = (wire > 0) | (kind == PAD)
        return Heads(length=np.where(chained, length, 0), seconds=seconds, sane=sane)

    def stretch(self, positions: Int64, end: int) -> Stretch:
        kind = self.column("u1", positions + 8) & ~ERF_EXTENDED
        positions, kind = positions[kind != PAD], kind[kind != PAD]
        length = self.column(">u2", positions + 10)
        original = self.column(">u2", positions + 14)
        self._count_lost(positions, kind)
        skip = self._extensions(positions, positions + length) + self.HEADER
        skip[np.isin(kind, MULTI_CHANNEL)] += 4
        skip[np.isin(kind, ETHERNET)] += 2
        link_type = self._link_types(positions, skip, kind)
        skip = np.minimum(skip, length)
        captured = np.minimum(length - skip, original)
        seconds = self.column("<u4", positions + 4)
        fraction = self.column("<u4", positions)
        return Stretch(
            begin=int(positions[0]) if len(positions) else end,
            end=end,
            start=positions + skip,
            captured=captured,
            original=np.maximum(original, captured),
            time_ns=seconds * 1_000_000_000 + (fraction * 1_000_000_000 + (1 << 31) >> 32),
            link_type=link_type,
        )

    def _count_lost(self, positions: Int64, kind: Int64) -> None:
        counted = positions[~np.isin(kind, COLOURED)]
        if len(counted):
            self.dropped = (self.dropped or 0) + int(self.column(">u2", counted + 12).sum())

    def _extensions(self, positions: Int64, end: Int64) -> Int64:
        """Octets of extension headers, eight each, of which the first octet tells of the next."""
        octets = np.zeros(len(positions), np.int64)
        rows = np.flatnonzero(self.octets[positions + 8] & ERF_EXTENDED)
        for _ in range(EXTENSIONS):
            at = positions[rows] + self.HEADER + octets[rows]
            inside = at + 8 <= end[rows]
            rows, at = rows[inside], at[inside]
            if not len(rows):
                break
            octets[rows] += 8
            rows = rows[(self.octets[at] & ERF_EXTENDED) != 0]
        return octets

    def _link_types(self, positions: Int64, skip: Int64, kind: Int64) -> Int64:
        found = np.full(len(positions), LINKTYPE_ERF, np.int64)
        found[np.isin(kind, ETHERNET)] = LINKTYPE_ETHERNET
        found[kind == IPV4] = LINKTYPE_IPV4
        found[kind == IPV6] = LINKTYPE_IPV6
        rows = np.flatnonzero(np.isin(kind, HDLC))
        first = self.octets[np.minimum(positions[rows] + skip[rows], len(self.octets) - 1)]
        found[rows] = np.where(np.isin(first, CISCO), LINKTYPE_C_HDLC, LINKTYPE_PPP)
        return found
