"""Cases: by id, and as a list that is searched."""

from collections.abc import Callable, Sequence

from msgspec import UNSET, UnsetType
from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, union, update

from ..records import (
    Case,
    CasePage,
    CaseQuery,
    File,
    FileState,
    Job,
    JobKind,
    JobState,
    Received,
)
from .engine import forget_deleted, reading, writing
from .files import insert_files
from .idempotency import answered
from .listing import delist, enlist, held_case, refresh
from .queue import insert_job
from .rows import case_of, new_id, select_cases
from .searching import cursor_of, matching
from .tables import cases, files, jobs, listing, renderings

MOST_CASES = 200
"""Of one page."""

AT_ONCE = 100
"""Cases that are deleted before others are looked for."""

IDS = 500
"""Ids looked up by one statement; databases take some thousand values."""


class Cases:
    """Thread-safe; each method is one transaction."""

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        """Of a migrated database, and nanoseconds since 1970 UTC."""
        self._engine = engine
        self._clock = clock

    def new_id(self) -> str:
        """The id of a case to be: its octets are put before `open` names them."""
        return new_id()

    def open(  # noqa: PLR0913, PLR0917 - a case, its files and its job, which are made at once or not at all
        self,
        case_id: str,
        number: str,
        notes: str,
        expires_ns: int | None,
        received: Sequence[Received],
        blobs: Sequence[str],
        profile: str,
        language: str,
        room: int,
        *,
        key: str | None = None,
    ) -> tuple[Case, list[File], Job]:
        """
        Make a case of files, and have them analysed.

        Args:
            case_id: Of `new_id`.
            number: As of `Case.number`.
            notes: As of `Case.notes`.
            expires_ns: As of `Case.expires_ns`.
            received: What came.
            blobs: Where each of them is in the blobs of the case.
            profile: What is expected of the sessions.
            language: BCP 47 tag of who asks.
            room: How many jobs may wait, this one included.
            key: Of a request that `Idempotency.begin` has begun: the case is its answer.

        Raises:
            Problem: QUEUE_FULL: no more jobs may wait.
        """
        now_ns = self._clock()
        with writing(self._engine) as connection:
            _insert(connection, case_id, number, notes, expires_ns, now_ns)
            job = _analysis(case_id, profile, language, now_ns)
            insert_job(connection, job, room)
            added = insert_files(connection, case_id, received, blobs, now_ns)
            refresh(connection, case_id, now_ns)
            answered(connection, key, case_id)
            return _get(connection, case_id), added, job

    def extend(  # noqa: PLR0913, PLR0917 - as of open
        self,
        case_id: str,
        received: Sequence[Received],
        blobs: Sequence[str],
        profile: str,
        language: str,
        room: int,
        *,
        key: str | None = None,
    ) -> tuple[list[File], Job]:
        """
        Add files to a case, and have all of it analysed anew; arguments as of `open`.

        Of a request with a key the job is the answer.

        Raises:
            Problem: NOT_FOUND: there is no such case; QUEUE_FULL: no more jobs may wait.
        """
        now_ns = self._clock()
        job = _analysis(case_id, profile, language, now_ns)
        with writing(self._engine) as connection:
            insert_job(connection, job, room)
            added = insert_files(connection, case_id, received, blobs, now_ns)
            refresh(connection, case_id, now_ns)
            answered(connection, key, job.id)
        return added, job

    def get(self, case_id: str) -> Case | None:
        """The case; None if there is none, or it is being deleted."""
        with reading(self._engine) as connection:
            row = connection.execute(select_cases().where(cases.c.id == case_id)).one_or_none()
        return None if row is None else case_of(row)

    def edit(
        self,
        case_id: str,
        *,
        number: str | None = None,
        notes: str | None = None,
        expires_ns: int | UnsetType | None = UNSET,
    ) -> Case | None:
        """
        Change what people say of a case.

        Args:
            case_id: Of the case.
            number: None leaves it as it is.
            notes: Likewise.
            expires_ns: UNSET leaves it as it is.

        Returns:
            The case as it is now; None if there is none.
        """
        values = {"number": number, "notes": notes}
        changes: dict[str, str | int | None] = {k: v for k, v in values.items() if v is not None}
        if expires_ns is not UNSET:
            changes["expires_ns"] = expires_ns
        with writing(self._engine) as connection:
            if held_case(connection, case_id) is None:
                return None
            if changes:
                connection.execute(update(cases).where(cases.c.id == case_id).values(**changes))
                refresh(connection, case_id, self._clock())
            return _get(connection, case_id)

    def page(self, query: CaseQuery) -> CasePage:
        """
        A page of cases, the newest first.

        Raises:
            Problem: BAD_VALUE: the cursor is of no page.
        """
        limit = max(1, min(query.limit, MOST_CASES))
        matches = matching(query, self._engine.dialect.name, limit + 1).subquery()
        wanted = (
            select_cases()
            .join(matches, matches.c.serial == cases.c.serial)
            .order_by(matches.c.created_ns.desc(), matches.c.serial.desc())
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        shown = rows[:limit]
        cursor = cursor_of(shown[-1]) if len(rows) > limit else None
        return CasePage(cases=tuple(case_of(row) for row in shown), cursor=cursor)

    def mark_deleted(self, case_id: str) -> bool:
        """
        Take a case out of sight; its jobs that wait are dropped, one that runs is told by `renew`.

        What people said of it, and what was found, is gone at once; `forget` waits for that job.

        Returns:
            False: there is no such case.
        """
        with writing(self._engine) as connection:
            if held_case(connection, case_id) is None:
                return False
            gone = update(cases).where(cases.c.id == case_id)
            blank = {"number": "", "notes": "", "summary": None, "deleted_ns": self._clock()}
            connection.execute(gone.values(**blank))
            connection.execute(update(files).where(files.c.case_id == case_id).values(name=""))
            told = update(jobs).where(jobs.c.case_id == case_id)
            connection.execute(told.values(progress=None, failure=None))
            delist(connection, case_id)
            waits = (jobs.c.case_id == case_id) & (jobs.c.state == JobState.QUEUED)
            connection.execute(delete(jobs).where(waits))
        forget_deleted(self._engine)
        return True

    def deleted(self) -> list[str]:
        """Ids of some cases that are out of sight, those that have been so the longest first."""
        wanted = select(cases.c.id).where(cases.c.deleted_ns.is_not(None))
        return self._ids(wanted.order_by(cases.c.deleted_ns))

    def forget(self, case_id: str) -> None:
        """Delete all that is known of a case, after its octets are gone."""
        with writing(self._engine) as connection:
            connection.execute(delete(cases).where(cases.c.id == case_id))
        forget_deleted(self._engine)

    def expired(self, now_ns: int) -> list[str]:
        """Ids of some cases in sight whose time has come, the oldest first."""
        wanted = select(cases.c.id).where(
            cases.c.expires_ns <= now_ns, cases.c.deleted_ns.is_(None)
        )
        return self._ids(wanted.order_by(cases.c.expires_ns))

    def known(self, case_ids: Sequence[str]) -> set[str]:
        """Those of so many ids that are of a case, in sight or being deleted."""
        wanted = select(cases.c.id)
        with reading(self._engine) as connection:
            return {
                case_id
                for at in range(0, len(case_ids), IDS)
                for case_id in connection.scalars(
                    wanted.where(cases.c.id.in_(case_ids[at : at + IDS]))
                )
            }

    def blobs(self, case_ids: Sequence[str]) -> set[tuple[str, str]]:
        """Case and key of all that files, results and reports of at most `IDS` cases name."""
        of_jobs = jobs.c.case_id, renderings.c.blob
        named = union(
            select(files.c.case_id, files.c.blob).where(files.c.case_id.in_(case_ids)),
            select(jobs.c.case_id, jobs.c.result).where(jobs.c.case_id.in_(case_ids)),
            select(*of_jobs).join_from(jobs, renderings).where(jobs.c.case_id.in_(case_ids)),
        )
        with reading(self._engine) as connection:
            return {(case_id, key) for case_id, key in connection.execute(named) if key}

    def changed_since(self, then_ns: int) -> list[str]:
        """Ids of cases in sight of which anything changed then or later."""
        wanted = select(cases.c.id).where(
            cases.c.changed_ns >= then_ns, cases.c.deleted_ns.is_(None)
        )
        with reading(self._engine) as connection:
            return list(connection.scalars(wanted))

    def _ids(self, wanted: Select[tuple[str]]) -> list[str]:
        with reading(self._engine) as connection:
            return list(connection.scalars(wanted.limit(AT_ONCE)))

    def count(self) -> int:
        """How many cases there are in sight."""
        wanted = select(func.count()).select_from(listing)
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one()

    def octets(self) -> int:
        """Length of all files that are left, as they came; also of cases that are being deleted."""
        wanted = select(func.sum(files.c.octets)).where(files.c.state != FileState.GONE)
        with reading(self._engine) as connection:
            return int(connection.execute(wanted).scalar_one() or 0)


def _insert(  # noqa: PLR0913, PLR0917 - the columns of a case
    connection: Connection,
    case_id: str,
    number: str,
    notes: str,
    expires_ns: int | None,
    now_ns: int,
) -> None:
    connection.execute(
        insert(cases).values(
            id=case_id,
            number=number,
            notes=notes,
            created_ns=now_ns,
            changed_ns=now_ns,
            expires_ns=expires_ns,
        )
    )
    enlist(connection, case_id)


def _analysis(case_id: str, profile: str, language: str, now_ns: int) -> Job:
    return Job(
        id=new_id(),
        case_id=case_id,
        kind=JobKind.ANALYZE,
        state=JobState.QUEUED,
        profile=profile,
        language=language,
        queued_ns=now_ns,
    )


def _get(connection: Connection, case_id: str) -> Case:
    return case_of(connection.execute(select_cases().where(cases.c.id == case_id)).one())
