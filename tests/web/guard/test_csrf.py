"""Forms and scripts of ours."""

from typing import Any

import pytest

from analyzer.web.guard.csrf import check, token_for
from analyzer.web.problems import Problem
from tests.web.guard.asking import DAY, SECOND, Clock, doorkeeper, scope, seen_by

KEEPER = doorkeeper()


def by(session: str | None, identity: str = "cookie", keeper: Any = KEEPER) -> Any:
    state = {"identity": identity} | ({"session": session} if session else {})
    return seen_by(keeper, scope("POST"), **state)


def test_a_form_of_the_same_session_is_taken_again_and_again() -> None:
    token = token_for(by("one"))
    check(by("one"), token)
    check(by("one"), token)
    check(by("one"), token_for(by("one")))


def test_each_form_has_its_own() -> None:
    assert token_for(by("one")) != token_for(by("one"))


def test_the_name_of_the_session_is_not_in_it() -> None:
    assert "one-session" not in token_for(by("one-session"))


@pytest.mark.parametrize("session", ["two", "", None, "one "])
def test_a_form_of_another_session_is_not_taken(session: str | None) -> None:
    with pytest.raises(Problem, match="csrf") as refused:
        check(by(session), token_for(by("one")))
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "value", [None, "", ".", "..", "a.b.c", "é", "\ud800", "null", "a" * 100_000]
)
@pytest.mark.parametrize("identity", ["cookie", "open"])
def test_nonsense_is_not_taken(value: str | None, identity: str) -> None:
    with pytest.raises(Problem, match="csrf"):
        check(by("one", identity), value)


def test_what_is_signed_for_another_purpose_is_not_taken() -> None:
    with pytest.raises(Problem, match="csrf"):
        check(by("one"), KEEPER.signer("cookie").sign("one").decode())


def test_a_changed_one_is_not_taken() -> None:
    token = token_for(by("one"))
    for at in range(len(token) - 1):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(Problem, match="csrf"):
            check(by("one"), changed)


def test_an_old_one_is_not_taken() -> None:
    clock = Clock()
    keeper = doorkeeper(clock)
    token = token_for(by("one", keeper=keeper))
    clock.now += 30 * DAY
    check(by("one", keeper=keeper), token)
    clock.now += SECOND
    with pytest.raises(Problem, match="csrf"):
        check(by("one", keeper=keeper), token)


def test_where_nobody_is_asked_forms_are_ours_all_the_same() -> None:
    check(by(None, "open"), token_for(by(None, "open")))


def test_a_program_with_the_token_needs_none() -> None:
    check(by(None, "token"), None)
    check(by(None, "token"), "whatever")


def test_without_an_identity_nothing_goes_unproved() -> None:
    with pytest.raises(Problem, match="csrf"):
        check(seen_by(KEEPER, scope("POST")), None)
