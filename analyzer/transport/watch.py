"""What packets tell beside their octets: what was not acknowledged, and who was silent when."""

from array import array
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from ..model.flow import Silence
from ..model.limits import SILENCE_NS, SILENCES
from .batch import Batch, Measured
from .columns import RST, SYN

Packet = tuple[int, int]
"""Number and time; -1 if the time is not known."""


class Flight(Struct, frozen=True, gc=False):
    """
    The first octet of a direction that the peer has not acknowledged.

    Attributes:
        offset: Of the octet.
        sent: Packets that brought it.
        first: The first of them.
        last: The last of them.
    """

    offset: int
    sent: int
    first: Packet
    last: Packet


class Watch:
    """
    One direction of a connection, as its packets show it.

    Attributes:
        flight: What was in flight when it was last looked at.
        resent_ns: When something was last sent again; None if nothing was.
    """

    __slots__ = ("_last_ns", "_silences", "flight", "resent_ns")

    def __init__(self) -> None:
        self._last_ns = -1
        self._silences: array[int] | None = None
        self.flight: Flight | None = None
        self.resent_ns: int | None = None

    @property
    def last_ns(self) -> int | None:
        """Time of the last packet; None if not known."""
        return self._last_ns if self._last_ns >= 0 else None

    def note(self, outer: tuple[int, int, int, int]) -> bool:
        """
        Take in numbers and times of the first and last of some packets.

        Returns:
            Whether that is one silence too many.
        """
        _, first_ns, _, last_ns = outer
        before, self._last_ns = self._last_ns, max(self._last_ns, last_ns)
        return before >= 0 and first_ns - before >= SILENCE_NS and self.add((before, first_ns))

    def add(self, silence: tuple[int, int]) -> bool:
        """Take in a stretch without packets; True when it is the first that finds no room."""
        if self._silences is None:
            self._silences = array("q")
        if len(self._silences) < 2 * SILENCES:
            self._silences.extend(silence)
            return False
        full = len(self._silences) == 2 * SILENCES
        if full:
            self._silences.append(0)  # said once
        return full

    def silences(self) -> tuple[Silence, ...]:
        """All of them, in order."""
        found = self._silences
        if found is None:
            return ()
        pairs = sorted(zip(found[0::2], found[1::2], strict=False))
        return tuple(Silence(begin, end) for begin, end in pairs)

    def fly(self, flight: Flight) -> None:
        """Take in what is in flight behind some packets."""
        before = self.flight
        if before is not None and before.offset == flight.offset:
            sent = before.sent + flight.sent
            flight = Flight(flight.offset, sent, before.first, flight.last)
        self.flight = flight


def silences(batch: Batch, measured: Measured) -> Iterator[tuple[int, tuple[int, int]]]:
    """Stretches without packets within groups: index of the group, begin and end."""
    time_ns, group = batch.rows.time_ns, measured.group
    long = np.flatnonzero((np.diff(time_ns) >= SILENCE_NS) & (group[1:] == group[:-1]))
    long = long[time_ns[long] >= 0]
    begin, end = time_ns[long].tolist(), time_ns[long + 1].tolist()
    for index, *silence in zip(group[long].tolist(), begin, end, strict=True):
        yield index, (silence[0], silence[1])


def flights(batch: Batch, measured: Measured, acked: list[int]) -> Iterator[tuple[int, Flight]]:
    """
    What brought the first octet of each group that is not acknowledged.

    Args:
        batch: The packets.
        measured: What they mean.
        acked: Offset up to which each group's octets were acknowledged, beyond any if not known.
    """
    rows, offset = batch.rows, measured.offset
    upto = np.array(acked)[measured.group]
    plain = (rows.flags & (SYN | RST)) == 0
    found = np.flatnonzero(plain & (offset <= upto) & (offset + rows.length > upto))
    if not len(found):
        return
    group = measured.group[found]
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    counts = np.diff(begin, append=len(found))
    first, last = found[begin], found[begin + counts - 1]
    columns = (
        group[begin],
        counts,
        *(column[row] for row in (first, last) for column in (rows.number, rows.time_ns)),
    )
    for index, sent, *packets in zip(*(column.tolist() for column in columns), strict=True):
        number, time_ns, last_number, last_ns = packets
        yield index, Flight(acked[index], sent, (number, time_ns), (last_number, last_ns))
