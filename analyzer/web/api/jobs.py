"""Jobs: asked for, looked at, followed."""

from collections.abc import AsyncIterator
from functools import partial
from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from .. import records
from ..depends import CasebookDep, ServicesDep
from ..following import changes
from ..problems import ProblemCode
from .links import made
from .once import REPLAYED, Key, once
from .refusals import KEYED, UNSAFE, refusals
from .schemas import Analysis, CaseId, Comparison, Job, JobId
from .uploads import fingerprint_of

router = APIRouter(tags=["jobs"])


@router.post(
    "/cases/{case_id}/jobs",
    status_code=202,
    operation_id="createJob",
    summary="Analyse again, or compare two files",
    response_description="The job, which waits for its turn.",
    responses={
        202: made(case="/case_id", job="/id"),
        **refusals(
            ProblemCode.NOT_FOUND,
            ProblemCode.NOT_KEPT,
            ProblemCode.QUEUE_FULL,
            ProblemCode.BAD_VALUE,
            ProblemCode.BAD_FORM,
            *KEYED,
            *UNSAFE,
        ),
    },
)
def create(
    case_id: CaseId,
    asked: Annotated[Analysis | Comparison, Body(discriminator="kind")],
    response: Response,
    services: ServicesDep,
    key: Key = None,
) -> Job:
    """A comparison says where the bad session parts from the good one."""
    book = services.casebook

    def act() -> str:
        if isinstance(asked, Comparison):
            sides = (asked.good, asked.bad)
            return book.compare(case_id, *sides, asked.profile, asked.language, key).id
        return book.analyze_again(case_id, asked.profile, asked.language, key).id

    asked_for = fingerprint_of(f"job of {case_id}", asked.model_dump_json())
    job_id, before = once(services.stores.answers, key, asked_for, act)
    response.headers["Location"] = f"/api/v1/jobs/{job_id}"
    response.headers.update(REPLAYED if before else {})
    return Job.of(book.job(job_id))


def job_of(job_id: JobId, book: CasebookDep) -> records.Job:
    """
    The job of a path.

    Raises:
        Problem: NOT_FOUND.
    """
    return book.job(job_id)


@router.get(
    "/jobs/{job_id}",
    operation_id="getJob",
    summary="Look how far a job is",
    response_description="The job as it is now.",
    responses=refusals(ProblemCode.NOT_FOUND),
)
def read(job_id: JobId, book: CasebookDep) -> Job:
    """It is over when its `state` is `done` or `failed`; ask each second, or follow its events."""
    return Job.of(book.job(job_id))


@router.get(
    "/jobs/{job_id}/events",
    operation_id="followJob",
    summary="Follow a job",
    response_class=EventSourceResponse,
    response_description="Server-sent events named `job`, whose data is the job as of `getJob`:"
    " one at once, one at each change. The last one has the state `done` or `failed`.",
    responses=refusals(ProblemCode.NOT_FOUND),
)
async def follow(
    job: Annotated[records.Job, Depends(job_of)], services: ServicesDep
) -> AsyncIterator[ServerSentEvent]:
    """The stream ends with the job; a comment comes each 15 seconds while nothing happens."""
    look = partial(services.casebook.job, job.id)
    async for now in changes(look, attrgetter("is_over"), lambda: services.stopping):
        yield ServerSentEvent(event="job", data=Job.of(now))
