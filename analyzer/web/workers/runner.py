"""Does the jobs: takes the oldest, has a process carry it out, writes down what came of it."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Final, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi.concurrency import contextmanager_in_threadpool

from ..records import FailureCode, Job, Progress
from ..stores import Stores
from .order import Failed, Order, Outcome, unreadable
from .scratch import Scratch
from .servername import server_name
from .settling import Settling
from .watching import carry_out

P = ParamSpec("P")
T = TypeVar("T")

LOOK_S: Final = 1.0
"""How often the queue is looked at if nobody calls `Runner.wake`: other servers fill it, too."""

BEAT_S: Final = 1.0
"""How often a running job is told of, at least; a third of the lease, if that is shorter."""

ABANDON_S: Final = 10.0
"""How long anybody waits for the end of a job; its process is killed, so that it ends at once, but
where the store is far away a file may be on its way."""

log = logging.getLogger("stanzascope.workers")


@dataclass(eq=False)
class _Doing:
    """A job under way: whose it is, how far it is, and what to set to have it end."""

    job: Job
    owner: str
    progress: Progress | None = None
    end: asyncio.Event = field(default_factory=asyncio.Event)

    def on_progress(self, progress: Progress) -> None:
        self.progress = progress


class Runner:
    """The workers of a server; `run` it in the main thread's event loop."""

    def __init__(self, stores: Stores) -> None:
        """
        Take what is kept; nothing runs yet.

        Args:
            stores: Hold the jobs, their files and what comes of them.
        """
        self._settings = stores.settings
        self._stores = stores
        self._scratch = Scratch(stores)
        self._settling = Settling(stores)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._stopped = asyncio.Event()
        self._ended = asyncio.Event()
        self._jobs: dict[asyncio.Task[None], _Doing] = {}

    @property
    def is_alive(self) -> bool:
        """It takes jobs."""
        return self._loop is not None and not self._stopped.is_set()

    def wake(self) -> None:
        """Say that there is something to do; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Do jobs until `stop` is called."""
        # For each job what is done for it and its heartbeat, and two for the queue.
        self._threads = CapacityLimiter(2 * self._settings.workers + 2)
        self._loop = asyncio.get_running_loop()
        overseeing: asyncio.Future[None] = self._loop.create_future()
        try:
            await self._clear_up()
            overseeing = asyncio.create_task(self._oversee())
            while not self._stopped.is_set():
                self._woken.clear()
                if not await self._take():
                    await _within(LOOK_S, self._woken)
        finally:
            overseeing.cancel()
            await asyncio.gather(overseeing, *self._jobs, return_exceptions=True)
            self._loop = None
            self._ended.set()

    async def stop(self, grace_s: float) -> None:
        """
        Take no more jobs, and return when none is left.

        Args:
            grace_s: How long those that run may go on; then they go back to the queue.
        """
        self._stopped.set()
        self._woken.set()
        if self._loop is not None:
            await _within(grace_s, self._ended)
            for doing in self._jobs.values():
                doing.end.set()
            await self._ended.wait()

    def abandon(self, case_id: str) -> None:
        """
        End the job of a case that was deleted.

        Its process and folder are gone when this returns, or after `ABANDON_S` soon will be. From
        any thread but that of the event loop.
        """
        if self._loop is not None:
            ending = asyncio.run_coroutine_threadsafe(self._abandon(case_id), self._loop)
            with contextlib.suppress(TimeoutError):
                ending.result(ABANDON_S)

    async def _abandon(self, case_id: str) -> None:
        found = {task: doing for task, doing in self._jobs.items() if doing.job.case_id == case_id}
        for doing in found.values():
            doing.end.set()
        await asyncio.gather(*found, return_exceptions=True)

    async def _clear_up(self) -> None:
        while not self._stopped.is_set():
            try:
                await self._in_thread(self._clear)
            except Exception as error:  # noqa: BLE001 - a door: a database that is away comes back
                _tell("what was left behind cannot be looked at", error)
                await _within(LOOK_S, self._stopped)
            else:
                return

    def _clear(self) -> None:
        """Do away with what an earlier life of this server left, and take up its jobs again."""
        self._name = server_name(self._settings.data)
        self._stores.jobs.take_over(f"{self._name}-")
        for path in self._scratch.left_behind():
            self._settling.discard_after(path)

    async def _take(self) -> bool:
        """Begin a job, if there is one and anybody to do it."""
        if len(self._jobs) >= self._settings.workers:
            return False
        owner = f"{self._name}-{token_hex(8)}"
        try:
            job = await self._in_thread(self._stores.jobs.claim, owner, self._settings.lease_s)
        except Exception as error:  # noqa: BLE001 - a door: a database that is away comes back
            _tell("the queue cannot be read", error)
            return False
        if job is None:
            return False
        doing = _Doing(job, owner)
        task = asyncio.create_task(self._do(doing))
        self._jobs[task] = doing
        task.add_done_callback(self._over)
        return True

    def _over(self, task: asyncio.Task[None]) -> None:
        del self._jobs[task]
        self._woken.set()

    async def _do(self, doing: _Doing) -> None:
        # Until all is written down: where the store is far away, that may outlast the lease.
        beating = asyncio.create_task(self._beat(doing))
        try:
            async with contextmanager_in_threadpool(self._scratch.new()) as folder:
                await self._done(doing, folder)
        except Exception as error:  # noqa: BLE001 - a door: the lease passes, and it is tried again
            _tell("a job could not be done", error)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _done(self, doing: _Doing, folder: Path) -> None:
        job, owner = doing.job, doing.owner
        order: Order | None = None
        outcome: Outcome | None
        try:
            order = await self._in_thread(self._order, job, folder)
        except OSError as error:
            outcome = unreadable(error)
        else:
            outcome = await self._carried_out(doing, order)
        if outcome is None:
            # Nothing happens if it is no longer ours, or its case is deleted.
            await self._in_thread(self._stores.jobs.release, job.id, owner)
        else:
            _tell_faults(outcome)
            await self._in_thread(self._settling.settle, job, owner, order, outcome, folder)

    def _order(self, job: Job, folder: Path) -> Order:
        return self._scratch.order_of(job, self._stores.files.of_case(job.case_id), folder)

    async def _carried_out(self, doing: _Doing, order: Order) -> Outcome | None:
        """What came of it; None if nobody wants it any more, or the server stops."""
        if doing.end.is_set():
            return None
        carrying = asyncio.create_task(carry_out(order, self._scratch.bounds(), doing.on_progress))
        ending = asyncio.create_task(doing.end.wait())
        try:
            await asyncio.wait({carrying, ending}, return_when=asyncio.FIRST_COMPLETED)
            return carrying.result() if carrying.done() else None
        finally:
            carrying.cancel()
            ending.cancel()
            await asyncio.gather(carrying, ending, return_exceptions=True)

    async def _beat(self, doing: _Doing) -> None:
        """Hold the lease, and end what nobody wants any more."""
        while True:
            await asyncio.sleep(min(BEAT_S, self._settings.lease_s / 3))
            if not await self._is_wanted(doing):
                doing.end.set()
                return

    async def _is_wanted(self, doing: _Doing) -> bool:
        job_id, lease_s = doing.job.id, self._settings.lease_s
        renew = self._stores.jobs.renew
        try:
            return await self._in_thread(renew, job_id, doing.owner, lease_s, doing.progress)
        except Exception as error:  # noqa: BLE001 - a door: a database that is away comes back
            _tell("a job cannot be told of", error)
            return True

    async def _oversee(self) -> None:
        """Have the jobs of servers that died done by somebody else."""
        while True:
            try:
                if await self._in_thread(self._stores.jobs.take_over):
                    self._woken.set()
            except Exception as error:  # noqa: BLE001 - a door: see above
                _tell("jobs cannot be taken over", error)
            await asyncio.sleep(self._settings.lease_s / 2)

    async def _in_thread(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await to_thread.run_sync(lambda: do(*args, **kwargs), limiter=self._threads)


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than that."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({waiting}, timeout=seconds)
    finally:
        waiting.cancel()


def _tell_faults(outcome: Outcome) -> None:
    """Log what whoever runs the server has to know: what is no fault of the recording."""
    if isinstance(outcome, Failed) and outcome.failure.code is not FailureCode.INPUT:
        failure = outcome.failure
        log.warning("a job came to nothing: %s %s", failure.code.value, failure.detail)


def _tell(what: str, error: Exception) -> None:
    """Log it; what an error says of its values is nobody's business."""
    log.error("%s: %s", what, type(error).__name__)
