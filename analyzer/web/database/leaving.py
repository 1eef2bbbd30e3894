"""What is not to stay of the files of a case, once nothing will be made of them any more."""

from typing import Final

from sqlalchemy import Connection, exists, select, update

from ..records import FailureCode, FileState, Job, JobKind, JobState, Keep
from .rows import JOB, job_of
from .tables import cases, files, jobs

_STATES: Final = {
    Keep.CAPTURE: (),
    Keep.REDACTED: (FileState.PRESENT,),
    Keep.NONE: (FileState.PRESENT, FileState.REDACTED),
}
"""Of files that do not stay."""

OF_THE_SERVER: Final = (FailureCode.STORAGE, FailureCode.INTERRUPTED)
"""What only the server failed at, and may be tried again: see `give_up`."""


def is_awaited(connection: Connection, case_id: str) -> bool:
    """
    An analysis waits, and needs the files of the case as they are.

    Args:
        connection: Of a transaction that holds the case: none can come before it ends.
        case_id: Of the case.
    """
    waits = (jobs.c.state == JobState.QUEUED) & (jobs.c.kind == JobKind.ANALYZE)
    wanted = select(jobs.c.id).where(jobs.c.case_id == case_id, waits).limit(1)
    return connection.scalar(wanted) is not None


def let_go(connection: Connection, job: Job, keep: Keep) -> None:
    """
    Write down that files are gone which are not to stay, as their analysis has failed.

    Args:
        connection: Of a transaction that holds the case.
        job: Failed; a comparison takes no files along.
        keep: What stays.
    """
    if job.kind is JobKind.ANALYZE and not is_awaited(connection, job.case_id):
        gone = (files.c.case_id == job.case_id) & files.c.state.in_(_STATES[keep])
        connection.execute(update(files).where(gone).values(state=FileState.GONE, blob=None))


def give_up(connection: Connection, keep: Keep, before_ns: int) -> list[str]:
    """
    Let go of what only the server failed at, if nobody tried again since.

    Args:
        connection: Of a transaction.
        keep: What stays.
        before_ns: When the last analysis had failed.

    Returns:
        Ids of the cases that had files which are not to stay.
    """
    held = exists().where(files.c.case_id == jobs.c.case_id, files.c.state.in_(_STATES[keep]))
    wanted = (
        select(*JOB)
        .join(cases, cases.c.job_id == jobs.c.id)
        .where(cases.c.deleted_ns.is_(None), held)
        .where(jobs.c.state == JobState.FAILED, jobs.c.finished_ns < before_ns)
        .order_by(cases.c.serial)
        .with_for_update(of=cases)
    )
    failed = [job_of(row) for row in connection.execute(wanted)]
    found = [job for job in failed if job.failure and job.failure.code in OF_THE_SERVER]
    for job in found:
        let_go(connection, job, keep)
    return [job.case_id for job in found]
