"""How often one client may ask."""

from threading import Thread
from typing import Any

import pytest

from analyzer.web.guard import rates
from analyzer.web.guard.rates import MOST_CLIENTS, Rate, client_of
from analyzer.web.problems import Problem, ProblemCode
from tests.web.guard.asking import SECOND, Clock, scope


def taken(rate: Rate, client: str, tries: int) -> int:
    """How many of so many tries were let through."""
    passed = 0
    for _ in range(tries):
        try:
            rate.take(client)
        except Problem:
            continue
        passed += 1
    return passed


def test_so_many_at_once_and_then_one_by_one() -> None:
    clock = Clock()
    rate = Rate(6, clock)
    assert taken(rate, "a", 10) == 6
    clock.now += 10 * SECOND
    assert taken(rate, "a", 10) == 1
    clock.now += 25 * SECOND
    assert taken(rate, "a", 10) == 2
    clock.now += 3_600 * SECOND
    assert taken(rate, "a", 10) == 6


def test_each_client_has_its_own() -> None:
    rate = Rate(2, Clock())
    assert [taken(rate, client, 3) for client in "abc"] == [2, 2, 2]


def test_the_time_to_wait_is_told_and_is_enough() -> None:
    clock = Clock()
    rate = Rate(7, clock)
    taken(rate, "a", 7)
    clock.now += SECOND
    with pytest.raises(Problem) as refused:
        rate.take("a")
    assert refused.value.code is ProblemCode.TOO_OFTEN
    assert refused.value.retry_s == 8
    clock.now += 7 * SECOND
    assert taken(rate, "a", 1) == 0
    clock.now += SECOND
    assert taken(rate, "a", 1) == 1


def test_refused_tries_cost_nothing() -> None:
    clock = Clock()
    rate = Rate(1, clock)
    assert taken(rate, "a", 1_000) == 1
    clock.now += 60 * SECOND
    assert taken(rate, "a", 1_000) == 1


def test_a_clock_that_is_set_back_locks_nobody_out_for_longer() -> None:
    clock = Clock()
    rate = Rate(60, clock)
    rate.take("a")
    clock.now -= 30 * SECOND
    assert taken(rate, "a", 100) >= 29


def test_a_hundred_thousand_addresses_take_bounded_memory() -> None:
    clock = Clock()
    rate = Rate(2, clock)
    for number in range(100_000):
        rate.take(str(number))
        assert len(rate) <= MOST_CLIENTS
    assert len(rate) == MOST_CLIENTS
    assert taken(rate, "99999", 5) == 1
    assert taken(rate, "0", 5) == 2


def test_who_asks_again_is_not_the_one_to_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_CLIENTS", 3)
    rate = Rate(2, Clock())
    for client in ("a", "b", "c", "a", "d"):
        rate.take(client)
    assert taken(rate, "a", 5) == 0
    assert taken(rate, "c", 5) == 1


def test_full_buckets_are_forgotten() -> None:
    clock = Clock()
    rate = Rate(60, clock)
    for number in range(1_000):
        rate.take(str(number))
    clock.now += 2 * SECOND
    for _ in range(600):
        rate.take("new")
        clock.now += SECOND
    assert len(rate) == 1


def test_threads_take_no_more_than_there_is() -> None:
    rate = Rate(500, Clock())
    passed: list[int] = []
    threads = [Thread(target=lambda: passed.append(taken(rate, "a", 200))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 500


@pytest.mark.parametrize(
    ("client", "name"),
    [
        (("192.0.2.1", 1), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:ffff::", 2), "2001:db8:1:2::/64"),
        (("::1", 1), "::/64"),
        (("::ffff:192.0.2.1", 1), "192.0.2.1"),
        (("testclient", 1), "somebody"),
        (("", 0), "somebody"),
        (None, "somebody"),
    ],
)
def test_the_name_of_a_client(client: Any, name: str) -> None:
    assert client_of(scope(client=client)) == name
