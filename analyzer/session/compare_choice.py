"""Which session of a report is compared."""

from collections.abc import Iterable, Sequence

from ..model.comparison import Choice, Role
from ..model.report import Outcome, Report
from ..model.rule import Effect, Finding, Severity
from ..model.session import Needs, Session, StepStatus

_WRONG = frozenset({StepStatus.FAILED, StepStatus.MISSING})


def choose(report: Report, role: Role) -> tuple[int | None, Choice]:
    """
    The session of a report that stands for the good or the bad one.

    Good is the one that went furthest with the fewest faults, and of those alike the longest. Bad
    is the one that the verdict is about; where it is about none, that with the worst fault; where
    there is no fault, it is taken like the good one.
    """
    sessions = report.sessions
    if not sessions:
        return None, Choice.NONE
    if len(sessions) == 1:
        return sessions[0].number, Choice.ONLY
    if role is Role.BAD and report.verdict.session is not None and is_faulty(report):
        return report.verdict.session, Choice.VERDICT
    effects = _effects(report.findings)
    if role is Role.BAD and report.verdict.outcome in {Outcome.BROKEN, Outcome.DEGRADED}:
        worst = max(sessions, key=lambda session: _harm(session, effects.get(session.number, 0)))
        return worst.number, Choice.WORST
    best = max(sessions, key=lambda session: _health(session, effects.get(session.number, 0)))
    return best.number, Choice.HEALTHIEST


def is_faulty(report: Report) -> bool:
    """Whether something went wrong in the session of the verdict."""
    return any(
        finding.session == report.verdict.session and finding.effect in _HARM
        for finding in report.findings
    )


_HARM = {Effect.DEGRADES: 1, Effect.BREAKS: 2}


def _effects(findings: Iterable[Finding]) -> dict[int | None, int]:
    """Session → the worst that was found in it."""
    worst: dict[int | None, int] = {}
    for finding in findings:
        harm = _HARM.get(finding.effect, 0)
        worst[finding.session] = max(worst.get(finding.session, 0), harm)
    return worst


def _health(session: Session, harm: int) -> tuple[int, ...]:
    """The more the better, the most telling first."""
    done = sum(step.status in {StepStatus.DONE, StepStatus.LATE} for step in session.steps)
    return (
        -harm,
        -sum(step.status in _WRONG for step in session.steps),
        int(Needs.MESSAGES in session.can_see),
        int(session.has_all_stanzas()),
        int(not session.started_late),
        done,
        session.stanza_count,
        -session.number,
    )


def _harm(session: Session, harm: int) -> tuple[int, ...]:
    """The more the worse; of those alike the one that tells most."""
    wrong = sum(step.status is StepStatus.FAILED for step in session.steps)
    return (harm, wrong, len(session.stanzas), -session.number)


def is_healthy(session: Session, findings: Sequence[Finding]) -> bool:
    """Whether no step failed and no finding says that it broke."""
    went = not any(step.status in _WRONG for step in session.steps)
    return went and not any(finding.effect is Effect.BREAKS for finding in findings)


def findings_of(report: Report, session: Session) -> tuple[Finding, ...]:
    """
    What was found in a session, and what was found wrong in its recording or over several sessions.

    What a rule has to say of a recording alone (how it was made) is no difference of sessions.
    """
    return tuple(
        finding
        for finding in report.findings
        if finding.session == session.number
        or (
            finding.session is None
            and finding.capture in {None, session.capture}
            and finding.effect in _HARM
            and finding.severity is not Severity.INFO
        )
    )
