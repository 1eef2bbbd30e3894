"""The verdict in sentences, and which finding is told where."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ...model.recording import Recording
from ...model.report import Outcome, Report
from ...model.rule import Finding, Severity
from ...model.session import Carrier, Session, StepName
from ...model.source import Source
from ..language.texts import Piece, Sentence, plain, say, sentence, text_of
from ..language.visible import visible
from ..language.words import Words

_QUOTE_LENGTH = 2_000
"""Characters quoted of a stanza that proves something."""


class Quotes:
    """
    The text of the stanzas that stand at given places.

    Attributes:
        recordings: What the places are in.
        joined: Sessions that several of them hold, by number.
    """

    def __init__(self, sessions: Iterable[Session], recordings: Sequence[Recording] = ()) -> None:
        sessions = [*sessions]
        self.recordings = recordings
        self.joined: dict[int | None, Session] = {one.number: one for one in sessions if one.parts}
        self._texts = {
            stanza.source: stanza.octets
            for session in sessions
            for stanza in session.stanzas
            if stanza.octets
        }

    def of(self, source: Source) -> str | None:
        """The beginning of the stanza at that place; None if none is kept there."""
        octets = self._texts.get(source)
        if octets is None:
            return None
        return octets.decode("utf-8", "backslashreplace")[:_QUOTE_LENGTH]


class Opening(Struct, frozen=True, kw_only=True):
    """
    The first thing a reader sees.

    Attributes:
        outcome: In one word of the language.
        headline: What happened.
        lead: How far the session came.
    """

    outcome: str
    headline: Sentence
    lead: Sentence


def opening(report: Report, words: Words) -> Opening:
    """The verdict in sentences."""
    return Opening(
        outcome=words[report.verdict.outcome.value],
        headline=_headline(report, words),
        lead=_lead(report, words),
    )


def where(report: Report, words: Words) -> str:
    """At which step it went wrong; empty where no step did."""
    match report.verdict.step:
        case None:
            return ""
        case StepName.LIVE:
            return words["at.hidden" if _is_hidden(report) else "at.live"]
        case step:
            return say(words, "at", step=words[f"step.{step.value}"])


def root(report: Report) -> Finding | None:
    """The finding that the verdict names as the cause."""
    index = report.verdict.finding
    return None if index is None else report.findings[index]


def summary(report: Report, words: Words) -> str:
    """The verdict in one line."""
    step = report.verdict.step
    key = "summary" if step is None else "summary.step"
    headline = Piece(plain(_headline(report, words)).rstrip(".。"))
    outcome = words[report.verdict.outcome.value]
    at = step.value if step else ""
    return say(words, key, outcome=outcome, step=at, headline=headline)


def _headline(report: Report, words: Words) -> Sentence:
    finding = root(report)
    if finding is not None:
        return sentence(text_of(finding, report.texts, words).title, finding.values, words)
    warned = {f.rule_id for f in report.findings if f.severity is not Severity.INFO}
    if report.verdict.outcome is Outcome.HEALTHY and warned:
        return sentence(words["headline.healthy.warned"], {"count": len(warned)}, words)
    count = len(report.sessions)
    step = report.verdict.step
    key = f"headline.{report.verdict.outcome.value}"
    if report.verdict.outcome is Outcome.HEALTHY and count > 1:
        key += ".many"
    elif report.verdict.outcome is Outcome.BROKEN and step not in (None, StepName.LIVE):
        key += ".step"
    title = "" if step is None else words[f"step.{step.value}"]
    return sentence(words[key], {"count": count, "step": Piece(title)}, words)


def _lead(report: Report, words: Words) -> Sentence:
    verdict = report.verdict
    key = f"lead.{verdict.outcome.value}"
    match verdict.outcome:
        case Outcome.HEALTHY:
            key += ".many" if len(report.sessions) > 1 else ""
        case Outcome.INCONCLUSIVE:
            key += ".noroot" if verdict.finding is None else ""
        case _ if verdict.step is None:
            key += ".nostep"
        case Outcome.DEGRADED if verdict.step is StepName.LIVE:
            key += ".live"
        case Outcome.BROKEN if verdict.step is StepName.LIVE:
            key += ".hidden" if _is_hidden(report) else ".live"
        case _:
            pass
    step = Piece(words[f"step.{verdict.step.value}"] if verdict.step else "")
    agent = _agent(report)
    who = Piece(words["nobody"]) if agent is None else Piece(agent, captured=True)
    return sentence(words[key], {"agent": who, "step": step}, words)


def _is_hidden(report: Report) -> bool:
    """Whether nobody can tell how far the session of the verdict came."""
    number = report.verdict.session
    return any(s.number == number and s.carrier is Carrier.UNKNOWN for s in report.sessions)


def _agent(report: Report) -> str | None:
    number = report.verdict.session
    for session in report.sessions:
        if session.agent and number in (None, session.number):
            return visible(session.agent.split("@", 1)[0])
    return None
