"""What stands in for a server's parts, and records that tests make up."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.web.casebook import Casebook
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import (
    Derived,
    Done,
    Failure,
    FailureCode,
    FileChange,
    FileKind,
    Job,
    JobKind,
    JobState,
    Rendering,
    Summary,
)
from analyzer.web.stores import Stores

HAR = b'{"log": {"version": "1.2", "creator": {"name": "a", "version": "1"}, "entries": []}}'
"""A recording of nothing."""


class Idle:
    """
    A runner that does nothing.

    Attributes:
        woken: How often it was.
        abandoned: Cases whose jobs it was to end.
    """

    def __init__(self) -> None:
        self.woken = 0
        self.abandoned: list[str] = []

    def wake(self) -> None:
        self.woken += 1

    def abandon(self, case_id: str) -> None:
        self.abandoned.append(case_id)


class Written:
    """
    Renderings that are there already: each is the result itself.

    Attributes:
        asked: Formats and languages that were asked for.
    """

    def __init__(self, octets: int = 1) -> None:
        self.asked: list[tuple[str, str]] = []
        self._octets = octets

    async def get(self, job: Job, kind: str, language: str) -> Rendering:
        self.asked.append((kind, language))
        return Rendering(format=kind, language=language, blob=job.result or "", octets=self._octets)


def services_on(stores: Stores, renderings: Written) -> SimpleNamespace:
    """The parts of a server that does no jobs."""
    casebook = Casebook(stores, cast("Any", Idle()), cast("Any", renderings))
    return SimpleNamespace(
        stores=stores, settings=stores.settings, casebook=casebook, stopping=False
    )


class Door:
    """
    A way in to a server whose jobs are done by the tests.

    Attributes:
        stores: What the server keeps.
        services: What it is made of.
        renderings: What it was asked to render.
    """

    def __init__(self, stores: Stores, folder: Path, report: bytes) -> None:
        """`folder`: for what lies there for a moment only. `report`: result of every job."""
        self.stores = stores
        self.renderings = Written(len(report))
        self.services = services_on(stores, self.renderings)
        self._folder = folder
        self._report = report

    def claimed(self) -> Job:
        """Begin the job that waits longest."""
        job = self.stores.jobs.claim("tests", 30)
        assert job is not None
        return job

    def finished(
        self, summary: Summary, changes: tuple[FileChange, ...] = (), *, derives: bool = False
    ) -> Job:
        """Finish the job that waits longest."""
        job = self.claimed()
        result = self._folder / "result.json"
        result.write_bytes(self._report)
        key = self.stores.blobs.put(job.case_id, result)
        derived = Derived(
            name="sessions.har", kind=FileKind.HAR, blob=key, octets=9, sha256="ab" * 32
        )
        done = Done(
            result=key,
            summary=summary,
            changes=changes,
            derived=(derived,) if derives else (),
        )
        assert self.stores.jobs.finish(job.id, "tests", done)
        found = self.stores.jobs.get(job.id)
        assert found is not None
        return found

    def failed(self, code: FailureCode = FailureCode.INPUT, detail: str = "no entries") -> Job:
        """Let the job that waits longest fail."""
        job = self.claimed()
        failure = Failure(code=code, detail=detail)
        found = self.stores.jobs.fail(job.id, "tests", failure, died=False)
        assert found is not None
        return found


def refused(code: ProblemCode) -> "pytest.RaisesExc[Problem]":
    """What is done within is refused for this reason."""
    return pytest.raises(Problem, check=lambda problem: problem.code is code)


def a_job(state: JobState, **more: Any) -> Job:
    """An analysis in that state."""
    return Job(
        id="j",
        case_id="c",
        kind=JobKind.ANALYZE,
        state=state,
        profile="finesse",
        language="en",
        queued_ns=0,
        **more,
    )
