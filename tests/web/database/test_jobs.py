from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database
from analyzer.web.database.jobs import Jobs
from analyzer.web.records import (
    Case,
    Done,
    File,
    Job,
    JobState,
    Phase,
    Progress,
)
from tests.web.database.clock import Clock, received


def opened(database: Database, clock: Clock, room: int = 10) -> tuple[Case, list[File], Job]:
    cases = Cases(database.engine, clock)
    return cases.open("7", "", None, [received()], ["blob"], "finesse", "en", room)


def test_the_way_of_a_job(database: Database, clock: Clock) -> None:
    jobs = Jobs(database.engine, clock)
    case, _, job = opened(database, clock)
    assert case.job == job
    assert jobs.get(job.id) == job
    clock.pass_s(5)
    claimed = jobs.claim("me", 30)
    assert claimed is not None
    assert (claimed.id, claimed.state) == (job.id, JobState.RUNNING)
    assert claimed.started_ns == clock.now_ns
    progress = Progress(phase=Phase.READING, name="a.har", delivered=3)
    assert jobs.renew(job.id, "me", 30, progress)
    now = jobs.get(job.id)
    assert now is not None
    assert now.progress == progress
    assert jobs.finish(job.id, "me", Done(result="key"))
    over = jobs.get(job.id)
    assert over is not None
    assert (over.state, over.result, over.progress) == (JobState.DONE, "key", None)
    assert over.is_over
    assert jobs.claim("me", 30) is None


def test_a_server_that_starts_again_takes_its_own_jobs_before_their_lease_is_over(
    database: Database, clock: Clock
) -> None:
    jobs = Jobs(database.engine, clock)
    *_, job = opened(database, clock)
    *_, other = opened(database, clock)
    assert jobs.claim("one%-1", 30)
    assert jobs.claim("one-2", 30)
    assert jobs.take_over() == 0
    assert jobs.take_over("one%-") == 1
    taken, left = jobs.get(job.id), jobs.get(other.id)
    assert taken is not None
    assert left is not None
    assert (taken.state, taken.interruptions) == (JobState.QUEUED, 1)
    assert left.state is JobState.RUNNING
    assert not jobs.renew(job.id, "one%-1", 30, None)
