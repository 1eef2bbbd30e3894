"""What becomes of a job once its process is gone: octets first, then the words that name them."""

import contextlib
import stat
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from msgspec import MsgspecError, Struct, json

from ..intake.names import shown_name
from ..records import (
    Derived,
    Done,
    FileChange,
    FileKind,
    FileState,
    Job,
    JobKind,
    Keep,
    Rendering,
)
from ..stores import Stores
from .order import (
    RESULT,
    AnalyzeOrder,
    Failed,
    Finished,
    Order,
    Outcome,
    Written,
    fault,
    unreadable,
)

DOOMED: Final = "doomed.json"
"""Beside `out`: what is deleted next, should the server die before it is."""


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
        self._fail(job, owner, outcome, at)

    def discard_after(self, left_behind: Path) -> None:
        """Delete what a server that died had yet to delete; see `DOOMED`."""
        try:
            doomed = json.decode((left_behind / DOOMED).read_bytes(), type=_Doomed)
        except (OSError, ValueError, MsgspecError):
            return
        self._delete(doomed.case_id, doomed.keys)

    def _put(self, job: Job, order: Order | None, finished: Finished, out: Path) -> Done:
        """
        Have everything in the blobs.

        Raises:
            OSError: It is not there, or they cannot take it.
        """
        case_id, blobs = job.case_id, self._stores.blobs
        renderings = [put_report(self._stores, case_id, one, out) for one in finished.written]
        changes, derived = [], []
        if isinstance(order, AnalyzeOrder):
            instead: dict[str, str] = {}
            outdated = [*order.derived]
            for left in finished.left:
                octets = _octets(out / left.file)
                key = blobs.put(case_id, out / left.file)
                if left.file_id:
                    instead[left.file_id] = key
                else:
                    derived.append(
                        Derived(
                            file_id=outdated.pop(0) if outdated else "",
                            # A process that was taken over may say anything.
                            name=shown_name(left.name),
                            kind=FileKind.HAR,
                            blob=key,
                            octets=octets,
                            sha256=key,
                        )
                    )
            changes = [
                *_changes(order, instead),
                *_replaced(order, instead, outdated if derived else ()),
            ]
        return Done(
            result=next(r.blob for r in renderings if r.format == RESULT),
            summary=finished.summary,
            renderings=tuple(renderings),
            changes=tuple(changes),
            derived=tuple(derived),
        )

    def _finish(self, job: Job, owner: str, done: Done, at: Path) -> None:
        made = [change.blob for change in done.changes if change.blob]
        made += [file.blob for file in done.derived]
        doomed = self._doom(job, at)
        if self._stores.jobs.finish(job.id, owner, done):
            self._delete(job.case_id, {*doomed, *made})
        else:
            drop_if_deleted(self._stores, job.case_id)

    def _fail(self, job: Job, owner: str, failed: Failed, at: Path) -> None:
        doomed = self._doom(job, at)
        if self._stores.jobs.fail(job.id, owner, failed.failure, died=failed.died) is not None:
            self._delete(job.case_id, doomed)
        else:
            drop_if_deleted(self._stores, job.case_id)

    def _doom(self, job: Job, at: Path) -> set[str]:
        """
        What may have to go: the files of the case, as they are now.

        The database says which of them does, once the words are written. What was made to stand
        instead is not noted: should this server die, another may have made the same by then.
        """
        if self._stores.settings.keep is Keep.CAPTURE or job.kind is not JobKind.ANALYZE:
            return set()
        keys = {file.blob for file in self._stores.files.of_case(job.case_id) if file.blob}
        # On a full disk it goes without: what nothing names is swept, if later.
        with contextlib.suppress(OSError):
            note = _Doomed(job.case_id, tuple(sorted(keys)))
            (at / DOOMED).write_bytes(json.encode(note))
        return keys

    def _delete(self, case_id: str, keys: Collection[str]) -> None:
        """Delete blobs, unless something still names them: a report may hold the same octets."""
        named = self._stores.cases.blobs([case_id]) if keys else set()
        for key in keys:
            if (case_id, key) not in named:
                self._stores.blobs.delete(case_id, key)


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


def _replaced(
    order: AnalyzeOrder, instead: dict[str, str], outdated: Iterable[str]
) -> list[FileChange]:
    """Of what an analysis before made, that which this one made anew."""
    gone = [twin for twin, original in order.twins.items() if original in instead]
    gone += outdated
    if order.keep is Keep.NONE:
        gone = [*order.twins, *order.derived]
    return [FileChange(file_id=file_id, state=FileState.GONE) for file_id in gone]


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
