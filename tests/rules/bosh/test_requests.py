"""What rules read from the requests of a BOSH session."""

import pytest
from msgspec.structs import replace

from analyzer.model.rule import Effect
from analyzer.model.session import Session
from analyzer.rules.bosh import bo_006_inactivity, requests
from tests.rules.climb import climb

LOGIN = "@bosh\n@login\n"
NEXT = 1_573_741_830  # behind the login of a ladder


def session(text: str) -> Session:
    (one,) = climb(text).sessions
    return one


def asks(seconds: float, rid: int, attributes: str = "") -> str:
    return f"{seconds} C> <body rid='{rid}' sid='7y7xa2nfsm' {attributes}/>\n"


def test_of_another_carrier_nothing_is_known() -> None:
    one = session("@login")
    assert requests.turns(one) == ()
    assert requests.facts(one).sid is None
    assert requests.creation(one) == []
    assert requests.out_of_window(one) is None


def test_a_place_is_always_there() -> None:
    one = session(LOGIN)
    turn = requests.turns(one)[0]
    assert requests.place(one, turn) == turn.asked
    bare = replace(turn, asked=None, answered=None)
    assert requests.place(one, bare) == one.stanzas[0].source
    assert requests.place(one, replace(bare, answered=turn.answered)) == turn.answered


def test_the_creation_that_was_answered() -> None:
    one = session(LOGIN)
    assert one.bosh is not None
    first, *rest = one.bosh.turns
    vain = replace(first, status=502)
    both = replace(one, bosh=replace(one.bosh, turns=(vain, first, *rest)))
    assert requests.creation(both) == [first]


@pytest.mark.parametrize("text", ["x", "", "9" * 10, "\N{SUPERSCRIPT TWO}"])
def test_attributes_that_are_no_number(text: str) -> None:
    turn = replace(requests.turns(session(LOGIN))[0], request={"wait": text})
    assert requests.number(turn, "wait") is None
    assert requests.number(turn, "wait", answer=True) == 60


def test_silence_is_counted_from_the_last_answer() -> None:
    quiet = f"{asks(5.0, NEXT)}5.2 S> <body/>\n5.3 S> <body/>\n{asks(20.3, NEXT + 1)}"
    *_, (turn, idle_ns) = requests.idle(session(LOGIN + quiet))
    assert (turn.rid, idle_ns) == (NEXT + 1, 15_000_000_000)
    open_still = f"{asks(5.0, NEXT)}5.2 S> <body/>\n{asks(20.3, NEXT + 1)}"
    assert NEXT + 1 not in {turn.rid for turn, _ in requests.idle(session(LOGIN + open_still))}


@pytest.mark.parametrize(
    ("rid", "why"),
    [
        (NEXT, None),
        (NEXT + 1, None),
        (NEXT + 2, "3 ahead of the latest before it"),
        (NEXT - 1, "sent a second time"),
        (NEXT - 50, "49 behind the latest before it"),
    ],
)
def test_request_ids_out_of_the_window(rid: int, why: str | None) -> None:
    found = requests.out_of_window(session(LOGIN + asks(5.0, rid)))
    assert (found[1] if found is not None else None) == why


def test_what_the_session_survived_is_not_told() -> None:
    more = "".join(f"{asks(n, NEXT + 20 + n)}{n}.1 S> <body/>\n" for n in range(6, 12))
    assert requests.out_of_window(session(LOGIN + asks(5.0, NEXT + 20) + more)) is None


def test_one_more_request_may_end_the_session() -> None:
    three = [asks(5.0, NEXT), asks(5.1, NEXT + 1)]
    assert [why for _, why in requests.too_many(session(LOGIN + "".join(three)))] == []
    held = f"{LOGIN}{''.join(three)}9.0 S> <body/>\n9.1 S> <body/>\n9.2 S> <body/>"
    assert [why for _, why in requests.too_many(session(held))] == ["3 open at once, 2 allowed"]
    ends = held.replace(f"rid='{NEXT + 1}'", f"rid='{NEXT + 1}' type='terminate'")
    assert [*requests.too_many(session(ends))] == []


def test_some_clients_go_on_when_the_session_is_gone() -> None:
    gone = "S> <body type='terminate' condition='item-not-found'/>\n"
    text = f"5.0 C> <body rid='{NEXT}' sid='7y7xa2nfsm'/>\n5.1 S> <body/>\n5.2 S> <body/>\n"
    for index, second in enumerate(range(70, 75), 1):
        text += f"{asks(second, NEXT + index)}{second}.5 {gone}"
    one = session(LOGIN + text)
    kept = requests.until_gone(requests.turns(one))
    assert kept[-1].rid == NEXT + 1
    assert _effects(one) == [None]
    assert _effects(session(LOGIN + text.replace(gone, "S> <body/>\n"))) == [Effect.NONE]


def _effects(one: Session) -> list[Effect | None]:
    return [hit.effect for hit in bo_006_inactivity._check(one)]
