"""What a list of cases shows of a report."""

from collections.abc import Iterable
from typing import Final

from ...report.language.texts import plain
from ...report.language.visible import clipped, legible, visible
from ...report.language.words import LANGUAGES, words
from ...report.redaction.redact import RedactedReport
from ...report.view.story import opening, root
from ..records import Summary

NAMES: Final = 50
"""Agents and servers that a list is searched for."""

NAME_LENGTH: Final = 200
"""Characters of each."""

HEADLINE_LENGTH: Final = 500


def summarize(redacted: RedactedReport) -> Summary:
    """
    The verdict, who logged in, and where.

    Args:
        redacted: Whatever was taken out of it is not in the summary either.
    """
    report = redacted.report
    verdict = report.verdict
    finding = root(report)
    began = [s.started_ns for s in report.sessions if s.started_ns is not None]
    return Summary(
        outcome=verdict.outcome.value,
        headline={
            tag: clipped(legible(plain(opening(report, words(tag)).headline)), HEADLINE_LENGTH)
            for tag in LANGUAGES
        },
        step=None if verdict.step is None else verdict.step.value,
        rule=None if finding is None else finding.rule_id,
        agents=_named(session.agent for session in report.sessions),
        servers=_named(session.server for session in report.sessions),
        recorded_ns=_storable(min(began, default=None)),
        sessions=len(report.sessions),
    )


def _named(names: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, in the order they appear."""
    unique = dict.fromkeys(clipped(visible(name), NAME_LENGTH) for name in names if name)
    return tuple(unique)[:NAMES]


def _storable(time_ns: int | None) -> int | None:
    """A HAR may tell of any year; databases count to 63 bits."""
    return time_ns if time_ns is not None and abs(time_ns) < 1 << 63 else None
