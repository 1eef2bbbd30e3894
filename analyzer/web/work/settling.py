"""What becomes of a job once its process is gone: octets first, then the words that name them."""

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec import MsgspecError, Struct, json

from ..records import (
    Derived,
    Done,
    Failure,
    FailureCode,
    FileChange,
    FileKind,
    FileState,
    Job,
    JobKind,
    JobState,
    Keep,
    Rendering,
)
from ..stores import Stores
from .order import AnalyzeOrder, Failed, Finished, Order, Outcome, Written, fault

DOOMED: Final = "doomed.json"
"""Beside `out`: what is deleted next, should the server die before it is."""


RESULT: Final = "json"
"""Format of what a job gives."""


class _Doomed(Struct, frozen=True):
    case_id: str
    keys: tuple[str, ...]


class Settling:
    """Thread-safe."""

    def __init__(self, stores: Stores) -> None:
        """Take what is kept."""
        self._stores = stores

    def settle(self, job: Job, owner: str, order: Order | None, outcome: Outcome, at: Path) -> None:
        """
        Write down what became of a job, and delete of its files what is not to stay.

        Args:
            job: Which one.
            owner: Who did it.
            order: What was done; None if nothing could be.
            outcome: What came of it.
            at: Folder of the process.
        """
        if isinstance(outcome, Finished) and all(one.format != RESULT for one in outcome.written):
            outcome = fault("an answer without a result")
        if isinstance(outcome, Finished):
            try:
                done = self._put(job, order, outcome, at / "out")
            except OSError as error:
                outcome = unreadable(error)
            else:
                self._finish(job, owner, done, at)
                return
        self._fail(job, owner, order, outcome, at)

    def discard_after(self, left_behind: Path) -> None:
        """Delete what a server that died had yet to delete; see `DOOMED`."""
        try:
            doomed = json.decode((left_behind / DOOMED).read_bytes(), type=_Doomed)
        except (OSError, ValueError, MsgspecError):
            return
        self._delete(doomed)

    def _put(self, job: Job, order: Order | None, finished: Finished, out: Path) -> Done:
        """
        Have everything in the blobs.

        Raises:
            OSError: It is not there, or they cannot take it.
        """
        case_id, blobs = job.case_id, self._stores.blobs
        renderings = [put_report(self._stores, case_id, one, out) for one in finished.written]
        changes, derived = [], []
        if isinstance(order, AnalyzeOrder) and not self._waits_for_more(job):
            instead: dict[str, str] = {}
            for left in finished.left:
                octets = _octets(out / left.file)
                key = blobs.put(case_id, out / left.file)
                if left.file_id:
                    instead[left.file_id] = key
                else:
                    derived.append(
                        Derived(
                            name=left.name,
                            kind=FileKind.HAR,
                            blob=key,
                            octets=octets,
                            sha256=key,
                        )
                    )
            changes = _changes(order, instead)
        return Done(
            result=next(r.blob for r in renderings if r.format == RESULT),
            summary=finished.summary,
            renderings=tuple(renderings),
            changes=tuple(changes),
            derived=tuple(derived),
        )

    def _waits_for_more(self, job: Job) -> bool:
        """Another analysis of the case waits, and needs the files as they came."""
        return any(
            other.kind is JobKind.ANALYZE and other.state is JobState.QUEUED
            for other in self._stores.jobs.of_case(job.case_id)
        )

    def _finish(self, job: Job, owner: str, done: Done, at: Path) -> None:
        doomed = self._doom(job, done.changes, at)
        if self._stores.jobs.finish(job.id, owner, done):
            self._delete(doomed)
        else:
            drop_if_deleted(self._stores, job.case_id)

    def _fail(self, job: Job, owner: str, order: Order | None, failed: Failed, at: Path) -> None:
        after = self._stores.jobs.fail(job.id, owner, failed.failure, died=failed.died)
        if after is None:
            drop_if_deleted(self._stores, job.case_id)
            return
        # What only the server failed at may be tried again.
        final = after.state is JobState.FAILED and failed.failure.code is not FailureCode.STORAGE
        if final and isinstance(order, AnalyzeOrder) and not self._waits_for_more(job):
            changes = _changes(order, {})
            doomed = self._doom(job, changes, at)
            self._stores.files.replace(changes)
            self._delete(doomed)

    def _doom(self, job: Job, changes: Iterable[FileChange], at: Path) -> _Doomed:
        changed = {change.file_id for change in changes}
        files = self._stores.files.of_case(job.case_id) if changed else []
        keys = tuple(file.blob for file in files if file.id in changed and file.blob)
        doomed = _Doomed(job.case_id, keys)
        if keys:
            (at / DOOMED).write_bytes(json.encode(doomed))
        return doomed

    def _delete(self, doomed: _Doomed) -> None:
        """Delete blobs, unless a file still names them: two may hold the same octets."""
        if doomed.keys:
            named = {file.blob for file in self._stores.files.of_case(doomed.case_id)}
            for key in doomed.keys:
                if key not in named:
                    self._stores.blobs.delete(doomed.case_id, key)


def put_report(stores: Stores, case_id: str, written: Written, out: Path) -> Rendering:
    """
    Have a report in the blobs.

    Raises:
        OSError: It is not there, or they cannot take it.
    """
    octets = _octets(out / written.file)
    key = stores.blobs.put(case_id, out / written.file)
    return Rendering(format=written.format, language=written.language, blob=key, octets=octets)


def drop_if_deleted(stores: Stores, case_id: str) -> None:
    """Delete what was put for a case that was deleted meanwhile."""
    if stores.cases.get(case_id) is None:
        stores.blobs.delete_case(case_id)


def unreadable(error: OSError) -> Failed:
    """The outcome where files cannot be read or written."""
    detail = error.strerror or type(error).__name__
    return Failed(failure=Failure(code=FailureCode.STORAGE, detail=detail))


def _changes(order: AnalyzeOrder, instead: dict[str, str]) -> list[FileChange]:
    """What is left of the files, given what was made of some of them."""
    changes = []
    for file in order.files:
        key = instead.get(file.file_id)
        if key is not None:
            changes.append(FileChange(file_id=file.file_id, state=FileState.REDACTED, blob=key))
        elif order.keep is Keep.NONE or (order.keep is Keep.REDACTED and not file.clean):
            changes.append(FileChange(file_id=file.file_id, state=FileState.GONE))
    return changes


def _octets(path: Path) -> int:
    """
    How long a file is.

    Raises:
        OSError: There is none, or it is a link that may lead anywhere.
    """
    status = path.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "what was written is no file")
    return status.st_size
