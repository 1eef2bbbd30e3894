"""How far a job is, told while it goes on: as events, or asked for again and again."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import anyio
from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ...report.language.words import Words
from ..casebook import Casebook
from ..depends import CasebookDep, services_of
from ..problems import Problem, ProblemCode
from ..records import Job, JobKind
from .told import job_said
from .tongue import words_of

router = APIRouter()

INTERVAL_S = 0.5
"""Between two looks at the database."""

Status = dict[str, str | bool]
"""What the script of a page shows."""


def status(words: Words, casebook: Casebook, job: Job, now_ns: int) -> Status:
    """How far a job is, in the reader's words."""
    progress = job.progress
    # What is worth being read aloud anew: not each second, and not each entry.
    at = f"{progress.phase.value} {progress.name}" if progress else ""
    return {
        "id": job.id,
        "state": job.state.value,
        "at": at,
        "text": job_said(words, job, casebook.place(job), now_ns),
        "over": job.is_over,
    }


def job_of(casebook: CasebookDep, case_id: str, job_id: str = "") -> Job:
    """
    A comparison of a case; without an id its last analysis.

    Raises:
        Problem: There is none.
    """
    casebook.case(case_id)
    for job in casebook.jobs(case_id):
        if job.id == job_id if job_id else job.kind is JobKind.ANALYZE:
            return job
    raise Problem(ProblemCode.NOT_FOUND)


Wanted = Annotated[Job, Depends(job_of)]


@router.get("/cases/{case_id}/status")  # noqa: FAST003 - asked for by job_of
@router.get("/cases/{case_id}/comparisons/{job_id}/status")
def state(request: Request, casebook: CasebookDep, job: Wanted) -> JSONResponse:
    """How far a job is, as JSON."""
    return JSONResponse(_now(request, casebook, job))


@router.get(
    "/cases/{case_id}/events",  # noqa: FAST003 - asked for by job_of
    response_class=EventSourceResponse,
)
@router.get(
    "/cases/{case_id}/comparisons/{job_id}/events",
    response_class=EventSourceResponse,
)
async def events(
    request: Request, casebook: CasebookDep, job: Wanted
) -> AsyncIterator[ServerSentEvent]:
    """How far a job is, as server-sent events; they end with the job, its case or the server."""
    services = services_of(request)
    look = partial(_look, request, casebook, job.id)
    before: Status | None = None
    while True:
        try:
            now = await to_thread.run_sync(look)
        except Problem:
            return
        if now != before:
            yield ServerSentEvent(event="job", data=now)
        if now["over"] or services.stopping:
            return
        before = now
        await anyio.sleep(INTERVAL_S)


def _look(request: Request, casebook: Casebook, job_id: str) -> Status:
    return _now(request, casebook, casebook.job(job_id))


def _now(request: Request, casebook: Casebook, job: Job) -> Status:
    return status(words_of(request), casebook, job, services_of(request).stores.clock())
