"""What a page shows of sessions: one after the other, and all of them in an overview."""

from typing import Any

from msgspec import Struct

from ...model.http import Headers
from ...model.limits import REPORT_OVERVIEW, REPORT_SESSIONS, REPORT_STORIES, STORY_CHAPTERS
from ...model.report import Report
from ...model.session import Session, StepStatus
from ..drawing.ladder import offset
from ..drawing.nodes import nodes
from ..drawing.sessions import Drawings, Drawn
from ..facts.connection import connection_facts
from ..facts.evidence import timestamp
from ..language.texts import Piece, Sentence, say, sentence
from ..language.visible import clipped, visible
from ..language.words import Words
from ..view.findings import StepView, steps, troubled_first
from ..view.stories import stories
from ..view.timeline import Row, Timelines
from .table import Table, Tables


class Page(Struct, frozen=True, kw_only=True):
    """
    A session as it is laid out.

    Attributes:
        rows: Of the table, with their times.
        table: What stands behind them.
        total: Stanzas that there were.
    """

    number: int
    title: Sentence
    steps: tuple[StepView, ...]
    drawn: Drawn
    rows: tuple[tuple[Row, str], ...]
    table: Table
    total: int
    facts: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, Headers], ...]


class Overview(Struct, frozen=True, kw_only=True):
    """A session as a line of the overview."""

    number: int
    anchor: str
    agent: str
    server: str
    started: str
    stanzas: int
    outcome: str
    wrong: bool


def sessions(report: Report, words: Words) -> dict[str, Any]:
    """What the template needs to show sessions, by name."""
    timelines = Timelines(report, words)
    ordered = troubled_first(report)
    tables, drawings = Tables(timelines), Drawings(report, words, timelines)
    pages = [_page(s, timelines, tables, drawings, words) for s in ordered[:REPORT_SESSIONS]]
    shown = {page.number for page in pages}
    lines = [_line(s, words, shown=s.number in shown) for s in report.sessions[:REPORT_OVERVIEW]]
    return {
        "pages": pages,
        "overview": lines,
        "more_sessions": len(report.sessions) - len(lines),
        "anchors": timelines.anchors,
        "stories": stories(report, words, REPORT_STORIES, STORY_CHAPTERS),
        "story_nodes": nodes(report, words, REPORT_STORIES),
        "linked": shown,
    }


def _page(
    session: Session, timelines: Timelines, tables: Tables, drawings: Drawings, words: Words
) -> Page:
    rows = timelines.rows(session)
    drawn = drawings.of(session, rows)
    table = tables.of(session, rows, drawn.keys)
    timed = (
        (row, "" if row.time_ns is None else offset(row.time_ns - table.origin_ns))
        for row in table.rows
    )
    return Page(
        number=session.number,
        title=_title(session, words, several=timelines.several),
        steps=steps(session, words),
        drawn=drawn,
        rows=tuple(timed),
        table=table,
        total=session.stanza_count,
        facts=tuple(connection_facts(session, words, timelines.recordings)),
        headers=tuple(_headers(session)),
    )


def _title(session: Session, words: Words, *, several: bool) -> Sentence:
    known = session.agent
    agent = Piece(words["nobody"]) if not known else Piece(visible(known), captured=True)
    if several:
        return sentence(words["session.of"], {"number": session.number, "agent": agent}, words)
    return sentence(words["named"], {"name": Piece(words["session"]), "value": agent}, words)


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


def _line(session: Session, words: Words, *, shown: bool) -> Overview:
    views = steps(session, words)
    worst = min(views, key=lambda step: _WORST.index(step.status), default=None)
    return Overview(
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
    return state if unremarkable else say(words, "named", name=step.title, value=state)
