"""A comparison as plain text, good and bad beside each other: 100 columns wide."""

import textwrap
from collections.abc import Iterable, Iterator

from ...model.comparison import Comparison, Role
from ..language.lines import cell, wrapped
from ..language.texts import Piece, aside, listed, say
from ..language.visible import clipped
from ..language.words import Words, words
from ..redaction.redact import RedactedComparison
from ..view.findings import StepView, redactions
from .story import finding_titles, note, summary
from .view import (
    ChangeRow,
    Pair,
    Parting,
    SideView,
    Spot,
    StepRow,
    change_rows,
    fact_rows,
    left_out,
    nothing_said,
    parting,
    sides,
    step_rows,
    time_rows,
    told,
)

_LABEL = 24
_COLUMN = 29
_MARK = 14

CHANGES = 30
"""Stanzas listed; the rest is counted."""


def render(redacted: RedactedComparison, language: str) -> str:
    """
    The comparison as text.

    Raises:
        UsageError: There is no such language.
    """
    catalogue = words(language)
    blocks = list(_blocks(redacted, catalogue))
    return "\n\n".join(blocks) + "\n"


def brief(redacted: RedactedComparison, words: Words) -> str:
    """The sentence and what was compared, short enough for a ticket."""
    comparison = redacted.comparison
    return "\n\n".join(
        [wrapped(summary(comparison, words)), "\n".join(_compared(comparison, words))]
    )


def _blocks(redacted: RedactedComparison, words: Words) -> Iterator[str]:
    comparison = redacted.comparison
    if redacted.secrets_shown:
        yield wrapped(words["secrets.shown"].upper())
    result = words[f"result.{comparison.result.value}"].upper()
    told = Piece(summary(comparison, words))
    yield wrapped(say(words, "named", name=result, value=told))
    yield "\n".join(_compared(comparison, words))
    place = parting(comparison, words)
    if place is not None:
        yield _section(words["compare.parting"], _parting(place, words))
    rows = step_rows(comparison, words)
    if rows:
        yield _section(words["compare.steps"], (_step(row, words) for row in rows))
        yield _section(words["compare.said"], _said(comparison, words))
        around = fact_rows(comparison, words)
        lines = _pairs(around) if around else [f"  {words['compare.around.none']}"]
        yield _section(words["compare.around"], lines)
        yield _section(words["compare.times"], _pairs(time_rows(comparison, words)))
        yield _section(words["compare.only"], _only(comparison, words))
    if comparison.notes:
        notes = (wrapped(note(one, words), "  ", "    ") for one in comparison.notes)
        yield _section(words["compare.notes"], notes)
    if not redacted.secrets_shown:
        yield wrapped(redactions(redacted.redactions, words))


def _compared(comparison: Comparison, words: Words) -> Iterator[str]:
    for side in sides(comparison, words):
        yield wrapped(_side(side, words), "", " " * 6)


def _side(side: SideView, words: Words) -> str:
    server = f"{side.agent} @ {side.server}" if side.server else ""
    told = listed(words, filter(None, (*side.files, side.session, server, side.started)))
    name = say(words, "named", name=side.name, value="").rstrip()
    return f"{cell(name, 6)}{aside(words, told, side.outcome)}"


def _parting(place: Parting, words: Words) -> Iterator[str]:
    good, bad = words["Role.good"], words["Role.bad"]
    if place.common:
        yield wrapped(f"{cell(words['compare.common'], 11)}{place.common}", "  ", " " * 13)
        mine, yours = place.common_places
        places = {"good": Piece(mine), "bad": Piece(yours)}
        yield wrapped(say(words, "compare.common.places", **places), " " * 13)
    for name, spot in ((good, place.good), (bad, place.bad)):
        yield wrapped(f"{cell(name, 11)}{told(spot)}", "  ", " " * 13)
        if spot.place:
            yield wrapped(_where(spot), " " * 13)


def _where(spot: Spot) -> str:
    return f"{spot.place}   {spot.look_up}" if spot.look_up else spot.place


def _step(row: StepRow, words: Words) -> str:
    mine, yours = _state(row.good, words), _state(row.bad, words)
    return _columns(row.name, mine, yours, row.mark)


def _state(view: StepView | None, words: Words) -> str:
    if view is None:
        return "-"
    return " ".join(filter(None, (words[f"status.{view.state}"], view.latency, view.detail)))


def _pairs(rows: Iterable[Pair]) -> Iterator[str]:
    for row in rows:
        yield _columns(row.label, row.good, row.bad, row.mark)


def _columns(label: str, good: str, bad: str, mark: str) -> str:
    """Four columns; what does not fit goes on below."""
    cells = [
        textwrap.wrap(text, width - 1, break_on_hyphens=False) or [""]
        for text, width in ((label, _LABEL), (good, _COLUMN), (bad, _COLUMN), (mark, _MARK))
    ]
    lines = []
    for index in range(max(map(len, cells))):
        parts = [cell[index] if index < len(cell) else "" for cell in cells]
        widths = (_LABEL, _COLUMN, _COLUMN)
        line = "".join(map(cell, parts, widths)) + parts[3]
        lines.append(f"  {line}".rstrip())
    return "\n".join(lines)


def _said(comparison: Comparison, words: Words) -> Iterator[str]:
    rows = change_rows(comparison, words)
    for row in rows[:CHANGES]:
        yield from _change(row, words)
    if len(rows) > CHANGES:
        yield wrapped(say(words, "compare.changes", count=len(rows) - CHANGES), "  ")
    more = left_out(comparison, words)
    for line in more:
        yield wrapped(line, "  ")
    if not rows and not more:
        yield wrapped(nothing_said(comparison, words), "  ")


def _change(row: ChangeRow, words: Words) -> Iterator[str]:
    for role, spot in ((Role.GOOD, row.good), (Role.BAD, row.bad)):
        if spot is not None:
            both = row.good is not None and row.bad is not None
            name = listed(words, (row.mark, words[f"role.{role.value}"])) if both else row.mark
            line = f"{cell(name, 20)}{aside(words, told(spot), spot.place)}"
            yield wrapped(line, "  ", " " * 22)


def _only(comparison: Comparison, words: Words) -> Iterator[str]:
    found = False
    for role in (Role.BAD, Role.GOOD):
        for rule, severity, title in finding_titles(comparison.of(role), words):
            found = True
            head = f"{cell(words[f'role.{role.value}'], 6)}{rule}  {cell(severity.lower(), 8)}"
            yield wrapped(f"{head}{clipped(title, 300)}", "  ", " " * 24)
    if not found:
        yield f"  {words['compare.only.none']}"


def _section(head: str, lines: Iterable[str]) -> str:
    return "\n".join([head.upper(), *lines])
