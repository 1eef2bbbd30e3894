import asyncio
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from msgspec.structs import replace

from analyzer.web.api import events as told
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import Job, JobKind, JobState, Phase, Progress

JOB = Job(
    id="j",
    case_id="c",
    kind=JobKind.ANALYZE,
    state=JobState.QUEUED,
    profile="finesse",
    language="en",
    queued_ns=1,
)
RUNNING = replace(JOB, state=JobState.RUNNING, progress=Progress(phase=Phase.READING))
DONE = replace(JOB, state=JobState.DONE)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "POLL_S", 0)


def follow(first: Job, looks: Iterator[Any], stops: Iterator[bool] | None = None) -> list[str]:
    """States that a listener is told of."""

    def look(job_id: str) -> Job:
        assert job_id == "j"
        found = next(looks)
        if isinstance(found, Problem):
            raise found
        assert isinstance(found, Job)
        return found

    async def listen() -> list[str]:
        stopping = (lambda: False) if stops is None else (lambda: next(stops))
        heard = [event async for event in told.events(first, look, stopping)]
        assert {event.event for event in heard} == {"job"}
        return [event.data.state.value for event in heard]

    return asyncio.run(listen())


def test_each_change_is_told_once() -> None:
    assert follow(JOB, iter([JOB, RUNNING, RUNNING, DONE])) == ["queued", "running", "done"]


def test_a_job_that_is_over_is_told_and_not_looked_at() -> None:
    assert follow(DONE, iter([])) == ["done"]


def test_the_case_may_be_deleted_meanwhile() -> None:
    assert follow(RUNNING, iter([Problem(ProblemCode.NOT_FOUND)])) == ["running"]


def test_a_server_that_stops_ends_it() -> None:
    assert follow(JOB, iter([RUNNING, RUNNING]), iter([False, False, True])) == [
        "queued",
        "running",
    ]


def test_a_listener_is_not_told_before_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(told, "POLL_S", 0.5)
    monkeypatch.setattr(anyio, "sleep", sleep)
    follow(JOB, iter([JOB, JOB, DONE]))
    assert waited == [0.5, 0.5, 0.5]
