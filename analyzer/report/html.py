"""The report as one HTML file: complete without script, nothing loaded from anywhere."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct

from ..model.anomaly import Anomaly
from ..model.http import Headers
from ..model.limits import (
    REPORT_ANOMALIES,
    REPORT_FINDINGS,
    REPORT_OVERVIEW,
    REPORT_SESSIONS,
    REPORT_STORIES,
    STORY_CHAPTERS,
)
from ..model.report import Report
from ..model.session import Session, StepStatus
from .diagnosis import diagnosis
from .evidence import place_in, timestamp
from .facts import connection_facts, input_facts
from .ladder import Ladder, ladder, offset
from .language import Words, words
from .pretty import notification, pretty
from .redact import RedactedReport
from .stories import stories
from .story import opening, where
from .text import brief
from .texts import first_sentence, steps_of
from .timeline import Row, Timelines
from .vault import MARK
from .view import Findings, StepView, numbers, redactions, steps, troubled_first
from .visible import clipped, visible, visible_lines


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
        "brief": brief(redacted, catalogue),
        "redactions": redactions(redacted.redactions, catalogue),
        "numbers": lambda sessions: numbers(sessions, catalogue),
        **assets(["report.css"]),
        **_findings(report, catalogue),
        **_sessions(report, catalogue),
        **_recordings(report, catalogue),
    }
    return environment().get_template("report.html").render(context)


@cache
def static(name: str) -> str:
    """A file that goes into every page."""
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")


def assets(styles: Sequence[str]) -> dict[str, Any]:
    """
    Style and script of a page, and what its policy lets them in by, as its template names them.

    Args:
        styles: Names of the style sheets, in order.
    """
    style, script = "".join(map(static, styles)), static("report.js")
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
    made = Environment(
        loader=PackageLoader(__package__ or ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "clip": lambda text, length: clipped(visible(text), length),
        "lines": _lines,
        "marks": _marked,
        "first": first_sentence,
        "steps": steps_of,
        "xml": lambda text: _marked(pretty(text)),
        "notification": notification,
    }
    return made


def _seen(value: Any) -> Any:
    """Every string that a template writes passes here, before it is escaped."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _lines(text: str) -> Markup:
    return escape(visible_lines(text))


def _marked(text: str) -> Markup:
    """Text of several lines, with what was taken out marked as such."""
    safe = _lines(text)
    if "[redacted: " not in safe:
        return safe
    return Markup(MARK.sub(lambda match: f"<mark>{match[0]}</mark>", safe))  # noqa: S704 - escaped


class _Page(Struct, frozen=True, kw_only=True):
    """A session as it is laid out."""

    number: int
    agent: str
    client: str
    server: str
    steps: tuple[StepView, ...]
    ladder: Ladder
    rows: tuple[tuple[Row, str], ...]
    shown: int
    total: int
    facts: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, Headers], ...]


class _Overview(Struct, frozen=True, kw_only=True):
    """A session as a line of the overview."""

    number: int
    anchor: str
    agent: str
    server: str
    started: str
    stanzas: int
    outcome: str
    wrong: bool


def _findings(report: Report, words: Words) -> dict[str, Any]:
    findings = Findings(report, words)
    main, others = findings.root(), findings.others()
    shown = others[:REPORT_FINDINGS]
    return {
        "root": main,
        "others": shown,
        "more_findings": len(others) - len(shown),
        "consequences": [
            view
            for view in shown
            if main is not None
            and view.explained_by == main.rule_id
            and set(main.sessions) <= set(view.sessions or main.sessions)
        ][:8],
    }


def _sessions(report: Report, words: Words) -> dict[str, Any]:
    timelines = Timelines(report)
    ordered = troubled_first(report)
    pages = [_page(session, timelines, words) for session in ordered[:REPORT_SESSIONS]]
    shown = {page.number for page in pages}
    lines = [_line(s, words, shown=s.number in shown) for s in report.sessions[:REPORT_OVERVIEW]]
    return {
        "pages": pages,
        "overview": lines,
        "more_sessions": len(report.sessions) - len(lines),
        "anchors": timelines.anchors,
        "stories": stories(report, words, REPORT_STORIES, STORY_CHAPTERS),
        "linked": shown,
    }


def _page(session: Session, timelines: Timelines, words: Words) -> _Page:
    rows = timelines.rows(session)
    origin = next((row.time_ns for row in rows if row.time_ns is not None), 0)
    timed = ((row, "" if row.time_ns is None else offset(row.time_ns - origin)) for row in rows)
    return _Page(
        number=session.number,
        agent=session.agent or words["nobody"],
        client=words["client"],
        server=session.server,
        steps=steps(session, words),
        ladder=ladder(rows, words),
        rows=tuple(timed),
        shown=len(session.stanzas),
        total=session.stanza_count,
        facts=tuple(connection_facts(session, words, timelines.recordings)),
        headers=tuple(_headers(session)),
    )


def _headers(session: Session) -> list[tuple[str, Headers]]:
    if session.upgrade is None:
        return []
    exchange = session.upgrade.exchange
    found = []
    if exchange.request is not None:
        found.append(
            (f"{exchange.request.method} {exchange.request.url}", exchange.request.headers)
        )
    if exchange.response is not None:
        response = exchange.response
        found.append((f"{response.version} {response.status} {response.reason}", response.headers))
    return [(clipped(title, 200), headers[:60]) for title, headers in found]


def _line(session: Session, words: Words, *, shown: bool) -> _Overview:
    views = steps(session, words)
    worst = min(views, key=lambda step: _WORST.index(step.status), default=None)
    return _Overview(
        number=session.number,
        anchor=f"s{session.number}" if shown else "",
        agent=clipped(session.agent or "", 60),
        server=clipped(session.server, 60),
        started="" if session.started_ns is None else timestamp(session.started_ns),
        stanzas=session.stanza_count,
        outcome=_outcome(worst, words),
        wrong=worst is not None and worst.status is StepStatus.FAILED,
    )


_WORST = (
    StepStatus.FAILED,
    StepStatus.MISSING,
    StepStatus.LATE,
    StepStatus.DONE,
    StepStatus.NOT_CAPTURED,
)


def _outcome(step: StepView | None, words: Words) -> str:
    """How a login went, told by its worst step."""
    if step is None:
        return ""
    state = words[f"status.{step.state}"]
    unremarkable = step.status in (StepStatus.DONE, StepStatus.NOT_CAPTURED)
    return state if unremarkable else f"{step.title}: {state}"


def _recordings(report: Report, words: Words) -> dict[str, Any]:
    found: list[Anomaly] = [a for recording in report.recordings for a in recording.anomalies]
    found += [anomaly for session in report.sessions for anomaly in session.anomalies]
    return {
        "recordings": [(r, tuple(input_facts(r, words))) for r in report.recordings],
        "anomalies": [_oddity(anomaly, report) for anomaly in found[:REPORT_ANOMALIES]],
        "more_anomalies": len(found) > REPORT_ANOMALIES,
    }


def _oddity(anomaly: Anomaly, report: Report) -> tuple[str, str, str]:
    where = "" if anomaly.source is None else place_in(anomaly.source, report.recordings)
    values = ", ".join(f"{name} {value}" for name, value in anomaly.values.items())
    return anomaly.code.value, where, clipped(values, 200)
