"""What overlapped is told apart by who was last heard, and when."""

import pytest
from msgspec.structs import replace

from analyzer.model.session import Session, SessionClose
from analyzer.session.overlap import end_of, given_up, is_echo, is_open, is_replaced, overlaps
from tests.session.episodes import CONFLICT, LEFT, OPEN, RESET, B, S, episode

NEXT = episode(2, 20, 60)


@pytest.mark.parametrize(
    ("before", "both", "dead", "echo"),
    [
        (episode(1, 0, 10), False, False, False),
        (episode(1, 0, 20.9), False, False, False),
        (episode(1, 0, 40), True, False, True),
        (episode(1, 0, 40, idle=19), True, True, False),
        (episode(1, 0, 40, idle=21), True, True, False),
        (episode(1, 0, 40, idle=18), True, False, True),
        (episode(1, 0, 40, jid=None), True, False, False),
        (episode(1, 0, 40, jid=None, capture=1), True, False, True),
        (episode(1, 0, 20.2, CONFLICT), True, False, False),
        (episode(1, 0, 20.2, CONFLICT, idle=15.2), True, True, False),
        (episode(1, 0, 19, CONFLICT), False, False, False),
    ],
)
def test_two_sessions(before: Session, both: bool, dead: bool, echo: bool) -> None:
    found = overlaps(before, NEXT), given_up(before, NEXT), is_echo(before, NEXT)
    assert found == (both, dead, echo)


def test_the_end_is_what_is_known_of_it() -> None:
    one = episode(1, 5, 40)
    bare = SessionClose(kind=one.close.kind)
    assert end_of(one) == 40 * S
    assert end_of(replace(one, close=bare)) == 40 * S
    assert end_of(replace(one, close=bare, ended_ns=None)) == 5 * S
    assert end_of(replace(one, close=bare, ended_ns=None, started_ns=None)) == 0


def test_how_it_ended() -> None:
    ends = [episode(1, 0, 9, close, node=B) for close in (OPEN, CONFLICT, RESET, LEFT)]
    assert [is_open(one) for one in ends] == [True, False, False, False]
    assert [is_replaced(one) for one in ends] == [False, True, False, False]
