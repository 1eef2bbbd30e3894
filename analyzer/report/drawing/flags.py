"""The flags of a timeline: where the findings are, none of them on top of another."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ...model.report import Report
from ...model.session import Session
from ..language.texts import named, plain, say
from ..view.findings import FindingView
from .chart_parts import LEFT, SMALL, WIDTH, Canvas, Flag
from .geometry import width_of

_ROWS, _HEIGHT = 3, 17
_MORE = 30
"""Pixels for "+12" behind the name of a rule."""


class Flagged(Struct, frozen=True, kw_only=True):
    """
    A finding of a session that has a time.

    Attributes:
        time_ns: When.
        rule_id: Its rule.
        severity: Its severity.
        title: What it says.
        anchor: Where the report tells it.
    """

    time_ns: int
    rule_id: str
    severity: str
    title: str
    anchor: str


def flagged(
    session: Session, report: Report, root: FindingView | None, others: Sequence[FindingView]
) -> tuple[Flagged, ...]:
    """
    The findings that point at places of a session, in order of time.

    Args:
        session: Of the report.
        report: With its findings.
        root: The cause as it is shown.
        others: The others that are shown; equal findings of several sessions are one of them.
    """
    titles: dict[str, list[tuple[FindingView, str]]] = {}
    if root is not None:
        titles[root.rule_id] = [(root, "verdict")]
    for view in others:
        titles.setdefault(view.rule_id, []).append((view, view.anchor))
    found = []
    for finding in report.findings:
        shown = _shown(titles, finding.rule_id, finding.session)
        source = finding.evidence[0] if finding.evidence else None
        if finding.session != session.number or shown is None or source is None:
            continue
        if source.time_ns is not None:
            view, anchor = shown
            found.append(
                Flagged(
                    time_ns=source.time_ns,
                    rule_id=finding.rule_id,
                    severity=finding.severity.value,
                    title=plain(view.title),
                    anchor=anchor,
                )
            )
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.time_ns))


def _shown(
    titles: Mapping[str, Sequence[tuple[FindingView, str]]], rule_id: str, session: int | None
) -> tuple[FindingView, str] | None:
    """Where a finding of a session is shown."""
    views = titles.get(rule_id, ())
    own = (one for one in views if not one[0].sessions or session in one[0].sessions)
    return next(own, None)


def flags(canvas: Canvas, found: Sequence[Flagged]) -> tuple[tuple[Flag, ...], int]:
    """
    The flags, and the y below them.

    Of findings at one place the first is named, and how many more there are.
    """
    planted: list[Flag] = []
    free = [float(LEFT)] * _ROWS
    used = 0
    for one in found:
        what, bad = named(canvas.words, one.rule_id, one.title), one.severity == "error"
        canvas.tell(one.time_ns, what, None, one.anchor, bad=bad)
        x = canvas.x(one.time_ns)
        width = width_of(one.rule_id, SMALL) * 1.1 + 16
        right = x + width + _MORE <= WIDTH
        begin = x if right else x - width
        row = next((row for row in range(_ROWS) if free[row] <= begin), None)
        if row is None:
            planted[-1] = _and_more(canvas, planted[-1], one)
            continue
        free[row] = begin + width + _MORE
        used = max(used, row + 1)
        planted.append(
            Flag(
                x=x,
                y=13 + _HEIGHT * row,
                text=one.rule_id,
                anchor="start" if right else "end",
                title=what,
                finding=one.anchor,
                severity=one.severity,
            )
        )
    return tuple(planted), 6 + _HEIGHT * used


def _and_more(canvas: Canvas, flag: Flag, one: Flagged) -> Flag:
    """The last flag planted, standing for one more."""
    count = flag.title.count("\n") + 1
    more = say(canvas.words, "charts.plus", count=count)
    head = flag.text.partition(" ")[0]
    return Flag(
        x=flag.x,
        y=flag.y,
        text=f"{head} {more}",
        anchor=flag.anchor,
        title=f"{flag.title}\n{named(canvas.words, one.rule_id, one.title)}",
        finding=flag.finding,
        severity=flag.severity,
    )
