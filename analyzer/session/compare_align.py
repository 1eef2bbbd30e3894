"""The longest run of things that two sequences have in common, in bounded time and memory."""

from array import array
from collections.abc import Hashable, Sequence
from typing import TypeVar

from ..model.limits import COMPARED_UNITS

_K = TypeVar("_K", bound=Hashable)

Pairs = list[tuple[int, int]]
"""Indices of what is the same in the first and in the second sequence, both ascending."""


def align(good: Sequence[tuple[str, ...]], bad: Sequence[tuple[str, ...]]) -> tuple[Pairs, bool]:
    """
    Pair what is the same, in order; the second value says that a limit cut the comparison short.

    Gives the same pairs whichever comes first. Time and memory grow with the square of
    `COMPARED_UNITS` at most.
    """
    if (len(bad), *bad) < (len(good), *good):
        pairs, cut = align(bad, good)
        return [(j, i) for i, j in pairs], cut
    begin = _common(good, bad)
    end = _common(good[begin:][::-1], bad[begin:][::-1])
    one, other = good[begin : len(good) - end], bad[begin : len(bad) - end]
    cut = max(len(one), len(other)) > COMPARED_UNITS
    middle = _longest(one[:COMPARED_UNITS], other[:COMPARED_UNITS])
    pairs = [(index, index) for index in range(begin)]
    pairs += [(begin + i, begin + j) for i, j in middle]
    pairs += [(len(good) - left, len(bad) - left) for left in range(end, 0, -1)]
    return pairs, cut


def _common(one: Sequence[_K], other: Sequence[_K]) -> int:
    """How many both begin with."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _longest(one: Sequence[_K], other: Sequence[_K]) -> Pairs:
    """The longest common subsequence; of several the one whose parts come first."""
    names: dict[_K, int] = {}
    a = [names.setdefault(key, len(names)) for key in one]
    b = [names.setdefault(key, len(names)) for key in other]
    # rows[i][j]: how long it is of a[i:] and b[j:].
    rows = [array("H", bytes(2 * (len(b) + 1)))]
    for name in reversed(a):
        below, row = rows[-1], array("H", bytes(2 * (len(b) + 1)))
        for j in range(len(b) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if b[j] == name else max(below[j], row[j + 1])
        rows.append(row)
    rows.reverse()
    pairs = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
