"""
Read pcap, and its kin with other magic numbers (draft-ietf-opsawg-pcap).

A file header of 24 octets, then records: seconds, fraction, captured and original length, octets.
"""

from collections.abc import Iterator
from struct import Struct as Layout

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.limits import PACKET_OCTETS, WINDOW_OCTETS
from ..model.packet import Int64, PacketWindow
from ..model.recording import PacketFacts
from .defects import Defects
from .walk import STRIPE_OCTETS, walk
from .window import Buffer, Stretch, Tally, windows

HEADER_OCTETS = 24

USUAL_PACKET_OCTETS = 256 << 10
"""A packet longer than this and than the file's snap length is damage; as Wireshark has it."""

SANE_FOLLOWERS = 3
"""Records in a row that must be sane before reading goes on behind damage."""

DAY_S = 86_400
"""Packets behind damage were captured within a day of the packet before it."""


class Variant(Struct, frozen=True):
    """
    What a magic number says of a file.

    Attributes:
        unit_ns: Nanoseconds of one count of the fraction.
        record_octets: Length of a record header.
        header_octets: Length of the file header.
    """

    unit_ns: int
    record_octets: int = 16
    header_octets: int = HEADER_OCTETS


MAGIC = {
    0xA1B2C3D4: Variant(1_000),
    0xA1B23C4D: Variant(1),
    # Kuznetzov's patched libpcap: interface, protocol and packet type behind the usual header
    0xA1B2CD34: Variant(1_000, record_octets=24),
    # IXIA: the length of all records stands behind the file header
    0x1C0001AC: Variant(1, header_octets=28),
    0x1C0001AB: Variant(1_000, header_octets=28),
}


def byte_order(data: Buffer) -> str:
    """`<` or `>` as the magic number stands in the file; empty if it is no pcap."""
    head = bytes(data[:4])
    for order, name in (("<", "little"), (">", "big")):
        if int.from_bytes(head, "big" if name == "big" else "little") in MAGIC:
            return order
    return ""


class PcapReader:
    """
    A pcap as windows of packets.

    Attributes:
        anomalies: Damage met so far.
        key_log: Always empty: pcap cannot hold keys.
    """

    def __init__(self, data: Buffer) -> None:
        """Take the whole file, which begins with one of the `MAGIC` numbers in either order."""
        self.key_log: list[bytes] = []
        self._data = data
        self._defects = Defects()
        self._tally = Tally()
        self._snaplen = 0

    @property
    def anomalies(self) -> list[Anomaly]:
        """Damage met so far."""
        return self._defects.anomalies

    def windows(self) -> Iterator[PacketWindow]:
        """Packets in the order of the file."""
        return windows(self._data, self._stretches(), self._tally)

    def facts(self) -> PacketFacts:
        """What is known of the capture, once `windows` is exhausted."""
        tally = self._tally
        return PacketFacts(
            packets=tally.packets,
            cut=tally.cut,
            snaplen=self._snaplen if tally.cut and self._snaplen else None,
            first_ns=tally.first_ns,
            last_ns=tally.last_ns,
            steps_back=tally.steps_back,
        )

    def _stretches(self) -> Iterator[Stretch]:
        end = len(self._data)
        if end < HEADER_OCTETS:
            self._defects.add(AnomalyCode.TRUNCATED, end, offset=0, octets=end)
            return
        order = byte_order(self._data)
        head = Layout(order + "IHHiIII").unpack_from(self._data)
        variant = MAGIC[head[0]]
        self._snaplen = head[5]
        # The upper bits hold the length of a frame check sequence and the link type's class.
        link_type = head[6] & 0xFFFF
        records = _Records(self._data, order, variant, self._snaplen)
        # The first stretch is short: what it tells of the times is needed to guess in the next.
        at, span = variant.header_octets, STRIPE_OCTETS
        while at < end:
            positions, stop = walk(records, at, min(at + span, end))
            if len(positions):
                yield records.stretch(positions, stop, link_type)
            if stop < min(at + span, end):
                at, span = self._pass_damage(records, stop), STRIPE_OCTETS
            else:
                at, span = stop, min(span * 2, WINDOW_OCTETS)

    def _pass_damage(self, records: "_Records", at: int) -> int:
        """Say what is wrong with the record at a position; where reading can go on."""
        end = len(self._data)
        resumed = records.resume(at + 1)
        cut = resumed == end and records.runs_over_the_end(at)
        code = AnomalyCode.TRUNCATED if cut else AnomalyCode.DAMAGED
        self._defects.add(code, resumed - at, offset=at, octets=resumed - at)
        return resumed


class _Records:
    """Record headers of one file."""

    def __init__(self, data: Buffer, order: str, variant: Variant, snaplen: int) -> None:
        self._data = data
        self._end = len(data)
        self._octets = np.frombuffer(data, np.uint8)
        self._order = order
        self._variant = variant
        self._longest = min(PACKET_OCTETS, max(USUAL_PACKET_OCTETS, snaplen))
        self._word = Layout(order + "I").unpack_from
        self._fields = Layout(order + "4I").unpack_from
        self._words = np.ndarray((max(0, self._end - 3),), order + "u4", self._octets, strides=(1,))
        self._seconds = -1

    def length(self, at: int) -> int:
        """Octets of the record; 0 if it is not whole or its length is not sane."""
        whole = self._variant.record_octets
        if at + whole > self._end:
            return 0
        captured: int = self._word(self._data, at + 8)[0]
        whole += captured
        return whole if captured <= self._longest and at + whole <= self._end else 0

    def lengths(self, at: Int64) -> Int64:
        """`length` of many records."""
        header = self._variant.record_octets
        inside = np.minimum(at + 8, self._end - 4)
        captured = self._words[inside].astype(np.int64)
        sane = (captured <= self._longest) & (at + captured <= self._end - header)
        return np.where(sane, captured + header, 0)

    def runs_over_the_end(self, at: int) -> bool:
        """The file ends inside this record."""
        header = self._variant.record_octets
        if at + header > self._end:
            return True
        return bool(self._word(self._data, at + 8)[0] <= self._longest)

    def guess(self, low: int, high: int) -> int:
        """A sane record whose seconds begin as those of the packet before the stretch."""
        little = self._order == "<"
        seconds = (self._seconds & 0xFFFFFFFF).to_bytes(4, "little" if little else "big")
        # The upper half of the seconds changes every 18 hours.
        mark, shift = (seconds[2:], 2) if little else (seconds[:2], 0)
        text = bytes(self._data[low:high])
        found = text.find(mark, shift)
        while found >= 0:
            at = low + found - shift
            if self._sane_at(at) and self._sane_at(at + self.length(at)):
                return at
            found = text.find(mark, found + 1)
        return -1

    def _sane_at(self, at: int) -> bool:
        """`_sane` of one record, without numpy's price for a call."""
        length = self.length(at)
        if not length:
            return at == self._end
        seconds, fraction, captured, original = self._fields(self._data, at)
        return bool(
            captured <= original <= PACKET_OCTETS
            and fraction * self._variant.unit_ns < 1_000_000_000
            and (self._seconds < 0 or abs(seconds - self._seconds) <= DAY_S)
        )

    def _sane(self, at: Int64) -> NDArray[np.bool_]:
        """Whether a record seems to stand there; the end of the file is a sane place too."""
        inside = np.minimum(at, self._end - self._variant.record_octets)
        seconds, fraction, captured, original = (
            self._words[inside + skip].astype(np.int64) for skip in (0, 4, 8, 12)
        )
        sane = (self.lengths(at) > 0) & (captured <= original) & (original <= PACKET_OCTETS)
        sane &= fraction * self._variant.unit_ns < 1_000_000_000
        if self._seconds >= 0:
            sane &= np.abs(seconds - self._seconds) <= DAY_S
        return np.asarray(sane | (at == self._end))

    def resume(self, at: int) -> int:
        """The next position from which records follow each other; the file's end if none."""
        size = STRIPE_OCTETS
        while at < self._end - self._variant.record_octets:
            here = np.arange(at, min(at + size, self._end - self._variant.record_octets))
            first = here
            for _ in range(SANE_FOLLOWERS):
                sane = self._sane(here)
                first, here = first[sane], here[sane]
                here = here + self.lengths(here)
            if len(first):
                return int(first[0])
            at += size
            size = min(size * 2, 1 << 20)
        return self._end

    def stretch(self, positions: Int64, end: int, link_type: int) -> Stretch:
        """Columns of the records at these positions."""
        header = self._variant.record_octets
        view = np.ndarray((self._end - 15,), "V16", self._octets, strides=(1,))
        fields = view[positions].view(self._order + "u4").reshape(-1, 4)
        seconds = fields[:, 0].astype(np.int64)
        self._seconds = int(seconds[-1])
        captured = fields[:, 2].astype(np.int64)
        return Stretch(
            begin=int(positions[0]),
            end=end,
            start=positions + header,
            captured=captured,
            original=np.maximum(fields[:, 3], captured),
            time_ns=seconds * 1_000_000_000 + fields[:, 1].astype(np.int64) * self._variant.unit_ns,
            link_type=np.full(len(positions), link_type, np.int64),
        )
