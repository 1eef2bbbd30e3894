"""A comparison as one HTML file, good and bad beside each other; made like the report."""

from typing import Any

from ...model.comparison import Comparison, Result
from ..language.words import Words, words
from ..page.html import assets, environment
from ..redaction.redact import RedactedComparison
from ..view.findings import redactions
from .story import finding_titles, headline, note, whole
from .text import brief
from .view import (
    change_rows,
    fact_rows,
    left_out,
    nothing_said,
    parting,
    sides,
    step_rows,
    time_rows,
)

_TONES = {
    Result.PARTED: ("broken", "failed"),
    Result.SLOWER: ("degraded", "late"),
    Result.SURROUNDINGS: ("degraded", "degraded"),
    Result.SAME: ("healthy", "healthy"),
    Result.UNTOLD: ("inconclusive", "inconclusive"),
}
"""Result → class of the page, and icon; the word stands beside it."""


def render(redacted: RedactedComparison, language: str) -> str:
    """
    The comparison as a page.

    Raises:
        UsageError: There is no such language.
    """
    catalogue = words(language)
    comparison = redacted.comparison
    tone, icon = _TONES[comparison.result]
    context = {
        "language": language,
        "w": catalogue,
        "redacted": redacted,
        "result": catalogue[f"result.{comparison.result.value}"],
        "headline": headline(comparison, catalogue),
        "sentence": whole(comparison, catalogue),
        "tone": tone,
        "icon": icon,
        "brief": brief(redacted, catalogue),
        "redactions": redactions(redacted.redactions, catalogue),
        "version": comparison.good.report.tool_version,
        "profile": comparison.good.report.profile,
        "rules": len(comparison.good.report.rules_run),
        **assets(["report.css", "comparison.css"], ["report.js"]),
        **_parts(comparison, catalogue),
    }
    return environment().get_template("comparison.html").render(context)


def _parts(comparison: Comparison, catalogue: Words) -> dict[str, Any]:
    found = [
        (catalogue[f"Role.{side.role.value}"], *titles)
        for side in reversed(sides(comparison, catalogue))
        for titles in finding_titles(comparison.of(side.role), catalogue)
    ]
    return {
        "sides": sides(comparison, catalogue),
        "parting": parting(comparison, catalogue),
        "steps": step_rows(comparison, catalogue),
        "changes": change_rows(comparison, catalogue),
        "nothing_said": nothing_said(comparison, catalogue),
        "left_out": left_out(comparison, catalogue),
        "facts": fact_rows(comparison, catalogue),
        "times": list(time_rows(comparison, catalogue)),
        "findings": found,
        "notes": [note(one, catalogue) for one in comparison.notes],
    }
