"""What tests have in a database: made as the program makes it, or by plain statements."""

from sqlalchemy import Engine, delete, select

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import reading, writing
from analyzer.web.database.files import change_files
from analyzer.web.database.idempotency import answered
from analyzer.web.database.jobs import Jobs
from analyzer.web.database.tables import jobs as jobs_table
from analyzer.web.database.tables import renderings
from analyzer.web.records import Case, Done, File, FileChange, Job, Received, Rendering, Summary

ROOM = 10**6


def opened(
    cases: Cases,
    *came: Received,
    number: str = "",
    notes: str = "",
    expires_ns: int | None = None,
    room: int = ROOM,
) -> tuple[Case, list[File], Job]:
    """A new case, its files, whose blobs are `1`, `2` and so on, and its job, which waits."""
    blobs = [str(number) for number, _ in enumerate(came, 1)]
    made = cases.new_id()
    return cases.open(made, number, notes, expires_ns, came, blobs, "finesse", "en", room)


def a_case(
    cases: Cases, *, number: str = "", notes: str = "", expires_ns: int | None = None
) -> Case:
    """A new one without files, whose job waits."""
    return opened(cases, number=number, notes=notes, expires_ns=expires_ns)[0]


def extended(cases: Cases, case_id: str, *came: Received, blobs: str) -> list[File]:
    """Files that are added to a case, the blob of each one character."""
    return cases.extend(case_id, came, blobs, "finesse", "en", ROOM)[0]


def without_job(engine: Engine, case: Case) -> str:
    """The id of a case whose jobs are taken away."""
    with writing(engine) as connection:
        connection.execute(delete(jobs_table).where(jobs_table.c.case_id == case.id))
    return case.id


def summarized(jobs: Jobs, summary: Summary) -> None:
    """Have the job that waits longest find this."""
    job = jobs.claim("me", 30)
    assert job is not None
    assert jobs.finish(job.id, "me", Done(result="r", summary=summary))


def leave(engine: Engine, *changes: FileChange) -> None:
    """Leave only that of files."""
    with writing(engine) as connection:
        change_files(connection, changes)


def answer(engine: Engine, key: str, told: str) -> None:
    """Answer a request that was begun."""
    with writing(engine) as connection:
        answered(connection, key, told)


def renderings_of(engine: Engine, job_id: str) -> list[Rendering]:
    """The reports of a job, by format and language."""
    wanted = [renderings.c[name] for name in Rendering.__struct_fields__]
    of_job = select(*wanted).where(renderings.c.job_id == job_id)
    with reading(engine) as connection:
        rows = connection.execute(of_job.order_by(renderings.c.format, renderings.c.language))
        return [Rendering(**row._mapping) for row in rows]
