"""A server's stores with a queue, and a hand that uploads: what the tests of the work share."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from analyzer.web.records import File, FileKind, Job, JobKind, Received
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from analyzer.web.workers.runner import Runner

T = TypeVar("T")

KINDS = {".har": FileKind.HAR, ".pcapng": FileKind.PACKETS, ".log": FileKind.KEYS}


class Desk:
    """
    Stores in a folder of their own.

    Attributes:
        stores: Open.
        folder: Data folder.
    """

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.folder = stores.settings.data

    def upload(
        self, files: dict[str, bytes], case_id: str = "", language: str = "en", room: int = 100
    ) -> Job:
        """Make a case of files by name, or add them to one; nobody is woken."""
        new = case_id or self.stores.cases.new_id()
        received = [self._received(name, octets) for name, octets in files.items()]
        blobs = [self.stores.blobs.put(new, Path(one.path)) for one in received]
        what: dict[str, Any] = {"profile": "finesse", "language": language, "room": room}
        if case_id:
            return self.stores.cases.extend(case_id, received=received, blobs=blobs, **what)[1]
        return self.stores.cases.open(
            case_id=new,
            number="",
            notes="",
            expires_ns=None,
            received=received,
            blobs=blobs,
            **what,
        )[2]

    def _received(self, name: str, octets: bytes) -> Received:
        path = self.folder / f"waiting-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        path.write_bytes(octets)
        return Received(
            path=str(path),
            name=name,
            kind=KINDS.get(Path(name).suffix, FileKind.OTHER),
            octets=len(octets),
            sha256=hashlib.sha256(octets).hexdigest(),
        )

    def compare(self, case_id: str, good: str, bad: str) -> Job:
        return self.stores.jobs.add(
            case_id,
            JobKind.COMPARE,
            profile="finesse",
            language="en",
            good=good,
            bad=bad,
            room=100,
        )

    def files(self, job: Job) -> list[File]:
        return self.stores.files.of_case(job.case_id)

    def held(self, job: Job) -> dict[str, bytes]:
        """All octets that the store has of a case."""
        folder = self.folder / "blobs" / job.case_id
        return (
            {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
        )

    def scratch(self) -> list[Path]:
        """What is left of processes."""
        return [*(self.folder / "scratch").rglob("*")]

    def now(self, job: Job) -> Job:
        """The job as it is now."""
        return next(one for one in self.stores.jobs.of_case(job.case_id) if one.id == job.id)


@contextmanager
def desk(folder: Path, **settings: Any) -> Iterator[Desk]:
    with Stores(Settings(data=folder / "data", **settings)) as stores:
        yield Desk(stores)


@asynccontextmanager
async def at_work(desk: Desk, grace_s: float = 0) -> Any:
    """A runner while it runs."""
    runner = Runner(desk.stores)
    running = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        await runner.stop(grace_s)
        await running


async def until(check: Callable[[], T], seconds: float = 30) -> T:
    """What is wanted, as soon as it is there."""
    async with asyncio.timeout(seconds):
        while not (found := check()):  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.02)
        return found


def over(desk: Desk, *jobs: Job) -> list[Job]:
    """The jobs, once they have been done."""

    async def work() -> list[Job]:
        async with at_work(desk) as runner:
            runner.wake()
            await until(lambda: all(desk.now(job).is_over for job in jobs))
        return [desk.now(job) for job in jobs]

    return run(work())


def run(work: Coroutine[Any, Any, T]) -> T:
    """In an event loop of its own."""
    return asyncio.run(work)
