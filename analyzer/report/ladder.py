"""The ladder diagram: which rows are drawn, and where every line of it stands."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..model.limits import LADDER_ARROWS
from ..model.source import Direction, Side
from .evidence import duration
from .language import Words
from .timeline import Row

WIDTH = 960
CLIENT_X = 104
SERVER_X = 744
_ROW = 30
_TOP = 44
_PAUSE_NS = 2_000_000_000
"""A longer silence is drawn as one."""

_ALL = 60
"""
Rows up to which everything is drawn. Of longer sessions pings are not, and if that is not enough,
only the beginning, the end and what stands around the findings.
"""

_BEGINNING, _END, _AROUND = 24, 8, 6


class Line(Struct, frozen=True, kw_only=True):
    """
    One line of the diagram.

    Attributes:
        y: Of the arrow.
        row: What the arrow stands for; None for a remark.
        remark: A silence, or how many rows are not drawn.
        time: Since the first row.
        start: x where the arrow begins.
        end: x of its head.
    """

    y: int
    row: Row | None = None
    remark: str = ""
    time: str = ""
    start: int = CLIENT_X
    end: int = SERVER_X


class Ladder(Struct, frozen=True, kw_only=True):
    """Lines and the size of the drawing."""

    lines: tuple[Line, ...]
    height: int
    width: int = WIDTH
    client_x: int = CLIENT_X
    server_x: int = SERVER_X


def ladder(rows: Sequence[Row], words: Words) -> Ladder:
    """The diagram of a session."""
    lines = tuple(_lines(rows, words))
    return Ladder(lines=lines, height=_TOP + _ROW * len(lines) + 16)


def _lines(rows: Sequence[Row], words: Words) -> Iterator[Line]:
    drawn = _drawn(rows)
    origin = next((row.time_ns for row in rows if row.time_ns is not None), None)
    y = _TOP
    last_index, last_ns = -1, origin
    for index in drawn:
        row = rows[index]
        if index - last_index > 1:
            y += _ROW
            count = index - last_index - 1
            yield Line(y=y, remark=words["ladder.hidden"].format(count=count))
        elif last_ns is not None and row.time_ns is not None and row.time_ns - last_ns > _PAUSE_NS:
            y += _ROW
            yield Line(y=y, remark=words["later"].format(duration=duration(row.time_ns - last_ns)))
        y += _ROW
        yield _arrow(row, y, origin)
        last_index, last_ns = index, row.time_ns if row.time_ns is not None else last_ns


def _arrow(row: Row, y: int, origin: int | None) -> Line:
    time = "" if row.time_ns is None or origin is None else offset(row.time_ns - origin)
    to_client = row.direction is Direction.TO_CLIENT or row.by is Side.SERVER
    start, end = (SERVER_X, CLIENT_X) if to_client else (CLIENT_X, SERVER_X)
    return Line(y=y, row=row, time=time, start=start, end=end)


def offset(time_ns: int) -> str:
    """Seconds since the first row, with milliseconds."""
    return f"{time_ns / 1e9:+.3f}"


def _drawn(rows: Sequence[Row]) -> list[int]:
    """Indices of the rows that are drawn, in order."""
    last = len(rows) - 1
    telling = [i for i, row in enumerate(rows) if row.cited or row.failed or row.label.fault]
    kept = dict.fromkeys(_by_worth(telling, len(rows)))
    quiet: set[int] = set()
    if len(rows) > _ALL:
        quiet = {i for i, row in enumerate(rows) if row.label.routine} - {*telling, last}
    if len(rows) - len(quiet) <= _ALL:
        chosen = [i for i in range(len(rows)) if i not in quiet]
    else:
        chosen = [i for i in kept if i not in quiet]
    return sorted(chosen[:LADDER_ARROWS])


def _by_worth(telling: Sequence[int], length: int) -> Iterator[int]:
    yield from telling
    yield from range(min(_BEGINNING, length))
    yield from range(max(0, length - _END), length)
    for index in telling:
        yield from range(max(0, index - _AROUND), min(length, index + _AROUND + 1))
