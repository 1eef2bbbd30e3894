"""How long, and how often."""

import pytest
from msgspec.structs import replace

from analyzer.model.comparison import CountKind, LatencyKind, Role
from analyzer.model.session import StepName
from analyzer.model.timing import RestTrip
from analyzer.session.compare_times import EVENT_NODES, LEAST_NS, slower
from tests.session.beside import beside, swapped, whole
from tests.session.conversation import (
    BOUND,
    Line,
    at,
    event,
    goodbye,
    iq,
    login,
    ns,
    ping,
    session,
)

MS = 1_000_000


@pytest.mark.parametrize(
    ("good_ns", "bad_ns", "which"),
    [
        (None, 9 * LEAST_NS, None),
        (9 * LEAST_NS, None, None),
        (0, LEAST_NS, Role.BAD),
        (LEAST_NS, 0, Role.GOOD),
        (0, LEAST_NS - 1, None),
        (10 * LEAST_NS, 19 * LEAST_NS, None),
        (10 * LEAST_NS, 20 * LEAST_NS, Role.BAD),
    ],
)
def test_slower_is_what_an_agent_notices(
    good_ns: int | None, bad_ns: int | None, which: Role | None
) -> None:
    assert slower(good_ns, bad_ns) is which


def late(lines: list[Line], text: str, by: float) -> list[Line]:
    """The lines with everything from one on later."""
    begin = next(when for when, _, said in lines if said == text)
    return [(when + by if when >= begin else when, way, said) for when, way, said in lines]


def test_a_slow_step_and_its_request() -> None:
    slow = session([*late(login(), BOUND, 3.0), *goodbye(6)])
    comparison = beside(whole(), slow)
    found = [(one.kind, one.step, one.bad_ns // MS, one.slower) for one in comparison.latencies]
    assert found == [
        (LatencyKind.LOGIN, None, 3650, Role.BAD),
        (LatencyKind.PING, None, 50, None),
        (LatencyKind.SLOWEST_PING, None, 50, None),
        (LatencyKind.STEP, StepName.BIND, 3050, Role.BAD),
        (LatencyKind.REQUEST, StepName.BIND, 3050, Role.BAD),
    ]
    assert [pair.slower for pair in comparison.steps if pair.slower] == [Role.BAD]
    back = beside(slow, whole())
    assert {one.slower for one in back.latencies} == {Role.GOOD, None}


def test_a_login_that_did_not_end_has_no_length() -> None:
    comparison = beside(whole(), session(login(StepName.AUTH)))
    assert all(one.kind is not LatencyKind.LOGIN for one in comparison.latencies)


def test_without_times_nothing_is_slower() -> None:
    lines = [(when, way, text) for when, way, text in login() if "ping" not in text]
    timeless = replace(
        session(lines),
        steps=tuple(replace(s, asked=None, answered=None) for s in session(lines).steps),
    )
    assert beside(timeless, timeless).latencies == ()


def test_events_behind_rest_calls() -> None:
    def trip(seconds: float, event_ns: int | None, asked_ns: int | None) -> RestTrip:
        return RestTrip(
            request_id="1",
            method="PUT",
            path="/finesse/api/User/agent1",
            asked_ns=asked_ns,
            accepted_ns=None,
            event_ns=event_ns,
            source=at(seconds),
        )

    trips = (trip(1, ns(1.2), ns(1)), trip(2, None, ns(2)), trip(3, ns(3), None))
    good, bad = replace(whole(), rest_trips=trips), replace(whole(), rest_trips=trips[:1])
    (told,) = (one for one in beside(good, bad).latencies if one.kind is LatencyKind.EVENT)
    assert told.good_ns == told.bad_ns == 200 * MS


def test_what_is_routine_is_counted() -> None:
    more = [(1.4, "S>", event(node="/finesse/api/Team/5")), (1.5, "C>", ping("p2"))]
    counts = beside(whole(), whole(*more)).counts
    assert [(one.kind, one.name, one.good, one.bad) for one in counts] == [
        (CountKind.STANZAS, "", 22, 24),
        (CountKind.PINGS, "", 1, 2),
        (CountKind.UNANSWERED, "", 0, 1),
        (CountKind.EVENTS, "/finesse/api/Team/{id}", 0, 1),
        (CountKind.EVENTS, "/finesse/api/User/{agent}", 1, 1),
    ]


def test_of_many_nodes_the_first_are_counted_one_by_one() -> None:
    many = [(1.4 + n / 1000, "S>", event(node=f"n{n}")) for n in range(3 * EVENT_NODES)]
    counts = beside(whole(), whole(*many)).counts
    assert sum(one.kind is CountKind.EVENTS for one in counts) == EVENT_NODES


def test_pings_without_a_time_have_no_round_trip() -> None:
    one = whole((1.4, "C>", ping("p2")))
    unknown = replace(one, pings=tuple(replace(p, asked_ns=None) for p in one.pings))
    assert all("ping" not in told.kind for told in beside(unknown, unknown).latencies)
    assert swapped(login(), iq("result", "p1"), "x")


def test_a_clock_that_was_set_back() -> None:
    """No measure is negative: the schema of comparisons allows none."""
    one = whole()
    pings = tuple(replace(trip, answered_ns=(trip.asked_ns or 0) - 9) for trip in one.pings)
    steps = tuple(
        replace(step, answered=None if step.asked is None else at(-9)) for step in one.steps
    )
    found = beside(one, replace(one, pings=pings, steps=steps)).latencies
    told = {latency.kind: latency.bad_ns for latency in found}
    assert told[LatencyKind.PING] == told[LatencyKind.SLOWEST_PING] == told[LatencyKind.LOGIN] == 0
