"""How far a job is, told while it goes on: as events, or asked for again and again."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ...report.language.words import Words
from ..casebook import Casebook
from ..depends import CasebookDep, services_of
from ..following import changes
from ..problems import Problem, ProblemCode
from ..records import Job, JobKind
from .told import job_said
from .tongue import words_of

router = APIRouter()

Status = dict[str, str | bool]
"""What the script of a page shows."""


def status(words: Words, casebook: Casebook, job: Job, now_ns: int) -> Status:
    """How far a job is, in the reader's words."""
    progress = job.progress
    # What is worth being read aloud anew: not each second, and not each entry.
    at = f"{progress.phase.value} {progress.name}" if progress else ""
    return {
        "state": job.state.value,
        "at": at,
        "text": job_said(words, job, casebook.place(job), now_ns),
        "over": job.is_over,
    }


def last_analysis(casebook: CasebookDep, case_id: str) -> Job:
    """
    The last analysis of a case.

    Raises:
        Problem: NOT_FOUND.
    """
    job = casebook.case(case_id).job
    if job is None:
        raise Problem(ProblemCode.NOT_FOUND)
    return job


def comparison(casebook: CasebookDep, case_id: str, job_id: str) -> Job:
    """
    A comparison of a case.

    Raises:
        Problem: NOT_FOUND.
    """
    job = casebook.job(job_id)
    if job.case_id != case_id or job.kind is not JobKind.COMPARE:
        raise Problem(ProblemCode.NOT_FOUND)
    return job


Analysis = Annotated[Job, Depends(last_analysis)]
Comparison = Annotated[Job, Depends(comparison)]


@router.get("/cases/{case_id}/status")  # noqa: FAST003 - asked for by last_analysis
def state(request: Request, casebook: CasebookDep, job: Analysis) -> JSONResponse:
    """How far the analysis of a case is, as JSON."""
    return JSONResponse(_now(request, casebook, job))


@router.get("/cases/{case_id}/comparisons/{job_id}/status")  # noqa: FAST003 - by comparison
def comparison_state(request: Request, casebook: CasebookDep, job: Comparison) -> JSONResponse:
    """How far a comparison is, as JSON."""
    return JSONResponse(_now(request, casebook, job))


@router.get("/cases/{case_id}/events", response_class=EventSourceResponse)  # noqa: FAST003 - likewise
async def events(request: Request, job: Analysis) -> AsyncIterator[ServerSentEvent]:
    """How far the analysis of a case is, as server-sent events."""
    async for event in _followed(request, job):
        yield event


@router.get(
    "/cases/{case_id}/comparisons/{job_id}/events",  # noqa: FAST003 - likewise
    response_class=EventSourceResponse,
)
async def comparison_events(request: Request, job: Comparison) -> AsyncIterator[ServerSentEvent]:
    """How far a comparison is, as server-sent events."""
    async for event in _followed(request, job):
        yield event


async def _followed(request: Request, job: Job) -> AsyncIterator[ServerSentEvent]:
    """They end with the job, its case or the server."""
    services = services_of(request)
    casebook = services.casebook

    def look() -> Status:
        return _now(request, casebook, casebook.job(job.id))

    async for now in changes(look, lambda now: bool(now["over"]), lambda: services.stopping):
        yield ServerSentEvent(event="job", data=now)


def _now(request: Request, casebook: Casebook, job: Job) -> Status:
    return status(words_of(request), casebook, job, services_of(request).stores.clock())
