"""The timeline of a session: messages, answers, pings, pauses and findings over one axis."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec.structs import replace

from ..model.flow import GapReason
from ..model.session import CloseKind, Session
from ..model.source import Source
from . import chart_tracks as tracks
from .chart_parts import LEFT, RIGHT, SMALL, Canvas, Chart, Shade
from .drawing import SECOND_NS, Tick, clock, steps, width_of
from .evidence import duration, timestamp
from .flags import Flagged, flags
from .language import Words
from .measured import Spoken, end_of, intervals, silences, spoken
from .texts import say

_LISTED = 60
"""Lines of the table."""

_TICKS = 10

_BETWEEN = 14
"""Pixels between two strips."""


def chart(
    session: Session, words: Words, anchors: Mapping[Source, str], found: Sequence[Flagged] = ()
) -> Chart | None:
    """
    The timeline of a session; None where no two of its times are known, or nothing can be read.

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
        return None
    if not (times or session.pauses):
        return None  # encrypted: nothing to be seen but the end
    canvas = Canvas(words, anchors, min(known), max(known))
    planted, top = flags(canvas, found)
    shades = tuple(_named([*_shades(canvas, session), *_silences(canvas, session, said)]))
    y = top + (20 if shades else 4)
    strips = [tracks.messages(canvas, "client", said.client, y)]
    strips.append(tracks.messages(canvas, "server", said.server, strips[-1].bottom + 6))
    told = said.answers
    if told:
        strips.append(tracks.answers(canvas, told, strips[-1].bottom + _BETWEEN))
    pinged = list(intervals(session, said.pings))
    if len(pinged) > 1 or any(interval.late for interval in pinged):
        expected_ns = session.profile.ping_interval_ms * 1_000_000
        strips.append(tracks.pings(canvas, pinged, expected_ns, strips[-1].bottom + _BETWEEN))
    axis = strips[-1].bottom + 8
    return Chart(
        caption=_caption(canvas),
        height=axis + 24,
        axis=axis,
        top=top,
        ticks=tuple(_ticks(canvas)),
        shades=shades,
        tracks=tuple(strips),
        flags=planted,
        end=_end(canvas, session),
        kinds=tuple(sorted({a.kind if a.took_ns is not None else "unanswered" for a in told})),
        thinned=any(strip.thinned for strip in strips),
        entries=tuple(sorted(canvas.entries, key=lambda one: one.time_ns)[:_LISTED]),
    )


def _caption(canvas: Canvas) -> str:
    return say(
        canvas.words,
        "charts.caption",
        begin=timestamp(canvas.begin_ns).replace("T", " ").removesuffix("Z"),
        duration=duration(canvas.end_ns - canvas.begin_ns, canvas.words),
    )


def _ticks(canvas: Canvas) -> Iterator[Tick]:
    times = list(steps(canvas.end_ns - canvas.begin_ns, _TICKS))
    step_ns = times[1] if len(times) > 1 else SECOND_NS
    for time_ns in times:
        yield Tick(canvas.x(canvas.begin_ns + time_ns), clock(time_ns, step_ns))


def _end(canvas: Canvas, session: Session) -> float | None:
    """Where the session ends; None if only the recording does."""
    ended = session.close.kind not in (CloseKind.OPEN, CloseKind.UNKNOWN)
    end_ns = end_of(session) or canvas.end_ns
    what = canvas.words["charts.row.end" if ended else "charts.row.recorded"]
    canvas.tell(end_ns, what, None, session.close.source, bad=session.close.orderly is False)
    return canvas.x(end_ns) if ended else None


def _shades(canvas: Canvas, session: Session) -> Iterator[Shade]:
    for pause in session.pauses:
        what = canvas.words[f"pause.{pause.kind.value}"]
        lasts_ns = pause.end_ns - pause.begin_ns
        canvas.tell(pause.begin_ns, what, lasts_ns, pause.before, bad=not pause.resumed)
        told = duration(lasts_ns, canvas.words)
        title = say(canvas.words, "charts.pause", what=what, duration=told)
        yield _shade(canvas, (pause.begin_ns, pause.end_ns), "pause", title)
    for gap in session.gaps:
        time_ns = None if gap.source is None else gap.source.time_ns
        if time_ns is not None and gap.reason is not GapReason.ENCRYPTED:
            what = canvas.words["pause.hole"]
            canvas.tell(time_ns, what, None, gap.source)
            yield _shade(canvas, (time_ns, time_ns), "hole", what)


def _silences(canvas: Canvas, session: Session, said: Spoken) -> Iterator[Shade]:
    for begin_ns, end_ns in silences(session, said):
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
