import pytest
from sqlalchemy import ColumnElement, Connection, text

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database
from analyzer.web.database.files import Files
from analyzer.web.database.jobs import INTERRUPTIONS, Jobs
from analyzer.web.records import (
    Case,
    Derived,
    Done,
    Failure,
    FailureCode,
    File,
    FileChange,
    FileKind,
    FileState,
    Job,
    JobKind,
    JobState,
    Keep,
    Phase,
    Progress,
    Rendering,
    Summary,
)
from tests.web.database.clock import Clock, received
from tests.web.database.making import opened, renderings_of

CRASH = Failure(code=FailureCode.CRASH)
NEVER = dict.fromkeys(JobState, 0)


def made(cases: Cases) -> tuple[Case, list[File], Job]:
    return opened(cases, received(), number="7")


def now(jobs: Jobs, job_id: str) -> Job:
    job = jobs.get(job_id)
    assert job is not None
    return job


def claimed(jobs: Jobs, owner: str = "me") -> Job:
    job = jobs.claim(owner, 30)
    assert job is not None
    return job


def analyze(jobs: Jobs, case_id: str) -> Job:
    return jobs.add(case_id, JobKind.ANALYZE, profile="finesse", language="fr", room=100)


def test_the_way_of_a_job(jobs: Jobs, cases: Cases, clock: Clock) -> None:
    case, _, job = made(cases)
    assert case.job == job
    assert jobs.get(job.id) == job
    assert job.queued_ns == clock.now_ns
    clock.pass_s(5)
    running = claimed(jobs)
    assert (running.id, running.state) == (job.id, JobState.RUNNING)
    assert running.started_ns == clock.now_ns
    progress = Progress(phase=Phase.READING, name="a.har", delivered=3)
    assert jobs.renew(job.id, "me", 30, progress)
    assert now(jobs, job.id).progress == progress
    clock.pass_s(5)
    assert jobs.finish(job.id, "me", Done(result="key"))
    over = now(jobs, job.id)
    assert (over.state, over.result, over.progress) == (JobState.DONE, "key", None)
    assert over.finished_ns == clock.now_ns
    assert over.is_over
    assert jobs.claim("me", 30) is None


def test_all_that_a_job_gives_is_written_at_once(
    jobs: Jobs, cases: Cases, database: Database, clock: Clock
) -> None:
    case, [file], job = made(cases)
    claimed(jobs)
    clock.pass_s(1)
    summary = Summary(outcome="broken", headline={"en": "No"}, sessions=2)
    rendering = Rendering(format="html", language="en", blob="page", octets=5)
    done = Done(
        result="key",
        summary=summary,
        renderings=(rendering,),
        changes=(FileChange(file_id=file.id, state=FileState.REDACTED, blob="less"),),
        derived=(Derived(name="s.har", kind=FileKind.HAR, blob="d", octets=4, sha256="cd"),),
    )
    assert jobs.finish(job.id, "me", done)
    after = cases.get(case.id)
    assert after is not None
    assert after.summary == summary
    assert after.job == now(jobs, job.id)
    assert after.changed_ns == clock.now_ns
    assert renderings_of(database.engine, job.id) == [rendering]
    first, second = Files(database.engine).of_case(case.id)
    assert (first.id, first.state, first.blob) == (file.id, FileState.REDACTED, "less")
    assert second == File(
        id=second.id,
        case_id=case.id,
        name="s.har",
        kind=FileKind.HAR,
        octets=4,
        sha256="cd",
        state=FileState.REDACTED,
        blob="d",
        received_ns=clock.now_ns,
        derived=True,
    )


def test_half_of_a_result_is_never_written(
    jobs: Jobs, cases: Cases, database: Database, clock: Clock
) -> None:
    """The last thing that is written fails."""
    case, [file], job = made(cases)
    claimed(jobs)
    done = Done(
        result="key",
        summary=Summary(outcome="broken", headline={}),
        changes=(FileChange(file_id=file.id, state=FileState.GONE),),
        derived=(Derived(name=None, kind=FileKind.HAR, blob="d", octets=4, sha256=""),),  # type: ignore[arg-type]
    )
    with pytest.raises(Exception, match=r"(?i)not.null"):
        jobs.finish(job.id, "me", done)
    after = cases.get(case.id)
    assert after is not None
    assert after.summary is None
    assert now(jobs, job.id).state is JobState.RUNNING
    assert Files(database.engine).of_case(case.id) == [file]
    assert jobs.finish(job.id, "me", Done(result="key"))


def test_a_comparison_names_its_files(jobs: Jobs, cases: Cases) -> None:
    case, _, job = made(cases)
    other = jobs.add(
        case.id, JobKind.COMPARE, profile="xmpp", language="fr", good="g", bad="b", room=9
    )
    assert (other.good, other.bad, other.profile, other.language) == ("g", "b", "xmpp", "fr")
    assert jobs.of_case(case.id) == [other, job]
    after = cases.get(case.id)
    assert after is not None
    assert after.job == job


def test_what_waits_longest_is_done_first(jobs: Jobs, cases: Cases) -> None:
    ids = [made(cases)[2].id for _ in range(4)]
    assert [jobs.place(job_id) for job_id in ids] == [0, 1, 2, 3]
    first = claimed(jobs)
    assert [jobs.place(job_id) for job_id in ids] == [0, 0, 1, 2]
    jobs.release(first.id, "me")
    assert [claimed(jobs).id for _ in ids] == ids
    assert jobs.place("no such") == 0


def test_one_job_of_a_case_runs_at_a_time(jobs: Jobs, cases: Cases) -> None:
    """An analysis may take away the files that another one reads."""
    case, _, first = made(cases)
    second = analyze(jobs, case.id)
    other = made(cases)[2]
    assert claimed(jobs).id == first.id
    assert claimed(jobs).id == other.id
    assert jobs.claim("me", 30) is None
    jobs.finish(first.id, "me", Done(result="r"))
    assert claimed(jobs).id == second.id


def test_only_its_owner_may_speak_of_a_job(jobs: Jobs, cases: Cases) -> None:
    *_, job = made(cases)
    for job_id, owner in ((job.id, "me"), ("no such", "me")):
        assert not jobs.renew(job_id, owner, 30, None)
        assert not jobs.finish(job_id, owner, Done(result="r"))
        assert jobs.fail(job_id, owner, CRASH, died=False) is None
        jobs.release(job_id, owner)
    running = claimed(jobs)
    assert not jobs.renew(job.id, "you", 30, None)
    assert not jobs.finish(job.id, "you", Done(result="r"))
    assert jobs.fail(job.id, "you", CRASH, died=True) is None
    jobs.release(job.id, "you")
    assert now(jobs, job.id) == running
    assert jobs.finish(job.id, "me", Done(result="r"))
    over = now(jobs, job.id)
    assert not jobs.finish(job.id, "me", Done(result="s"))
    assert jobs.fail(job.id, "me", CRASH, died=True) is None
    assert now(jobs, job.id) == over


def test_a_process_may_die_once(jobs: Jobs, cases: Cases, clock: Clock) -> None:
    *_, job = made(cases)
    claimed(jobs)
    again = jobs.fail(job.id, "me", CRASH, died=True)
    assert again is not None
    assert (again.state, again.tries, again.failure) == (JobState.QUEUED, 1, None)
    assert again.progress is None
    assert now(jobs, job.id) == again
    claimed(jobs)
    clock.pass_s(1)
    failed = jobs.fail(job.id, "me", CRASH, died=True)
    assert failed is not None
    assert (failed.state, failed.tries, failed.failure) == (JobState.FAILED, 2, CRASH)
    assert failed.finished_ns == clock.now_ns
    assert jobs.claim("me", 30) is None


def test_what_no_second_try_helps_fails_at_once(jobs: Jobs, cases: Cases) -> None:
    *_, job = made(cases)
    claimed(jobs)
    failure = Failure(code=FailureCode.INPUT, detail="no \x00frames\ud800")
    failed = jobs.fail(job.id, "me", failure, died=False)
    assert failed is not None
    assert (failed.state, failed.tries) == (JobState.FAILED, 0)
    assert failed.failure == Failure(code=FailureCode.INPUT, detail="no \ufffdframes\ufffd")


def test_a_stop_in_order_counts_nothing(jobs: Jobs, cases: Cases) -> None:
    *_, job = made(cases)
    for _ in range(10):
        claimed(jobs)
        jobs.renew(job.id, "me", 30, Progress(phase=Phase.WRITING))
        jobs.release(job.id, "me")
    after = now(jobs, job.id)
    assert (after.state, after.tries, after.interruptions) == (JobState.QUEUED, 0, 0)
    assert after.progress is None


def test_who_is_not_heard_of_loses_the_job(jobs: Jobs, cases: Cases, clock: Clock) -> None:
    *_, job = made(cases)
    claimed(jobs, "one")
    clock.pass_s(20)
    assert jobs.renew(job.id, "one", 30, None)
    clock.pass_s(20)
    assert jobs.take_over() == 0
    clock.pass_s(10.1)
    assert jobs.take_over() == 1
    after = now(jobs, job.id)
    assert (after.state, after.interruptions, after.tries) == (JobState.QUEUED, 1, 0)
    assert not jobs.renew(job.id, "one", 30, None)
    assert claimed(jobs, "two").id == job.id
    assert not jobs.renew(job.id, "one", 30, None)
    assert not jobs.finish(job.id, "one", Done(result="late"))
    assert jobs.finish(job.id, "two", Done(result="r"))
    assert now(jobs, job.id).result == "r"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lease_holds_to_its_last_nanosecond(jobs: Jobs, cases: Cases, clock: Clock) -> None:
    made(cases)
    claimed(jobs)
    clock.pass_s(30)
    assert jobs.take_over() == 0
    clock.now_ns += 1
    assert jobs.take_over() == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("ahead_s", [3600, -3600])
def test_servers_need_not_agree_on_the_time(
    database: Database, cases: Cases, clock: Clock, ahead_s: int
) -> None:
    other_clock = Clock()
    other_clock.pass_s(ahead_s)
    one = Jobs(database.engine, clock, Keep.CAPTURE)
    other = Jobs(database.engine, other_clock, Keep.CAPTURE)
    *_, job = made(cases)
    assert one.claim("one", 30)
    assert other.take_over() == 0
    assert one.renew(job.id, "one", 30, None)
    assert other.take_over() == 0
    # It is late for both of them.
    assert one.renew(job.id, "one", -1, None)
    assert other.take_over() == 1
    assert one.claim("one", -1)
    assert one.take_over() == 1


def test_who_is_late_and_still_the_owner_may_finish(jobs: Jobs, cases: Cases, clock: Clock) -> None:
    *_, job = made(cases)
    claimed(jobs)
    clock.pass_s(3600)
    assert jobs.finish(job.id, "me", Done(result="r"))
    assert jobs.take_over() == 0


def test_interrupted_for_the_fifth_time_it_has_failed(
    jobs: Jobs, cases: Cases, clock: Clock
) -> None:
    case, _, job = made(cases)
    for times in range(1, INTERRUPTIONS + 1):
        claimed(jobs)
        clock.pass_s(31)
        assert jobs.take_over() == 1
        assert now(jobs, job.id).interruptions == times
    failed = now(jobs, job.id)
    assert failed.state is JobState.FAILED
    assert failed.failure == Failure(code=FailureCode.INTERRUPTED)
    assert failed.finished_ns == clock.now_ns
    after = cases.get(case.id)
    assert after is not None
    assert after.job == failed


def test_an_owner_who_comes_back_in_time_keeps_the_job(
    jobs: Jobs, cases: Cases, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is renewed between the look at all jobs and the look at this one."""
    *_, job = made(cases)
    claimed(jobs)
    clock.pass_s(31)
    interrupt = Jobs._interrupt

    def renew_first(self: Jobs, job_id: str, owner: str, late: ColumnElement[bool]) -> bool:
        assert jobs.renew(job.id, "me", 30, None)
        return interrupt(self, job_id, owner, late)

    monkeypatch.setattr(Jobs, "_interrupt", renew_first)
    assert jobs.take_over() == 0
    assert now(jobs, job.id).state is JobState.RUNNING


def test_a_server_that_starts_again_takes_its_own_jobs_before_their_lease_is_over(
    jobs: Jobs, cases: Cases
) -> None:
    *_, job = made(cases)
    *_, other = made(cases)
    assert jobs.claim("one%-1", 30)
    assert jobs.claim("one-2", 30)
    assert jobs.take_over() == 0
    assert jobs.take_over("one%-") == 1
    taken, left = now(jobs, job.id), now(jobs, other.id)
    assert (taken.state, taken.interruptions) == (JobState.QUEUED, 1)
    assert left.state is JobState.RUNNING
    assert not jobs.renew(job.id, "one%-1", 30, None)


def test_deletion_drops_what_waits_and_tells_what_runs(
    jobs: Jobs, cases: Cases, clock: Clock
) -> None:
    case, _, running = made(cases)
    waiting = analyze(jobs, case.id)
    claimed(jobs)
    assert cases.mark_deleted(case.id)
    assert jobs.get(waiting.id) is None
    assert jobs.get(running.id) is None
    assert [job.id for job in jobs.of_case(case.id)] == [running.id]
    assert not jobs.renew(running.id, "me", 30, None)
    assert not jobs.finish(running.id, "me", Done(result="r"))
    assert jobs.fail(running.id, "me", CRASH, died=True) is None
    jobs.release(running.id, "me")
    clock.pass_s(31)
    assert jobs.take_over() == 0
    assert jobs.claim("me", 30) is None
    cases.forget(case.id)
    assert jobs.counts() == NEVER


def test_jobs_are_counted_by_state(jobs: Jobs, cases: Cases) -> None:
    assert jobs.counts() == NEVER
    for _ in range(4):
        made(cases)
    jobs.finish(claimed(jobs).id, "me", Done(result="r"))
    jobs.fail(claimed(jobs).id, "me", CRASH, died=False)
    claimed(jobs)
    assert jobs.counts() == dict.fromkeys(JobState, 1)
    assert jobs.waiting() == 1


def test_a_worker_that_is_overtaken_looks_again(
    jobs: Jobs, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers that begin two jobs of one case at once: the database refuses the second."""
    case, _, first = made(cases)
    analyze(jobs, case.id)
    claim, looks = Jobs._claim, []

    def overtaken(self: Jobs, connection: Connection, owner: str, lease_s: int) -> Job | None:
        looks.append(owner)
        if len(looks) == 1:
            connection.execute(text("UPDATE jobs SET state = 'running'"))
        return claim(self, connection, owner, lease_s)

    monkeypatch.setattr(Jobs, "_claim", overtaken)
    assert claimed(jobs).id == first.id
    assert looks == ["me", "me"]
