"""How long the same things took in two sessions, and how often what is routine happened."""

from collections.abc import Iterable, Iterator
from statistics import median_low

from ..model.comparison import Count, CountKind, Latency, LatencyKind, Role, StepPair
from ..model.session import Session, StepName, StepStatus
from .compare_changes import Meeting
from .compare_units import Talk

RATIO = 2
"""So many times as long is slower."""

LEAST_NS = 500_000_000
"""A difference an agent notices; below it networks and browsers vary by themselves."""

EVENT_NODES = 20
"""Nodes whose events are counted one by one."""


def slower(good_ns: int | None, bad_ns: int | None) -> Role | None:
    """Which took longer, so much that it matters; None if neither, or one is not known."""
    if good_ns is None or bad_ns is None:
        return None
    short, long = sorted((good_ns, bad_ns))
    if long - short < LEAST_NS or long < RATIO * short:
        return None
    return Role.GOOD if good_ns > bad_ns else Role.BAD


def latencies(
    good: Session, bad: Session, steps: Iterable[StepPair], meeting: Meeting
) -> tuple[Latency, ...]:
    """The usual measures of both, and steps and requests that took much longer in one."""
    return (
        *_measures(good, bad),
        *_steps(steps),
        *(found for found in _requests(meeting) if found.slower is not None),
    )


def _measures(good: Session, bad: Session) -> Iterator[Latency]:
    mine, yours = _of_session(good), _of_session(bad)
    for kind, good_ns in mine.items():
        bad_ns = yours[kind]
        if good_ns is not None and bad_ns is not None:
            which = slower(good_ns, bad_ns)
            yield Latency(kind=kind, good_ns=good_ns, bad_ns=bad_ns, slower=which)


def _of_session(session: Session) -> dict[LatencyKind, int | None]:
    trips = [trip.trip_ns for trip in session.pings if trip.trip_ns is not None]
    events = [trip.trip_ns for trip in session.rest_trips if trip.trip_ns is not None]
    return {
        LatencyKind.LOGIN: _login(session),
        LatencyKind.PING: median_low(trips) if trips else None,
        LatencyKind.SLOWEST_PING: max(trips, default=None),
        LatencyKind.EVENT: median_low(events) if events else None,
    }


def _login(session: Session) -> int | None:
    """From the first octet of the stream to the answer of its last step before it is live."""
    went = {StepStatus.DONE, StepStatus.LATE}
    steps = [step for step in session.steps if step.name in _LOGIN]
    if not all(step.status in went for step in steps):
        return None
    asked = [s.asked.time_ns for s in steps if s.asked is not None and s.asked.time_ns is not None]
    ends = (step.answered for step in steps)
    answered = [end.time_ns for end in ends if end is not None and end.time_ns is not None]
    return max(max(answered) - min(asked), 0) if asked and answered else None


_LOGIN = (StepName.OPEN, StepName.AUTH, StepName.BIND, StepName.PRESENCE)
"""What every recording shows alike; a HAR has no packets, and who subscribes differs."""


def _steps(steps: Iterable[StepPair]) -> Iterator[Latency]:
    for pair in steps:
        good_ns = None if pair.good is None else pair.good.latency_ns
        bad_ns = None if pair.bad is None else pair.bad.latency_ns
        if pair.slower is not None and good_ns is not None and bad_ns is not None:
            yield Latency(
                kind=LatencyKind.STEP,
                step=pair.name,
                good_ns=good_ns,
                bad_ns=bad_ns,
                slower=pair.slower,
            )


def _requests(meeting: Meeting) -> Iterator[Latency]:
    for i, j in meeting.pairs:
        mine, yours = meeting.good[i].said, meeting.bad[j].said
        if mine.latency_ns is not None and yours.latency_ns is not None:
            yield Latency(
                kind=LatencyKind.REQUEST,
                step=meeting.good[i].step,
                stanza=mine.stanza,
                good_ns=mine.latency_ns,
                bad_ns=yours.latency_ns,
                slower=slower(mine.latency_ns, yours.latency_ns),
            )


def counts(good: Session, bad: Session, mine: Talk, yours: Talk) -> tuple[Count, ...]:
    """How often what is routine happened in each."""

    def both(kind: CountKind, one: int, other: int, name: str = "") -> Iterator[Count]:
        if one or other:
            yield Count(kind=kind, name=name, good=one, bad=other)

    lost = [sum(ping.answered_ns is None for ping in one.pings) for one in (good, bad)]
    nodes = sorted(mine.events | yours.events)
    return (
        *both(CountKind.STANZAS, good.stanza_count, bad.stanza_count),
        *both(CountKind.PINGS, len(good.pings), len(bad.pings)),
        *both(CountKind.UNANSWERED, lost[0], lost[1]),
        *both(CountKind.REST, len(good.exchanges), len(bad.exchanges)),
        *(
            count
            for node in nodes[:EVENT_NODES]
            for count in both(CountKind.EVENTS, mine.events[node], yours.events[node], node)
        ),
    )
