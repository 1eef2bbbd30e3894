"""
Read snoop (RFC 1761), which Solaris and its kin write.

A file header of 16 octets, then records, all big-endian: original length, included length, record
length, cumulative drops, seconds, microseconds, octets, padding.
"""

from collections.abc import Iterator
from struct import Struct as Layout

import numpy as np

from ..model.anomaly import AnomalyCode
from ..model.limits import PACKET_OCTETS
from ..model.packet import Int64
from .record_chain import Heads, RecordChain, RecordReader
from .window import Buffer, Stretch

HEADER_OCTETS = 16

PADDING_OCTETS = 64 << 10
"""More behind a packet than this is damage; RFC 1761 asks for at most three."""

LINK_TYPES = {0: 1, 2: 6, 4: 1, 8: 10}
"""Datalink type of the file header → LINKTYPE_ number: Ethernet, IEEE 802.5, FDDI."""

UNNAMED = 0x10000
"""Added to a datalink type that has no LINKTYPE_ number."""


class SnoopReader(RecordReader):
    """A snoop capture as windows of packets."""

    def __init__(self, data: Buffer) -> None:
        """Take the whole file, which begins with "snoop" and three NUL."""
        self._records = _Records(data)
        super().__init__(data, self._records)

    def _stretches(self) -> Iterator[Stretch]:
        end = len(self._data)
        if end < HEADER_OCTETS + _Records.HEADER:
            if end != HEADER_OCTETS:
                self._defects.add(AnomalyCode.TRUNCATED, end, offset=0, octets=end)
            return
        kind = int.from_bytes(self._data[12:16], "big")
        self._records.link_type = LINK_TYPES.get(kind, UNNAMED + kind)
        yield from self._records.stretches(HEADER_OCTETS, self._defects)


class _Records(RecordChain):
    HEADER = 24
    MARK = 16

    def __init__(self, data: Buffer) -> None:
        super().__init__(data)
        self.link_type = 0
        self._fields = Layout(">3I").unpack_from

    def one_length(self, at: int) -> int:
        original, included, whole = self._fields(self.data, at)
        padding: int = whole - included - self.HEADER
        sane = included <= PACKET_OCTETS and 0 <= padding <= PADDING_OCTETS and original
        return int(whole) if sane else 0

    def heads(self, at: Int64) -> Heads:
        original, included, whole, _, seconds, fraction = (
            self.column(">u4", at + skip) for skip in range(0, 24, 4)
        )
        padding = whole - included - self.HEADER
        chained = (included <= PACKET_OCTETS) & (padding >= 0) & (padding <= PADDING_OCTETS)
        chained &= original > 0
        sane = (included <= original) & (original <= PACKET_OCTETS) & (fraction < 1_000_000)
        return Heads(length=np.where(chained, whole, 0), seconds=seconds, sane=sane)

    def stretch(self, positions: Int64, end: int) -> Stretch:
        original, captured, _, drops, seconds, fraction = (
            self.column(">u4", positions + skip) for skip in range(0, 24, 4)
        )
        # The counts run from the start of the capture.
        self.dropped = max(self.dropped or 0, int(drops.max()))
        return Stretch(
            begin=int(positions[0]),
            end=end,
            start=positions + self.HEADER,
            captured=captured,
            original=np.maximum(original, captured),
            time_ns=seconds * 1_000_000_000 + fraction * 1_000,
            link_type=np.full(len(positions), self.link_type, np.int64),
        )
