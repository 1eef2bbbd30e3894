"""How a job gets on, as server-sent events; the pages listen to the same."""

from collections.abc import AsyncIterator, Callable

import anyio
import anyio.to_thread
from fastapi.sse import ServerSentEvent

from ..problems import Problem
from ..records import Job
from . import schemas

POLL_S = 0.5
"""How often a listener looks at the database."""


async def events(
    job: Job, look: Callable[[str], Job], stops: Callable[[], bool]
) -> AsyncIterator[ServerSentEvent]:
    """
    The job now and at each change; ends once it is over or its case is deleted.

    What a proxy may buffer, comments while nothing happens and a listener that vanishes are
    the business of `fastapi.sse`.

    Args:
        job: As it is now.
        look: Job as it is then, by its id; may raise `Problem`.
        stops: The server wants to stop: listeners ask again, and find the next one.
    """
    yield _event(job)
    while not job.is_over and not stops():
        await anyio.sleep(POLL_S)
        try:
            now = await anyio.to_thread.run_sync(look, job.id)
        except Problem:
            return
        if now != job:
            job = now
            yield _event(job)


def _event(job: Job) -> ServerSentEvent:
    return ServerSentEvent(event="job", data=schemas.Job.of(job))
