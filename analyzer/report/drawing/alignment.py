"""The recordings of one session side by side: clocks, messages, and how each saw the end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from ...model.flow import Connection, EndCause
from ...model.joined import Disagreed, Disagreement, Part
from ...model.recording import Recording
from ...model.session import Session
from ...model.source import Source
from ...model.websocket import Opcode
from ..facts.evidence import duration, place, place_in
from ..facts.labels import of_frame, of_stanza
from ..language.texts import say
from ..language.visible import clipped, visible
from ..language.words import Words
from .chart_parts import RIGHT, WIDTH
from .geometry import SECOND_NS, Tick, clock, fitted, steps

LEFT: Final = 236
_ROW, _TOP, _SMALL, _TICKS = 34, 10, 11, 8

_LISTED = 10
"""Disagreements that are listed."""

_PARTS = 8
"""Recordings shown beside each other; three are many."""

_LENGTH = 120


class Fact(Struct, frozen=True, kw_only=True):
    """Something that a recording shows: when, what, where, and the row that shows it."""

    time: str
    what: str
    place: str
    key: str


class Held(Struct, frozen=True, kw_only=True):
    """
    What one recording holds of the session.

    Attributes:
        name: Of the recording.
        label: As much of that as there is room for beside the drawing.
        sign: How it was recognised.
        clock: Against the first recording.
        sure: How sure that is.
        messages: How many it holds.
        matched: How many of them the other one with most of them holds, too.
        alone: How many only this one holds.
        y: Of its bar.
        x: Where the bar begins.
        width: Of the bar.
        ended: The bar ends with the session, not with the recording.
        last: Its last message.
        ends: What it shows of the end.
    """

    name: str
    label: str
    sign: str
    clock: str
    sure: str
    messages: int
    matched: int
    alone: int
    y: int
    x: float
    width: float
    ended: bool
    last: Fact | None
    ends: tuple[Fact, ...]


class Dispute(Struct, frozen=True, kw_only=True):
    """A disagreement: what, how much of what, where, and the row that shows it."""

    what: str
    amount: str
    place: str
    key: str


class Alignment(Struct, frozen=True, kw_only=True):
    """The recordings of a session, laid out."""

    lead: str
    held: tuple[Held, ...]
    disputes: tuple[Dispute, ...]
    more: int
    ticks: tuple[Tick, ...]
    axis: int
    height: int
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


def alignment(
    session: Session,
    recordings: Sequence[Recording],
    words: Words,
    anchors: Mapping[Source, str],
) -> Alignment | None:
    """
    What each recording of a session holds; None where one recording holds it.

    Args:
        session: Of the report.
        recordings: Of the report.
        words: The language.
        anchors: Keys of rows by place.
    """
    if len(session.parts) < 2:
        return None
    return _Pen(session, recordings, words, anchors).alignment()


class _Pen:
    """Lays the recordings of a session out."""

    def __init__(
        self,
        session: Session,
        recordings: Sequence[Recording],
        words: Words,
        anchors: Mapping[Source, str],
    ) -> None:
        self._session, self._recordings = session, recordings
        self._words, self._anchors = words, anchors
        known = [
            ns for part in session.parts for ns in (part.began_ns, part.ended_ns) if ns is not None
        ]
        self._begin_ns = min(known, default=0)
        self._span_ns = max(max(known, default=0) - self._begin_ns, 1_000_000)
        self._labels = {stanza.source: of_stanza(stanza, words).words for stanza in session.stanzas}

    def alignment(self) -> Alignment:
        """All of it."""
        parts, told = self._session.parts, self._session.disagreements
        axis = _TOP + _ROW * len(parts[:_PARTS]) + 4
        times = list(steps(self._span_ns, _TICKS))
        step_ns = times[1] if len(times) > 1 else SECOND_NS
        lead = say(
            self._words, "alignment.lead", count=len(parts), name=self._name(parts[0].capture)
        )
        return Alignment(
            lead=lead,
            held=tuple(self._held(part, row) for row, part in enumerate(parts[:_PARTS])),
            disputes=tuple(map(self._dispute, told[:_LISTED])),
            more=max(0, len(told) - _LISTED),
            ticks=tuple(Tick(self._x(ns), clock(ns, step_ns)) for ns in times),
            axis=axis,
            height=axis + 22,
        )

    def _name(self, capture: int) -> str:
        return clipped(visible(self._recordings[capture].name), _LENGTH)

    def _x(self, since_ns: int) -> float:
        part = min(1.0, max(0.0, since_ns / self._span_ns))
        return round(LEFT + (RIGHT - LEFT) * part, 1)

    def _held(self, part: Part, row: int) -> Held:
        name = self._name(part.capture)
        begin_ns = self._begin_ns if part.began_ns is None else part.began_ns
        end_ns = begin_ns if part.ended_ns is None else part.ended_ns
        x = self._x(begin_ns - self._begin_ns)
        ends = tuple(self._ends(part))
        return Held(
            name=name,
            label=fitted(name, LEFT - 16, _SMALL),
            sign=self._sign(part),
            clock=self._clock(part),
            sure=self._sure(part),
            messages=part.stanzas,
            matched=part.matched,
            alone=max(0, part.stanzas - part.matched),
            y=_TOP + _ROW * row,
            x=x,
            width=max(3.0, round(self._x(end_ns - self._begin_ns) - x, 1)),
            ended=_ended(part, self._session),
            last=self._last(part),
            ends=ends or (Fact(time="", what=self._words["alignment.nothing"], place="", key=""),),
        )

    def _last(self, part: Part) -> Fact | None:
        if part.last_stanza is None:
            return None
        most = max(other.stanzas for other in self._session.parts)
        # Of recordings that hold the very same messages the last one is the same.
        same = part.matched == most and part.last_stanza not in self._labels
        what = [*self._labels.values()][-1:] if same else []
        return self._fact(part.last_stanza, "".join(what))

    def _sign(self, part: Part) -> str:
        if part.matched_by is None:
            return self._words["alignment.reference"]
        return self._words[f"alignment.sign.{part.matched_by.value}"]

    def _clock(self, part: Part) -> str:
        if part.matched_by is None:
            return ""
        if not part.compared:
            return self._words["alignment.unsure"]
        # What is to be added to its times is negative where its clock is ahead.
        ahead_ns = -part.offset_ns
        if abs(ahead_ns) < 100_000:
            return self._words["alignment.same.clock"]
        key = "alignment.ahead" if ahead_ns > 0 else "alignment.behind"
        return say(self._words, key, duration=duration(abs(ahead_ns), self._words))

    def _sure(self, part: Part) -> str:
        if part.matched_by is None or not part.compared:
            return ""
        if part.spread_ns is None:
            return say(self._words, "alignment.by.only", count=part.compared)
        spread = duration(part.spread_ns, self._words)
        return say(self._words, "alignment.by", spread=spread, count=part.compared)

    def _fact(self, source: Source | None, what: str, time_ns: int | None = None) -> Fact:
        told_ns = source.time_ns if time_ns is None and source is not None else time_ns
        since = "" if told_ns is None else f"{(told_ns - self._begin_ns) / 1e9:+.3f}"
        return Fact(
            time=since,
            what=what or ("" if source is None else self._labels.get(source, "")),
            place="" if source is None else place(source, self._recordings, self._words),
            key="" if source is None else self._anchors.get(source, ""),
        )

    def _ends(self, part: Part) -> Iterator[Fact]:
        """What a recording shows of the end, in order of time."""
        for frame in self._session.control_frames:
            if frame.opcode == Opcode.CLOSE and frame.source.capture == part.capture:
                side = frame.direction.sender.value
                detail = of_frame(frame, self._words).detail
                what = f"{self._words[f'alignment.close.{side}']} {detail}".strip()
                yield self._fact(frame.source, what)
        end = self._session.socket_end
        if part.har and end is not None and end.source.capture == part.capture:
            yield self._fact(end.source, self._socket(), end.time_ns)
        elif part.connection is not None:
            yield from self._tcp(part.connection)

    def _socket(self) -> str:
        end = self._session.socket_end
        if end is None or end.open_at_export:
            return self._words["alignment.open.export"]
        if end.error is not None:
            error = clipped(visible(end.error), _LENGTH)
            return say(self._words, "alignment.error", error=error)
        if end.code is not None:
            return say(self._words, "alignment.closed.code", code=end.code)
        return self._words["alignment.closed"]

    def _tcp(self, connection: Connection) -> Iterator[Fact]:
        silent = connection.silent_side()
        if silent is not None:
            what = say(self._words, "alignment.silent", octets=silent[1].octets)
            yield self._fact(silent[1].last, what)
        side = "" if connection.ended_side is None else f".{connection.ended_side.value}"
        if connection.ended_by in (EndCause.FIN, EndCause.RST):
            what = self._words[f"alignment.{connection.ended_by.value}{side}"]
            yield self._fact(connection.end_source, what)
        elif connection.ended_by is EndCause.CAPTURE_END:
            yield self._fact(None, self._words["alignment.open"], connection.closed_ns)
        elif connection.ended_by is EndCause.CLOSED:
            yield self._fact(None, self._words["alignment.closed"], connection.closed_ns)

    def _dispute(self, one: Disagreed) -> Dispute:
        words = self._words
        here, there = one.seen.capture, self._other(one)
        key = f"alignment.{one.kind.value}"
        if one.kind is Disagreement.END:
            key = "alignment.ends" if one.other is not None else "alignment.end.alone"
        names = {
            Disagreement.LEFT_NOT_ARRIVED: (here, there),
            Disagreement.ARRIVED_NOT_LEFT: (there, here),
        }.get(one.kind, (here, there))
        what = say(words, key, left=self._name(names[0]), arrived=self._name(names[1]))
        seen = place_in(one.seen, self._recordings, words)
        where = say(words, "alignment.seen", place=seen)
        if one.other is not None:
            other = place_in(one.other, self._recordings, words)
            where = say(words, "alignment.against", place=seen, other=other)
        return Dispute(
            what=what,
            amount=self._amount(one),
            place=where,
            key=self._anchors.get(one.seen, ""),
        )

    def _other(self, one: Disagreed) -> int:
        """The recording that should have shown it, too."""
        if one.other is not None:
            return one.other.capture
        captures = [part.capture for part in self._session.parts]
        return next((c for c in captures if c != one.seen.capture), one.seen.capture)

    def _amount(self, one: Disagreed) -> str:
        if one.direction is None:
            return ""
        side = one.direction.sender.value
        if one.octets is not None:
            return say(self._words, f"alignment.octets.{side}", count=one.octets)
        return say(self._words, f"alignment.stanzas.{side}", count=one.stanzas)


def _ended(part: Part, session: Session) -> bool:
    """Whether a recording shows the end of the session."""
    end = session.socket_end
    if part.har and end is not None and end.source.capture == part.capture:
        return not end.open_at_export
    connection = part.connection
    shown = (EndCause.FIN, EndCause.RST, EndCause.CLOSED)
    return connection is not None and connection.ended_by in shown
