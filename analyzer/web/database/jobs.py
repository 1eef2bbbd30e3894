"""Jobs: each is done once, by one server at a time, whatever dies meanwhile."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    cast,
    exists,
    extract,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from ..records import Done, Failure, FailureCode, Job, JobKind, JobState, Keep, Progress
from .engine import reading, writing
from .files import change_files, insert_derived
from .idempotency import answered
from .leaving import OF_THE_SERVER, give_up, is_awaited, let_go
from .listing import held_case, refresh
from .queue import count_waiting, insert_job
from .renderings import insert_rendering
from .rows import JOB, job_of, new_id
from .tables import cases, jobs

TRIES = 2
"""How often the process of a job may die."""

INTERRUPTIONS = 5
"""How often the server of a job may die."""

SECOND_NS = 10**9


class Jobs:
    """Thread-safe; each method is one transaction, and so are those of other servers."""

    def __init__(self, engine: Engine, clock: Callable[[], int], keep: Keep) -> None:
        """
        Of a migrated database.

        Args:
            engine: Of the database.
            clock: Nanoseconds since 1970 UTC.
            keep: What stays of the files of an analysis that has failed.
        """
        self._engine = engine
        self._clock = clock
        self._keep = keep

    def add(  # noqa: PLR0913 - the columns of a job
        self,
        case_id: str,
        kind: JobKind,
        *,
        profile: str,
        language: str,
        good: str | None = None,
        bad: str | None = None,
        room: int,
        key: str | None = None,
    ) -> Job:
        """
        Add a job to the end of the queue.

        Args:
            case_id: Of its case.
            kind: What it does.
            profile: What is expected of the sessions.
            language: BCP 47 tag of who asks.
            good: Id of the file with the good session, of a comparison.
            bad: Likewise of the bad one.
            room: How many jobs may wait, this one included.
            key: Of a request that `Idempotency.begin` has begun: the job is its answer.

        Raises:
            Problem: NOT_FOUND: there is no such case; QUEUE_FULL: no more may wait.
        """
        now_ns = self._clock()
        job = Job(
            id=new_id(),
            case_id=case_id,
            kind=kind,
            state=JobState.QUEUED,
            profile=profile,
            language=language,
            good=good,
            bad=bad,
            queued_ns=now_ns,
        )
        with writing(self._engine) as connection:
            insert_job(connection, job, room)
            refresh(connection, case_id, now_ns)
            answered(connection, key, job.id)
        return job

    def get(self, job_id: str) -> Job | None:
        """The job; None if there is none, or its case is being deleted."""
        wanted = (
            select(*JOB)
            .join(cases, cases.c.id == jobs.c.case_id)
            .where(jobs.c.id == job_id, cases.c.deleted_ns.is_(None))
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else job_of(row)

    def of_case(self, case_id: str) -> list[Job]:
        """The jobs of a case, the newest first; also while it is being deleted."""
        wanted = select(*JOB).where(jobs.c.case_id == case_id).order_by(jobs.c.serial.desc())
        with reading(self._engine) as connection:
            return [job_of(row) for row in connection.execute(wanted)]

    def claim(self, owner: str, lease_s: int) -> Job | None:
        """
        Take the job that waits longest, of those whose case has no other running.

        Args:
            owner: Who does it; a name that no other worker has.
            lease_s: It is taken over if `renew` is not called for so long.

        Returns:
            The job, running; None if there is nothing to do.
        """
        while True:
            try:
                with writing(self._engine) as connection:
                    return self._claim(connection, owner, lease_s)
            except IntegrityError:
                # Two servers took two jobs of one case at once: the slower one looks again.
                continue

    def _claim(self, connection: Connection, owner: str, lease_s: int) -> Job | None:
        now_ns = self._clock()
        other = jobs.alias("other")
        busy = exists().where(other.c.case_id == jobs.c.case_id, other.c.state == JobState.RUNNING)
        oldest = (
            select(jobs.c.serial)
            .where(jobs.c.state == JobState.QUEUED, ~busy)
            .order_by(jobs.c.serial)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(jobs)
            .where(jobs.c.serial == oldest.scalar_subquery())
            .values(
                state=JobState.RUNNING,
                owner=owner,
                started_ns=now_ns,
                lease_ns=self._now() + lease_s * SECOND_NS,
                progress=None,
            )
            .returning(*JOB)
        )
        row = connection.execute(taken).one_or_none()
        return None if row is None else job_of(row)

    def _now(self) -> ColumnElement[int]:
        """Of leases: PostgreSQL's own clock, as the servers that share it may not agree."""
        if self._engine.dialect.name == "postgresql":
            return cast(extract("epoch", func.clock_timestamp()) * SECOND_NS, BigInteger)
        return literal(self._clock(), BigInteger)

    def renew(self, job_id: str, owner: str, lease_s: int, progress: Progress | None) -> bool:
        """
        Say that a job is still being done, and how far it is.

        Returns:
            False: it is no longer the owner's, because its case is deleted or somebody took it
            over; nothing that comes of it is wanted.
        """
        wanted = exists().where(cases.c.id == jobs.c.case_id, cases.c.deleted_ns.is_(None))
        renewed = (
            update(jobs)
            .where(jobs.c.id == job_id, _is_done_by(owner), wanted)
            .values(lease_ns=self._now() + lease_s * SECOND_NS, progress=progress)
        )
        with writing(self._engine) as connection:
            return connection.execute(renewed).rowcount == 1

    def finish(self, job_id: str, owner: str, done: Done) -> bool:
        """
        Write down all that a job gave, whose octets are in the blobs already.

        Files stay as they are for another analysis of the case that waits.

        Returns:
            False: it is no longer the owner's, and nothing was written.
        """
        now_ns = self._clock()
        with writing(self._engine) as connection:
            job = _held(connection, job_id, owner)
            if job is None:
                return False
            _put(connection, job, state=JobState.DONE, finished_ns=now_ns, result=done.result)
            for rendering in done.renderings:
                insert_rendering(connection, job_id, rendering)
            if not is_awaited(connection, job.case_id):
                change_files(connection, done.changes)
                insert_derived(connection, job.case_id, done.derived, now_ns)
            if done.summary is not None:
                connection.execute(
                    update(cases).where(cases.c.id == job.case_id).values(summary=done.summary)
                )
            refresh(connection, job.case_id, now_ns)
        return True

    def fail(self, job_id: str, owner: str, failure: Failure, *, died: bool) -> Job | None:
        """
        Write down that a job came to nothing, and that files are gone which are not to stay.

        Args:
            job_id: Of the job.
            owner: Whose it is.
            failure: Why.
            died: Its process died: it is tried once more before it has failed.

        Returns:
            The job, failed or waiting again; None: it is no longer the owner's.
        """
        now_ns = self._clock()
        with writing(self._engine) as connection:
            job = _held(connection, job_id, owner)
            if job is None:
                return None
            tries = job.tries + died
            if died and tries < TRIES:
                job = _put(connection, job, state=JobState.QUEUED, tries=tries)
            else:
                job = _put(
                    connection,
                    job,
                    state=JobState.FAILED,
                    tries=tries,
                    failure=failure,
                    finished_ns=now_ns,
                )
                if failure.code not in OF_THE_SERVER:
                    let_go(connection, job, self._keep)
            refresh(connection, job.case_id, now_ns)
        return job

    def release(self, job_id: str, owner: str) -> None:
        """Put a job back where it was in the queue, as a server does that stops in order."""
        with writing(self._engine) as connection:
            job = _held(connection, job_id, owner)
            if job is not None:
                _put(connection, job, state=JobState.QUEUED)

    def take_over(self, begins: str | None = None) -> int:
        """
        Put jobs back into the queue whose owner has not been heard of for their lease.

        One that this happens to for the fifth time has failed.

        Args:
            begins: Take those instead whose owner's name begins so, whatever their lease: a
                server that starts knows that those of its last life have no owner any more.

        Returns:
            How many there were.
        """
        wanted = (
            jobs.c.lease_ns < self._now()
            if begins is None
            else jobs.c.owner.startswith(begins, autoescape=True)
        )
        with reading(self._engine) as connection:
            found = connection.execute(
                select(jobs.c.id, jobs.c.owner).where(jobs.c.state == JobState.RUNNING, wanted)
            ).all()
        return sum(self._interrupt(job_id, owner, wanted) for job_id, owner in found)

    def _interrupt(self, job_id: str, owner: str, wanted: ColumnElement[bool]) -> bool:
        now_ns = self._clock()
        with writing(self._engine) as connection:
            job = _held(connection, job_id, owner, wanted)
            if job is None:
                return False
            times = job.interruptions + 1
            if times < INTERRUPTIONS:
                _put(connection, job, state=JobState.QUEUED, interruptions=times)
            else:
                _put(
                    connection,
                    job,
                    state=JobState.FAILED,
                    interruptions=times,
                    failure=Failure(code=FailureCode.INTERRUPTED),
                    finished_ns=now_ns,
                )
            refresh(connection, job.case_id, now_ns)
        return True

    def give_up(self, before_ns: int) -> int:
        """
        Let go of files that the server failed to analyse before then, if nobody tried again.

        Returns:
            How many cases had any that were not to stay.
        """
        with writing(self._engine) as connection:
            found = give_up(connection, self._keep, before_ns)
            for case_id in found:
                refresh(connection, case_id, self._clock())
        return len(found)

    def counts(self) -> dict[JobState, int]:
        """How many jobs there are in each state."""
        wanted = select(jobs.c.state, func.count()).group_by(jobs.c.state)
        with reading(self._engine) as connection:
            found = {JobState(state): count for state, count in connection.execute(wanted)}
        return {state: found.get(state, 0) for state in JobState}

    def waiting(self) -> int:
        """How many jobs wait."""
        with reading(self._engine) as connection:
            return count_waiting(connection)

    def place(self, job_id: str) -> int:
        """How many jobs wait before this one; 0 if it does not wait."""
        this = jobs.alias("this")
        wanted = (
            select(func.count())
            .select_from(jobs.join(this, jobs.c.serial < this.c.serial))
            .where(this.c.id == job_id, this.c.state == JobState.QUEUED)
            .where(jobs.c.state == JobState.QUEUED)
        )
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one()


def _is_done_by(owner: str) -> ColumnElement[bool]:
    return (jobs.c.state == JobState.RUNNING) & (jobs.c.owner == owner)


def _held(
    connection: Connection, job_id: str, owner: str, *more: ColumnElement[bool]
) -> Job | None:
    """A running job of that owner, whose case is kept off all others until the transaction ends."""
    case_id = connection.scalar(select(jobs.c.case_id).where(jobs.c.id == job_id))
    if case_id is None or held_case(connection, case_id) is None:
        return None
    wanted = select(*JOB).where(jobs.c.id == job_id, _is_done_by(owner), *more).with_for_update()
    row = connection.execute(wanted).one_or_none()
    return None if row is None else job_of(row)


def _put(connection: Connection, job: Job, **values: Any) -> Job:
    """Write down what became of a running job; it is nobody's any more."""
    values |= {"owner": None, "lease_ns": None, "progress": None}
    changed = update(jobs).where(jobs.c.id == job.id).values(**values).returning(*JOB)
    return job_of(connection.execute(changed).one())
