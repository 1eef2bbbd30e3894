"""The report as plain text, for terminals without colour, mails and tickets: 100 columns wide."""

from collections.abc import Iterator

from ..model.report import Report
from .diagnosis import diagnosis
from .facts import connection_facts, input_facts
from .language import Words, words
from .lines import WIDTH, wrapped
from .redact import RedactedReport
from .stories import Line, stories
from .story import opening, root
from .texts import plain, steps_of
from .view import (
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
from .visible import clipped, visible

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


def brief(redacted: RedactedReport, words: Words) -> str:
    """The verdict and the inputs, short enough for a ticket."""
    names = [
        f"{visible(recording.name)} (SHA-256 {recording.sha256})"
        for recording in redacted.report.recordings
    ]
    blocks = [*_beginning(redacted, words), "\n".join(names)]
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
    yield wrapped(f"{outcome}: {headline}" + (f" ({finding.rule_id})" if finding else ""))
    yield wrapped(plain(start.lead))
    view = Findings(report, words).root()
    if view is not None:
        yield _section(words["why"], _paragraph(plain(view.cause)))
        yield _section(words["proof"], "\n".join(_proof(proof) for proof in view.proofs))
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
        wrapped(f"{one.because} ({one.proof.place})", "  - ", "    ") for one in told.cleared
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
            lines.insert(view.head, f"  {words['story.more'].format(count=view.hidden)}")
        yield _section(view.title, "\n".join(lines))


def _chapter(line: Line, words: Words) -> str:
    number = () if line.session is None else (line.session,)
    places = ", ".join(place for place in (numbers(number, words), line.place) if place)
    tail = f" ({places})" if places else ""
    return wrapped(f"{line.time}  {line.node}  {line.what}{tail}", "  ", " " * 4)


def _sessions(report: Report, words: Words) -> Iterator[str]:
    ordered = troubled_first(report)
    for session in ordered[:SESSIONS]:
        agent = visible(session.agent or words["nobody"])
        head = f"{words['session']} {session.number}: {agent} @ {visible(session.server)}"
        lines = [_step(step, words) for step in steps(session, words)]
        told = connection_facts(session, words, report.recordings)
        facts = [_row(name, value) for name, value in told if name and value]
        yield _section(clipped(head, WIDTH), "\n".join([*lines, "", *facts]))
    if len(ordered) > SESSIONS:
        yield words["sessions.more"].format(count=len(ordered) - SESSIONS)


def _step(step: StepView, words: Words) -> str:
    status = words[f"status.{step.state}"]
    line = f"  {step.name:<10}{status:<14}{step.latency:>9}  {step.detail}"
    return clipped(line.rstrip(), WIDTH)


def _others(report: Report, words: Words) -> Iterator[str]:
    others = Findings(report, words).others()
    lines = [_finding(view, words) for view in others[:FINDINGS]]
    if len(others) > FINDINGS:
        lines.append(wrapped(words["findings.more"].format(count=len(others) - FINDINGS), "  "))
    yield _section(words["findings"], "\n".join(lines) or f"  {words['findings.none']}")


def _finding(view: FindingView, words: Words) -> str:
    places = [numbers(view.sessions, words), view.proofs[0].place if view.proofs else ""]
    tail = f" ({', '.join(place for place in places if place)})" if any(places) else ""
    if view.explained_by is not None:
        tail += f" ({words['consequence'].format(rule=view.explained_by)})"
    severity = words[f"severity.{view.severity.value}"].lower()
    return wrapped(f"{view.rule_id}  {severity:<8}{plain(view.title)}{tail}", "  ", " " * 18)


def _recordings(report: Report, words: Words) -> Iterator[str]:
    for recording in report.recordings:
        head = f"{words['quality']}: {visible(recording.name)}"
        rows = [_row(name, value) for name, value in input_facts(recording, words)]
        yield _section(clipped(head, WIDTH), "\n".join(rows))


def _proof(proof: Proof) -> str:
    first = wrapped(f"{proof.place}: {proof.what}" if proof.what else proof.place, "  ", "    ")
    return f"{first}\n    {proof.look_up}" if proof.look_up else first


def _remedy(view: FindingView) -> str:
    intro, parts = steps_of(view.remedy)
    lines = [_paragraph(plain(intro))] if intro else []
    lines += [
        wrapped(f"{number}. {plain(part)}", "  ", "     ") for number, part in enumerate(parts, 1)
    ]
    return "\n".join(lines)


def _section(head: str, body: str) -> str:
    return f"{head.upper() if len(head) < 25 else head}\n{body}"


def _row(name: str, value: str) -> str:
    return wrapped(f"{name:<22}{value}", "  ", " " * 24)


def _paragraph(text: str) -> str:
    return wrapped(text, "  ")
