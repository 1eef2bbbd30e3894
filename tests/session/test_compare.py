"""Two sessions beside each other."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model.bosh import BoshFacts
from analyzer.model.comparison import ChangeKind, Choice, Compared, NoteKind, Result, Role
from analyzer.model.errors import UsageError
from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.limits import COMPARED_CHANGES, COMPARED_UNITS
from analyzer.model.rule import Effect
from analyzer.model.session import Needs, SeenIn, Session, Step, StepName, StepStatus
from analyzer.model.source import Direction, Side
from analyzer.session.compare import compare, take
from tests.session.beside import beside, compared, finding, report, swapped, whole
from tests.session.conversation import (
    AVAILABLE,
    BOUND,
    PEER,
    SUCCESS,
    Line,
    error,
    failure,
    goodbye,
    iq,
    login,
    pubsub,
    session,
    stream_error,
    tcp,
    upgrade,
)


def notes(good: Session, bad: Session) -> set[tuple[NoteKind, Role | None]]:
    return {(note.kind, note.role) for note in beside(good, bad).notes}


NOT_BAD = (NoteKind.NOT_BAD, Role.BAD)
NOT_GOOD = (NoteKind.NOT_GOOD, Role.GOOD)


def refused() -> Session:
    lines = swapped(login(StepName.AUTH), SUCCESS, failure("not-authorized"))
    return session(lines, [tcp(EndCause.FIN, 2.0, Side.SERVER)])


def test_take() -> None:
    both = report(replace(whole(), number=1), replace(refused(), number=2))
    assert take(both, Role.GOOD) == Compared(
        report=both, number=1, choice=Choice.HEALTHIEST, sessions=2
    )
    asked = take(both, Role.BAD, 2)
    assert (asked.number, asked.choice) == (2, Choice.ASKED)
    assert asked.session is both.sessions[1]
    with pytest.raises(UsageError, match="the good recording has no session 3; it has 2"):
        take(both, Role.GOOD, 3)


def test_a_recording_without_a_session_cannot_be_compared() -> None:
    nothing = take(report(), Role.BAD)
    comparison = compare(compared(whole()), nothing, {})
    assert comparison.result is Result.UNTOLD
    assert [(n.kind, n.role) for n in comparison.notes] == [(NoteKind.NO_SESSION, Role.BAD)]
    assert len(compare(nothing, nothing, {}).notes) == 2


@pytest.mark.parametrize(
    ("good", "bad", "result"),
    [
        (whole(), whole(), Result.SAME),
        (whole(), refused(), Result.PARTED),
        (refused(), refused(), Result.SAME),
        (whole(), session([*login(StepName.BIND), *goodbye(2)]), Result.PARTED),
        (whole(), replace(whole(), resource="web"), Result.SURROUNDINGS),
        (whole(), replace(whole(), agent="agent7@example.test"), Result.SAME),
        (whole(), replace(whole(), started_late=True), Result.UNTOLD),
        (whole(), replace(whole(), stanza_count=99), Result.UNTOLD),
        (
            whole(),
            replace(whole(), can_see=whole().can_see - {Needs.MESSAGES}),
            Result.UNTOLD,
        ),
        (
            whole(),
            whole((1.4, "C>", pubsub("subscribe", "u2", node="/finesse/api/Queue/3"))),
            Result.PARTED,
        ),
    ],
)
def test_results(good: Session, bad: Session, result: Result) -> None:
    assert beside(good, bad).result is result
    assert beside(bad, good).result is result


def test_seconds_tell_more_than_what_one_client_asks_for() -> None:
    begin = next(when for when, _, text in login() if text == BOUND)
    lines = [(when + 4 if when >= begin else when, way, text) for when, way, text in login()]
    more = (6.0, "C>", pubsub("subscribe", "u2", node="/finesse/api/Queue/3"))
    answer = (6.1, "S>", pubsub("subscription", "u2", "result", node="/finesse/api/Queue/3"))
    comparison = beside(whole(), session([*lines, more, answer, *goodbye(7)]))
    assert comparison.result is Result.SLOWER
    assert comparison.divergence is not None
    gone = (6.2, "S>", iq("error", "u2", error("item-not-found")))
    assert beside(whole(), session([*lines, more, gone, *goodbye(7)])).result is Result.PARTED


def test_a_finding_that_does_harm_makes_a_difference() -> None:
    degraded = compared(whole(), finding("FI-006", whole().number, effect=Effect.DEGRADES))
    comparison = compare(compared(whole()), degraded, {})
    assert comparison.result is Result.SURROUNDINGS
    assert [f.rule_id for f in comparison.found(Role.BAD)] == ["FI-006"]
    assert comparison.found(Role.GOOD) == ()
    background = compared(whole(), finding("SA-002", whole().number, effect=Effect.NONE))
    assert compare(compared(whole()), background, {}).result is Result.SAME


def test_a_browser_and_packets_have_other_findings_of_one_end() -> None:
    har = replace(whole(), seen_in=SeenIn.HAR)
    lost = compared(har, finding("CO-004", har.number))
    assert compare(compared(whole()), lost, {}).result is Result.SAME
    again = compared(har, finding("CO-010", None))
    assert compare(compared(whole()), again, {}).result is Result.SURROUNDINGS


def test_findings_of_both_or_of_rules_that_could_not_look_are_none_of_one() -> None:
    number = whole().number
    both = [finding("SA-002", number, effect=Effect.NONE), finding("WS-001", number)]
    good = compared(whole(), *both, both[1])
    looks = {"WS-001": frozenset({Needs.HAR}), "SA-002": frozenset({Needs.MESSAGES})}
    assert [f.rule_id for f in compare(good, compared(whole()), {}).only_good] == [
        "SA-002",
        "WS-001",
    ]
    assert [f.rule_id for f in compare(good, compared(whole()), looks).only_good] == ["SA-002"]
    assert compare(good, good, {}).only_good == ()


def with_status(status: StepStatus, name: StepName = StepName.BIND, **fields: str) -> Session:
    one = whole()
    steps = tuple(
        Step(name=s.name, status=status, **fields) if s.name is name else s  # type: ignore[arg-type]
        for s in one.steps
    )
    return replace(one, steps=steps)


@pytest.mark.parametrize(
    ("good", "bad", "differs"),
    [
        (StepStatus.DONE, StepStatus.LATE, False),
        (StepStatus.DONE, StepStatus.FAILED, True),
        (StepStatus.LATE, StepStatus.MISSING, True),
        (StepStatus.NOT_CAPTURED, StepStatus.DONE, False),
        (StepStatus.NOT_CAPTURED, StepStatus.FAILED, True),
        (StepStatus.FAILED, StepStatus.FAILED, False),
        (StepStatus.MISSING, StepStatus.MISSING, False),
    ],
)
def test_a_step_that_went_another_way(good: StepStatus, bad: StepStatus, differs: bool) -> None:
    pairs = {p.name: p for p in beside(with_status(good), with_status(bad)).steps}
    assert pairs[StepName.BIND].differs is differs


def test_a_browser_has_other_words_for_how_a_connection_failed() -> None:
    one = with_status(StepStatus.FAILED, StepName.LIVE, detail="closed")
    other = with_status(StepStatus.FAILED, StepName.LIVE, detail="rst")
    assert any(pair.differs for pair in beside(one, other).steps)
    har = replace(one, seen_in=SeenIn.HAR)
    assert not any(pair.differs for pair in beside(har, other).steps)
    refused_one, refused_other = (
        with_status(StepStatus.FAILED, detail=detail) for detail in ("conflict", "not-allowed")
    )
    told = beside(replace(refused_one, seen_in=SeenIn.HAR), refused_other)
    assert any(pair.differs for pair in told.steps)


def test_a_step_can_fail_in_two_ways_or_be_in_one_only() -> None:
    one, other = (with_status(StepStatus.FAILED, detail=d) for d in ("conflict", "not-allowed"))
    assert any(pair.differs for pair in beside(one, other).steps)
    without = replace(
        whole(), steps=tuple(s for s in whole().steps if s.name is not StepName.SESSION)
    )
    assert not any(pair.differs for pair in beside(without, whole()).steps)
    failed = with_status(StepStatus.FAILED, StepName.SESSION)
    assert [p.name for p in beside(without, failed).steps if p.differs] == [StepName.SESSION]
    last = with_status(StepStatus.NOT_CAPTURED, StepName.LIVE)
    lost = with_status(StepStatus.FAILED, StepName.LIVE)
    assert not any(pair.differs for pair in beside(last, lost).steps)


def test_what_a_recording_does_not_show_is_not_missing() -> None:
    less = session([*login(StepName.PRESENCE), *goodbye(2)])
    assert [c.kind for c in beside(whole(), less).changes] == [ChangeKind.MISSING]
    hole = Gap(Direction.TO_SERVER, 0, 10, GapReason.LOST, None)
    for hidden in (
        replace(less, gaps=(hole,)),
        replace(less, started_late=True),
        replace(less, can_see=frozenset()),
        replace(less, stanza_count=99),
        replace(less, bosh=BoshFacts(sid="s", url="http://a/", bodies_missing=1)),
    ):
        assert beside(whole(), hidden).changes == ()
        assert beside(hidden, whole()).changes == ()


def test_an_answer_that_a_recording_does_not_show_is_not_missing() -> None:
    asked = session([line for line in login(StepName.AUTH) if line[2] != SUCCESS])
    refused_one = session(swapped(login(StepName.AUTH), SUCCESS, failure("aborted")))
    hole = Gap(Direction.TO_CLIENT, 0, 10, GapReason.LOST, None)
    found = beside(refused_one, asked).changes
    assert [change.kind for change in found] == [ChangeKind.ANSWER]
    assert beside(refused_one, replace(asked, gaps=(hole,))).changes == ()
    assert beside(replace(refused_one, gaps=(hole,)), asked).changes == found


def test_what_is_cut_short_means_nothing() -> None:
    more = (1.4, "C>", pubsub("subscribe", "u2", node="/finesse/api/Queue/3"))
    bad = whole(more)
    cut = tuple(replace(s, complete=False) if s.id == "u2" else s for s in bad.stanzas)
    assert [c.kind for c in beside(whole(), bad).changes] == [ChangeKind.EXTRA]
    assert beside(whole(), replace(bad, stanzas=cut)).changes == ()
    refused_one = session(swapped(login(StepName.AUTH), SUCCESS, failure("aborted")))
    last = refused_one.stanzas[-1]
    short = replace(refused_one, stanzas=(*refused_one.stanzas[:-1], replace(last, complete=False)))
    assert beside(session(login(StepName.AUTH)), short).changes == ()


def test_behind_a_handshake_that_failed_nothing_was_said() -> None:
    refused_tls = replace(
        with_status(StepStatus.FAILED, StepName.UPGRADE),
        stanzas=(),
        iqs=(),
        stanza_count=0,
        can_see=frozenset(),
    )
    changes = beside(whole(), refused_tls).changes
    assert sum(change.count for change in changes) == 8
    assert all(change.follows for change in changes)


def test_the_stanza_at_which_they_part_does_not_follow_from_it() -> None:
    asked = [line for line in login(StepName.PRESENCE) if line[2] != PEER]
    bad = session(asked, [tcp(EndCause.FIN, 19.0, Side.SERVER)])
    changes = beside(whole(), bad).changes
    assert [(c.step, c.follows) for c in changes] == [
        (StepName.PUBSUB, True),
        (StepName.PRESENCE, False),
    ]


def test_of_many_changes_the_first_are_listed() -> None:
    many = [
        (1.4 + n / 1000, "C>", pubsub("subscribe", f"n{n}", node=f"node{n}"))
        for n in range(COMPARED_CHANGES + 5)
    ]
    comparison = beside(whole(), whole(*many, until=3))
    assert len(comparison.changes) == COMPARED_CHANGES
    assert comparison.more_changes == 5


def test_notes() -> None:
    assert notes(whole(), refused()) == set()
    assert notes(whole(), whole()) == {NOT_BAD}
    assert notes(refused(), refused()) == {NOT_GOOD}
    hidden = replace(whole(), can_see=frozenset())
    assert notes(whole(), hidden) == {NOT_BAD, (NoteKind.HIDDEN, Role.BAD)}
    # Where the handshake failed, nothing was said that keys could show.
    assert notes(whole(), replace(refused(), can_see=frozenset())) == set()
    assert notes(replace(whole(), stanza_count=99), refused()) == {(NoteKind.NOT_KEPT, Role.GOOD)}
    late = replace(whole(), started_late=True)
    assert notes(late, refused()) == {(NoteKind.STARTED_LATE, Role.GOOD)}
    assert notes(replace(whole(), seen_in=SeenIn.HAR), refused()) == {(NoteKind.OTHER_SIDE, None)}
    degraded = compared(whole(), finding("FI-006", whole().number, effect=Effect.DEGRADES))
    assert compare(compared(whole()), degraded, {}).notes == ()
    flood = [
        (2 + n / 1000, "C>", iq("set", f"f{n}", f"<f{n % 3} xmlns='x'/>"))
        for n in range(COMPARED_UNITS + 10)
    ]
    assert (NoteKind.CUT, None) in notes(whole(), session([*login(), *flood]))


SAID = (
    *(text for _, way, text in login() if way == "C>"),
    PEER,
    SUCCESS,
    BOUND,
    AVAILABLE,
    failure("not-authorized"),
    stream_error("conflict"),
    iq("error", "u1", error("item-not-found")),
    "<broken",
)
CLIENTS = {text for _, way, text in login() if way == "C>"} | {AVAILABLE}
TALKS = st.lists(st.sampled_from(SAID), max_size=14)


def talked(texts: list[str], ended: EndCause | None) -> Session:
    lines: list[Line] = [
        (n / 10, "C>" if text in CLIENTS else "S>", text) for n, text in enumerate(texts)
    ]
    end = None if ended is None else [tcp(ended, 60.0, Side.SERVER)]
    return session(lines, end, before=None if texts else [upgrade(403)])


ENDS = st.sampled_from([None, EndCause.FIN, EndCause.RST, EndCause.CAPTURE_END])


@given(TALKS, ENDS)
def test_a_session_has_no_difference_from_itself(texts: list[str], ended: EndCause | None) -> None:
    one = talked(texts, ended)
    comparison = beside(one, one)
    assert comparison.result in {Result.SAME, Result.UNTOLD}
    assert comparison.divergence is None
    assert comparison.changes == ()
    assert comparison.facts == ()
    assert not any(pair.differs or pair.slower for pair in comparison.steps)


@given(TALKS, ENDS, TALKS, ENDS)
def test_swapping_swaps_the_sides(
    texts: list[str], ended: EndCause | None, others: list[str], finished: EndCause | None
) -> None:
    one, other = talked(texts, ended), talked(others, finished)
    there, back = beside(one, other), beside(other, one)
    assert there.result is back.result
    assert [(p.name, p.differs) for p in there.steps] == [(p.name, p.differs) for p in back.steps]
    sides = {ChangeKind.MISSING: ChangeKind.EXTRA, ChangeKind.EXTRA: ChangeKind.MISSING}
    assert {(c.kind, c.step, c.count, c.follows) for c in there.changes} == {
        (sides.get(c.kind, c.kind), c.step, c.count, c.follows) for c in back.changes
    }
    assert {(f.kind, f.good, f.bad) for f in there.facts} == {
        (f.kind, f.bad, f.good) for f in back.facts
    }
    assert [(c.kind, c.good, c.bad) for c in there.counts] == [
        (c.kind, c.bad, c.good) for c in back.counts
    ]
    for role, latency in product(Role, there.latencies):
        if latency.slower is role:
            assert any(one.slower not in (None, role) for one in back.latencies)


@given(TALKS, ENDS, TALKS, ENDS)
def test_what_parts_them_is_said_of_both(
    texts: list[str], ended: EndCause | None, others: list[str], finished: EndCause | None
) -> None:
    comparison = beside(talked(texts, ended), talked(others, finished))
    parting = comparison.divergence
    if comparison.result is Result.PARTED:
        assert parting is not None
    if parting is not None:
        assert (parting.common_good is None) is (parting.common_bad is None)
        assert parting.of(Role.GOOD) != parting.of(Role.BAD) or parting.good.source is not None
