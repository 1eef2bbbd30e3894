"""Records one behind the other, each with a header of fixed length: what snoop and ERF share."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.limits import WINDOW_OCTETS
from ..model.packet import Int64, PacketWindow
from ..model.recording import PacketFacts
from .defects import Defects
from .walk import STRIPE_OCTETS, walk
from .window import Buffer, Stretch, Tally, windows

FOLLOWERS = 3
"""Records in a row that must be sane before reading goes on behind damage."""

DAY_S = 86_400
"""Packets behind damage were captured within a day of the packet before it."""


class Heads(Struct, frozen=True, kw_only=True):
    """
    What record headers say, as columns.

    Attributes:
        length: Octets of the whole record; 0 where it is not sane.
        seconds: Since 1970.
        sane: Whether the fields that a chain does not need make sense, too.
    """

    length: Int64
    seconds: Int64
    sane: NDArray[np.bool_]


class RecordChain(ABC):
    """
    The records of a file.

    Attributes:
        octets: The file.
        dropped: Packets that the capturing system says it dropped; None if it says nothing.
    """

    HEADER: int
    """Octets of a record header."""

    MARK: int
    """Where in it the two octets stand that change only with every 65,536th second."""

    ORDER = ">"
    """Byte order of the seconds."""

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.octets = np.frombuffer(data, np.uint8)
        self._end = len(data)
        self._seconds = -1
        self.dropped: int | None = None

    @abstractmethod
    def heads(self, at: Int64) -> Heads:
        """The headers at positions at which a whole one has room."""

    @abstractmethod
    def one_length(self, at: int) -> int:
        """`Heads.length` of one position, without numpy's price for a call."""

    @abstractmethod
    def stretch(self, positions: Int64, end: int) -> Stretch:
        """Columns of the records at these positions."""

    def column(self, kind: str, at: Int64) -> Int64:
        """Numbers at many positions."""
        width = np.dtype(kind).itemsize
        words = np.ndarray((self._end - width + 1,), kind, self.octets, strides=(1,))
        return words[at].astype(np.int64)

    def length(self, at: int) -> int:
        """Octets of the record; 0 if it is not whole or not sane."""
        if at + self.HEADER > self._end:
            return 0
        length = self.one_length(at)
        return length if at + length <= self._end else 0

    def lengths(self, at: Int64) -> Int64:
        """`length` of many records."""
        last = self._end - self.HEADER
        length = self.heads(np.minimum(at, last)).length
        return np.where((at <= last) & (at + length <= self._end), length, 0)

    def guess(self, low: int, high: int) -> int:
        """A sane record whose seconds begin as those of the packet before the stretch."""
        seconds = (self._seconds & 0xFFFFFFFF) >> 16
        mark = seconds.to_bytes(2, "big" if self.ORDER == ">" else "little")
        text = bytes(self.data[low:high])
        found = text.find(mark, self.MARK)
        while found >= 0:
            at = low + found - self.MARK
            length = self.length(at)
            if length and (at + length == self._end or self.length(at + length)):
                return at
            found = text.find(mark, found + 1)
        return -1

    def runs_over_the_end(self, at: int) -> bool:
        """The file ends inside this record."""
        return at + self.HEADER > self._end or self.one_length(at) > 0

    def resume(self, at: int) -> int:
        """The next position from which records follow each other; the file's end if none."""
        size = STRIPE_OCTETS
        while at < self._end - self.HEADER:
            first = here = np.arange(at, min(at + size, self._end - self.HEADER))
            for _ in range(FOLLOWERS):
                sane = self._sane(here)
                first, here = first[sane], here[sane]
                here = here + self.lengths(here)
            if len(first):
                return int(first[0])
            at += size
            size = min(size * 2, 1 << 20)
        return self._end

    def _sane(self, at: Int64) -> NDArray[np.bool_]:
        """Whether a record seems to stand there; the end of the file is a sane place too."""
        heads = self.heads(np.minimum(at, self._end - self.HEADER))
        sane = (self.lengths(at) > 0) & heads.sane
        if self._seconds >= 0:
            sane &= np.abs(heads.seconds - self._seconds) <= DAY_S
        return np.asarray(sane | (at == self._end))

    def stretches(self, at: int, defects: Defects) -> Iterator[Stretch]:
        """All records from a position on; what is damaged is passed and named."""
        end = self._end
        span = STRIPE_OCTETS
        while at < end:
            until = min(at + span, end)
            positions, stop = walk(self, at, until)
            if len(positions):
                self._seconds = int(self.heads(positions[-1:]).seconds[0])
                yield self.stretch(positions, stop)
            if stop < until:
                resumed = self.resume(stop + 1)
                cut = resumed == end and self.runs_over_the_end(stop)
                code = AnomalyCode.TRUNCATED if cut else AnomalyCode.DAMAGED
                defects.add(code, resumed - stop, offset=stop, octets=resumed - stop)
                at, span = resumed, STRIPE_OCTETS
            else:
                at, span = stop, min(span * 2, WINDOW_OCTETS)


class RecordReader(ABC):
    """
    A capture of such records as windows of packets.

    Attributes:
        key_log: Always empty: such a capture cannot hold keys.
    """

    def __init__(self, data: Buffer, records: RecordChain) -> None:
        """Take the whole file and its records."""
        self.key_log: list[bytes] = []
        self._data = data
        self._defects = Defects()
        self._tally = Tally()
        self._chain = records

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
            dropped=self._chain.dropped,
            first_ns=tally.first_ns,
            last_ns=tally.last_ns,
            steps_back=tally.steps_back,
        )

    @abstractmethod
    def _stretches(self) -> Iterator[Stretch]:
        """Records behind the file's own header."""
