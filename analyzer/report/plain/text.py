"""The report as plain text, for terminals without colour, mails and tickets: 100 columns wide."""

from collections.abc import Iterator

from ...model.report import Report
from ..facts.connection import connection_facts, input_facts
from ..language.lines import WIDTH, cell, wrapped
from ..language.texts import Piece, aside, listed, plain, say, steps_of
from ..language.visible import clipped, visible
from ..language.words import Words, words
from ..redaction.redact import RedactedReport
from ..view.diagnosis import diagnosis
from ..view.findings import (
    Findings,
    FindingView,
    Proof,
    StepView,
    in_sessions,
    numbers,
    redactions,
    steps,
    troubled_first,
)
from ..view.stories import Line, stories
from ..view.story import opening, root

SESSIONS = 5
"""Sessions whose steps are listed."""

STORIES = 3
"""Agents whose story is told."""

CHAPTERS = 16
"""Chapters of each."""

FINDINGS = 40
"""Findings listed beside the cause."""


def render(redacted: RedactedReport, language: str) -> str:
    """
    The report as text.

    Raises:
        UsageError: There is no such language.
    """
    catalogue = words(language)
    report = redacted.report
    blocks = list(_beginning(redacted, catalogue))
    blocks += _stories(report, catalogue)
    blocks += _sessions(report, catalogue)
    blocks += _others(report, catalogue)
    blocks += _recordings(report, catalogue)
    if not redacted.secrets_shown:
        blocks.append(wrapped(redactions(redacted.redactions, catalogue)))
    return "\n\n".join(blocks) + "\n"


def _beginning(redacted: RedactedReport, words: Words) -> Iterator[str]:
    if redacted.secrets_shown:
        yield wrapped(words["secrets.shown"].upper())
    yield from _verdict(redacted.report, words)


def _verdict(report: Report, words: Words) -> Iterator[str]:
    start = opening(report, words)
    finding = root(report)
    outcome = start.outcome.upper()
    headline = plain(start.headline)
    told = say(words, "named", name=outcome, value=Piece(headline))
    yield wrapped(aside(words, told, finding.rule_id if finding else ""))
    yield wrapped(plain(start.lead))
    view = Findings(report, words).root()
    if view is not None:
        yield _section(words["why"], _paragraph(plain(view.cause)))
        yield _section(words["proof"], "\n".join(_proof(proof, words) for proof in view.proofs))
        yield _section(words["remedy"], _remedy(view))
    yield from _diagnosis(report, words)
    if view is not None:
        yield _section(words["reference"], _paragraph(plain(view.reference)))


def _diagnosis(report: Report, words: Words) -> Iterator[str]:
    """What is to be said beside the cause, a section each."""
    told = diagnosis(report, words)
    others = [
        wrapped(f"{v.rule_id}  {plain(v.title)}{in_sessions(v, words)}", "  ", " " * 10)
        for v in told.others
    ]
    cleared = [
        wrapped(aside(words, one.because, one.proof.place), "  - ", "    ") for one in told.cleared
    ]
    bring = [wrapped(sentence, "  - ", "    ") for sentence in told.bring]
    if told.side:
        yield _section(words["party"], _paragraph(told.side))
    for key, lines in (("causes.other", others), ("ruled.out", cleared), ("bring", bring)):
        if lines:
            yield _section(words[key], "\n".join(lines))


def _stories(report: Report, words: Words) -> Iterator[str]:
    for view in stories(report, words, STORIES, CHAPTERS):
        lines = [_chapter(line, words) for line in view.lines]
        if view.hidden:
            lines.insert(view.head, f"  {say(words, 'story.more', count=view.hidden)}")
        yield _under(view.title, "\n".join(lines))


def _chapter(line: Line, words: Words) -> str:
    number = () if line.session is None else (line.session,)
    places = listed(words, filter(None, (numbers(number, words), line.place)))
    told = aside(words, line.what, places)
    return wrapped(f"{line.time}  {line.node}  {told}", "  ", " " * 4)


def _sessions(report: Report, words: Words) -> Iterator[str]:
    ordered = troubled_first(report)
    for session in ordered[:SESSIONS]:
        agent = visible(session.agent or words["nobody"])
        who = Piece(f"{agent} @ {visible(session.server)}")
        head = say(words, "session.of", number=session.number, agent=who)
        lines = [_step(step, words) for step in steps(session, words)]
        told = connection_facts(session, words, report.recordings)
        facts = [_row(name, value) for name, value in told if name and value]
        yield _under(clipped(head, WIDTH), "\n".join([*lines, "", *facts]))
    if len(ordered) > SESSIONS:
        yield say(words, "sessions.more", count=len(ordered) - SESSIONS)


def _step(step: StepView, words: Words) -> str:
    status = words[f"status.{step.state}"]
    line = f"  {cell(step.name, 10)}{cell(status, 14)}{step.latency:>9}  {step.detail}"
    return clipped(line.rstrip(), WIDTH)


def _others(report: Report, words: Words) -> Iterator[str]:
    findings = Findings(report, words)
    others = findings.others(FINDINGS)
    lines = [_finding(view, words) for view in others]
    if findings.others_count > FINDINGS:
        lines.append(
            wrapped(say(words, "findings.more", count=findings.others_count - FINDINGS), "  ")
        )
    yield _section(words["findings"], "\n".join(lines) or f"  {words['findings.none']}")


def _finding(view: FindingView, words: Words) -> str:
    places = [numbers(view.sessions, words), view.proofs[0].place if view.proofs else ""]
    told = aside(words, plain(view.title), listed(words, filter(None, places)))
    if view.explained_by is not None:
        told = aside(words, told, say(words, "consequence", rule=view.explained_by))
    severity = words[f"severity.{view.severity.value}"].lower()
    return wrapped(f"{view.rule_id}  {cell(severity, 8)}{told}", "  ", " " * 18)


def _recordings(report: Report, words: Words) -> Iterator[str]:
    for recording in report.recordings:
        name = Piece(visible(recording.name))
        head = say(words, "named", name=words["quality"], value=name)
        rows = [_row(name, value) for name, value in input_facts(recording, words)]
        yield _under(clipped(head, WIDTH), "\n".join(rows))


def _proof(proof: Proof, words: Words) -> str:
    place, what = Piece(proof.place), Piece(proof.what)
    told = say(words, "named", name=place, value=what) if proof.what else proof.place
    first = wrapped(told, "  ", "    ")
    second = "  ".join(part for part in (proof.time, proof.look_up) if part)
    return f"{first}\n    {second}" if second else first


def _remedy(view: FindingView) -> str:
    intro, parts = steps_of(view.remedy)
    lines = [_paragraph(plain(intro))] if intro else []
    lines += [
        wrapped(f"{number}. {plain(part)}", "  ", "     ") for number, part in enumerate(parts, 1)
    ]
    return "\n".join(lines)


def _under(head: str, body: str) -> str:
    """Below a head that holds captured words: those stay as they are written."""
    return f"{head}\n{body}"


def _section(head: str, body: str) -> str:
    return f"{head.upper() if len(head) < 25 else head}\n{body}"


def _row(name: str, value: str) -> str:
    return wrapped(f"{cell(name, 22)}{value}", "  ", " " * 24)


def _paragraph(text: str) -> str:
    return wrapped(text, "  ")
