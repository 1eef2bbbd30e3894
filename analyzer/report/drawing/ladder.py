"""The ladder diagram: where every lane and every line of it stands."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ...model.limits import LADDER_ARROWS
from ...model.source import Direction, Side
from ..facts.evidence import duration
from ..language.texts import Piece, say
from ..language.words import Words
from ..view.timeline import Row
from .geometry import fitted, width_of
from .ladder_choice import Group, groups
from .lanes import Lane, Onward, Scene
from .measured import SILENCE_NS

WIDTH: Final = 960
CLIENT_X: Final = 104
SERVER_X: Final = 744
_NODE_X, _TIME_X, _WHERE_X = 584, 86, 762

_ROW, _SILENCE, _TOP, _FOOT = 26, 46, 46, 14
_SHEET = 16
"""Lines of one sheet: a page of print breaks between sheets, not through a line."""

_TEXT, _SMALL = 12, 11
"""Sizes of fonts, pixels, as in the style sheet."""

_BOLD = 1.12
"""How much more room a text in bold takes."""

_LATER_NS = 2_000_000_000
"""A longer time between two lines is told."""


class Line(Struct, frozen=True, kw_only=True):
    """
    One line of the diagram.

    Attributes:
        y: Of the arrow.
        kind: "arrow", "run" (many as one), "hole", "end"; "onward": to the node the agent went on
            to; or a remark: "later", "silence", "hidden".
        name: What it is; of a remark all that it says.
        detail: What tells it from others, as far as there is room.
        title: All of it in words.
        time: Since the first row.
        where: Its place, as far as there is room.
        rules: Findings that point at it.
        key: Anchor of its row in the table; empty for a remark.
        session: Number of the session an "onward" leads to.
        start: x where the arrow begins.
        end: x of its head.
        both: It has a head on either side.
        bad: It reports a fault.
        failed: A step failed here, or the verdict's finding points at it.
        lost: It did not arrive.
        by: Who ended it, of an end.
        rows: Indices of the first and the last row it stands for.
    """

    y: int
    kind: str = "arrow"
    name: str = ""
    detail: str = ""
    title: str = ""
    time: str = ""
    where: str = ""
    rules: str = ""
    key: str = ""
    session: int | None = None
    start: int = CLIENT_X
    end: int = SERVER_X
    both: bool = False
    bad: bool = False
    failed: bool = False
    lost: bool = False
    by: Side | None = None
    rows: tuple[int, int] = (0, 0)


class Pole(Struct, frozen=True, kw_only=True):
    """A lane with its place: `name` as far as there is room for it, and `title`, all of it."""

    x: int
    role: str
    name: str
    title: str


class Sheet(Struct, frozen=True, kw_only=True):
    """Some lines of the drawing, from one y to another, with what breaks the lanes there."""

    top: int
    bottom: int
    lines: tuple[Line, ...]


class Ladder(Struct, frozen=True, kw_only=True):
    """
    Lanes and lines, and the size of the drawing.

    Attributes:
        poles: From the client to the server, and the node the agent went on to.
        sheets: The lines, some at a time.
        height: Of all sheets.
        node_x: Of the node that the session was with.
        proxy_x: Of the proxy that arrows pass; None without one.
        width: Of each sheet.
    """

    poles: tuple[Pole, ...]
    sheets: tuple[Sheet, ...]
    height: int
    node_x: int
    proxy_x: int | None
    width: int = WIDTH

    @property
    def lines(self) -> tuple[Line, ...]:
        """Those of all sheets."""
        return tuple(line for sheet in self.sheets for line in sheet.lines)

    @property
    def keys(self) -> dict[str, str]:
        """The signs it shows that have to be told, each with one that stands there."""
        signs: dict[str, str] = {}
        for line in self.lines:
            if line.bad:
                signs.setdefault("failed", line.name)
            if line.kind == "run":
                signs.setdefault("run", line.name)
            if line.rules:
                signs.setdefault("rule", line.rules.partition(" ")[0])
        return {sign: signs[sign] for sign in ("failed", "run", "rule") if sign in signs}


def ladder(rows: Sequence[Row], words: Words, scene: Scene, most: int = LADDER_ARROWS) -> Ladder:
    """
    The diagram of a session.

    Args:
        rows: In order of time.
        words: The language.
        scene: Who takes part.
        most: Lines drawn, remarks not counted.
    """
    pen = _Pen(rows, words, scene)
    lines = tuple(pen.lines(most))
    height = (lines[-1].y if lines else _TOP) + _FOOT
    return Ladder(
        poles=tuple(pen.poles()),
        sheets=tuple(_sheets(lines, height)),
        height=height,
        node_x=pen.node_x,
        proxy_x=pen.proxy_x,
    )


def offset(time_ns: int) -> str:
    """Seconds since the first row, with milliseconds."""
    return f"{time_ns / 1e9:+.3f}"


def _sheets(lines: Sequence[Line], height: int) -> Iterator[Sheet]:
    top = 0
    for first in range(0, len(lines) or 1, _SHEET):
        some = tuple(lines[first : first + _SHEET])
        bottom = height if first + _SHEET >= len(lines) else some[-1].y + 8
        yield Sheet(top=top, bottom=bottom, lines=some)
        top = bottom


def _where(place: str, room: float) -> str:
    """The place; where there is no room for the name of its recording without that."""
    if width_of(place, _SMALL) > room:
        place = place.rpartition(": ")[2]
    return fitted(place, room, _SMALL)


class _Pen:
    """Draws the lines from above to below."""

    def __init__(self, rows: Sequence[Row], words: Words, scene: Scene) -> None:
        self._rows, self._words, self._scene = rows, words, scene
        self._origin = next((row.time_ns for row in rows if row.time_ns is not None), None)
        self._y = _TOP
        self._room = (_NODE_X if scene.onward is not None else SERVER_X) - CLIENT_X - 28
        self.node_x = SERVER_X if scene.onward is None else _NODE_X
        self.proxy_x = (CLIENT_X + self.node_x) // 2 if len(scene.lanes) > 2 else None

    def poles(self) -> Iterator[Pole]:
        """The lanes, each name as long as there is room beside it."""
        middle = () if self.proxy_x is None else (self.proxy_x,)
        further = () if self._scene.onward is None else (SERVER_X,)
        lanes = [*self._scene.lanes, *(() if not further else (self._onward_lane(),))]
        places = (CLIENT_X, *middle, self.node_x, *further)
        for index, (lane, x) in enumerate(zip(lanes, places, strict=True)):
            room = 2 * CLIENT_X if index == 0 else x - places[index - 1] - 12
            room = min(room, 2 * (WIDTH - x), 300)
            name = fitted(lane.name, room, _SMALL)
            yield Pole(x=x, role=lane.role, name=name, title=lane.name)

    def _onward_lane(self) -> Lane:
        onward = self._scene.onward
        return Lane(role="") if onward is None else onward.node

    def lines(self, most: int) -> Iterator[Line]:
        """All lines, and the remarks between them."""
        last_ns, beside = self._origin, False
        for group in groups(self._rows, most, SILENCE_NS):
            first, last = self._rows[group.first], self._rows[group.last]
            if group.hidden:
                count = group.last - group.first + 1
                yield self._remark("hidden", say(self._words, "ladder.hidden", count=count))
                beside = False
            else:
                if beside and last_ns is not None and first.time_ns is not None:
                    yield from self._pause(first.time_ns - last_ns)
                yield self._line(group)
                beside = True
            last_ns = last_ns if last.time_ns is None else last.time_ns
        if self._scene.onward is not None:
            yield self._onward(self._scene.onward)

    def _down(self, pixels: int = _ROW) -> int:
        self._y += pixels
        return self._y

    def _remark(self, kind: str, text: str) -> Line:
        return Line(y=self._down(), kind=kind, name=text, end=self.node_x)

    def _pause(self, time_ns: int) -> Iterator[Line]:
        if time_ns < _LATER_NS:
            return
        told = duration(time_ns, self._words)
        if time_ns >= SILENCE_NS and self._scene.whole:
            self._down(_SILENCE - _ROW)
            yield self._remark("silence", say(self._words, "ladder.silence", duration=told))
            self._down(8)
        else:
            key = "later" if self._scene.whole or time_ns < SILENCE_NS else "ladder.left"
            yield self._remark("later", say(self._words, key, duration=told))

    def _line(self, group: Group) -> Line:
        row = self._rows[group.first]
        if group.last > group.first:
            return self._run(group)
        to_client = row.direction is Direction.TO_CLIENT or row.by is Side.SERVER
        start, end = (self.node_x, CLIENT_X) if to_client else (CLIENT_X, self.node_x)
        lost = row.key in self._scene.lost
        detail = row.label.detail
        if lost:
            end = self.proxy_x or (start + end) // 2
            detail = f"{detail} ({self._words['ladder.lost']})"
        rules = " ".join(row.cited[:2])
        where = _where(row.place, WIDTH - _WHERE_X - 8 - 8.5 * len(rules))
        title = f"{row.label.name} {detail}".rstrip()
        return Line(
            y=self._down(),
            kind="hole" if row.unseen else "arrow" if row.direction is not None else "end",
            name=fitted(row.label.name, self._room / _BOLD, _TEXT),
            detail=self._fitted(row.label.name, detail),
            title=title if where == row.place else f"{title}, {row.place}",
            time=self._time(row),
            where=where,
            rules=rules,
            key=row.key,
            start=start,
            end=end,
            bad=row.failed or row.label.fault or lost,
            failed=row.failed,
            lost=lost,
            by=row.by,
            rows=(group.first, group.last),
        )

    def _run(self, group: Group) -> Line:
        """Many rows as one arrow: how many of which, and in what time."""
        rows = self._rows[group.first : group.last + 1]
        first, last = rows[0], rows[-1]
        ways = {row.direction for row in rows}
        both = len(ways) > 1
        to_client = not both and first.direction is Direction.TO_CLIENT
        name = say(self._words, "ladder.times", count=Piece(self._words.number(len(rows))))
        what = self._what(rows)
        begin, end = self._time(first), self._time(last)
        title = say(
            self._words,
            "ladder.run.title",
            count=len(rows),
            first=begin,
            last=end,
            what=Piece(what),
        )
        if first.time_ns is not None and last.time_ns is not None:
            span = duration(last.time_ns - first.time_ns, self._words)
            what = f"{what} {say(self._words, 'ladder.run.span', duration=Piece(span))}"
        return Line(
            y=self._down(),
            kind="run",
            name=name,
            detail=self._fitted(name, what),
            title=title,
            time=begin,
            where=f"{_where(first.place, WIDTH - _WHERE_X - 24)} …",
            key=first.key,
            start=self.node_x if to_client else CLIENT_X,
            end=CLIENT_X if to_client else self.node_x,
            both=both,
            rows=(group.first, group.last),
        )

    def _what(self, rows: Sequence[Row]) -> str:
        events = sum(row.label.event for row in rows)
        # An answer is as routine as its ping, and goes the other way.
        asked = next((row.direction for row in rows if row.label.routine), None)
        pings = sum(row.label.routine and row.direction is asked for row in rows)
        kind = "both" if events and pings else "events" if events else "pings"
        return say(self._words, f"ladder.run.{kind}", events=events, pings=pings)

    def _onward(self, onward: Onward) -> Line:
        known = onward.time_ns is not None and self._origin is not None
        since = (onward.time_ns or 0) - (self._origin or 0)
        self._down(10)
        return Line(
            y=self._down(),
            kind="onward",
            name=fitted(onward.text, SERVER_X - CLIENT_X - 24, _TEXT),
            title=onward.text,
            time=offset(since) if known else "",
            session=onward.session,
        )

    def _time(self, row: Row) -> str:
        if row.time_ns is None or self._origin is None:
            return ""
        return offset(row.time_ns - self._origin)

    def _fitted(self, name: str, detail: str) -> str:
        """The detail behind a name in bold, as far as there is room between the lanes."""
        room = self._room - _BOLD * width_of(f"{name} ", _TEXT)
        return fitted(detail, room, _TEXT) if room > _TEXT else ""
