"""Jobs are done whatever dies: processes, servers, leases, databases, and what they wanted."""

import asyncio
import gzip
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from analyzer.web.database.jobs import Jobs
from analyzer.web.records import (
    Failure,
    FailureCode,
    FileState,
    Job,
    JobState,
    Phase,
    Progress,
)
from analyzer.web.workers import runner, watching
from analyzer.web.workers.order import Bounds, Failed, Order, Outcome, Tell
from analyzer.web.workers.runner import Runner
from tests.planted import LATE, SECRETS, leaks, planted
from tests.web.workers.desk import Desk, at_work, desk, over, run, until
from tests.web.workers.orders import fixture

HAR = {"session.har": fixture("wrong-password/session.har")}


class Carrying:
    """
    Stands for the processes.

    Attributes:
        outcomes: What comes of them, one after the other; the last one stays.
        begun: Orders.
        ended: How many are over.
        go: They wait for it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome) -> None:
        self.outcomes = [*outcomes]
        self.begun: list[Order] = []
        self.ended = 0
        self.go = asyncio.Event()
        self.most = 0
        monkeypatch.setattr(runner, "carry_out", self._carry_out)

    async def _carry_out(self, order: Order, bounds: Bounds, on_progress: Tell) -> Outcome:
        self.begun.append(order)
        self.most = max(self.most, len(self.begun) - self.ended)
        try:
            on_progress(Progress(phase=Phase.READING, name="session.har", delivered=7))
            await self.go.wait()
            return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        finally:
            self.ended += 1


INPUT = Failed(failure=Failure(code=FailureCode.INPUT, detail="x"))
CRASH = Failed(failure=Failure(code=FailureCode.CRASH), died=True)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LOOK_S", 0.05)
    monkeypatch.setattr(runner, "BEAT_S", 0.05)


def test_a_job_is_done(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        (job,) = over(here, here.upload(HAR))
        assert (job.state, job.failure) == (JobState.DONE, None)
        case = here.stores.cases.get(job.case_id)
        assert case is not None
        assert case.summary is not None
        assert case.summary.rule == "SA-007"
        assert here.files(job)[0].state is FileState.REDACTED
        assert here.scratch() == []


def test_good_and_bad_files_are_one_case(tmp_path: Path) -> None:
    files = {
        "session.har": fixture("good-wss-tls13/session.har"),
        "capture.pcapng": fixture("good-wss-tls13/capture.pcapng"),
        "keys.log": fixture("good-wss-tls13/keys.log"),
        "broken.har.gz": gzip.compress(HAR["session.har"])[:15],
        "manual.pdf": b"%PDF-1.7\n" + bytes(1000),
    }
    with desk(tmp_path) as here:
        (job,) = over(here, here.upload(files))
        assert job.state is JobState.DONE
        left = {file.name: file.state for file in here.files(job)}
        assert left.pop("session.har") is FileState.REDACTED
        assert set(left.values()) == {FileState.GONE}


def test_files_can_be_compared(tmp_path: Path) -> None:
    files = {"good.har": fixture("good-ws/session.har"), "bad.har": HAR["session.har"]}
    with desk(tmp_path) as here:
        (job,) = over(here, here.upload(files))
        good, bad = here.files(job)
        (compared,) = over(here, here.compare(job.case_id, good.id, bad.id))
        assert compared.state is JobState.DONE
        assert json.loads(here.held(compared)[compared.result or ""])["result"] == "parted"


def test_no_secret_is_left_anywhere(tmp_path: Path) -> None:
    har, secrets = planted((*SECRETS, LATE), 1)
    with desk(tmp_path) as here:
        (job,) = over(here, here.upload({"canaries.har": json.dumps(har).encode()}))
        assert job.state is JobState.DONE
        found = 0
        for path in here.folder.rglob("*"):
            if path.is_file():
                octets = path.read_bytes()
                assert [*leaks(octets.decode("utf-8", "replace"), secrets)] == [], path
                found += 1
        assert found >= 4


def test_a_file_that_is_no_recording_fails_with_the_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with desk(tmp_path) as here:
        (job,) = over(here, here.upload({"manual.pdf": b"%PDF-1.7\n" + bytes(1000)}))
        assert job.failure is not None
        assert job.failure.code is FailureCode.INPUT
        assert job.failure.detail.startswith("manual.pdf: ")
        assert caplog.text == ""
        assert here.held(job) == {}


def test_a_process_that_is_killed_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids: list[int] = []
    popen = watching.subprocess.Popen  # type: ignore[attr-defined]

    def start(*args: Any, **kwargs: Any) -> Any:
        process = popen(*args, **kwargs)
        if len(pids) < kills:
            os.kill(process.pid, signal.SIGKILL)
        pids.append(process.pid)
        return process

    monkeypatch.setattr(watching.subprocess, "Popen", start)  # type: ignore[attr-defined]
    with desk(tmp_path) as here:
        kills = 1
        (job,) = over(here, here.upload(HAR))
        assert (job.state, job.tries, len(pids)) == (JobState.DONE, 1, 2)
        pids.clear()
        kills = 2
        (job,) = over(here, here.upload(HAR))
        assert (job.state, job.tries, len(pids)) == (JobState.FAILED, 2, 2)
        assert job.failure == CRASH.failure
        assert here.scratch() == []


@pytest.mark.parametrize(
    ("setting", "code"),
    [({"job_s": 0}, FailureCode.TIME), ({"job_memory": 40 << 20}, FailureCode.MEMORY)],
    ids=["time", "memory"],
)
def test_a_job_gets_no_more_than_it_may(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    setting: dict[str, int],
    code: FailureCode,
) -> None:
    with desk(tmp_path, **setting) as here:
        (job,) = over(here, here.upload(HAR))
        assert job.failure is not None
        assert job.failure.code is code
        assert f"a job came to nothing: {code.value}" in caplog.text


def test_no_more_jobs_run_than_there_are_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)

    async def work(here: Desk) -> None:
        jobs = [here.upload(HAR) for _ in range(7)]
        async with at_work(here) as running:
            await until(lambda: len(carrying.begun) == 3)
            assert running.is_alive
            await asyncio.sleep(0.3)
            carrying.go.set()
            await until(lambda: all(here.now(job).is_over for job in jobs))
        assert not running.is_alive

    with desk(tmp_path, workers=3) as here:
        run(work(here))
    assert carrying.most == 3
    assert len(carrying.begun) == 7


def test_a_job_begins_at_once_if_somebody_wakes_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)
    monkeypatch.setattr(runner, "LOOK_S", 60)

    async def work(here: Desk) -> None:
        async with at_work(here) as running:
            await asyncio.sleep(0.3)
            job = here.upload(HAR)
            await asyncio.to_thread(running.wake)
            await until(lambda: carrying.begun, 5)
            carrying.go.set()
            await until(lambda: here.now(job).is_over, 5)

    with desk(tmp_path) as here:
        Runner(here.stores).wake()  # nobody runs yet, and nobody minds
        run(work(here))


def test_progress_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Carrying(monkeypatch, INPUT)

    async def work(here: Desk) -> None:
        job = here.upload(HAR)
        async with at_work(here):
            progress = await until(lambda: here.now(job).progress)
            assert progress == Progress(phase=Phase.READING, name="session.har", delivered=7)

    with desk(tmp_path) as here:
        run(work(here))


def test_a_case_that_is_deleted_ends_its_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)

    async def work(here: Desk) -> None:
        job = here.upload(HAR)
        async with at_work(here):
            await until(lambda: carrying.begun)
            here.stores.cases.mark_deleted(job.case_id)
            here.stores.blobs.delete_case(job.case_id)
            await until(lambda: carrying.ended)
            await until(lambda: here.scratch() == [])
        assert not (here.folder / "blobs" / job.case_id).exists()

    with desk(tmp_path) as here:
        run(work(here))


def test_a_case_that_is_deleted_is_gone_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)
    monkeypatch.setattr(runner, "BEAT_S", 60)

    async def work(here: Desk) -> None:
        job, other = here.upload(HAR), here.upload(HAR)
        async with at_work(here) as running:
            await until(lambda: len(carrying.begun) == 2)
            here.stores.cases.mark_deleted(job.case_id)
            await asyncio.to_thread(running.abandon, job.case_id)
            assert carrying.ended == 1
            assert len([*(here.folder / "scratch").iterdir()]) == 1
            await asyncio.to_thread(running.abandon, job.case_id)  # there is nothing to end
            assert here.now(other).state is JobState.RUNNING

    with desk(tmp_path) as here:
        Runner(here.stores).abandon("x")  # nobody runs yet
        run(work(here))


def test_nobody_waits_for_long_for_the_end_of_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)
    monkeypatch.setattr(runner, "ABANDON_S", 0)

    async def work(here: Desk) -> None:
        job = here.upload(HAR)
        async with at_work(here) as running:
            await until(lambda: carrying.begun)
            await asyncio.to_thread(running.abandon, job.case_id)

    with desk(tmp_path) as here:
        run(work(here))


def test_a_job_that_is_taken_over_is_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)

    async def work(here: Desk) -> None:
        job = here.upload(HAR)
        async with at_work(here):
            await until(lambda: carrying.begun)
            # As if its server had not been heard of for long, and another one had come.
            engine, keep = here.stores.database.engine, here.stores.settings.keep
            later = Jobs(engine, lambda: time.time_ns() + 3600 * 10**9, keep)
            assert later.take_over() == 1
            await until(lambda: carrying.ended)
            assert here.now(job).interruptions == 1
            await until(lambda: len(carrying.begun) == 2)  # and done again

    with desk(tmp_path) as here:
        run(work(here))


@pytest.mark.parametrize("slow", ["fetch", "put"])
def test_a_slow_store_takes_no_job_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    """To fetch a capture of gigabytes, or to store what was made of it, outlasts a lease."""
    with desk(tmp_path, lease_s=1) as here:
        job, blobs = here.upload(HAR), here.stores.blobs
        real = getattr(blobs, slow)
        calls: list[Any] = []

        def slowly(*args: Any) -> Any:
            if not calls:
                calls.append(args)
                time.sleep(2.2)
            return real(*args)

        monkeypatch.setattr(blobs, "local_path", lambda *_: None)
        monkeypatch.setattr(blobs, slow, slowly)
        (job,) = over(here, job)
        assert calls
        assert (job.state, job.interruptions) == (JobState.DONE, 0)


def test_who_ends_a_job_before_its_process_begins_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)

    async def work(here: Desk) -> None:
        job = here.upload(HAR)
        fetch, fetching, go = here.stores.blobs.fetch, threading.Event(), threading.Event()

        def slowly(*args: Any) -> None:
            fetching.set()
            go.wait(30)
            fetch(*args)

        monkeypatch.setattr(here.stores.blobs, "local_path", lambda *_: None)
        monkeypatch.setattr(here.stores.blobs, "fetch", slowly)
        async with at_work(here) as running:
            await until(fetching.is_set)
            here.stores.cases.mark_deleted(job.case_id)
            leaving = asyncio.create_task(asyncio.to_thread(running.abandon, job.case_id))
            await asyncio.sleep(0.2)
            go.set()
            await leaving
            assert here.scratch() == []

    with desk(tmp_path) as here:
        run(work(here))
    assert carrying.begun == []


def test_jobs_of_a_server_that_died_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Carrying(monkeypatch, INPUT).go.set()
    with desk(tmp_path, lease_s=1) as here:
        job = here.upload(HAR)
        assert here.stores.jobs.claim("a server that died", 0)
        (job,) = over(here, job)
        assert (job.failure, job.interruptions) == (INPUT.failure, 1)


def test_what_a_server_that_died_left_behind_is_removed(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        (here.folder / "scratch" / "old" / "case").mkdir(parents=True)
        (here.folder / "scratch" / "old" / "case" / "session.har").write_bytes(b"secret")
        over(here, here.upload({"x": b"x"}))
        assert here.scratch() == []


def test_a_server_that_stops_lets_jobs_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carrying = Carrying(monkeypatch, INPUT)

    async def work(here: Desk) -> Job:
        job, waits = here.upload(HAR), here.upload(HAR)
        running = Runner(here.stores)
        task = asyncio.create_task(running.run())
        await until(lambda: carrying.begun)
        stopping = asyncio.create_task(running.stop(30))
        await asyncio.sleep(0.2)
        assert not stopping.done()
        carrying.go.set()
        await stopping
        await task
        assert here.now(waits).state is JobState.QUEUED
        return here.now(job)

    with desk(tmp_path, workers=1) as here:
        assert run(work(here)).state is JobState.FAILED


def test_a_server_that_must_stop_puts_jobs_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying = Carrying(monkeypatch, INPUT)

    async def work(here: Desk) -> Job:
        job = here.upload(HAR)
        running = Runner(here.stores)
        task = asyncio.create_task(running.run())
        await until(lambda: carrying.begun)
        await running.stop(0.1)
        await task
        assert here.scratch() == []
        return here.now(job)

    with desk(tmp_path) as here:
        job = run(work(here))
        assert (job.state, job.tries, job.interruptions) == (JobState.QUEUED, 0, 0)
    assert carrying.ended == 1


def test_a_server_that_never_ran_stops(tmp_path: Path) -> None:
    async def work(here: Desk) -> None:
        running = Runner(here.stores)
        await running.stop(30)
        await running.run()

    with desk(tmp_path) as here:
        run(work(here))


def test_files_that_are_gone_fail_the_job(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        job = here.upload(HAR)
        here.stores.blobs.delete_case(job.case_id)
        (job,) = over(here, job)
        assert job.failure is not None
        assert job.failure.code is FailureCode.STORAGE
        # Nobody but the server is at fault: what is there stays.
        assert here.files(job)[0].state is FileState.PRESENT


class Away:
    """A database that is away for some calls."""

    def __init__(self, real: Callable[..., Any], *away: int) -> None:
        self.real = real
        self.away = away
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.calls in self.away:
            raise OperationalError("UPDATE jobs", {"token": "secret"}, Exception("secret"))
        return self.real(*args, **kwargs)


@pytest.mark.parametrize(
    ("method", "away"),
    [("claim", (1, 2)), ("renew", (1, 2)), ("take_over", (1, 2)), ("take_over", (2, 3))],
    ids=["no job", "no heartbeat", "at the start", "later"],
)
def test_a_database_that_is_away_comes_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
    away: tuple[int, ...],
) -> None:
    carrying = Carrying(monkeypatch, INPUT)

    async def work(here: Desk, asked: Away) -> None:
        job = here.upload(HAR)
        if method == "take_over":
            here.stores.jobs.claim("a server that died", 1)
        async with at_work(here):
            await until(lambda: asked.calls > max(away))
            carrying.go.set()
            await until(lambda: here.now(job).is_over)
        assert here.now(job).failure == INPUT.failure

    with desk(tmp_path, lease_s=1) as here, caplog.at_level(logging.ERROR):
        asked = Away(getattr(here.stores.jobs, method), *away)
        monkeypatch.setattr(here.stores.jobs, method, asked)
        run(work(here, asked))
    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


def test_an_end_that_cannot_be_written_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The lease passes, and the job is done again."""
    Carrying(monkeypatch, INPUT).go.set()
    with desk(tmp_path, lease_s=1) as here:
        job = here.upload(HAR)
        monkeypatch.setattr(here.stores.jobs, "fail", Away(here.stores.jobs.fail, 1))
        (job,) = over(here, job)
        assert (job.failure, job.interruptions) == (INPUT.failure, 1)
        assert here.scratch() == []
    assert "secret" not in caplog.text


def test_a_small_job_takes_little_time(tmp_path: Path) -> None:
    """From its upload to its result; the bound leaves room for a machine that is busy."""
    with desk(tmp_path) as here:
        (job,) = over(here, here.upload(HAR))
        assert job.started_ns is not None
        assert job.finished_ns is not None
        assert job.finished_ns - job.started_ns < 10 * 10**9
