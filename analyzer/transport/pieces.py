"""Stretches of one direction's octets, and those that wait behind a hole."""

from bisect import bisect_right
from collections.abc import Iterator, MutableSequence, Sequence

import numpy as np
from msgspec import Struct


class Piece(Struct, frozen=True, gc=False):
    """
    Octets that follow each other.

    Attributes:
        start: Offset of the first.
        end: Offset behind the last.
        octets: The octets; None if the capture cut them off.
        offsets: Where each packet's octets begin.
        packets: Number of each packet.
        times_ns: Time of each packet.
    """

    start: int
    end: int
    octets: bytes | None
    offsets: MutableSequence[int]
    packets: Sequence[int]
    times_ns: Sequence[int]

    def part(self, start: int, end: int) -> "Piece":
        """The octets from `start` to below `end`, which lie inside."""
        if start == self.start and end == self.end:
            return self
        low = bisect_right(self.offsets, start) - 1
        high = bisect_right(self.offsets, end - 1)
        octets = self.octets
        # Parts of one packet may come to stand on either side of another's octets.
        offsets = self.offsets[low:high]
        offsets[0] = start
        return Piece(
            start,
            end,
            None if octets is None else octets[start - self.start : end - self.start],
            offsets,
            self.packets[low:high],
            self.times_ns[low:high],
        )


def differing(first: tuple[int, bytes], second: tuple[int, bytes], start: int, end: int) -> int:
    """
    How many octets from `start` to below `end` are not the same in two copies.

    Each copy is the offset of its first octet, and its octets, which hold all of that.
    """
    mine = first[1][start - first[0] : end - first[0]]
    theirs = second[1][start - second[0] : end - second[0]]
    if mine == theirs:
        return 0
    return int(np.count_nonzero(np.frombuffer(mine, np.uint8) != np.frombuffer(theirs, np.uint8)))


class Pending:
    """
    Pieces behind a hole, ascending, without overlap.

    Attributes:
        octets: Octets held.
    """

    __slots__ = ("_pieces", "_starts", "octets")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._pieces: list[Piece] = []
        self.octets = 0

    def __len__(self) -> int:
        """Pieces held."""
        return len(self._pieces)

    @property
    def start(self) -> int:
        """Where the first piece begins; there must be one."""
        return self._starts[0]

    def overlaps(self, start: int, end: int) -> Iterator[tuple[int, int, Piece]]:
        """What is held from `start` to below `end`: from where to where, and in which piece."""
        at = max(bisect_right(self._starts, start) - 1, 0)
        while at < len(self._pieces) and self._starts[at] < end:
            piece = self._pieces[at]
            if piece.end > start:
                yield max(piece.start, start), min(piece.end, end), piece
            at += 1

    def add(self, piece: Piece) -> None:
        """Hold what is not held yet."""
        at = piece.start
        missing: list[Piece] = []
        for start, end, _ in self.overlaps(piece.start, piece.end):
            if start > at:
                missing.append(piece.part(at, start))
            at = end
        if at < piece.end:
            missing.append(piece.part(at, piece.end))
        for part in missing:
            index = bisect_right(self._starts, part.start)
            self._starts.insert(index, part.start)
            self._pieces.insert(index, part)
            self.octets += len(part.octets or b"")

    def pop(self) -> Piece:
        """Take the first piece out."""
        del self._starts[0]
        piece = self._pieces.pop(0)
        self.octets -= len(piece.octets or b"")
        return piece
