"""
The verdict: which finding is the root of it all, and how a support engineer would sum it up.

1. **Causes.** A finding is explained by another of its session, or of its recording as a whole,
   whose rule says so. What nothing explains is a root.
2. **Sessions.** BREAKS, or a login that stopped, makes a session broken; else BLINDS makes it
   inconclusive, as does a login nothing of which was recorded; else DEGRADES, a subscription that
   failed or a step that was late makes it degraded.
3. **All of them.** A healthy session never hides a broken one. But one that broke counts as
   degraded where the same agent logged in again behind it and came through.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..model.diagnosis import RuledOut
from ..model.history import History
from ..model.recording import Recording
from ..model.report import Outcome, Verdict
from ..model.rule import Effect, Finding, Rule
from ..model.session import Session, StepName, StepStatus
from ..model.steps import step_of
from ..model.xmpp import Stanza
from . import shelf
from .acquittal import ruled_out
from .bring import to_bring
from .causes import Causes, rank_of
from .stream_steps import STREAM

_OUTCOMES = {
    Effect.BREAKS: Outcome.BROKEN,
    Effect.DEGRADES: Outcome.DEGRADED,
    Effect.BLINDS: Outcome.INCONCLUSIVE,
}

_WORST_FIRST = (Outcome.BROKEN, Outcome.DEGRADED, Outcome.INCONCLUSIVE, Outcome.HEALTHY)


_WRONG = frozenset({StepStatus.FAILED, StepStatus.LATE})
"""Of a subscription, or of a login that came through all the same."""

_LOGIN = frozenset({StepName.AUTH, StepName.BIND, StepName.PRESENCE, StepName.PUBSUB})
"""What an agent must have got through."""

_REACHED = frozenset({"CO-043"})
"""Causes that keep a page from asking for a socket though the node answers it."""


class _Told(NamedTuple):
    """
    What is to be said of a session, or of what is none.

    Attributes:
        outcome: In one word.
        root: Its cause, if there is one.
        session: Which; None for a recording, or several sessions.
    """

    outcome: Outcome
    root: Finding | None
    session: Session | None


def judge(
    findings: Sequence[Finding],
    sessions: Sequence[Session],
    recordings: Sequence[Recording],
    rules: Iterable[Rule] | None = None,
    histories: Sequence[History] = (),
) -> tuple[Verdict, tuple[Finding, ...]]:
    """
    Find the root cause, and sum up.

    Args:
        findings: Of all rules.
        sessions: In the order they began.
        recordings: The inputs.
        rules: The shelf, where it is not the whole one.
        histories: Which sessions are of one agent, though not all of them name it.

    Returns:
        The verdict, and the findings with `explained_by`, the root first.
    """
    explains = {rule.id: rule.explains for rule in (shelf.load() if rules is None else rules)}
    causes = Causes(findings, explains)
    seen = _sessions(sessions, causes, histories)
    told = min([*seen, *_others(recordings, causes, seen)], key=_worst, default=_UNKNOWN)
    root = told.root
    ordered = sorted(causes.findings, key=lambda finding: _order(finding, root))
    about = told.session
    step = _step(told, sessions)
    verdict = Verdict(
        outcome=told.outcome,
        step=step,
        cause=None if root is None else root.rule_id,
        session=None if about is None else about.number,
        finding=None if root is None else 0,
        confidence=None if root is None else root.confidence,
        party=None if root is None else root.party,
        causes=tuple(_independent(ordered, root)),
        ruled_out=tuple(_cleared(told, sessions)),
        bring=to_bring(told.outcome, root, about, recordings, step),
    )
    return verdict, tuple(ordered)


def _cleared(told: _Told, sessions: Sequence[Session]) -> Iterator[RuledOut]:
    """What the session is cleared of; of a cause that several share, the first of them."""
    root, about = told.root, told.session
    if root is not None and about is None and root.sessions:
        about = next((one for one in sessions if one.number == root.sessions[0]), None)
    if root is not None and about is not None:
        yield from ruled_out(about, sessions, root)


def _independent(ordered: Sequence[Finding], root: Finding | None) -> Iterator[int]:
    """Where in the order those causes stand that nothing explains, each rule once."""
    if root is None:
        return
    yield 0
    wanted = {root.effect, Effect.BREAKS, Effect.DEGRADES}
    causes = [
        (rank_of(finding), index)
        for index, finding in enumerate(ordered)
        if index and finding.explained_by is None and finding.effect in wanted
    ]
    told = {root.rule_id}
    for _, index in sorted(causes):
        if ordered[index].rule_id not in told:
            told.add(ordered[index].rule_id)
            yield index


def _order(finding: Finding, root: Finding | None) -> tuple[object, ...]:
    """The order of the report."""
    _, severity, confidence, time_ns, rule_id = rank_of(finding)
    session = -1 if finding.session is None else finding.session
    explained = finding.explained_by is not None
    return (finding is not root, explained, severity, session, time_ns, confidence, rule_id)


def _sessions(
    sessions: Sequence[Session], causes: Causes, histories: Sequence[History]
) -> list[_Told]:
    """What is to be said of each session that no other makes up for."""
    told = [(session, _session(session, causes)) for session in sessions]
    clear = [pair for pair in told if pair[1].outcome is not Outcome.INCONCLUSIVE]
    captures = {session.capture for session, _ in clear}
    agents = {session.agent for session, _ in clear} | ({None} if clear else set())
    through = (session for session, one in clear if one.outcome is not Outcome.BROKEN)
    later = _Logins(through, histories)
    said: list[_Told] = []
    for session, one in told:
        if one.outcome is Outcome.BROKEN and later.follow(session):
            said.append(one._replace(outcome=Outcome.DEGRADED))
        elif one.outcome is not Outcome.INCONCLUSIVE or (
            session.capture not in captures and session.agent not in agents
        ):
            said.append(one)
    return said


def _session(session: Session, causes: Causes) -> _Told:
    findings = causes.of(session)
    effects = {finding.effect for finding in findings}
    statuses = {step.name: step.status for step in session.steps}
    stream = {status for name, status in statuses.items() if name in STREAM}
    if statuses.get(StepName.OPEN) is StepStatus.DONE:
        # That a stream was opened, and went on, tells nothing of a login that is hidden.
        stream = {status for name, status in statuses.items() if name in _LOGIN}
    died = statuses.get(StepName.LIVE) is StepStatus.FAILED
    if Effect.BREAKS in effects or died or session.stopped_at() is not None:
        outcome = Outcome.BROKEN
    elif Effect.BLINDS in effects or stream <= {StepStatus.NOT_CAPTURED}:
        outcome = Outcome.INCONCLUSIVE
    elif Effect.DEGRADES in effects or _WRONG & set(statuses.values()):
        outcome = Outcome.DEGRADED
    else:
        outcome = Outcome.HEALTHY
    blame = (finding for finding in findings if _OUTCOMES.get(finding.effect) is outcome)
    worst = next(blame, None)
    return _Told(outcome, None if worst is None else causes.root(worst), session)


_Who = tuple[object, ...]
"""An agent; a client at a server, by address; or a story of several sessions, at a port."""


class _Logins:
    """When each agent, or client that gave no name, last came through to the end of the login."""

    def __init__(self, sessions: Iterable[Session], histories: Sequence[History]) -> None:
        self._latest: dict[_Who, int] = {}
        self._stories = {n: index for index, one in enumerate(histories) for n in one.sessions}
        for session in sessions:
            if session.stopped_at() is None and session.started_ns is not None:
                for who in (*self._nameless(session), (session.agent,)):
                    latest = self._latest.get(who, session.started_ns)
                    self._latest[who] = max(latest, session.started_ns)

    def _nameless(self, session: Session) -> Iterator[_Who]:
        """Who it was, as far as that shows without a name."""
        client = session.connection.client if session.connection is not None else None
        yield session.capture, "" if client is None else client.host, session.server
        if session.number in self._stories:
            # The other node listens at the same port.
            yield self._stories[session.number], session.server.rpartition(":")[2]

    def follow(self, session: Session) -> bool:
        """Whether the agent of a session came through behind it; unknown, the same client."""
        ended_ns = session.ended_ns
        known = session.agent is not None
        whose: Iterable[_Who] = [(session.agent,)] if known else self._nameless(session)
        return ended_ns is not None and any(self._latest.get(who, -1) >= ended_ns for who in whose)


def _others(
    recordings: Sequence[Recording], causes: Causes, sessions: Sequence[_Told]
) -> Iterator[_Told]:
    """What is to be said of recordings, and of several sessions together."""
    clear = any(one.outcome is not Outcome.INCONCLUSIVE for one in sessions)
    for finding in causes.of(None):
        outcome = _OUTCOMES.get(finding.effect)
        if outcome is not None and not (clear and outcome is Outcome.INCONCLUSIVE):
            yield _Told(outcome, causes.root(finding), None)
    if not clear and not all(recording.sessions for recording in recordings):
        yield _UNKNOWN


_UNKNOWN = _Told(Outcome.INCONCLUSIVE, None, None)


def _worst(one: _Told) -> tuple[int, int, tuple[object, ...]]:
    """The worst first; of several, that with a cause, the earliest."""
    cause: tuple[object, ...] = () if one.root is None else rank_of(one.root)
    return (_WORST_FIRST.index(one.outcome), not cause, cause)


def _step(told: _Told, sessions: Sequence[Session]) -> StepName | None:
    """The step that failed, is missing or late, or else that the root is about."""
    if told.outcome in {Outcome.HEALTHY, Outcome.INCONCLUSIVE}:
        return None
    if told.session is None:
        stops = (_stop(session) for session in sessions)
        # Without any session it was the connection that did not come about, or what follows it
        # where the node did answer.
        reached = told.root is not None and told.root.rule_id in _REACHED
        last = StepName.UPGRADE if reached else StepName.CONNECT
        last = StepName.LIVE if sessions else last
        return next((name for name in stops if name is not None), last)
    place = None if told.root is None else _place(told.root, told.session)
    return _stop(told.session) or place or StepName.LIVE


def _stop(session: Session) -> StepName | None:
    """The first step of the login not passed; behind it the end, and what was late."""
    stop = session.stopped_at()
    if stop is not None:
        return stop.name
    statuses = {step.name: step.status for step in session.steps}
    if statuses.get(StepName.LIVE) is StepStatus.FAILED:
        return StepName.LIVE
    return next((name for name, status in statuses.items() if status in _WRONG), None)


def _place(finding: Finding, session: Session) -> StepName | None:
    """The step that the primary evidence belongs to."""
    source = finding.evidence[0]
    if source == session.close.source:
        return StepName.LIVE
    for step in session.steps:
        if source in {step.asked, step.answered}:
            return step.name
    shown = next((stanza for stanza in session.stanzas if stanza.source == source), None)
    return None if shown is None else _step_of(shown)


def _step_of(stanza: Stanza) -> StepName | None:
    # Who goes away had come: the login was over by then.
    return StepName.LIVE if stanza.type == "unavailable" else step_of(stanza)
