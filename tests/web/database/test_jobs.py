
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
