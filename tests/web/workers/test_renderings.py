"""Reports are written when they are asked for: once, not too many at a time, and kept."""

import asyncio
from pathlib import Path

import pytest

from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import (
    Done,
    Failure,
    FailureCode,
    FileState,
    Job,
    JobState,
    Keep,
    Rendering,
)
from analyzer.web.workers import renderings
from analyzer.web.workers.order import (
    Bounds,
    Failed,
    Finished,
    Order,
    Outcome,
    RenderOrder,
    Tell,
    Written,
)
from analyzer.web.workers.renderings import AT_ONCE, WAITING, Renderings
from tests.web.database.making import renderings_of
from tests.web.workers.desk import Desk, desk, over, run, until
from tests.web.workers.orders import fixture

HAR = {"session.har": fixture("wrong-password/session.har")}


def analysed(here: Desk, **files: bytes) -> Job:
    (job,) = over(here, here.upload(files or HAR))
    assert job.state is JobState.DONE
    return job


def finished(here: Desk) -> Job:
    """A job with a result that nobody reads."""
    job = here.upload(HAR)
    assert here.stores.jobs.claim("me", 30) is not None
    rows = []
    for name, kind in (("result", "json"), ("page", "html")):
        path = here.folder / name
        path.write_text(name)
        key = here.stores.blobs.put(job.case_id, path)
        rows.append(Rendering(format=kind, language="en", blob=key, octets=len(name)))
    assert here.stores.jobs.finish(job.id, "me", Done(result=rows[0].blob, renderings=tuple(rows)))
    return here.now(job)


def text_of(here: Desk, job: Job, rendering: Rendering) -> str:
    octets = here.held(job)[rendering.blob]
    assert len(octets) == rendering.octets
    return octets.decode("utf-8", "replace")


class Writing:
    """
    Stands for the processes: writes a line for each order, when it is told to go.

    Attributes:
        orders: So far.
        most: At the same time.
        outcome: What comes of all of them, instead.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, outcome: Outcome | None = None) -> None:
        self.orders: list[RenderOrder] = []
        self.most = self.now = 0
        self.go = asyncio.Event()
        self.outcome = outcome
        monkeypatch.setattr(renderings, "carry_out", self._carry_out)

    async def _carry_out(self, order: Order, bounds: Bounds, on_progress: Tell) -> Outcome:
        assert isinstance(order, RenderOrder)
        assert Path(order.saved).stat().st_size  # noqa: ASYNC240 - nobody else waits
        self.orders.append(order)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.go.wait()
        finally:
            self.now -= 1
        if self.outcome is not None:
            return self.outcome
        (Path(order.out) / "report").write_text(f"{order.format} {order.language}")
        return Finished(
            written=(Written(format=order.format, language=order.language, file="report"),)
        )


def test_a_report_is_written_in_any_format_and_language(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = analysed(here)
        assert here.files(job)[0].state is FileState.GONE
        wanted = Renderings(here.stores)

        async def work() -> tuple[Rendering, Rendering]:
            return await asyncio.gather(
                wanted.get(job, "md", "nl"), wanted.get(job, "zip", "zh-Hans")
            )

        markdown, archive = run(work())
        assert (markdown.format, markdown.language) == ("md", "nl")
        assert "De server weigerde" in text_of(here, job, markdown)
        assert text_of(here, job, archive).startswith("PK")
        assert {one.format for one in renderings_of(here.stores.database.engine, job.id)} == {
            "html",
            "json",
            "md",
            "zip",
        }
        assert here.scratch() == []


def test_what_was_written_is_not_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        writing = Writing(monkeypatch)
        writing.go.set()

        async def work() -> None:
            first = await Renderings(here.stores).get(job, "md", "nl")
            assert await Renderings(here.stores).get(job, "md", "nl") == first
            # The analysis itself wrote the page of whoever uploaded it, and the result.
            await Renderings(here.stores).get(job, "html", "en")
            result = await Renderings(here.stores).get(job, "json", "it")
            assert (result.blob, result.language) == (job.result, "en")

        run(work())
        assert len(writing.orders) == 1


def test_all_who_ask_for_the_same_share_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        writing = Writing(monkeypatch)

        async def work() -> None:
            wanted = Renderings(here.stores)
            asking = [asyncio.create_task(wanted.get(job, "md", "nl")) for _ in range(50)]
            await until(lambda: writing.orders)
            asking[0].cancel()  # whoever asked first goes away
            writing.go.set()
            told = await asyncio.gather(*asking[1:])
            assert len(set(map(repr, told))) == 1

        run(work())
        assert len(writing.orders) == 1


def test_only_a_few_are_written_at_once_and_not_too_many_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        writing = Writing(monkeypatch)

        async def work() -> None:
            wanted = Renderings(here.stores)
            asking = [
                asyncio.create_task(wanted.get(job, f"kind{number}", "en"))
                for number in range(WAITING)
            ]
            await until(lambda: len(writing.orders) == AT_ONCE)
            with pytest.raises(Problem) as caught:
                await wanted.get(job, "md", "en")
            assert caught.value.code is ProblemCode.TOO_OFTEN
            assert caught.value.retry_s
            writing.go.set()
            assert len(await asyncio.gather(*asking)) == WAITING
            await wanted.get(job, "md", "en")

        run(work())
        assert writing.most == AT_ONCE


@pytest.mark.parametrize("code", [FailureCode.TIME, FailureCode.CRASH, FailureCode.INPUT])
def test_what_cannot_be_written_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: FailureCode
) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        writing = Writing(monkeypatch, Failed(failure=Failure(code=code, detail="a secret")))
        writing.go.set()

        async def work() -> None:
            wanted = Renderings(here.stores)
            for _ in range(2):  # it is tried anew
                with pytest.raises(Problem) as caught:
                    await wanted.get(job, "md", "en")
                assert caught.value.code is ProblemCode.RENDERING
                assert caught.value.detail == code.value

        run(work())
        assert len(writing.orders) == 2
        assert here.scratch() == []


def test_a_failure_that_nobody_waits_for_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        failed = Failed(failure=Failure(code=FailureCode.TIME))
        writing = Writing(monkeypatch, failed)

        async def work() -> None:
            asking = asyncio.create_task(Renderings(here.stores).get(job, "md", "nl"))
            await until(lambda: writing.orders)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            writing.go.set()
            await until(lambda: here.scratch() == [] and not writing.now)

        run(work())


def test_a_server_that_stops_writes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        writing = Writing(monkeypatch)

        async def work() -> None:
            asyncio.get_running_loop().create_task(
                Renderings(here.stores).get(job, "md", "nl")
            ).add_done_callback(lambda _: None)
            await until(lambda: writing.orders)

        run(work())
        assert (writing.now, here.scratch()) == (0, [])


def test_a_process_that_lies_has_written_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [
        Finished(written=()),
        Finished(written=(Written(format="html", language="nl", file="gone"),)),
        Finished(written=(Written(format="md", language="nl", file="gone"),)),
    ]
    with desk(tmp_path) as here:
        job = finished(here)
        for outcome in outcomes:
            Writing(monkeypatch, outcome).go.set()
            with pytest.raises(Problem) as caught:
                run(Renderings(here.stores).get(job, "md", "nl"))
            assert caught.value.code is ProblemCode.RENDERING


def test_of_a_comparison_all_is_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"good.har": fixture("good-ws/session.har"), "bad.har": HAR["session.har"]}
    with desk(tmp_path) as here:
        (job,) = over(here, here.upload(files))
        good, bad = here.files(job)
        (job,) = over(here, here.compare(job.case_id, good.id, bad.id))
        writing = Writing(monkeypatch)
        page = run(Renderings(here.stores).get(job, "html", "pt-BR"))
        assert 'lang="pt-BR"' in text_of(here, job, page)
        result = run(Renderings(here.stores).get(job, "json", "pt-BR"))
        assert result.blob == job.result
        with pytest.raises(Problem) as caught:
            run(Renderings(here.stores).get(job, "svg", "en"))
        assert caught.value.code is ProblemCode.RENDERING
        assert writing.orders == []


def test_a_case_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        here.stores.blobs.delete_case(job.case_id)
        with pytest.raises(Problem) as caught:
            run(Renderings(here.stores).get(job, "md", "en"))
        assert caught.value.code is ProblemCode.NOT_FOUND


def test_a_store_that_is_away_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise PermissionError

    with desk(tmp_path) as here:
        job = finished(here)
        monkeypatch.setattr(here.stores.blobs, "local_path", lambda *_: None)
        monkeypatch.setattr(here.stores.blobs, "fetch", away)
        with pytest.raises(Problem) as caught:
            run(Renderings(here.stores).get(job, "md", "en"))
        assert caught.value.code is ProblemCode.RENDERING


def test_a_case_that_is_deleted_meanwhile_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path) as here:
        job = finished(here)
        writing = Writing(monkeypatch)

        async def work() -> None:
            asking = asyncio.create_task(Renderings(here.stores).get(job, "md", "en"))
            await until(lambda: writing.orders)
            here.stores.cases.mark_deleted(job.case_id)
            here.stores.blobs.delete_case(job.case_id)
            writing.go.set()
            await asyncio.gather(asking, return_exceptions=True)

        run(work())
        assert not (here.folder / "blobs" / job.case_id).exists()


def test_a_disk_that_is_full_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    with desk(tmp_path) as here:
        job = finished(here)
        Writing(monkeypatch).go.set()
        monkeypatch.setattr(here.stores.blobs, "put", full)
        with pytest.raises(Problem) as caught:
            run(Renderings(here.stores).get(job, "md", "en"))
        assert caught.value.code is ProblemCode.RENDERING
