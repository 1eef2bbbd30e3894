"""The sessions of an agent over time, on the lines of the nodes they were with."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Final

from msgspec import Struct

from ...model.history import RETURNS, Happening, History
from ...model.report import Report
from ...model.session import CloseKind, Session
from ..facts.evidence import timestamp
from ..language.texts import say
from ..language.visible import clipped, visible
from ..language.words import Words
from ..view.stories import BAD, said
from .chart_parts import RIGHT, WIDTH
from .geometry import SECOND_NS, Tick, clock, fitted, steps, width_of
from .measured import end_of

LEFT: Final = 236
_ROW, _TOP, _SMALL = 40, 10, 11
_TICKS = 8

SESSIONS: Final = 200
"""Sessions of an agent that are drawn, and signs beside them, the first ones."""

_ENDS = frozenset({Happening.LOST, Happening.ENDED, Happening.REPLACED, Happening.LEFT})


class Bar(Struct, frozen=True, kw_only=True):
    """
    A session.

    Attributes:
        number: Of the session.
        text: The number, if there is room for it.
        x: Where it begins.
        y: Upper edge.
        width: Until its end.
        end: "bad", "left", "open" or "plain": how it ended.
        title: All of it in words.
    """

    number: int
    text: str
    x: float
    y: int
    width: float
    end: str
    title: str


class Move(Struct, frozen=True, kw_only=True):
    """The way from the end of a session to the next one on another node."""

    x: float
    y: int
    to_x: float
    to_y: int
    title: str


class Sign(Struct, frozen=True, kw_only=True):
    """What happened beside the sessions: where, and in words."""

    x: float
    y: int
    bad: bool
    title: str


class Rail(Struct, frozen=True, kw_only=True):
    """The line of a node: its y, its name as far as there is room, and all of it."""

    y: int
    role: str
    name: str
    title: str


class Nodes(Struct, frozen=True, kw_only=True):
    """The story of an agent, laid out."""

    caption: str
    title: str
    rails: tuple[Rail, ...]
    bars: tuple[Bar, ...]
    moves: tuple[Move, ...]
    signs: tuple[Sign, ...]
    ticks: tuple[Tick, ...]
    axis: int
    height: int
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


def nodes(report: Report, words: Words, most: int) -> tuple[Nodes | None, ...]:
    """
    A drawing for each of the stories that a report tells, in their order.

    Args:
        report: As analysed.
        words: The language.
        most: Stories told.

    Returns:
        None for an agent with fewer than two sessions with times.
    """
    number = report.verdict.session
    ordered = sorted(report.histories, key=lambda one: number not in one.sessions)
    sessions = {session.number: session for session in report.sessions}
    return tuple(_nodes(one, sessions, words) for one in ordered[:most])


def _nodes(history: History, sessions: Mapping[int, Session], words: Words) -> Nodes | None:
    timed = [
        (session, session.started_ns, end_of(session) or session.started_ns)
        for number in history.sessions[:SESSIONS]
        if (session := sessions.get(number)) is not None and session.started_ns is not None
    ]
    if len(timed) < 2:
        return None
    return _Pen(history, timed, words).nodes()


class _Pen:
    """Lays a story out."""

    def __init__(
        self, history: History, timed: Sequence[tuple[Session, int, int]], words: Words
    ) -> None:
        self._history, self._timed, self._words = history, timed, words
        self._begin_ns = min(begin_ns for _, begin_ns, _ in timed)
        until_ns = max(end_ns for _, _, end_ns in timed)
        self._span_ns = max(until_ns - self._begin_ns, 1_000_000)
        servers = {c.session: c.server for c in history.chapters if c.session is not None}
        self._of = {
            session.number: servers.get(session.number, session.server) for session, _, _ in timed
        }
        self._sides = {c.server: c.side for c in history.chapters if c.side is not None}
        self._rows = {host: row for row, host in enumerate(dict.fromkeys(self._of.values()))}

    def nodes(self) -> Nodes:
        words = self._words
        axis = _TOP + _ROW * len(self._rows) + 4
        name = visible(self._history.agent.partition("@")[0]) or words["nobody"]
        begin, end = (self._date(ns) for ns in (self._begin_ns, self._begin_ns + self._span_ns))
        times = list(steps(self._span_ns, _TICKS))
        step_ns = times[1] if len(times) > 1 else SECOND_NS
        return Nodes(
            caption=say(words, "nodes", agent=clipped(name, 60)),
            title=say(words, "nodes.from", begin=begin, end=end),
            rails=tuple(self._rails()),
            bars=tuple(self._bars()),
            moves=tuple(self._moves()),
            signs=tuple(islice(self._signs(), SESSIONS)),
            ticks=tuple(Tick(self._x(self._begin_ns + ns), clock(ns, step_ns)) for ns in times),
            axis=axis,
            height=axis + 22,
        )

    def _x(self, time_ns: int) -> float:
        part = min(1.0, max(0.0, (time_ns - self._begin_ns) / self._span_ns))
        return round(LEFT + (RIGHT - LEFT) * part, 1)

    def _y(self, host: str) -> int:
        return _TOP + _ROW * self._rows[host]

    @staticmethod
    def _date(time_ns: int) -> str:
        return timestamp(time_ns).replace("T", " ").removesuffix("Z")

    def _rails(self) -> Iterator[Rail]:
        for host in self._rows:
            side = self._sides.get(host)
            role = self._words["lane.node"]
            if side is not None:
                role = say(self._words, "lane.node.side", side=side)
            shown = visible(host)
            name = fitted(shown, LEFT - 10, _SMALL)
            yield Rail(y=self._y(host), role=role, name=name, title=clipped(shown, 200))

    def _bars(self) -> Iterator[Bar]:
        ends = {c.session: c for c in self._history.chapters if c.what in _ENDS}
        for session, begin_ns, end_ns in self._timed:
            x = self._x(begin_ns)
            width = max(3.0, round(self._x(end_ns) - x, 1))
            number = str(session.number)
            host = self._of[session.number]
            title = say(
                self._words,
                "nodes.session",
                number=session.number,
                node=host,
                begin=self._date(begin_ns),
                end=self._date(end_ns),
            )
            chapter = ends.get(session.number)
            what = [] if chapter is None else [said(chapter, self._words)]
            yield Bar(
                number=session.number,
                text=number if width_of(number, _SMALL) < width - 12 else "",
                x=x,
                y=self._y(host),
                width=width,
                end=_end(session, None if chapter is None else chapter.what),
                title=". ".join([title, *what]),
            )

    def _moves(self) -> Iterator[Move]:
        returns = {c.session: c for c in self._history.chapters if c.what in RETURNS}
        for (before, _, end_ns), (after, begin_ns, _) in pairwise(self._timed):
            here, there = self._of[before.number], self._of[after.number]
            chapter = returns.get(after.number)
            if here != there and chapter is not None:
                yield Move(
                    x=self._x(end_ns),
                    y=self._y(here),
                    to_x=self._x(begin_ns),
                    to_y=self._y(there),
                    title=said(chapter, self._words),
                )

    def _signs(self) -> Iterator[Sign]:
        for chapter in self._history.chapters:
            if chapter.what in _BESIDE and chapter.time_ns is not None:
                host = chapter.server
                if host in self._rows:
                    yield Sign(
                        x=self._x(chapter.time_ns),
                        y=self._y(host),
                        bad=chapter.what in BAD,
                        title=said(chapter, self._words),
                    )


_BESIDE = frozenset(
    {
        Happening.IN_VAIN,
        Happening.REFUSED,
        Happening.FINESSE_GONE,
        Happening.OUT_OF_SERVICE,
        Happening.IN_SERVICE,
        Happening.POLLED,
        Happening.FORCED_LOGOUT,
    }
)


def _end(session: Session, what: Happening | None) -> str:
    if what in BAD:
        return "bad"
    if what is Happening.LEFT:
        return "left"
    return "open" if session.close.kind is CloseKind.OPEN else "plain"
