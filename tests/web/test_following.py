"""What changes is told once, and for as long as there is somebody who tells."""

import asyncio
from collections.abc import Iterator

import anyio
import pytest

from analyzer.web import following
from analyzer.web.following import changes
from analyzer.web.problems import Problem, ProblemCode

OVER = "over"


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds between looks, which pass at once."""
    passed: list[float] = []

    async def sleep(seconds: float) -> None:
        passed.append(seconds)

    monkeypatch.setattr(anyio, "sleep", sleep)
    return passed


def told(*looks: str, stops: Iterator[bool] | None = None) -> list[str]:
    """What a listener is told; behind the last look there is nothing to see any more."""
    seen = iter(looks)

    def look() -> str:
        for found in seen:
            return found
        raise Problem(ProblemCode.NOT_FOUND)

    def is_stopping() -> bool:
        return stops is not None and next(stops)

    async def listen() -> list[str]:
        return [each async for each in changes(look, lambda now: now == OVER, is_stopping)]

    return asyncio.run(listen())


def test_each_change_is_told_once() -> None:
    assert told("a", "a", "b", "b", "a", OVER, "c") == ["a", "b", "a", OVER]


def test_what_is_over_is_told_and_not_looked_at_again(waited: list[float]) -> None:
    assert told(OVER, "a") == [OVER]
    assert waited == []


def test_it_ends_where_there_is_nothing_to_see_any_more() -> None:
    assert told("a", "b") == ["a", "b"]
    assert told() == []


def test_it_ends_with_the_server() -> None:
    assert told("a", "b", "c", stops=iter([False, True])) == ["a", "b"]


def test_nobody_looks_before_time(waited: list[float]) -> None:
    told("a", "a", OVER)
    assert waited == [following.POLL_S, following.POLL_S]
