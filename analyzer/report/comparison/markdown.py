"""A comparison as Markdown, short enough for a ticket: where two sessions part, and how."""

from collections.abc import Iterator

from ...model.comparison import Comparison, Role
from ..language.texts import Piece, aside, listed, say
from ..language.words import Words, words
from ..plain.markdown import blocks, code, escaped, items, named, paragraph, quoted, section
from ..redaction.redact import RedactedComparison
from ..view.findings import StepView, redactions
from .story import finding_titles, note, summary
from .view import (
    Pair,
    Parting,
    SideView,
    Spot,
    StepRow,
    fact_rows,
    parting,
    sides,
    step_rows,
    time_rows,
    told,
)


def render(redacted: RedactedComparison, language: str) -> str:
    """
    The comparison as Markdown.

    Raises:
        UsageError: There is no such language.
    """
    return blocks(_blocks(redacted, words(language)))


def _blocks(redacted: RedactedComparison, words: Words) -> Iterator[str]:
    comparison = redacted.comparison
    if redacted.secrets_shown:
        yield f"**{escaped(words['secrets.shown'])}**"
    yield f"# {escaped(words[f'result.{comparison.result.value}'])}"
    yield paragraph(quoted(summary(comparison, words)))
    yield items(_side(side, words) for side in sides(comparison, words))
    place = parting(comparison, words)
    if place is not None:
        yield from section(words["compare.parting"], items(_parting(place, words)))
    steps = (_step(row, words) for row in step_rows(comparison, words) if row.mark)
    yield from section(words["compare.steps"], items(steps))
    around = (_pair(row, words) for row in fact_rows(comparison, words) if row.matters)
    yield from section(words["compare.around"], items(around))
    slower = (_pair(row, words) for row in time_rows(comparison, words) if row.mark)
    yield from section(words["compare.times"], items(slower))
    yield from section(words["compare.only"], items(_only(comparison, words)))
    notes = (quoted(note(one, words)) for one in comparison.notes)
    yield from section(words["compare.notes"], items(notes))
    if not redacted.secrets_shown:
        yield paragraph(escaped(redactions(redacted.redactions, words)))


def _side(side: SideView, words: Words) -> str:
    server = f"{side.agent} @ {side.server}" if side.server else ""
    shown = listed(words, filter(None, (*side.files, side.session, server, side.started)))
    return named(words, escaped(side.name), quoted(aside(words, shown, side.outcome)))


def _parting(place: Parting, words: Words) -> Iterator[str]:
    if place.common:
        mine, yours = map(Piece, place.common_places)
        places = say(words, "compare.common.places", good=mine, bad=yours)
        common = named(words, escaped(words["compare.common"]), quoted(place.common))
        yield f"{common}  \n  {quoted(places)}"
    for role, spot in ((Role.GOOD, place.good), (Role.BAD, place.bad)):
        yield named(words, escaped(words[f"Role.{role.value}"]), _spot(spot))


def _spot(spot: Spot) -> str:
    shown = quoted(told(spot))
    if spot.place:
        shown += f"  \n  {quoted(spot.place)}"
    return f"{shown}  \n  {code(spot.look_up)}" if spot.look_up else shown


def _step(row: StepRow, words: Words) -> str:
    mine, yours = _state(row.good, words), _state(row.bad, words)
    each = say(words, "compare.common.each", good=Piece(mine), bad=Piece(yours))
    return named(words, code(row.name), quoted(each))


def _state(view: StepView | None, words: Words) -> str:
    if view is None:
        return "-"
    return " ".join(filter(None, (words[f"status.{view.state}"], view.latency, view.detail)))


def _pair(row: Pair, words: Words) -> str:
    each = say(words, "compare.common.each", good=Piece(row.good), bad=Piece(row.bad))
    return named(words, quoted(row.label), quoted(each))


def _only(comparison: Comparison, words: Words) -> Iterator[str]:
    for role in (Role.BAD, Role.GOOD):
        for rule, severity, title in finding_titles(comparison.of(role), words):
            head = listed(words, (f"{rule}", severity.lower(), words[f"role.{role.value}"]))
            yield named(words, escaped(head), quoted(title))
