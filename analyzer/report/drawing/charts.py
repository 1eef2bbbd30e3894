"""The timeline of a session: messages, answers, pings, pauses and findings over one axis."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec.structs import replace

from ...model.flow import GapReason
from ...model.session import CloseKind, Session
from ...model.source import Source
from ..facts.evidence import duration, timestamp
from ..language.texts import say
from ..language.words import Words
from . import chart_tracks as tracks
from .chart_parts import LEFT, RIGHT, SMALL, Canvas, Chart, Shade, Track
from .flags import Flagged, flags
from .geometry import SECOND_NS, Tick, clock, steps, width_of
from .measured import Spoken, end_of, intervals, silences, spoken

_LISTED = 60
"""Lines of the table."""

_TICKS = 10

_BETWEEN = 14
"""Pixels between two strips."""

_MINUTE_NS = 60_000_000_000
_LONG_NS, _LAST_NS = 20 * _MINUTE_NS, 3 * _MINUTE_NS
"""From which length on the last minutes are drawn, too, and how many of them."""


def charts(
    session: Session, words: Words, anchors: Mapping[Source, str], found: Sequence[Flagged] = ()
) -> tuple[Chart, ...]:
    """
    The timeline of a session, and of a long one that broke its last minutes, too.

    None where no two of its times are known, or nothing of it can be read.

    Args:
        session: Of the report.
        words: The language.
        anchors: Keys of rows by place.
        found: What findings point at.
    """
    said = spoken(session, words)
    times = [*said.client[:1], *said.client[-1:], *said.server[:1], *said.server[-1:]]
    known = [ns for ns in (session.started_ns, end_of(session), *times) if ns is not None]
    if not known or max(known) - min(known) < 1_000_000:
        return ()
    if not (times or session.pauses):
        return ()  # encrypted: nothing to be seen but the end
    whole = Canvas(words, anchors, min(known), max(known))
    drawn = _Pen(whole, session, said, found).chart("charts.caption")
    span_ns = whole.end_ns - whole.begin_ns
    if span_ns < _LONG_NS or session.close.orderly or not _is_ended(session):
        return (drawn,)
    # It begins at a whole minute, so that its ticks do.
    since_ns = whole.begin_ns + (span_ns - _LAST_NS) // _MINUTE_NS * _MINUTE_NS
    last = Canvas(words, anchors, since_ns, whole.end_ns, whole.begin_ns)
    return drawn, _Pen(last, session, said, found).chart("charts.caption.end")


def _is_ended(session: Session) -> bool:
    """Whether it ended, and not only its recording."""
    return session.close.kind not in (CloseKind.OPEN, CloseKind.UNKNOWN)


class _Pen:
    """Draws what of a session stands on a canvas."""

    def __init__(
        self, canvas: Canvas, session: Session, said: Spoken, found: Sequence[Flagged]
    ) -> None:
        since_ns = canvas.begin_ns
        self._canvas, self._session, self._said = canvas, session, said
        self._client = [ns for ns in said.client if ns >= since_ns]
        self._server = [ns for ns in said.server if ns >= since_ns]
        self._answers = [one for one in said.answers if one.asked_ns >= since_ns]
        self._pings = [one for one in intervals(session, said.pings) if one.end_ns > since_ns]
        # What proves a finding may stand in the agent's next session.
        until_ns = canvas.end_ns + SECOND_NS
        self._found = [one for one in found if since_ns <= one.time_ns <= until_ns]

    def chart(self, caption: str) -> Chart:
        """All of it; `caption` is the key of what stands above."""
        canvas, session = self._canvas, self._session
        planted, top = flags(canvas, self._found)
        shades = [*_shades(canvas, session), *_silences(canvas, session, self._said)]
        strips = tuple(self._strips(top + (20 if shades else 4)))
        axis = strips[-1].bottom + 8
        kinds = {one.kind if one.took_ns is not None else "unanswered" for one in self._answers}
        end = _end(canvas, session)
        return Chart(
            caption=say(
                canvas.words,
                caption,
                begin=timestamp(canvas.begin_ns).replace("T", " ").removesuffix("Z"),
                duration=duration(canvas.end_ns - canvas.begin_ns, canvas.words),
            ),
            height=axis + 24,
            axis=axis,
            top=top,
            ticks=tuple(_ticks(canvas)),
            shades=tuple(_named(shades)),
            tracks=strips,
            flags=planted,
            end=end,
            kinds=tuple(sorted(kinds)),
            thinned=any(strip.thinned for strip in strips),
            entries=tuple(sorted(canvas.entries, key=lambda one: one.time_ns)[:_LISTED]),
        )

    def _strips(self, y: int) -> Iterator[Track]:
        canvas = self._canvas
        strip = tracks.messages(canvas, "client", self._client, y)
        yield strip
        strip = tracks.messages(canvas, "server", self._server, strip.bottom + 6)
        yield strip
        if self._answers:
            strip = tracks.answers(canvas, self._answers, strip.bottom + _BETWEEN)
            yield strip
        if len(self._pings) > 1 or any(one.late for one in self._pings):
            expected_ns = self._session.profile.ping_interval_ms * 1_000_000
            yield tracks.pings(canvas, self._pings, expected_ns, strip.bottom + _BETWEEN)


def _ticks(canvas: Canvas) -> Iterator[Tick]:
    times = list(steps(canvas.end_ns - canvas.begin_ns, _TICKS))
    step_ns = times[1] if len(times) > 1 else SECOND_NS
    before_ns = canvas.begin_ns - canvas.origin_ns
    for time_ns in times:
        yield Tick(canvas.x(canvas.begin_ns + time_ns), clock(before_ns + time_ns, step_ns))


def _end(canvas: Canvas, session: Session) -> float | None:
    """Where the session ends; None if only the recording does."""
    ended = _is_ended(session)
    end_ns = end_of(session) or canvas.end_ns
    what = canvas.words["charts.row.end" if ended else "charts.row.recorded"]
    canvas.tell(end_ns, what, None, session.close.source, bad=session.close.orderly is False)
    return canvas.x(end_ns) if ended else None


def _shades(canvas: Canvas, session: Session) -> Iterator[Shade]:
    for pause in session.pauses:
        if pause.end_ns <= canvas.begin_ns:
            continue
        what = canvas.words[f"pause.{pause.kind.value}"]
        lasts_ns = pause.end_ns - pause.begin_ns
        canvas.tell(pause.begin_ns, what, lasts_ns, pause.before, bad=not pause.resumed)
        told = duration(lasts_ns, canvas.words)
        title = say(canvas.words, "charts.pause", what=what, duration=told)
        yield _shade(canvas, (pause.begin_ns, pause.end_ns), "pause", title)
    for gap in session.gaps:
        time_ns = None if gap.source is None else gap.source.time_ns
        if time_ns is None or time_ns < canvas.begin_ns or gap.reason is GapReason.ENCRYPTED:
            continue
        what = canvas.words["pause.hole"]
        canvas.tell(time_ns, what, None, gap.source)
        yield _shade(canvas, (time_ns, time_ns), "hole", what)


def _silences(canvas: Canvas, session: Session, said: Spoken) -> Iterator[Shade]:
    for begin_ns, end_ns in silences(session, said):
        if end_ns <= canvas.begin_ns:
            continue
        told = duration(end_ns - begin_ns, canvas.words)
        title = say(canvas.words, "ladder.silence", duration=told)
        canvas.tell(begin_ns, title, end_ns - begin_ns, None)
        yield _shade(canvas, (begin_ns, end_ns), "pause", title)


def _shade(canvas: Canvas, span: tuple[int, int], kind: str, title: str) -> Shade:
    x = canvas.x(span[0])
    width = max(2.0, round(canvas.x(span[1]) - x, 1))
    return Shade(x=x, width=width, kind=kind, title=title)


def _named(shades: Iterable[Shade]) -> Iterator[Shade]:
    """With the names for which there is room: inside, or on the left or right of the stretch."""
    ordered = sorted(shades, key=lambda shade: shade.x)
    taken = float(LEFT)
    for shade, after in zip_longest(ordered, ordered[1:]):
        need = width_of(shade.title, SMALL) + 8
        end, limit = shade.x + shade.width, RIGHT if after is None else after.x
        if shade.kind == "hole":
            yield shade
        elif need <= shade.width:
            yield replace(shade, text=shade.title, text_x=shade.x + 4)
        elif shade.x - need >= taken:
            yield replace(shade, text=shade.title, text_x=shade.x - 4, anchor="end")
        elif end + need <= limit:
            yield replace(shade, text=shade.title, text_x=end + 4)
            taken = end + need
            continue
        else:
            yield shade
        taken = max(taken, end)
