"""Two sessions beside each other: where they part, and in what they differ."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from ..model.comparison import (
    Change,
    ChangeKind,
    Choice,
    Compared,
    Comparison,
    Divergence,
    Fact,
    Latency,
    Note,
    NoteKind,
    Result,
    Role,
    Said,
    StepPair,
)
from ..model.errors import UsageError
from ..model.limits import COMPARED_CHANGES
from ..model.report import Report
from ..model.rule import Effect, Finding
from ..model.session import CloseKind, Needs, SeenIn, Session, Step, StepName, StepStatus
from .compare_changes import Meeting, meet
from .compare_choice import choose, findings_of, is_healthy
from .compare_facts import facts
from .compare_parting import part
from .compare_times import counts, latencies, slower
from .compare_units import talk

Looks = Mapping[str, frozenset[Needs]]
"""Rule id → what the rule must be able to see."""


def take(report: Report, role: Role, number: int | None = None) -> Compared:
    """
    The session of a report that is compared.

    Args:
        report: All of it.
        role: Good or bad.
        number: Of the session, where the user wants a certain one.

    Raises:
        UsageError: There is no session of that number.
    """
    count = len(report.sessions)
    if number is None:
        chosen, choice = choose(report, role)
        return Compared(report=report, number=chosen, choice=choice, sessions=count)
    if all(session.number != number for session in report.sessions):
        raise UsageError(f"the {role.value} recording has no session {number}; it has {count}")
    return Compared(report=report, number=number, choice=Choice.ASKED, sessions=count)


def compare(good: Compared, bad: Compared, looks: Looks) -> Comparison:
    """
    Compare two sessions.

    Args:
        good: The one that went well.
        bad: The one that did not.
        looks: Of every rule.
    """
    mine, yours = good.session, bad.session
    if mine is None or yours is None:
        missing = [role for role, one in ((Role.GOOD, mine), (Role.BAD, yours)) if one is None]
        notes = tuple(Note(NoteKind.NO_SESSION, role) for role in missing)
        return Comparison(good=good, bad=bad, result=Result.UNTOLD, notes=notes)
    steps = tuple(_steps(mine, yours))
    said = talk(mine), talk(yours)
    meeting = meet(*said, framing=mine.carrier is yours.carrier)
    changes = tuple(_told(meeting.changes, mine, yours))
    divergence = part(mine, yours, steps, meeting, _parting(changes, mine, yours))
    changes = tuple(_cleared(change, divergence) for change in changes)
    times = latencies(mine, yours, steps, meeting)
    around = facts(mine, yours)
    found = findings_of(good.report, mine), findings_of(bad.report, yours)
    only = _only(found[0], found[1], yours, looks), _only(found[1], found[0], mine, looks)
    result = _result(steps, changes, divergence, times)
    return Comparison(
        good=good,
        bad=bad,
        result=result or _surroundings(around, only, mine, yours),
        divergence=divergence,
        steps=steps,
        changes=changes[:COMPARED_CHANGES],
        more_changes=max(0, len(changes) - COMPARED_CHANGES),
        counts=counts(mine, yours, *said),
        latencies=times,
        facts=around,
        only_good=only[0],
        only_bad=only[1],
        notes=tuple(_notes(mine, yours, meeting, found)),
    )


def _steps(good: Session, bad: Session) -> Iterator[StepPair]:
    for name in StepName:
        mine, yours = good.step(name), bad.step(name)
        if mine is None and yours is None:
            continue
        which = None
        if mine is not None and yours is not None and {mine.status, yours.status} <= _WENT:
            which = slower(mine.latency_ns, yours.latency_ns)
        yield StepPair(
            name=name, good=mine, bad=yours, differs=_differ(good, bad, name), slower=which
        )


_WENT = {StepStatus.DONE, StepStatus.LATE}


def _differ(good: Session, bad: Session, name: StepName) -> bool:
    """
    Whether a step went another way in one of them.

    Late is done, and what was not captured is no difference; but a step that failed differs from
    one that a session came past or has not at all.
    """
    mine, yours = good.step(name), bad.step(name)
    statuses = {_status(good, mine), _status(bad, yours)}
    if statuses == {StepStatus.FAILED} and mine is not None and yours is not None:
        return mine.detail != yours.detail and not _is_told_otherwise(good, bad, name)
    if None in statuses:
        return statuses == {None, StepStatus.FAILED}
    return StepStatus.NOT_CAPTURED not in statuses and len(statuses) > 1


def _is_told_otherwise(good: Session, bad: Session, name: StepName) -> bool:
    """Whether a browser has other words for how a step failed than packets show."""
    return name in _BELOW and _is_mixed(good, bad)


def _is_mixed(good: Session, bad: Session) -> bool:
    """Whether a browser recorded the one and packets show the other."""
    return (good.seen_in is SeenIn.HAR) is not (bad.seen_in is SeenIn.HAR)


_BELOW = frozenset({StepName.CONNECT, StepName.TLS, StepName.UPGRADE, StepName.LIVE})


def _status(session: Session, step: Step | None) -> StepStatus | None:
    """Of a step, late taken for done, and done what a later step shows to have been."""
    if step is None:
        return None
    if step.status is StepStatus.LATE:
        return StepStatus.DONE
    if step.status is StepStatus.NOT_CAPTURED:
        later = session.steps[session.steps.index(step) + 1 :]
        return StepStatus.DONE if any(s.status in _WENT for s in later) else step.status
    return step.status


def _told(changes: tuple[Change, ...], good: Session, bad: Session) -> Iterator[Change]:
    """The changes without those that lie in what one recording does not show."""
    if not (good.has_all_stanzas() and bad.has_all_stanzas()):
        return
    for change in changes:
        if _is_whole(change.good) and _is_whole(change.bad):
            lacking = [
                session
                for session, said in ((good, change.good), (bad, change.bad))
                if said is None or (change.kind is ChangeKind.ANSWER and said.answer is None)
            ]
            if not any(_has_holes(session) for session in lacking):
                yield change


def _is_whole(said: Said | None) -> bool:
    """Whether nothing is cut off a stanza and its answer, so that their meaning is known."""
    return said is None or (said.stanza.complete and (said.answer is None or said.answer.complete))


def _has_holes(session: Session) -> bool:
    """Whether something may have been said that the recording does not show."""
    bodies = session.bosh is not None and session.bosh.bodies_missing > 0
    return bool(session.gaps) or bodies or session.started_late or _is_hidden(session)


def _parting(changes: tuple[Change, ...], good: Session, bad: Session) -> list[Change]:
    """Those at which two sessions can part: not what a recording that ended did not come to."""
    lacking = {ChangeKind.MISSING: bad, ChangeKind.EXTRA: good}
    return [
        change
        for change in changes
        if not change.follows or lacking[change.kind].close.kind not in _UNSEEN_ENDS
    ]


_UNSEEN_ENDS = {CloseKind.OPEN, CloseKind.UNKNOWN}


def _cleared(change: Change, divergence: Divergence | None) -> Change:
    """The stanza at which they part does not follow from that."""
    if divergence is None or not change.follows:
        return change
    said = change.good or change.bad
    parting = {divergence.good.source, divergence.bad.source}
    here = said is not None and said.stanza.source in parting
    return replace(change, follows=False) if here else change


def _only(
    found: tuple[Finding, ...], others: tuple[Finding, ...], other: Session, looks: Looks
) -> tuple[Finding, ...]:
    """The findings of rules that found nothing in the other session, though they could look."""
    there = {finding.rule_id for finding in others}
    first: dict[str, Finding] = {}
    for finding in found:
        if looks.get(finding.rule_id, frozenset()) <= other.can_see:
            first.setdefault(finding.rule_id, finding)
    return tuple(finding for rule, finding in first.items() if rule not in there)


def _notes(
    good: Session,
    bad: Session,
    meeting: Meeting,
    found: tuple[tuple[Finding, ...], tuple[Finding, ...]],
) -> Iterator[Note]:
    if not is_healthy(good, found[0]):
        yield Note(NoteKind.NOT_GOOD, Role.GOOD)
    if is_healthy(bad, found[1]) and all(f.effect is not Effect.DEGRADES for f in found[1]):
        yield Note(NoteKind.NOT_BAD, Role.BAD)
    for role, session in ((Role.GOOD, good), (Role.BAD, bad)):
        if _is_hidden(session):
            yield Note(NoteKind.HIDDEN, role)
        if not session.has_all_stanzas():
            yield Note(NoteKind.NOT_KEPT, role)
        if session.started_late:
            yield Note(NoteKind.STARTED_LATE, role)
    if {good.seen_in, bad.seen_in} == {SeenIn.HAR, SeenIn.PACKETS}:
        yield Note(NoteKind.OTHER_SIDE)
    if meeting.cut:
        yield Note(NoteKind.CUT)


def _result(
    steps: tuple[StepPair, ...],
    changes: tuple[Change, ...],
    divergence: Divergence | None,
    times: tuple[Latency, ...],
) -> Result | None:
    """What the conversation tells; None if it went the same way at the same pace."""
    answered = any(c.kind is ChangeKind.ANSWER and c.matters for c in changes)
    if answered or any(pair.differs for pair in steps):
        return Result.PARTED
    # Seconds of waiting tell more than a subscription that one client makes and the other does not.
    if any(latency.slower is not None for latency in times):
        return Result.SLOWER
    return None if divergence is None else Result.PARTED


def _surroundings(
    around: tuple[Fact, ...],
    only: tuple[tuple[Finding, ...], tuple[Finding, ...]],
    good: Session,
    bad: Session,
) -> Result:
    # A browser shows less of a session's end than packets do, and other rules tell it.
    told = (f for f in (*only[0], *only[1]) if f.session is None or not _is_mixed(good, bad))
    harm = any(finding.effect in {Effect.BREAKS, Effect.DEGRADES} for finding in told)
    if harm or any(fact.matters for fact in around):
        return Result.SURROUNDINGS
    whole = all(
        one.has_all_stanzas() and not one.started_late and not _is_hidden(one)
        for one in (good, bad)
    )
    return Result.SAME if whole else Result.UNTOLD


def _is_hidden(session: Session) -> bool:
    """Whether what it says cannot be read; where a handshake failed nothing was said."""
    failed = any(step.status is StepStatus.FAILED for step in session.steps)
    return Needs.MESSAGES not in session.can_see and not failed
