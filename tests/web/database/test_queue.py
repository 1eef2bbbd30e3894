import pytest

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database
from analyzer.web.database.files import Files
from analyzer.web.database.jobs import Jobs
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import Job, JobKind
from tests.web.database.clock import received
from tests.web.database.making import a_case, opened

ROOM = 2


def wait(jobs: Jobs, case_id: str) -> Job:
    return jobs.add(case_id, JobKind.ANALYZE, profile="finesse", language="en", room=ROOM)


def test_a_full_queue_takes_no_more(jobs: Jobs, cases: Cases, database: Database) -> None:
    case, *_ = opened(cases, received())
    wait(jobs, case.id)
    for add in (
        lambda: wait(jobs, case.id),
        lambda: opened(cases, room=ROOM),
        lambda: cases.extend(case.id, [received()], ["blob"], "finesse", "en", ROOM),
    ):
        with pytest.raises(Problem) as caught:
            add()
        assert caught.value.code is ProblemCode.QUEUE_FULL
        assert caught.value.retry_s == 30
    assert cases.count() == 1
    assert jobs.waiting() == 2
    assert len(Files(database.engine).of_case(case.id)) == 1
    assert jobs.claim("me", 30) is not None
    wait(jobs, case.id)


def test_no_job_is_for_what_is_not_there(jobs: Jobs, cases: Cases) -> None:
    case = a_case(cases)
    cases.mark_deleted(case.id)
    for case_id in (case.id, "no such", "\x00"):
        with pytest.raises(Problem) as caught:
            wait(jobs, case_id)
        assert caught.value.code is ProblemCode.NOT_FOUND
    assert jobs.waiting() == 0
