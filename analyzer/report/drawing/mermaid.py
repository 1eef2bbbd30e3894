"""
The session that the verdict is about as a Mermaid sequence diagram, for wikis and tickets.

Mermaid reads `;` as the end of a statement, `#…;` as a character, `%%` as a comment, and may take
what it draws for HTML. So of captured text only letters, digits and a few signs stay themselves;
everything else is written as the number of its character.
"""

import re
from collections.abc import Iterator
from typing import Final

from ...model.report import Report
from ...model.session import Session
from ..language.texts import plain
from ..language.visible import clipped, legible
from ..language.words import Words, words
from ..redaction.redact import RedactedReport
from ..view.findings import troubled_first
from ..view.story import opening
from ..view.timeline import Timelines
from .ladder import CLIENT_X, Ladder, Line, ladder
from .lanes import Lane, Scene, scene

MOST_LINES: Final = 100
"""Lines of a diagram: what a wiki draws without trouble."""

_STEP = 4
"""By how many messages fewer it is tried again, where remarks take the room."""

_TITLE = 2
"""Lines above the diagram itself."""

_TEXT_LENGTH, _NAME_LENGTH = 100, 60

# "www." would be made a link where a ticket shows the text as it is.
_UNSAFE = re.compile(r"[^\w .,()/=+-]|(?<=[wW]{3})\.")


def render(redacted: RedactedReport, language: str) -> str:
    """
    The diagram as text.

    Raises:
        UsageError: There is no such language.
    """
    report, catalogue = redacted.report, words(language)
    session = next(iter(troubled_first(report)), None)
    headline = plain(opening(report, catalogue).headline)
    lines = ["sequenceDiagram", f"  title {safe(headline, _TEXT_LENGTH)}"]
    if session is None:
        lines.append(f"  participant C as {safe(catalogue['lane.client'], _NAME_LENGTH)}")
        lines.append(f"  Note over C:wrap: {safe(catalogue['drawing.none'], _TEXT_LENGTH)}")
    else:
        alarm = catalogue["secrets.shown"] if redacted.secrets_shown else ""
        lines += _diagram(session, report, catalogue, alarm)
    return "\n".join(lines) + "\n"


def safe(text: str, length: int) -> str:
    """
    Text that Mermaid draws as it is and takes for nothing else.

    Args:
        text: Of the recording.
        length: Characters kept of it.
    """
    shown = clipped(legible(text), length).strip()
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", shown) or "-"


def _diagram(session: Session, report: Report, catalogue: Words, alarm: str) -> list[str]:
    """Who takes part and what was said, in as many lines as there is room for."""
    timelines = Timelines(report, catalogue)
    rows = timelines.rows(session)
    staged = scene(session, report, catalogue, timelines.anchors)
    lanes = _lanes(staged)
    head = [f"  participant {name} as {safe(_called(lane), _NAME_LENGTH)}" for name, lane in lanes]
    head += [f"  Note over C,S:wrap: {safe(alarm, _TEXT_LENGTH)}"] if alarm else []
    most = room = MOST_LINES - _TITLE - len(head)
    lines = [*_messages(ladder(rows, catalogue, staged, most), catalogue)]
    while len(lines) > room:
        most -= _STEP
        lines = [*_messages(ladder(rows, catalogue, staged, most), catalogue)]
    return head + lines


def _called(lane: Lane) -> str:
    return f"{lane.role}: {lane.name}" if lane.name else lane.role


def _lanes(staged: Scene) -> list[tuple[str, Lane]]:
    """The lanes with the letters they have in the diagram."""
    names = ("C", "P", "S") if len(staged.lanes) > 2 else ("C", "S")
    lanes = [*zip(names, staged.lanes, strict=True)]
    if staged.onward is not None:
        lanes.append(("O", staged.onward.node))
    return lanes


def _messages(drawn: Ladder, catalogue: Words) -> Iterator[str]:
    for line in drawn.lines:
        if line.kind == "later":
            continue
        text = safe(_said(line, catalogue), _TEXT_LENGTH)
        if line.kind in ("silence", "hidden", "hole", "end"):
            yield f"  Note over C,S:wrap: {text}"
        elif line.kind == "onward":
            yield f"  C-->>O: {text}"
        else:
            there, back = ("C", "S") if line.start == CLIENT_X else ("S", "C")
            yield f"  {there}{'-x' if line.lost else '->>'}{back}: {text}"


def _said(line: Line, catalogue: Words) -> str:
    parts = [line.time, line.name, line.detail]
    if line.failed:
        parts.append(f"({catalogue['ladder.failed']})")
    if line.rules:
        parts.append(line.rules)
    return " ".join(part for part in parts if part)
