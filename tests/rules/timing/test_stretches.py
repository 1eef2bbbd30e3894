"""Pauses of a session by their kind."""

from msgspec.structs import replace

from analyzer.model.rule import Effect
from analyzer.model.timing import Pause, PauseKind
from analyzer.rules.timing.stretches import effect_of, lasted, pauses_of, places, told
from analyzer.rules.violations import PLACES
from tests.rules.said import SECOND, place, session

SHORT = Pause(
    kind=PauseKind.BUSY,
    begin_ns=10 * SECOND,
    end_ns=40 * SECOND,
    resumed=True,
    before=place(1, 10),
    after=place(2, 40),
    heard=2,
)
LONG = replace(SHORT, begin_ns=40 * SECOND, end_ns=98 * SECOND, before=place(2, 40), after=None)


def test_by_their_kind() -> None:
    asleep = replace(LONG, kind=PauseKind.ASLEEP)
    one = replace(session(), pauses=(SHORT, asleep))
    assert pauses_of(one, PauseKind.ASLEEP) == [asleep]
    assert pauses_of(one, PauseKind.BUSY, PauseKind.ASLEEP) == [SHORT, asleep]
    assert pauses_of(one, PauseKind.OFFLINE) == []


def test_the_longest_stands_first() -> None:
    assert lasted(LONG) == 58 * SECOND
    assert places([SHORT, LONG]) == (place(2, 40), place(1, 10))
    many = [replace(SHORT, before=place(n), after=None) for n in range(2 * PLACES)]
    assert len(places(many)) == PLACES


def test_what_is_told_of_them() -> None:
    values = told(session(), [SHORT, LONG])
    assert (values["count"], values["gap_s"], values["heard"]) == (2, 58.0, 4)
    assert (values["usual_s"], values["server"]) == (10.0, "h:1")


def test_a_minute_is_noticed_by_the_server() -> None:
    assert effect_of([SHORT]) is Effect.NONE
    assert effect_of([SHORT, LONG]) is Effect.DEGRADES
