"""The report on a terminal: verdict in a panel, steps in a line, findings in a table."""

from collections.abc import Sequence

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ...model.report import Outcome, Report
from ...model.rule import Severity
from ...model.session import StepStatus
from ..language.texts import Piece, Sentence, first_sentence, plain, say, steps_of
from ..language.visible import clipped, visible
from ..language.words import Words, words
from ..redaction.redact import RedactedReport
from ..view.diagnosis import Diagnosis, diagnosis
from ..view.findings import (
    Findings,
    FindingView,
    StepView,
    in_sessions,
    numbers,
    redactions,
    steps,
    troubled_first,
)
from ..view.story import opening, where

_WIDTH = 100

_SESSIONS = 3
"""Sessions whose steps are shown."""

_FINDINGS = 12
"""Findings shown beside the cause; all of them stand in the written reports."""

_OUTCOMES = {
    Outcome.HEALTHY: "green",
    Outcome.DEGRADED: "yellow",
    Outcome.BROKEN: "red",
    Outcome.INCONCLUSIVE: "blue",
}

_SEVERITIES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}

_STATES = {
    StepStatus.DONE: ("✓", "green"),
    StepStatus.LATE: ("◷", "yellow"),
    StepStatus.FAILED: ("✗", "bold red"),
    StepStatus.MISSING: ("-", "dim"),
    StepStatus.NOT_CAPTURED: ("?", "dim"),
}


def show(redacted: RedactedReport, console: Console | None = None, language: str = "en") -> None:
    """
    Print the report.

    Everything captured goes in as `Text`: Rich reads no markup in it, and `visible` has taken
    the control characters out.
    """
    terminal = console or Console(highlight=False)
    catalogue = words(language)
    terminal.print(Padding(_whole(redacted, catalogue), (1, 0)), width=min(_WIDTH, terminal.width))


def _whole(redacted: RedactedReport, words: Words) -> RenderableType:
    report = redacted.report
    findings = Findings(report, words)
    parts: list[RenderableType] = []
    if redacted.secrets_shown:
        parts.append(Text(words["secrets.shown"], style="bold red"))
    parts += [
        _panel(report, findings.root(), words),
        *_steps(report, words),
    ]
    others = findings.others(_FINDINGS)
    if others:
        parts.append(_findings(others, findings.others_count, words))
    if not redacted.secrets_shown:
        parts.append(
            Padding(Text(redactions(redacted.redactions, words), style="dim"), (1, 1, 0, 1))
        )
    return Group(*parts)


def _panel(report: Report, root: FindingView | None, words: Words) -> Panel:
    start = opening(report, words)
    colour = _OUTCOMES[report.verdict.outcome]
    body: list[RenderableType] = [_text(start.headline, "bold"), _text(start.lead)]
    beside = diagnosis(report, words)
    if root is not None:
        body += [Text(), _case(root, beside, words)]
    elif beside.bring:
        grid = _grid()
        _beside(grid, beside, words)
        body += [Text(), grid]
    title = Text.assemble((f" {start.outcome.upper()} ", f"bold reverse {colour}"))
    if report.verdict.step is not None:
        title.append(f" {where(report, words)} ", style=f"bold {colour}")
    foot = None if root is None else Text(f" {root.rule_id} ", style="not bold")
    return Panel(
        Group(*body),
        title=title,
        title_align="left",
        subtitle=foot,
        subtitle_align="right",
        border_style=colour,
        padding=(1, 2),
        box=box.ROUNDED,
    )


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _case(root: FindingView, beside: Diagnosis, words: Words) -> Table:
    grid = _grid()
    proofs = Text("\n").join(
        Text.assemble(proof.place, (f"  {proof.what}" if proof.what else "", "bold"))
        for proof in root.proofs
    )
    grid.add_row(words["why"], _text(root.cause))
    grid.add_row(words["proof"], proofs)
    intro, parts = steps_of(root.remedy)
    first, rest = first_sentence(intro)
    told = [_text(first, "bold").append_text(_text(rest))] if intro else []
    for number, part in enumerate(parts, 1):
        told.append(_text((Piece(f"{number}. "), *part), "" if told else "bold"))
    for index, line in enumerate(told):
        grid.add_row("" if index else words["remedy"], line)
    _beside(grid, beside, words)
    grid.add_row(words["reference"], _text(root.reference))
    return grid


def _beside(grid: Table, told: Diagnosis, words: Words) -> None:
    """Rows for what is said beside the cause."""
    if told.side:
        grid.add_row(words["party"], Text(told.side))
    lists: dict[str, Sequence[str]] = {
        "causes.other": [
            f"{view.rule_id} {plain(view.title)}{in_sessions(view, words)}" for view in told.others
        ],
        "ruled.out": [one.because for one in told.cleared],
        "bring": told.bring,
    }
    for key, lines in lists.items():
        for index, line in enumerate(lines):
            grid.add_row("" if index else words[key], Text(line))


def _steps(report: Report, words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for session in troubled_first(report)[:_SESSIONS]:
        agent = clipped(visible(session.agent or words["nobody"]), 40)
        head = Text(say(words, "session.of", number=session.number, agent=agent), style="dim")
        lines.append(Padding(Group(head, _Chain(steps(session, words))), (1, 1, 0, 1)))
    return lines


class _Chain:
    """Steps in a line that is broken between two of them only."""

    def __init__(self, views: tuple[StepView, ...]) -> None:
        self._parts = [_step(view) for view in views]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text()
        for part in self._parts:
            if line and line.cell_len + len(_LINK) + part.cell_len > options.max_width:
                yield line
                line = Text()
            if line:
                line.append(_LINK, style="dim")
            line.append_text(part)
        yield line


_LINK = " ─ "


def _step(view: StepView) -> Text:
    mark, style = _STATES[view.status]
    telling = view.status in (StepStatus.FAILED, StepStatus.LATE)
    return Text(f"{mark} {view.name} {view.latency if telling else ''}".rstrip(), style=style)


def _findings(views: list[FindingView], count: int, words: Words) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for view in views:
        severity = Text(words[f"severity.{view.severity.value}"], style=_SEVERITIES[view.severity])
        place = numbers(view.sessions, words) if len(view.sessions) > 1 else ""
        place = place or (view.proofs[0].place if view.proofs else "")
        table.add_row(severity, view.rule_id, _text(view.title), Text(place))
    parts: list[RenderableType] = [Text(words["findings"], style="dim"), table]
    if count > len(views):
        more = say(words, "findings.more", count=count - len(views))
        parts.append(Text(more, style="dim"))
    return Padding(Group(*parts), (1, 1, 0, 1))


def _text(pieces: Sentence, style: str = "") -> Text:
    text = Text(style=style)
    for piece in pieces:
        text.append(piece.text, style="cyan" if piece.captured else "")
    return text
