"""What a story can say before its steps are judged."""

import pytest

from analyzer.model.flow import Gap, GapReason
from analyzer.model.session import CloseKind, Needs, SessionClose
from analyzer.model.source import Direction
from analyzer.session.login import Login
from analyzer.session.story import Story
from analyzer.session.trace import Room, Trace
from tests.session.conversation import PROFILE, at, ns

ALL = frozenset(Needs)


def story(can_see: frozenset[Needs] = ALL, *, hole: bool = False) -> Story:
    trace = Trace(Room())
    if hole:
        trace.feed([Gap(Direction.TO_CLIENT, 0, 1, GapReason.SNAPLEN, None)])
    return Story(
        trace=trace,
        profile=PROFILE,
        stanzas=[],
        login=Login([], PROFILE),
        iqs=[],
        pings=(),
        subscriptions=(),
        deliveries=(),
        encrypted=None,
        close=SessionClose(kind=CloseKind.OPEN),
        until_ns=ns(10.0),
        can_see=can_see,
    )


@pytest.mark.parametrize(
    ("can_see", "hole", "blind"),
    [
        (ALL, False, False),
        (ALL, True, True),
        (ALL - {Needs.START}, False, True),
        (ALL - {Needs.MESSAGES}, False, True),
        (frozenset({Needs.START, Needs.MESSAGES}), False, False),
    ],
)
def test_what_makes_it_blind(can_see: frozenset[Needs], hole: bool, blind: bool) -> None:
    assert story(can_see, hole=hole).blind is blind


def test_how_long_the_recording_went_on() -> None:
    assert story().waited_ns(at(4.0)) == 6_000_000_000
    assert story().waited_ns(at(11.0)) == 0
    assert story().waited_ns(at(None)) == 0


def test_whether_the_beginning_is_there() -> None:
    assert story().from_start
    assert not story(ALL - {Needs.START}).from_start
