"""Gather what a reader walked over into windows, and keep count of the capture as a whole."""

import mmap
from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.limits import WINDOW_OCTETS, WINDOW_PACKETS
from ..model.packet import Int64, PacketWindow

Buffer = memoryview | mmap.mmap
"""The whole file."""


STEP_NS = 1_000_000_000
"""Interfaces and queues hand packets over out of order by less."""

COLUMNS = ("start", "captured", "original", "time_ns", "link_type")


class Stretch(Struct, frozen=True, kw_only=True):
    """
    Packets walked over in one go; columns as in `PacketWindow`, but `start` counts from the file's.

    Attributes:
        begin: 0-based octet of the file at which the stretch begins.
        end: Octet behind it.
    """

    begin: int
    end: int
    start: Int64
    captured: Int64
    original: Int64
    time_ns: Int64
    link_type: Int64


class Tally:
    """What has been counted over the packets handed out so far."""

    def __init__(self) -> None:
        self.packets = 0
        self.cut = 0
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.steps_back = 0

    def add(self, window: PacketWindow) -> None:
        """Count a window."""
        self.packets += len(window)
        self.cut += int(np.count_nonzero(window.original > window.captured))
        known = window.time_ns[window.time_ns >= 0]
        if len(known):
            # The last packet of the window before is the neighbour of the first of this one.
            before = known[:1] if self.last_ns is None else [self.last_ns]
            steps = np.diff(known, prepend=before)
            self.steps_back += int(np.count_nonzero(steps <= -STEP_NS))
            if self.first_ns is None:
                self.first_ns = int(known[0])
            self.last_ns = int(known[-1])


def windows(data: Buffer, stretches: Iterable[Stretch], tally: Tally) -> Iterator[PacketWindow]:
    """
    Windows of whole packets, of about WINDOW_OCTETS and at most of WINDOW_PACKETS.

    The octets behind a window are let go of before the next is made.
    """
    octets = np.frombuffer(data, np.uint8)
    held: list[Stretch] = []
    packets = freed = 0
    for stretch in stretches:
        held.append(stretch)
        packets += len(stretch.start)
        if stretch.end - held[0].begin < WINDOW_OCTETS // 2 and packets < WINDOW_PACKETS:
            continue
        yield from _cut(octets, held, tally)
        freed = _let_go(data, freed, stretch.end)
        held, packets = [], 0
    yield from _cut(octets, held, tally)


def _cut(octets: NDArray[np.uint8], held: list[Stretch], tally: Tally) -> Iterator[PacketWindow]:
    """Join stretches and cut them into windows."""
    if not held:
        return
    start, captured, original, time_ns, link_type = (
        np.concatenate([getattr(part, name) for part in held]) for name in COLUMNS
    )
    for low in range(0, len(start), WINDOW_PACKETS):
        rows = slice(low, low + WINDOW_PACKETS)
        begin = int(start[low])
        last = min(low + WINDOW_PACKETS, len(start)) - 1
        window = PacketWindow(
            data=octets[begin : int(start[last] + captured[last])],
            first=tally.packets + 1,
            start=start[rows] - begin,
            captured=captured[rows],
            original=original[rows],
            time_ns=time_ns[rows],
            link_type=link_type[rows],
        )
        tally.add(window)
        yield window


def _let_go(data: Buffer, freed: int, upto: int) -> int:
    """Give the pages of a mapping back that will not be asked for again."""
    if not isinstance(data, mmap.mmap):
        return freed
    page = upto // mmap.PAGESIZE * mmap.PAGESIZE
    if page > freed:
        data.madvise(mmap.MADV_DONTNEED, freed, page - freed)
    return page
