"""Many servers with one database: each thread has connections of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database, open_database
from analyzer.web.database.files import Files
from analyzer.web.database.jobs import Jobs
from analyzer.web.database.renderings import StoredRenderings
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import (
    Derived,
    Done,
    FileKind,
    Job,
    JobKind,
    JobState,
    Keep,
    Rendering,
    Summary,
)
from tests.web.database.clock import Clock, received
from tests.web.database.making import extended, opened, renderings_of

DONE = Done(
    result="r",
    summary=Summary(outcome="broken", headline={"en": "No"}),
    renderings=(Rendering(format="html", language="en", blob="b", octets=1),),
    derived=(Derived(name="s.har", kind=FileKind.HAR, blob="d", octets=4, sha256="cd"),),
)


@pytest.fixture
def servers(database: Database) -> Iterator[list[Database]]:
    url = database.engine.url.render_as_string(hide_password=False)
    opened = [open_database(url) for _ in range(4)]
    yield opened
    for one in opened:
        one.close()


def jobs_of(database: Database, clock: Clock | None = None) -> Jobs:
    return Jobs(database.engine, clock or Clock(), Keep.CAPTURE)


def job_of(database: Database, room: int = 1000) -> Job:
    return opened(Cases(database.engine, Clock()), received(), room=room)[2]


def deleted_and_forgotten(database: Database, case_id: str) -> bool:
    cases = Cases(database.engine, Clock())
    marked = cases.mark_deleted(case_id)
    cases.forget(case_id)
    return marked


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gave, or the code of its refusal; all begin together."""
    barrier = Barrier(len(acts))

    def do(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def test_each_job_is_claimed_once(database: Database, servers: list[Database]) -> None:
    asked = [job_of(database).id for _ in range(40)]

    def claim_all(server: Database, owner: str) -> list[str]:
        jobs = jobs_of(server)
        return [job.id for job in iter(lambda: jobs.claim(owner, 30), None)]

    acts = [
        partial(claim_all, server, f"{id(server)} {worker}")
        for server in servers
        for worker in range(3)
    ]
    claimed = [job_id for found in at_once(*acts) for job_id in found]  # type: ignore[attr-defined]
    assert sorted(claimed) == sorted(asked)


def test_two_jobs_of_a_case_never_run_together(database: Database, servers: list[Database]) -> None:
    case_id = job_of(database).case_id
    jobs = jobs_of(database)
    for _ in range(9):
        jobs.add(case_id, JobKind.COMPARE, profile="finesse", language="en", room=100)
    for _ in range(10):
        claims = [partial(jobs_of(server).claim, "w", 30) for server in servers]
        running = [job for job in at_once(*claims) if isinstance(job, Job)]
        assert len(running) == 1
        assert jobs.finish(running[0].id, "w", Done(result="r"))
    assert jobs.counts()[JobState.DONE] == 10


def test_the_queue_never_holds_more_than_it_has_room_for(
    database: Database, servers: list[Database]
) -> None:
    acts = [partial(job_of, server, room=5) for server in servers * 4]
    given = at_once(*acts)
    assert given.count(ProblemCode.QUEUE_FULL) == 11
    assert jobs_of(database).waiting() == 5
    assert Cases(database.engine, Clock()).count() == 5


def test_a_result_and_a_deletion_meet(database: Database, servers: list[Database]) -> None:
    """Whoever is first: nobody waits in a circle, and nothing of the case is left."""
    one, two, three, four = servers
    rendering = Rendering(format="zip", language="en", blob="b", octets=1)
    for _ in range(15):
        job = job_of(database)
        assert jobs_of(database).claim("w", 30)

        finished, deleted, *_ = at_once(
            partial(jobs_of(one).finish, job.id, "w", DONE),
            partial(deleted_and_forgotten, two, job.case_id),
            partial(StoredRenderings(three.engine).add, job.id, rendering),
            partial(jobs_of(four).renew, job.id, "w", 30, None),
            partial(Cases(three.engine, Clock()).edit, job.case_id, notes="late"),
            partial(extended, Cases(four.engine, Clock()), job.case_id, received(), blobs="k"),
        )
        assert finished in (True, False)
        assert deleted is True
        assert Cases(database.engine, Clock()).get(job.case_id) is None
        assert Files(database.engine).of_case(job.case_id) == []
        assert renderings_of(database.engine, job.id) == []
    assert Cases(database.engine, Clock()).octets() == 0


def test_those_who_take_over_count_once(database: Database, servers: list[Database]) -> None:
    clock = Clock()
    clock.leads(database.engine)
    asked = [job_of(database) for _ in range(10)]
    for _ in asked:
        assert jobs_of(database, clock).claim("w", 30)
    clock.pass_s(31)
    acts = [jobs_of(server, clock).take_over for server in servers]
    assert sum(map(int, at_once(*acts))) == 10  # type: ignore[arg-type]
    jobs = jobs_of(database, clock)
    found = [jobs.get(job.id) for job in asked]
    assert [job.interruptions for job in found if job] == [1] * 10


def test_a_finish_and_a_takeover_meet(database: Database, servers: list[Database]) -> None:
    """The job is done once, or is to be done again; never both."""
    one, two, *_ = servers
    clock = Clock()
    clock.leads(database.engine)
    for _ in range(10):
        job = job_of(database)
        assert jobs_of(database, clock).claim("w", 30)
        clock.pass_s(31)
        finished, taken = at_once(
            partial(jobs_of(one, clock).finish, job.id, "w", DONE),
            jobs_of(two, clock).take_over,
        )
        assert finished is not bool(taken)
        after = jobs_of(database, clock).get(job.id)
        assert after is not None
        assert after.state is (JobState.DONE if finished else JobState.QUEUED)
        Cases(database.engine, clock).mark_deleted(job.case_id)
