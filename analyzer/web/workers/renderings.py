"""Reports in any format and language, written when somebody first asks for them."""

import asyncio
from pathlib import Path
from typing import Final

from anyio import to_thread
from fastapi.concurrency import contextmanager_in_threadpool
from msgspec.structs import replace

from ..problems import Problem, ProblemCode
from ..records import Job, JobKind, Rendering
from ..stores import Stores
from .order import ENGLISH, RESULT, Bounds, Failed, Outcome, RenderOrder
from .scratch import Scratch
from .settling import drop_if_deleted, put_report
from .watching import carry_out

AT_ONCE: Final = 2
"""Processes that write reports at the same time."""

WAITING: Final = 20
"""Reports that may be written or waited for."""

RETRY_S: Final = 5

WRITING_S: Final = 120
"""Wall clock of a process that writes a report: somebody waits for it."""


class Renderings:
    """Reports as files; to be used in one event loop."""

    def __init__(self, stores: Stores) -> None:
        """
        Take what is kept.

        Args:
            stores: Hold the results of jobs and the reports that were written.
        """
        self._stores = stores
        self._scratch = Scratch(stores)
        self._free = asyncio.Semaphore(AT_ONCE)
        self._written: dict[tuple[str, str, str], asyncio.Task[Rendering]] = {}

    async def get(self, job: Job, kind: str, language: str) -> Rendering:
        """
        The report of a job; who asks for one that is being written waits for that.

        Args:
            job: One that is done.
            kind: Name of a format.
            language: BCP 47 tag; the JSON is always English.

        Raises:
            Problem: TOO_OFTEN: too many are being written; RENDERING: it could not be.
        """
        if kind == RESULT:
            language = ENGLISH
        stored = await to_thread.run_sync(self._stores.written.get, job.id, kind, language)
        if stored is not None:
            return stored
        wanted = (job.id, kind, language)
        writing = self._written.get(wanted)
        if writing is None:
            if len(self._written) >= WAITING:
                raise Problem(ProblemCode.TOO_OFTEN, retry_s=RETRY_S)
            writing = asyncio.create_task(self._write(job, kind, language))
            self._written[wanted] = writing
            writing.add_done_callback(lambda task: self._over(wanted, task))
        # Whoever asked may go away; others wait for the same.
        return await asyncio.shield(writing)

    def _over(self, wanted: tuple[str, str, str], task: asyncio.Task[Rendering]) -> None:
        del self._written[wanted]
        if not task.cancelled():
            task.exception()  # nobody may be left to be told

    async def _write(self, job: Job, kind: str, language: str) -> Rendering:
        if job.kind is JobKind.COMPARE or job.result is None:
            # All that there is of a comparison was written when it was made.
            raise Problem(ProblemCode.RENDERING)
        result = job.result
        async with self._free, contextmanager_in_threadpool(self._scratch.new()) as folder:
            saved = folder / "result.json"
            order = RenderOrder(
                saved=str(saved), format=kind, language=language, out=str(folder / "out")
            )
            await to_thread.run_sync(self._lay, job, result, saved)
            outcome = await carry_out(order, self._bounds(), lambda _: None)
            return await to_thread.run_sync(self._store, job, order, outcome)

    def _lay(self, job: Job, result: str, path: Path) -> None:
        """
        Lay out what was saved.

        Raises:
            Problem: It is gone, or cannot be read.
        """
        try:
            self._scratch.lay(job.case_id, result, path)
        except FileNotFoundError:
            raise Problem(ProblemCode.NOT_FOUND, "no such case") from None
        except OSError:
            raise Problem(ProblemCode.RENDERING) from None

    def _bounds(self) -> Bounds:
        bounds = self._scratch.bounds()
        return replace(bounds, seconds=min(bounds.seconds, WRITING_S))

    def _store(self, job: Job, order: RenderOrder, outcome: Outcome) -> Rendering:
        """
        Keep what was written.

        Raises:
            Problem: Nothing was written, or it cannot be kept.
        """
        if isinstance(outcome, Failed):
            raise Problem(ProblemCode.RENDERING, outcome.failure.code.value)
        wanted = [
            one
            for one in outcome.written
            if (one.format, one.language) == (order.format, order.language)
        ]
        if not wanted:
            raise Problem(ProblemCode.RENDERING)
        (written, *_) = wanted
        try:
            rendering = put_report(self._stores, job.case_id, written, Path(order.out))
        except OSError:
            raise Problem(ProblemCode.RENDERING) from None
        self._stores.written.add(job.id, rendering)
        drop_if_deleted(self._stores, job.case_id)
        return rendering
