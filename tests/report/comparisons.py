"""Comparisons made by hand: to test this room no other is needed."""

from typing import Any

from analyzer.model.comparison import (
    Arrival,
    ArrivalKind,
    Change,
    ChangeKind,
    Choice,
    Compared,
    Comparison,
    Count,
    CountKind,
    Divergence,
    Fact,
    FactKind,
    Latency,
    LatencyKind,
    Note,
    NoteKind,
    Result,
    Role,
    Said,
    StepPair,
)
from analyzer.model.report import Report
from analyzer.model.rule import Effect
from analyzer.model.session import Session, Step, StepName, StepStatus
from tests.report.reports import finding, har_session, packet_session, refused

MS = 1_000_000


def side(report: Report | None = None, number: int | None = 1, **fields: Any) -> Compared:
    made = report or refused()
    values: dict[str, Any] = {"choice": Choice.VERDICT, "sessions": len(made.sessions)}
    return Compared(report=made, number=number, **(values | fields))


def said(session: Session, index: int, answer: int | None = None) -> Said:
    there = None if answer is None else session.stanzas[answer]
    return Said(stanza=session.stanzas[index], answer=there, latency_ns=10 * MS)


def pairs(good: Session, bad: Session) -> tuple[StepPair, ...]:
    """The steps of two sessions; the good one has no TLS and no bind, and did the rest."""
    made = []
    for name in (StepName.CONNECT, StepName.UPGRADE, StepName.OPEN, StepName.AUTH, StepName.BIND):
        mine, yours = good.step(name), bad.step(name)
        made.append(StepPair(name=name, good=mine, bad=yours, differs=name is StepName.AUTH))
    return tuple(made)


def logged_in(**fields: Any) -> Session:
    """A session that came past its authentication."""
    one = har_session()
    steps = tuple(
        Step(
            name=step.name,
            status=StepStatus.DONE,
            asked=step.asked,
            answered=step.answered,
            latency_ns=step.latency_ns,
        )
        for step in one.steps
        if step.name is not StepName.BIND
    )
    return har_session(steps=steps, **fields)


def parted(**fields: Any) -> Comparison:
    """They part at authentication, with everything a comparison can hold."""
    good, bad = logged_in(), packet_session()
    values: dict[str, Any] = {
        "good": side(refused(sessions=(good, bad)), choice=Choice.HEALTHIEST),
        "bad": side(refused(), 2),
        "result": Result.PARTED,
        "divergence": Divergence(
            step=StepName.AUTH,
            good=Arrival(
                kind=ArrivalKind.GOT,
                stanza=good.stanzas[1],
                after_ns=10 * MS,
                source=good.stanzas[1].source,
            ),
            bad=Arrival(
                kind=ArrivalKind.GOT,
                stanza=bad.stanzas[3],
                after_ns=23 * MS,
                source=bad.stanzas[3].source,
            ),
            common_good=good.stanzas[2],
            common_bad=bad.stanzas[2],
        ),
        "steps": pairs(good, bad),
        "changes": (
            Change(
                kind=ChangeKind.ANSWER,
                step=StepName.AUTH,
                good=said(good, 2),
                bad=said(bad, 2, 3),
            ),
            Change(kind=ChangeKind.MISSING, step=StepName.OPEN, good=said(good, 0), count=3),
            Change(kind=ChangeKind.MISSING, step=StepName.LIVE, good=said(good, 1), follows=True),
            Change(kind=ChangeKind.EXTRA, step=StepName.LIVE, bad=said(bad, 4), matters=False),
            Change(
                kind=ChangeKind.EXTRA, step=StepName.LIVE, bad=said(bad, 1), count=2, follows=True
            ),
        ),
        "more_changes": 4,
        "counts": (
            Count(kind=CountKind.STANZAS, good=29, bad=1234),
            Count(kind=CountKind.EVENTS, name="/finesse/api/User/{agent}", good=3, bad=0),
        ),
        "latencies": (
            Latency(kind=LatencyKind.LOGIN, good_ns=400 * MS, bad_ns=500 * MS),
            Latency(
                kind=LatencyKind.STEP,
                step=StepName.OPEN,
                good_ns=20 * MS,
                bad_ns=8_000 * MS,
                slower=Role.BAD,
            ),
            Latency(
                kind=LatencyKind.REQUEST,
                step=StepName.OPEN,
                stanza=good.stanzas[0],
                good_ns=9_900 * MS,
                bad_ns=20 * MS,
                slower=Role.GOOD,
            ),
        ),
        "facts": (
            Fact(kind=FactKind.AGENT, good="agent1001", bad="agent1002", matters=False),
            Fact(kind=FactKind.PORT, good="8445", bad="7443"),
            Fact(kind=FactKind.HEADER, name="via", good=None, bad="1.1 proxy"),
        ),
        "only_good": (finding("CQ-007", effect=Effect.NONE, values={"count": 1}),),
        "only_bad": (finding("SA-007"),),
        "notes": (Note(NoteKind.OTHER_SIDE), Note(NoteKind.NOT_GOOD, Role.GOOD)),
    }
    return Comparison(**(values | fields))


def same(**fields: Any) -> Comparison:
    """Nothing differs."""
    good = logged_in()
    one = side(refused(sessions=(good,)), choice=Choice.ONLY)
    values: dict[str, Any] = {
        "good": one,
        "bad": one,
        "result": Result.SAME,
        "steps": tuple(StepPair(name=step.name, good=step, bad=step) for step in good.steps),
    }
    return Comparison(**(values | fields))


def empty() -> Comparison:
    """The bad recording holds no session."""
    return Comparison(
        good=side(),
        bad=side(refused(sessions=()), None, choice=Choice.NONE),
        result=Result.UNTOLD,
        notes=(Note(NoteKind.NO_SESSION, Role.BAD),),
    )


COMPARISONS = {"parted": parted(), "same": same(), "empty": empty()}
