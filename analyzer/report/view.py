"""What the readable reports have in common: findings, steps and facts, ready to be laid out."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..model.report import Report
from ..model.rule import Confidence, Finding, Severity
from ..model.session import Session, Step, StepStatus
from ..model.source import Source
from ..model.xmpp import Stanza
from .evidence import duration, look_up, place_in
from .labels import of_stanza
from .language import Words
from .texts import Sentence, sentence, text_of
from .visible import visible


class Proof(Struct, frozen=True, kw_only=True):
    """
    One piece of evidence.

    Attributes:
        place: Where it stands, in words.
        look_up: How to find it in Wireshark or with jq.
        what: What stands there, in a few words; empty where that is not known.
        text: The stanza that stands there; empty where there is none.
        source: The place itself.
    """

    place: str
    look_up: str
    what: str
    text: str
    source: Source


class FindingView(Struct, frozen=True, kw_only=True):
    """A finding with its texts filled; `number` is its index in the report."""

    number: int
    rule_id: str
    severity: Severity
    confidence: Confidence
    session: int | None
    title: Sentence
    cause: Sentence
    remedy: Sentence
    reference: Sentence
    proofs: tuple[Proof, ...]
    explained_by: str | None


class StepView(Struct, frozen=True, kw_only=True):
    """
    A step of the login as it is shown; `latency` and `detail` may be empty.

    `state` is its status, or "not reached" behind a step that failed.
    """

    name: str
    title: str
    status: StepStatus
    state: str
    latency: str
    detail: str
    source: Source | None


MAX_PROOFS = 5
"""Pieces of evidence shown of one finding."""


class Findings:
    """Turns findings into views; knows what stands at every place."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._stanzas: dict[Source, Stanza] = {
            stanza.source: stanza for session in report.sessions for stanza in session.stanzas
        }

    def views(self) -> Iterator[FindingView]:
        """All findings, in the order of the report."""
        for number, finding in enumerate(self._report.findings):
            yield self._view(number, finding)

    def _view(self, number: int, finding: Finding) -> FindingView:
        text = text_of(finding, self._report.texts)
        return FindingView(
            number=number,
            rule_id=finding.rule_id,
            severity=finding.severity,
            confidence=finding.confidence,
            session=finding.session,
            title=sentence(text.title, finding.values),
            cause=sentence(text.cause, finding.values),
            remedy=sentence(text.remedy, finding.values),
            reference=sentence(text.reference, finding.values),
            proofs=tuple(self.proof(source) for source in finding.evidence[:MAX_PROOFS]),
            explained_by=finding.explained_by,
        )

    def proof(self, source: Source) -> Proof:
        """A place with what stands there."""
        what = text = ""
        stanza = self._stanzas.get(source)
        if stanza is not None:
            label = of_stanza(stanza)
            what = f"{label.name} {label.detail}".strip()
            text = stanza.octets.decode("utf-8", "backslashreplace")
        return Proof(
            place=visible(place_in(source, self._report.recordings)),
            look_up=look_up(source),
            what=what,
            text=text,
            source=source,
        )


def steps(session: Session, words: Words) -> tuple[StepView, ...]:
    """The login of a session."""
    views = []
    failed = False
    for step in session.steps:
        beyond = failed and step.status is StepStatus.MISSING
        views.append(_step(step, "not reached" if beyond else step.status.value, words))
        failed = failed or step.status is StepStatus.FAILED
    return tuple(views)


def _step(step: Step, state: str, words: Words) -> StepView:
    return StepView(
        name=step.name.value,
        title=words[f"step.{step.name.value}"],
        status=step.status,
        state=state,
        latency="" if step.latency_ns is None else duration(step.latency_ns),
        detail=visible(step.detail or ""),
        source=step.answered or step.asked,
    )


def redactions(counts: dict[str, int], words: Words) -> str:
    """What was taken out, counted; never what it was."""
    if not counts:
        return words["redacted.none"]
    listed = ", ".join(f"{kind} ({count})" for kind, count in counts.items())
    return f"{words['redacted'].format(counts=listed)} {words['redacted.note']}"


def troubled_first(report: Report) -> Sequence[Session]:
    """Sessions, the one of the verdict first, then those with findings, then the rest."""
    troubled = {finding.session for finding in report.findings}

    def rank(session: Session) -> tuple[bool, bool, int]:
        return (
            session.number != report.verdict.session,
            session.number not in troubled,
            session.number,
        )

    return sorted(report.sessions, key=rank)
