from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, text

from analyzer.web.database.engine import Database, reading
from analyzer.web.database.idempotency import REMEMBERED_S, UNDER_WAY_S, Idempotency
from analyzer.web.problems import Problem, ProblemCode
from tests.web.database.clock import Clock
from tests.web.database.making import answer


@pytest.fixture
def answers(database: Database, clock: Clock) -> Idempotency:
    return Idempotency(database.engine, clock)


def refusal(answers: Idempotency, key: str, fingerprint: str) -> ProblemCode:
    with pytest.raises(Problem) as caught:
        answers.begin(key, fingerprint)
    return caught.value.code


def test_a_request_that_is_sent_again_gets_the_first_answer(
    answers: Idempotency, database: Database
) -> None:
    assert answers.begin("key", "upload of x") is None
    answer(database.engine, "key", '{"case": "7"}')
    assert answers.begin("key", "upload of x") == '{"case": "7"}'
    assert answers.begin("key", "upload of x") == '{"case": "7"}'
    assert answers.begin("another key", "upload of x") is None


def test_one_that_is_under_way_is_in_conflict(answers: Idempotency, clock: Clock) -> None:
    answers.begin("key", "upload of x")
    clock.pass_s(UNDER_WAY_S - 1)
    assert refusal(answers, "key", "upload of x") is ProblemCode.CONFLICT
    clock.pass_s(1)
    assert answers.begin("key", "upload of x") is None


@pytest.mark.parametrize("is_over", [False, True])
def test_a_key_is_for_one_request(answers: Idempotency, database: Database, is_over: bool) -> None:
    answers.begin("key", "upload of x")
    if is_over:
        answer(database.engine, "key", "7")
    assert refusal(answers, "key", "upload of y") is ProblemCode.KEY_REUSED


def test_a_refused_request_frees_its_key(answers: Idempotency, database: Database) -> None:
    answers.begin("key", "upload of x")
    answers.abandon("key")
    assert answers.begin("key", "upload of y") is None
    answer(database.engine, "key", "7")
    answers.abandon("key")
    assert answers.begin("key", "upload of y") == "7"


def test_one_that_is_refused_at_this_moment_is_begun_anew(migrated: Database, clock: Clock) -> None:
    """PostgreSQL lets another forget the request between two statements; SQLite lets nobody."""
    answers = Idempotency(migrated.engine, clock)
    key = "refused just now"
    assert answers.begin(key, "upload of x") is None
    asked: list[str] = []

    def forget(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT") and not asked:
            asked.append(statement)
            answers.abandon(key)

    event.listen(migrated.engine, "before_cursor_execute", forget)
    try:
        assert answers.begin(key, "upload of y") is None
    finally:
        event.remove(migrated.engine, "before_cursor_execute", forget)
    assert asked
    assert refusal(answers, key, "upload of x") is ProblemCode.KEY_REUSED


def test_answers_are_forgotten_after_a_day(
    answers: Idempotency, database: Database, clock: Clock
) -> None:
    answers.begin("key", "upload of x")
    answer(database.engine, "key", "7")
    clock.pass_s(REMEMBERED_S - 1)
    assert answers.begin("key", "upload of x") == "7"
    assert answers.forget_old() == 0
    clock.pass_s(1)
    assert answers.begin("key", "upload of y") is None
    clock.pass_s(REMEMBERED_S)
    assert answers.forget_old() == 1
    assert answers.forget_old() == 0


def test_of_many_at_once_one_is_the_first(answers: Idempotency) -> None:
    def begin(_: int) -> str:
        try:
            return str(answers.begin("key", "upload"))
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(16) as pool:
        found = sorted(pool.map(begin, range(32)))
    assert found == ["None", *["conflict"] * 31]


def test_keys_are_not_stored(answers: Idempotency, database: Database) -> None:
    for key in ("a key of somebody", "\x00", "\ud800", "x" * 10**6):
        assert answers.begin(key, key) is None
        answer(database.engine, key, "7\x00")
        assert answers.begin(key, key) == "7\ufffd"
    with reading(database.engine) as connection:
        stored = [str(row) for row in connection.execute(text("SELECT * FROM answers"))]
    assert len(stored) == 4
    assert "somebody" not in "".join(stored)
