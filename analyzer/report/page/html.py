"""The report as one HTML file: complete without script, nothing loaded from anywhere."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from ...model.limits import REPORT_FINDINGS
from ...model.report import Report
from ..language import templates
from ..language.texts import first_sentence, named, steps_of
from ..language.visible import legible_lines, visible_lines
from ..language.words import Words, words
from ..plain.markdown import finding_markdown
from ..plain.markdown import render as markdown
from ..redaction.redact import RedactedReport
from ..redaction.vault import MARK
from ..view.diagnosis import diagnosis
from ..view.findings import Findings, numbers, redactions
from ..view.story import opening, where
from .appendix import appendix, recordings
from .pages import sessions
from .pretty import notification, pretty


def render(redacted: RedactedReport, language: str) -> str:
    """
    The report as a page.

    Raises:
        UsageError: There is no such language.
    """
    catalogue = words(language)
    report = redacted.report
    context = {
        "language": language,
        "w": catalogue,
        "redacted": redacted,
        "report": report,
        "opening": opening(report, catalogue),
        "outcome": report.verdict.outcome.value,
        "where": where(report, catalogue),
        "diagnosis": diagnosis(report, catalogue),
        "brief": markdown(redacted, language),
        "finding_text": lambda view: finding_markdown(view, catalogue),
        "redactions": redactions(redacted.redactions, catalogue),
        "numbers": lambda sessions: numbers(sessions, catalogue),
        **assets(["report.css", "table.css", "drawings.css"], ["report.js", "table.js"]),
        **_findings(report, catalogue),
        **sessions(report, catalogue),
        **recordings(report, catalogue),
        **appendix(redacted, catalogue),
    }
    return environment().get_template("report.html").render(context)


@cache
def static(name: str) -> str:
    """A file that goes into every page."""
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")


def assets(styles: Sequence[str], scripts: Sequence[str]) -> dict[str, Any]:
    """
    Style and script of a page, and what its policy lets them in by, as its template names them.

    Args:
        styles: Names of the style sheets, in order.
        scripts: Names of the scripts, in order.
    """
    style, script = "".join(map(static, styles)), "".join(map(static, scripts))
    return {
        "style": Markup(style),  # noqa: S704 - our own files
        "script": Markup(script),  # noqa: S704 - our own file
        "style_hash": digest(style),
        "script_hash": digest(script),
    }


def digest(text: str) -> str:
    """What a page's policy lets in a style or a script by."""
    # CSP 3 section 2.3.1: a hash source lets in exactly this text and nothing that was captured.
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def environment() -> Environment:
    """The templates; every string they write is made visible and escaped."""
    made = templates.environment(__package__ or "")
    made.globals["named"] = named
    made.filters |= {
        "lines": lambda text: escape(legible_lines(text)),
        "marks": _marked,
        "first": first_sentence,
        "steps": steps_of,
        "xml": lambda text: _marked(pretty(text)),
        "notification": notification,
    }
    return made


def _lines(text: str) -> Markup:
    return escape(visible_lines(text))


def _marked(text: str) -> Markup:
    """Text of several lines, with what was taken out marked as such."""
    safe = _lines(text)
    if "[redacted: " not in safe:
        return safe
    return Markup(MARK.sub(lambda match: f"<mark>{match[0]}</mark>", safe))  # noqa: S704 - escaped


def _findings(report: Report, words: Words) -> dict[str, Any]:
    findings = Findings(report, words)
    main, shown = findings.root(), findings.others(REPORT_FINDINGS)
    return {
        "root": main,
        "others": shown,
        "more_findings": findings.others_count - len(shown),
        "consequences": [
            view
            for view in shown
            if main is not None
            and view.explained_by == main.rule_id
            and set(main.sessions) <= set(view.sessions or main.sessions)
        ][:8],
    }
