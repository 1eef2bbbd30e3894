"""The strips of a timeline: who spoke, how long answers took, and the time from ping to ping."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from math import log10

from ..facts.evidence import duration
from ..language.texts import named, say
from .chart_parts import LEFT, RIGHT, SMALL, Canvas, Spot, Track
from .geometry import Tick, fitted, number, rounded, uprights, width_of
from .measured import Answer, Interval

_MESSAGES, _ANSWERS, _PINGS = 22, 96, 70
"""Heights."""

_HEAD = 24
"""Pixels that the name of a strip takes above its scale."""

_STROKE = 1.5
"""Pixels that share one stroke."""

_BIN = 3.0
"""Pixels of which only the slowest answer is drawn."""

_TELLING = 8
"""Answers that are drawn with a link: the slowest."""

_UNANSWERED = 40
"""Requests without an answer that are drawn with a link; the first of them."""

_FEW = 3
"""Pings that show a pace."""

_TALLEST = 6
"""Times the expected interval that the strip of pings is high at most."""


def messages(canvas: Canvas, kind: str, times: Sequence[int], y: int) -> Track:
    """
    Upright strokes where somebody spoke, the higher the more he said.

    Args:
        canvas: What to draw on.
        kind: "client" or "server".
        times: Of the stanzas.
        y: Upper edge.
    """
    counts: dict[int, int] = {}
    for time_ns in times:
        place = round(canvas.x(time_ns) / _STROKE)
        counts[place] = counts.get(place, 0) + 1
    most = log10(max(counts.values(), default=1)) or 1.0
    base = y + _MESSAGES
    strokes = (
        (place * _STROKE, base, -round(9 + (_MESSAGES - 9) * log10(count) / most))
        for place, count in counts.items()
    )
    title = _beside(canvas.words[f"charts.{kind}"])
    return Track(kind=kind, top=y, bottom=base, title=title, paths={"stroke": uprights(strokes)})


def _beside(text: str) -> str:
    """As much of it as there is room for on the left of a strip."""
    return fitted(text, LEFT - 8, SMALL)


def answers(canvas: Canvas, told: Sequence[Answer], y: int) -> Track:
    """
    How long each answer took, on a scale of powers of ten; what got none stands on top.

    Args:
        canvas: What to draw on.
        told: In order of time.
        y: Upper edge.
    """
    top, base = y + 8, y + _ANSWERS
    room = base - y - _HEAD
    answered = [answer for answer in told if answer.took_ns is not None]
    low, high = _decades([answer.took_ns or 0 for answer in answered])

    def level(took_ns: int | None) -> float:
        if took_ns is None:
            return float(top)
        part = (log10(max(took_ns, 10**low)) - low) / (high - low)
        return round(base - room * min(1.0, part), 1)

    slowest = sorted(answered, key=lambda answer: -(answer.took_ns or 0))[:_TELLING]
    telling = [*[a for a in told if a.took_ns is None][:_UNANSWERED], *slowest]
    for answer in telling:
        _tell(canvas, answer)
    own = {id(answer) for answer in telling}
    rest = [answer for answer in answered if id(answer) not in own]
    paths = {kind: path for kind, path, _ in _dots(canvas, rest, level)}
    return Track(
        kind="answers",
        top=y,
        bottom=base,
        title=_beside(canvas.words["charts.answers"]),
        levels=tuple(
            Tick(level(10**power), rounded(10**power, canvas.words))
            for power in range(low, high + 1)
        ),
        paths=paths,
        spots=tuple(_spot(canvas, answer, level(answer.took_ns)) for answer in telling),
        thinned=any(dropped for _, _, dropped in _dots(canvas, rest, level)),
    )


def _decades(took: Sequence[int]) -> tuple[int, int]:
    """Powers of ten, nanoseconds, that a scale goes from and to: from 1 ms at least."""
    low = max(6, int(log10(max(min(took, default=1), 1))))
    low = min(low, 9)
    high = int(log10(max(max(took, default=1), 1))) + 1
    return low, min(max(high, low + 1), 13)


def _tell(canvas: Canvas, answer: Answer) -> None:
    bad = answer.took_ns is None
    canvas.tell(answer.asked_ns, _said(canvas, answer), answer.took_ns, answer.source, bad=bad)


def _said(canvas: Canvas, answer: Answer) -> str:
    none = ".none" if answer.took_ns is None else ""
    return say(canvas.words, f"charts.row.{answer.kind}{none}", what=answer.what)


def _spot(canvas: Canvas, answer: Answer, y: float) -> Spot:
    took = "" if answer.took_ns is None else f": {duration(answer.took_ns, canvas.words)}"
    return Spot(
        x=canvas.x(answer.asked_ns),
        y=y,
        kind="unanswered" if answer.took_ns is None else answer.kind,
        title=f"{_said(canvas, answer)}{took}",
        key=canvas.row(answer.source),
    )


def _dots(
    canvas: Canvas, told: Iterable[Answer], level: Callable[[int | None], float]
) -> Iterator[tuple[str, str, bool]]:
    """Of each kind a path of dots, the slowest answer of each few pixels, and whether some fell."""
    for kind, same in groupby(sorted(told, key=lambda one: one.kind), lambda one: one.kind):
        highest: dict[int, Answer] = {}
        count = 0
        for answer in same:
            place = int(canvas.x(answer.asked_ns) / _BIN)
            count += 1
            best = highest.get(place)
            if best is None or (best.took_ns or 0) < (answer.took_ns or 0):
                highest[place] = answer
        path = "".join(
            f"M{number(canvas.x(answer.asked_ns))} {number(level(answer.took_ns))}h0"
            for answer in highest.values()
        )
        yield kind, path, len(highest) < count


def pings(canvas: Canvas, told: Sequence[Interval], expected_ns: int, y: int) -> Track:
    """
    A bar from each ping to the next, as high as it is long, beside the expected height.

    Args:
        canvas: What to draw on.
        told: In order of time.
        expected_ns: From ping to ping.
        y: Upper edge.
    """
    words, base = canvas.words, y + _PINGS
    longest = max(one.end_ns - one.begin_ns for one in told)
    tallest = min(max(longest, 2 * expected_ns), _TALLEST * expected_ns)

    def level(time_ns: int) -> float:
        return round(base - (base - y - _HEAD) * min(1.0, time_ns / tallest), 1)

    expected = _beside(say(words, "charts.expected", duration=rounded(expected_ns, words)))
    paths: dict[str, str] = {}
    for one in _visible(canvas, told):
        kind = "last" if one.last else "late" if one.late else "bar"
        left, right = canvas.x(one.begin_ns), max(canvas.x(one.end_ns), canvas.x(one.begin_ns) + 1)
        top = level(one.end_ns - one.begin_ns)
        paths[kind] = (
            f"{paths.get(kind, '')}M{number(left)} {base}V{number(top)}H{number(right)}V{base}"
        )
    return Track(
        kind="pings",
        top=y,
        bottom=base,
        title=_beside(words["charts.pings"]),
        note=_usual(canvas, told),
        levels=(Tick(level(expected_ns), expected),),
        paths=paths,
        spots=tuple(_labels(canvas, told, level, base)),
    )


def _usual(canvas: Canvas, told: Sequence[Interval]) -> str:
    """How long it was from ping to ping, where there were a few."""
    lasted = sorted(one.end_ns - one.begin_ns for one in told if not one.last)
    if len(lasted) < _FEW:
        return ""
    usual = duration(lasted[len(lasted) // 2], canvas.words)
    return _beside(say(canvas.words, "charts.usual", duration=usual))


def _visible(canvas: Canvas, told: Sequence[Interval]) -> Iterator[Interval]:
    """All of them, or of those that share a pixel and a half the longest."""
    for _, same in groupby(told, lambda one: int(canvas.x(one.begin_ns) / _STROKE)):
        yield max(same, key=lambda one: one.end_ns - one.begin_ns)


def _labels(
    canvas: Canvas, told: Sequence[Interval], level: Callable[[int], float], base: int
) -> Iterator[Spot]:
    """How long the late ones are, where there is room; all of them in the table."""
    words, taken = canvas.words, 0.0
    for one in told:
        if not one.late:
            continue
        lasts_ns = one.end_ns - one.begin_ns
        key = "charts.row.last" if one.last else "charts.row.interval"
        canvas.tell(one.begin_ns, words[key], lasts_ns, one.source, bad=True)
        text = duration(lasts_ns, words)
        middle = (canvas.x(one.begin_ns) + canvas.x(one.end_ns)) / 2
        half = width_of(text, SMALL) / 2 + 3
        middle = min(max(middle, LEFT + half), RIGHT - half)
        if middle - half < taken:
            continue
        taken = middle + half
        yield Spot(
            x=round(middle, 1),
            y=min(level(lasts_ns) - 4, base - 4),
            kind="late",
            title=named(words, words[key], text),
            key=canvas.row(one.source),
            text=text,
        )
