"""The login as bars, one for each step, from its question to its answer."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from ...model.session import Session, StepName, StepStatus
from ...model.source import Source
from ..facts.evidence import duration
from ..language.texts import listed, named, say
from ..language.words import Words
from .geometry import Tick, fitted, rounded, steps, width_of

WIDTH: Final = 960
LEFT: Final = 172
_RIGHT, _ROW, _TOP, _SMALL = 860, 22, 8, 11
_TICKS = 8


class Bar(Struct, frozen=True, kw_only=True):
    """A step: its place, what it is, how long it took, and the anchor of what began it."""

    y: int
    x: float
    width: float
    title: str
    took: str
    took_x: float
    status: str
    key: str
    tip: str


class Login(Struct, frozen=True, kw_only=True):
    """The bars, their axis, and the size of the drawing."""

    caption: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    axis: int
    height: int
    width: int = WIDTH
    left: int = LEFT
    right: int = _RIGHT


def login(session: Session, words: Words, anchors: Mapping[Source, str]) -> Login | None:
    """
    The login of a session; None where fewer than two of its steps have both their times.

    Args:
        session: Of the report.
        words: The language.
        anchors: Keys of rows by place.
    """
    timed = [
        (step, step.asked, step.asked.time_ns, step.latency_ns)
        for step in session.steps
        if step.name is not StepName.LIVE
        if step.asked is not None and step.asked.time_ns is not None and step.latency_ns is not None
    ]
    if len(timed) < 2:
        return None
    begin_ns = min(asked_ns for _, _, asked_ns, _ in timed)
    span_ns = max(asked_ns + took_ns for _, _, asked_ns, took_ns in timed) - begin_ns
    if span_ns < 1_000_000:
        return None

    def x(time_ns: int) -> float:
        return round(LEFT + (_RIGHT - LEFT) * time_ns / span_ns, 1)

    bars = []
    for index, (step, asked, asked_ns, took_ns) in enumerate(timed):
        left, right = x(asked_ns - begin_ns), x(asked_ns + took_ns - begin_ns)
        title, took = words[f"step.{step.name.value}"], duration(took_ns, words)
        room = max(right, left + 3) + 6
        status = words[f"status.{step.status.value}"]
        wrong = step.status in (StepStatus.FAILED, StepStatus.LATE)
        shown = f"{took} ({status})" if wrong else took
        bars.append(
            Bar(
                y=_TOP + _ROW * index,
                x=left,
                width=round(max(3.0, right - left), 1),
                title=fitted(title, LEFT - 12, 12),
                took=shown,
                took_x=min(room, WIDTH - width_of(shown, _SMALL)),
                status=step.status.value,
                key=anchors.get(asked, ""),
                tip=named(words, title, listed(words, (took, status))),
            )
        )
    axis = _TOP + _ROW * len(bars) + 4
    times = list(steps(span_ns, _TICKS))
    return Login(
        caption=say(words, "charts.login.caption", duration=duration(span_ns, words)),
        bars=tuple(bars),
        ticks=tuple(Tick(x(time_ns), rounded(time_ns, words)) for time_ns in times),
        axis=axis,
        height=axis + 22,
    )
