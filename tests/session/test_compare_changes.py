"""Stanzas in which two sessions differ."""

import pytest

from analyzer.model.comparison import ChangeKind
from analyzer.model.limits import COMPARED_UNITS
from analyzer.model.session import Session, StepName
from analyzer.session.compare_changes import Meeting, meet
from analyzer.session.compare_units import talk
from tests.session.beside import swapped, whole
from tests.session.conversation import (
    AVAILABLE,
    PEER,
    Line,
    error,
    goodbye,
    iq,
    login,
    pubsub,
    session,
    stream_error,
)


def met(good: Session, bad: Session, *, framing: bool = True) -> Meeting:
    return meet(talk(good), talk(bad), framing=framing)


def told(meeting: Meeting) -> list[tuple[str, str, int, bool, bool]]:
    return [
        (change.kind.value, change.step.value, change.count, change.matters, change.follows)
        for change in meeting.changes
    ]


def test_what_is_alike_has_no_change() -> None:
    good = whole()
    meeting = met(good, whole((1.3, "C>", iq("get", "p9", "<ping xmlns='urn:xmpp:ping'/>"))))
    assert meeting.changes == ()
    assert len(meeting.pairs) == len(meeting.good) == len(meeting.bad) == 7
    assert not meeting.cut


def test_another_answer() -> None:
    refused = swapped(
        login(),
        pubsub("subscription", "u1", "result"),
        iq("error", "u1", error("item-not-found")),
    )
    meeting = met(whole(), session([*refused, *goodbye(2)]))
    assert told(meeting) == [("answer", "pubsub", 1, True, False)]
    (change,) = meeting.changes
    assert change.good is not None
    assert change.bad is not None
    assert change.good.answer is not None
    assert change.bad.answer is not None
    assert (change.good.answer.type, change.bad.answer.type) == ("result", "error")


@pytest.mark.parametrize(("condition", "matters"), [(None, False), ("forbidden", True)])
def test_an_answer_behind_the_login_matters_if_it_refuses(
    condition: str | None, matters: bool
) -> None:
    asked = (1.4, "C>", iq("get", "v", "<query xmlns='jabber:iq:version'/>"))
    answers: list[Line] = (
        [] if condition is None else [(1.5, "S>", iq("error", "v", error(condition)))]
    )
    meeting = met(whole(asked, (1.5, "S>", iq("result", "v"))), whole(asked, *answers))
    assert told(meeting) == [("answer", "live", 1, matters, False)]


def test_only_one_says_it() -> None:
    more = (1.4, "C>", pubsub("subscribe", "u2", node="/finesse/api/Queue/3"))
    again = (1.5, "C>", pubsub("subscribe", "u3", node="/finesse/api/Queue/4"))
    last = (1.6, "C>", iq("get", "v", "<query xmlns='jabber:iq:version'/>"))
    assert told(met(whole(more, again, last), whole(last))) == [
        ("missing", "pubsub", 2, True, False)
    ]
    assert told(met(whole(last), whole(more, again, last))) == [("extra", "pubsub", 2, True, False)]


def test_behind_the_end_of_one_it_only_follows() -> None:
    meeting = met(whole(), session(login(StepName.AUTH)))
    assert told(meeting) == [
        ("missing", "open", 1, True, True),
        ("missing", "bind", 1, True, True),
        ("missing", "session", 1, True, True),
        ("missing", "presence", 1, True, True),
        ("missing", "pubsub", 1, True, True),
        ("missing", "presence", 1, True, True),
    ]
    assert {row[0] for row in told(met(session(login(StepName.AUTH)), whole()))} == {"extra"}
    assert all(row[4] for row in told(met(session(login(StepName.AUTH)), whole())))


def test_nothing_said_at_all() -> None:
    nothing = session([])
    assert met(nothing, nothing).changes == ()
    assert all(row[4] for row in told(met(whole(), nothing)))
    assert len(met(nothing, whole()).changes) == 8 - 1  # both stream headers count as one


def test_another_place() -> None:
    lines = [line for line in login() if line[2] not in (AVAILABLE, PEER)]
    early = next(when for when, _, text in lines if text == pubsub("subscribe", "u1"))
    moved = sorted([*lines, (early + 0.06, "C>", AVAILABLE), (early + 0.07, "S>", PEER)])
    meeting = met(whole(), session([*moved, *goodbye(2)]))
    assert [kind for kind, *_ in told(meeting)] == ["moved"]
    (change,) = meeting.changes
    assert change.good is not None
    assert change.bad is not None
    assert change.good.stanza.id == change.bad.stanza.id == "u1"


def test_what_comes_unasked_counts_once_and_in_no_order() -> None:
    fault = (1.4, "S>", stream_error("conflict"))
    assert told(met(whole(), whole(fault))) == [("extra", "live", 1, True, False)]
    peers = [(1.4, "S>", PEER), (1.5, "S>", PEER)]
    assert met(whole(), whole(*peers)).changes == ()
    (change,) = met(whole(), session([line for line in login() if line[2] != PEER])).changes
    assert change.kind is ChangeKind.MISSING


def test_stream_headers_of_other_framing_are_left_out() -> None:
    meeting = met(whole(), whole(), framing=False)
    assert {unit.step for unit in meeting.good} == {
        StepName.AUTH,
        StepName.BIND,
        StepName.SESSION,
        StepName.PRESENCE,
        StepName.PUBSUB,
    }


def test_a_flood_is_cut() -> None:
    def flood(name: str) -> list[Line]:
        return [
            (2 + n / 1000, "C>", iq("set", f"{name}{n}", f"<{name}{n % 7} xmlns='x:{name}'/>"))
            for n in range(COMPARED_UNITS + 10)
        ]

    meeting = met(session(flood("a")), session(flood("b")))
    assert meeting.cut
    assert sum(change.count for change in meeting.changes) == 2 * (COMPARED_UNITS + 10)
    assert len(meeting.changes) == 14
