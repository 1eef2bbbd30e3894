"""The queue of jobs, which takes no more than may wait."""

from sqlalchemy import Connection, func, insert, select, update

from ..problems import Problem, ProblemCode
from ..records import Job, JobKind, JobState
from .listing import held_case
from .tables import cases, jobs

RETRY_S = 30
"""When to try again, if the queue is full."""

_LOCK = 0x5354414E5A42
"""Of those who add to the queue, in PostgreSQL's space of advisory locks."""


def insert_job(connection: Connection, job: Job, room: int) -> None:
    """
    Add a job to the queue, within a transaction; it becomes the case's last analysis if it is one.

    Args:
        connection: Of the transaction, which holds no lock that others wait for.
        job: Waiting.
        room: How many jobs may wait, this one included.

    Raises:
        Problem: NOT_FOUND: there is no such case; QUEUE_FULL: no more may wait.
    """
    if connection.dialect.name == "postgresql":
        # Others who count at the same time would not see this one.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if held_case(connection, job.case_id) is None:
        raise Problem(ProblemCode.NOT_FOUND, "no such case")
    if count_waiting(connection) >= room:
        raise Problem(ProblemCode.QUEUE_FULL, retry_s=RETRY_S)
    connection.execute(
        insert(jobs).values({name: getattr(job, name) for name in Job.__struct_fields__})
    )
    if job.kind is JobKind.ANALYZE:
        connection.execute(update(cases).where(cases.c.id == job.case_id).values(job_id=job.id))


def count_waiting(connection: Connection) -> int:
    """How many jobs wait, as a transaction sees it."""
    wanted = select(func.count()).select_from(jobs).where(jobs.c.state == JobState.QUEUED)
    return connection.execute(wanted).scalar_one()
