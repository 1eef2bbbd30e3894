"""Which rows a ladder draws, which of them as one, and which not at all."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from msgspec import Struct

from ..view.timeline import Row

AROUND = 30
"""Rows on either side of one that a finding points at that are drawn one by one."""

_RUN = 3
"""Routine rows in a row, from which on they are drawn as one."""

_BEGINNING, _END = 30, 10
"""Rows of either end of a session that are drawn before others."""


class Group(Struct, frozen=True):
    """
    Rows that are drawn as one line, or not drawn.

    Attributes:
        first: Index of the first.
        last: Index of the last.
        hidden: They are not drawn.
    """

    first: int
    last: int
    hidden: bool = False


def groups(rows: Sequence[Row], most: int, silence_ns: int) -> Iterator[Group]:
    """
    All rows in order, as lines.

    Args:
        rows: In order of time.
        most: Lines drawn; what findings point at comes first, then what stands around it, both
            ends of the session, and the rest from its beginning.
        silence_ns: A time that is not drawn as one with what stands around it.
    """
    telling = [i for i, row in enumerate(rows) if row.cited or row.failed or row.label.fault]
    # What failed comes before what findings point at; how it all ended is never left out.
    first = sorted(telling, key=lambda index: not rows[index].failed)
    end = [len(rows) - 1] if rows and rows[-1].direction is None else []
    near = _near([*end, *first], telling, len(rows), most)
    lines = list(_lines(rows, near, silence_ns))
    drawn = _worthiest(lines, near, len(rows), most)
    hidden: list[Group] = []
    for index, line in enumerate(lines):
        if index not in drawn:
            hidden.append(line)
            continue
        if hidden:
            yield Group(hidden[0].first, hidden[-1].last, hidden=True)
            hidden.clear()
        yield line
    if hidden:
        yield Group(hidden[0].first, hidden[-1].last, hidden=True)


def _near(first: Sequence[int], telling: Sequence[int], count: int, most: int) -> dict[int, None]:
    """Rows that are drawn one by one, the most telling first; no more than may be drawn."""
    near = dict(islice(dict.fromkeys(first).items(), most))
    for distance in range(1, AROUND + 1):
        for index in chain.from_iterable((i - distance, i + distance) for i in telling):
            if len(near) >= most:
                return near
            if 0 <= index < count:
                near.setdefault(index)
    return near


def _lines(rows: Sequence[Row], near: dict[int, None], silence_ns: int) -> Iterator[Group]:
    index = 0
    while index < len(rows):
        end = index
        if index not in near and _is_routine(rows[index]):
            while _goes_on(rows, end, near, silence_ns):
                end += 1
        if end - index + 1 < _RUN:
            end = index
        yield Group(index, end)
        index = end + 1


def _goes_on(rows: Sequence[Row], index: int, near: dict[int, None], silence_ns: int) -> bool:
    """Whether the next row may be drawn as one with this."""
    if index + 1 == len(rows) or index + 1 in near or not _is_routine(rows[index + 1]):
        return False
    before_ns, after_ns = rows[index].time_ns, rows[index + 1].time_ns
    return before_ns is None or after_ns is None or after_ns - before_ns < silence_ns


def _is_routine(row: Row) -> bool:
    return row.label.routine or row.label.event


def _worthiest(
    lines: Sequence[Group], near: dict[int, None], count: int, most: int
) -> dict[int, None]:
    """Indices of the lines that are drawn."""
    if len(lines) <= most:
        return dict.fromkeys(range(len(lines)))
    ranks = {row: rank for rank, row in enumerate(near)}

    def rank(index: int) -> tuple[int, int]:
        line = lines[index]
        if line.first in ranks:
            return 0, ranks[line.first]
        if line.first < _BEGINNING or line.last >= count - _END:
            return 1, index
        return (2 if line.last > line.first else 3), index

    return dict.fromkeys(sorted(range(len(lines)), key=rank)[:most])
