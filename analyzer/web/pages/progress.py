"""How far a job is, told while it goes on: as events, or asked for again and again."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import anyio
import msgspec
from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from ...report.language.words import Words
from ..casebook import Casebook
from ..depends import casebook_of, services_of
from ..problems import Problem, ProblemCode
from ..records import Job
from ..stores import Clock
from .told import job_said
from .tongue import words_of

router = APIRouter()

INTERVAL_S = 0.5
"""Between two looks at the database."""

HEARTBEAT = 30
"""Looks without news until something is sent, lest a proxy thinks the connection is dead."""

LONGEST = 7200
"""Looks until the browser has to connect anew: an hour."""

Cases = Annotated[Casebook, Depends(casebook_of)]


def status(words: Words, casebook: Casebook, job: Job, now_ns: int) -> dict[str, str | bool]:
    """What the script of the page shows."""
    said = job_said(words, job, casebook.place(job), now_ns)
    progress = job.progress
    # What is worth being read aloud anew: not each second, and not each entry.
    at = f"{progress.phase.value} {progress.name}" if progress else ""
    return {
        "id": job.id,
        "state": job.state.value,
        "at": at,
        "text": said,
        "over": job.is_over,
    }


def newest(casebook: Casebook, case_id: str, job_id: str = "") -> Job:
    """
    The job of a case that is asked for.

    Args:
        casebook: Where to look.
        case_id: Of the case.
        job_id: Of the job; else the last one.
    """
    casebook.case(case_id)
    jobs = casebook.jobs(case_id)
    found = next((job for job in jobs if job_id in ("", job.id)), None)
    if found is None:
        raise Problem(ProblemCode.NOT_FOUND)
    return found


@router.get("/cases/{case_id}/status")
def state(request: Request, casebook: Cases, case_id: str, job: str = "") -> Response:
    """How far a job is, as JSON."""
    return Response(_told(request, casebook, case_id, job)[0], media_type="application/json")


@router.get("/cases/{case_id}/events")
async def events(request: Request, casebook: Cases, case_id: str, job: str = "") -> Response:
    """How far a job is, as server-sent events (WHATWG HTML section 9.2)."""
    look = partial(_told, request, casebook, case_id, job)
    first = await to_thread.run_sync(look)
    return StreamingResponse(
        _stream(look, first), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


def _told(request: Request, casebook: Casebook, case_id: str, job_id: str) -> tuple[bytes, bool]:
    clock: Clock = services_of(request).stores.clock
    job = newest(casebook, case_id, job_id)
    told = status(words_of(request), casebook, job, clock())
    return msgspec.json.encode(told), job.is_over


async def _stream(
    look: "partial[tuple[bytes, bool]]", first: tuple[bytes, bool]
) -> AsyncIterator[bytes]:
    said, over = first
    yield b"event: job\ndata: " + said + b"\n\n"
    silent = 0
    for _ in range(LONGEST):
        if over:
            return
        await anyio.sleep(INTERVAL_S)
        before = said
        try:
            said, over = await to_thread.run_sync(look)
        except Problem:
            yield b"event: gone\ndata: {}\n\n"
            return
        silent = 0 if said != before else silent + 1
        if said != before:
            yield b"event: job\ndata: " + said + b"\n\n"
        elif silent % HEARTBEAT == 0:
            yield b":\n\n"
