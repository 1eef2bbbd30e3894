"""What the readable reports have in common: findings, steps and facts, ready to be laid out."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from msgspec import Struct

from ...model.report import Report
from ...model.rule import Confidence, Finding, Severity
from ...model.session import Session, Step, StepStatus
from ...model.source import PacketSource, Source
from ...model.xmpp import Stanza
from ..facts.connection import close_words
from ..facts.evidence import duration, look_up, place_in, timestamp
from ..facts.labels import of_frame, of_stanza, upgrade_labels
from ..facts.tls import tls_labels
from ..language.texts import Piece, Sentence, aside, listed, say, sentence, text_of, value_said
from ..language.visible import legible
from ..language.words import Words


class Proof(Struct, frozen=True, kw_only=True):
    """
    One piece of evidence.

    Attributes:
        place: Where it stands, in words.
        look_up: How to find it in Wireshark or with jq.
        stream: How to show its whole connection in Wireshark; empty where it is in no packet.
        time: When, by the clock of its recording (ISO 8601, UTC); empty where nobody knows.
        what: What stands there, in a few words; empty where that is not known.
        text: The stanza that stands there; empty where there is none.
        source: The place itself.
    """

    place: str
    look_up: str
    stream: str
    time: str
    what: str
    text: str
    source: Source


class FindingView(Struct, frozen=True, kw_only=True):
    """
    A finding with its texts filled; also equal findings of several sessions, told once.

    Attributes:
        number: Index in the report, of the first.
        sessions: Numbers of the sessions, where the report has several.
        proofs: Of all of them, the first few.
    """

    number: int
    rule_id: str
    severity: Severity
    confidence: Confidence
    sessions: tuple[int, ...]
    title: Sentence
    cause: Sentence
    remedy: Sentence
    reference: Sentence
    proofs: tuple[Proof, ...]
    explained_by: str | None

    @property
    def anchor(self) -> str:
        """What links lead to: "finding-PG-001-3"."""
        return f"finding-{self.rule_id}-{self.number}"


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

    def __init__(self, report: Report, words: Words) -> None:
        self._report = report
        self._words = words

    @cached_property
    def _streams(self) -> dict[tuple[int | None, int], int]:
        return {
            (session.number, connection.capture): connection.number
            for session in self._report.sessions
            for connection in (session.connection, *(part.connection for part in session.parts))
            if connection is not None
        }

    @cached_property
    def _stanzas(self) -> dict[Source, Stanza]:
        return {stanza.source: stanza for s in self._report.sessions for stanza in s.stanzas}

    @cached_property
    def _places(self) -> dict[Source, str]:
        return dict(_places(self._report.sessions, self._words))

    def root(self) -> FindingView | None:
        """The finding that the verdict names as the cause."""
        index = self._report.verdict.finding
        return None if index is None else self._view(index, [self._report.findings[index]])

    def view_of(self, index: int) -> FindingView:
        """A finding by its index in the report."""
        return self._view(index, [self._report.findings[index]])

    def others(self, most: int | None = None) -> list[FindingView]:
        """
        All other findings in the order of the report, equal ones of several sessions as one.

        The root is not repeated for each other session that the very same thing ended.

        Args:
            most: How many are wanted; `others_count` tells how many there are.
        """
        return [self._view(number, findings) for number, findings in self._groups[:most]]

    @property
    def others_count(self) -> int:
        """How many `others` there are."""
        return len(self._groups)

    @cached_property
    def _groups(self) -> list[tuple[int, list[Finding]]]:
        groups: dict[object, tuple[int, list[Finding]]] = {}
        index = self._report.verdict.finding
        root = None if index is None else self._report.findings[index]
        for number, finding in enumerate(self._report.findings):
            if root is None or not _same(finding, root):
                alike = (
                    finding.rule_id,
                    finding.severity,
                    finding.explained_by,
                    _title(finding, self._report, self._words),
                )
                groups.setdefault(alike, (number, []))[1].append(finding)
        return list(groups.values())

    def _view(self, number: int, findings: Sequence[Finding]) -> FindingView:
        first = findings[0]
        text = text_of(first, self._report.texts, self._words)
        # Where there is one session, nobody needs its number.
        several = len(self._report.sessions) > 1
        sessions = dict.fromkeys(f.session for f in findings if f.session is not None and several)
        evidence = dict.fromkeys(source for finding in findings for source in finding.evidence)
        return FindingView(
            number=number,
            rule_id=first.rule_id,
            severity=first.severity,
            confidence=first.confidence,
            sessions=tuple(sessions),
            title=sentence(text.title, first.values, self._words),
            cause=sentence(text.cause, first.values, self._words),
            remedy=sentence(text.remedy, first.values, self._words),
            reference=sentence(text.reference, first.values, self._words),
            proofs=tuple(
                self.proof(source, first.session) for source in islice(evidence, MAX_PROOFS)
            ),
            explained_by=first.explained_by,
        )

    def proof(self, source: Source, session: int | None = None) -> Proof:
        """A place with what stands there; `session`: the number of the one it is about."""
        stanza = self._stanzas.get(source)
        what = (
            self._places.get(source, "") if stanza is None else of_stanza(stanza, self._words).words
        )
        text = "" if stanza is None else stanza.octets.decode("utf-8", "backslashreplace")
        return Proof(
            place=legible(place_in(source, self._report.recordings, self._words)),
            look_up=look_up(source, self._report.recordings),
            stream=self._stream(source, session),
            time="" if source.time_ns is None else timestamp(source.time_ns),
            what=what,
            text=text,
            source=source,
        )

    def _stream(self, source: Source, session: int | None) -> str:
        """How Wireshark numbers a connection; in a file of a rotated set the number is another."""
        number = self._streams.get((session, source.capture))
        recordings = self._report.recordings
        if number is None or source.capture >= len(recordings):
            return ""
        facts = recordings[source.capture].packets
        if not isinstance(source, PacketSource) or facts is None or facts.files:
            return ""
        return f"tcp.stream eq {number}"


def _title(finding: Finding, report: Report, words: Words) -> Sentence:
    return sentence(text_of(finding, report.texts, words).title, finding.values, words)


def _places(sessions: Sequence[Session], words: Words) -> Iterator[tuple[Source, str]]:
    """What stands where beside stanzas; of several things at one place the last counts."""
    for session in sessions:
        if session.close.source is not None:
            end = legible(close_words(session, words))
            yield session.close.source, say(words, "label.end", close=Piece(end))
        for label, _, source in tls_labels(session, words):
            yield source, label.words
        for label, exchange in upgrade_labels(session, words):
            yield exchange.source, label.words
        for frame in session.control_frames:
            yield frame.source, of_frame(frame, words).words


def _same(finding: Finding, root: Finding) -> bool:
    """Whether a rule said the same of both, with the same proof."""
    return finding is root or (
        (finding.rule_id, finding.evidence, finding.values)
        == (root.rule_id, root.evidence, root.values)
    )


def in_sessions(view: FindingView, words: Words) -> str:
    """Say " (session 3)" behind a title; nothing where the report has one session."""
    return aside(words, "", numbers(view.sessions, words))


def numbers(sessions: Sequence[int], words: Words) -> str:
    """Say "session 3" or "sessions 1-3, 7"; of many the first few, and how many more."""
    if not sessions:
        return ""
    if len(sessions) == 1:
        return say(words, "session.one", number=sessions[0])
    runs: list[list[int]] = []
    for number in sorted(sessions):
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = (f"{run[0]}-{run[-1]}" if run[1:] else f"{run[0]}" for run in runs[:_RUNS])
    shown = Piece(listed(words, named))
    if len(runs) > _RUNS:
        more = sum(len(run) for run in runs[_RUNS:])
        return say(words, "session.more", numbers=shown, count=more)
    return say(words, "session.some", numbers=shown)


_RUNS = 4
"""Runs of session numbers that are named."""


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
        latency="" if step.latency_ns is None else duration(step.latency_ns, words),
        detail=value_said(words, step.detail) if step.detail else "",
        source=step.answered or step.asked,
    )


def redactions(counts: dict[str, int], words: Words) -> str:
    """What was taken out, counted; never what it was."""
    if not counts:
        return words["redacted.none"]
    kinds = (aside(words, words.word("taken", kind), f"{n}") for kind, n in counts.items())
    taken = say(words, "redacted", counts=Piece(listed(words, kinds)))
    note = Piece(words["redacted.note"])
    return say(words, "sentences", first=Piece(taken), second=note)


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
