from pathlib import Path
from secrets import token_hex

import pytest
from msgspec import UNSET

from analyzer.web.database import cases as module
from analyzer.web.database.cases import IDS, Cases
from analyzer.web.database.engine import Database
from analyzer.web.database.files import Files
from analyzer.web.database.jobs import Jobs
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import (
    Case,
    CaseQuery,
    Done,
    Failure,
    FailureCode,
    FileChange,
    FileState,
    Job,
    JobKind,
    JobState,
    Phase,
    Progress,
    Rendering,
    Summary,
)
from tests.web.database.clock import SECOND_NS, START_NS, Clock, received
from tests.web.database.making import a_case, leave, opened, summarized


def test_a_case_its_files_and_its_job_are_made_at_once(
    cases: Cases, files: Files, jobs: Jobs
) -> None:
    came, case_id = [received("a"), received("b")], cases.new_id()
    assert cases.get(case_id) is None
    case, added, job = cases.open(case_id, "SR 7", "Call", 5, came, ["1", "2"], "xmpp", "fr", 1)
    assert job == Job(
        id=job.id,
        case_id=case_id,
        kind=JobKind.ANALYZE,
        state=JobState.QUEUED,
        profile="xmpp",
        language="fr",
        queued_ns=START_NS,
    )
    assert case == Case(
        id=case_id,
        number="SR 7",
        notes="Call",
        created_ns=START_NS,
        changed_ns=START_NS,
        expires_ns=5,
        job=job,
    )
    assert [(file.name, file.blob) for file in added] == [("a", "1"), ("b", "2")]
    assert cases.get(case.id) == case
    assert files.of_case(case.id) == added
    assert jobs.of_case(case.id) == [job]


def test_nothing_is_made_if_any_of_it_cannot_be(cases: Cases, jobs: Jobs) -> None:
    case_id = cases.new_id()
    with pytest.raises(ValueError, match="shorter"):
        cases.open(case_id, "", "", None, [received()] * 2, ["1"], "finesse", "en", 9)
    with pytest.raises(Problem) as caught:
        cases.open(case_id, "", "", None, [received()], ["1"], "finesse", "en", 0)
    assert caught.value.code is ProblemCode.QUEUE_FULL
    assert cases.get(case_id) is None
    assert cases.count() == 0
    assert jobs.waiting() == 0


def test_more_files_are_analysed_anew(cases: Cases, files: Files, clock: Clock) -> None:
    case, first, _ = opened(cases, received())
    clock.pass_s(1)
    added, job = cases.extend(case.id, [received("b")], ["2"], "xmpp", "fr", 9)
    after = cases.get(case.id)
    assert after is not None
    assert after.job == job
    assert (after.created_ns, after.changed_ns) == (START_NS, START_NS + SECOND_NS)
    assert (job.profile, job.language) == ("xmpp", "fr")
    assert files.of_case(case.id) == [*first, *added]


def test_nothing_is_added_to_what_is_not_there(cases: Cases, files: Files) -> None:
    case = a_case(cases)
    cases.mark_deleted(case.id)
    for case_id in (case.id, "no such"):
        with pytest.raises(Problem) as caught:
            cases.extend(case_id, [received()], ["1"], "finesse", "en", 9)
        assert caught.value.code is ProblemCode.NOT_FOUND
        assert files.of_case(case_id) == []


def test_what_people_say_is_changed(cases: Cases, clock: Clock) -> None:
    case = a_case(cases, number="7", notes="old", expires_ns=1)
    clock.pass_s(1)
    after = cases.edit(case.id, notes="new")
    assert after is not None
    assert (after.number, after.notes, after.expires_ns) == ("7", "new", 1)
    assert after.changed_ns == clock.now_ns
    assert cases.get(case.id) == after
    after = cases.edit(case.id, number="", expires_ns=None)
    assert after is not None
    assert (after.number, after.notes, after.expires_ns) == ("", "new", None)
    assert [found.id for found in cases.page(CaseQuery(search="new")).cases] == [case.id]
    assert cases.page(CaseQuery(search="old")).cases == ()


def test_an_edit_without_change_changes_nothing(cases: Cases, clock: Clock) -> None:
    case = a_case(cases, number="7")
    clock.pass_s(1)
    assert cases.edit(case.id) == case
    assert cases.edit(case.id, expires_ns=UNSET) == case


def test_what_is_not_there_is_not_changed(cases: Cases) -> None:
    case = a_case(cases)
    cases.mark_deleted(case.id)
    assert cases.edit(case.id, number="7") is None
    assert cases.edit("no such", number="7") is None


def test_a_summary_is_found(cases: Cases, jobs: Jobs) -> None:
    case = a_case(cases)
    summary = Summary(
        outcome="broken",
        headline={"en": "No", "fr": "Non"},
        step="sasl",
        rule="SA-001",
        agents=("a", "b"),
        servers=("s",),
        recorded_ns=5,
        sessions=2,
    )
    summarized(jobs, summary)
    after = cases.get(case.id)
    assert after is not None
    assert after.summary == summary
    assert cases.page(CaseQuery(outcome="broken")).cases == (after,)
    assert cases.page(CaseQuery(outcome="healthy")).cases == ()


def test_a_deleted_case_is_out_of_sight_at_once(cases: Cases, files: Files, clock: Clock) -> None:
    case, [file], _ = opened(cases, received(), number="7", expires_ns=1)
    assert cases.mark_deleted(case.id)
    assert not cases.mark_deleted(case.id)
    assert not cases.mark_deleted("no such")
    assert cases.get(case.id) is None
    assert cases.page(CaseQuery()).cases == ()
    assert cases.expired(START_NS) == []
    assert cases.count() == 0
    assert cases.octets() == 10
    assert cases.deleted() == [case.id]
    cases.forget(case.id)
    cases.forget(case.id)
    assert cases.deleted() == []
    assert files.get(case.id, file.id) is None
    assert cases.octets() == 0


def test_a_case_may_be_forgotten_unmarked(cases: Cases) -> None:
    case = a_case(cases)
    cases.forget(case.id)
    assert cases.get(case.id) is None
    assert cases.page(CaseQuery()).cases == ()


def test_the_oldest_are_deleted_first(cases: Cases, clock: Clock) -> None:
    made = [a_case(cases, expires_ns=START_NS + seconds) for seconds in (3, 1, 2, 9)]
    a_case(cases)
    assert cases.expired(START_NS) == []
    ids = [made[1].id, made[2].id, made[0].id]
    assert cases.expired(START_NS + 3) == ids
    for case_id in ids:
        cases.mark_deleted(case_id)
        clock.pass_s(1)
    assert cases.deleted() == ids
    assert cases.count() == 2


def test_so_many_are_deleted_at_once(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    ids = [a_case(cases, expires_ns=START_NS + seconds).id for seconds in range(3)]
    assert cases.expired(START_NS + 3) == ids[:2]
    for case_id in ids:
        cases.mark_deleted(case_id)
    assert len(cases.deleted()) == 2


def test_octets_of_what_is_left(cases: Cases, database: Database) -> None:
    assert cases.octets() == 0
    _, [one, _], _ = opened(cases, received(octets=1 << 40), received(octets=5))
    assert cases.octets() == (1 << 40) + 5
    leave(database.engine, FileChange(file_id=one.id, state=FileState.GONE))
    assert cases.octets() == 5


def test_any_text_is_kept(cases: Cases, jobs: Jobs) -> None:
    text = "\x00\ud800'; DROP TABLE cases; --" + "é" * 10**6
    stored = text.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    case = a_case(cases, number=text, notes=text, expires_ns=1 << 70)
    assert (case.number, case.notes, case.expires_ns) == (stored, stored, (1 << 63) - 1)
    assert cases.get(case.id) == case
    assert cases.get(text) is None
    assert not cases.mark_deleted(text)
    edited = cases.edit(case.id, number="7\x00")
    assert edited is not None
    assert edited.number == "7\ufffd"
    summarized(jobs, Summary(outcome=token_hex(10**4), headline={"en": text}, agents=(text,)))
    after = cases.get(case.id)
    assert after is not None
    assert after.summary is not None
    assert after.summary.headline == {"en": stored}


def test_of_many_ids_those_of_cases_are_known(cases: Cases) -> None:
    seen, deleted = a_case(cases), a_case(cases)
    cases.mark_deleted(deleted.id)
    others = [cases.new_id() for _ in range(2 * IDS)]
    assert cases.known([seen.id, *others, deleted.id]) == {seen.id, deleted.id}
    assert cases.known([]) == set()


def test_what_names_octets(cases: Cases, jobs: Jobs, database: Database) -> None:
    one, [_, second], _ = opened(cases, received(), received())
    two, *_ = opened(cases, received())
    rendering = Rendering(format="html", language="en", blob="html", octets=1)
    job = jobs.claim("me", 30)
    assert job is not None
    assert jobs.finish(job.id, "me", Done(result="json", renderings=(rendering,)))
    leave(database.engine, FileChange(file_id=second.id, state=FileState.GONE))
    named = {(one.id, key) for key in ("1", "html", "json")}
    assert cases.blobs([one.id, "no such"]) == named
    assert cases.blobs([one.id, two.id]) == named | {(two.id, "1")}
    assert cases.blobs([]) == set()


def test_cases_that_changed_lately(cases: Cases, clock: Clock) -> None:
    old, new, deleted = (a_case(cases) for _ in range(3))
    clock.pass_s(1)
    cases.edit(new.id, notes="new")
    cases.mark_deleted(deleted.id)
    assert cases.changed_since(clock.now_ns) == [new.id]
    assert set(cases.changed_since(START_NS)) == {old.id, new.id}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_said_of_a_case_goes_before_its_job_ends(
    cases: Cases, jobs: Jobs, tmp_path: Path
) -> None:
    """Neither the file of the database nor its log has a word of it."""

    def canaries() -> int:
        return sum(path.read_bytes().count(b"canary") for path in tmp_path.iterdir())

    notes = "canary " * 3000
    case, *_ = opened(cases, received("canary"), number="canary", notes=notes)
    summarized(jobs, Summary(outcome="broken", headline={"en": "canary"}))
    jobs.add(case.id, JobKind.ANALYZE, profile="finesse", language="en", room=9)
    failed = jobs.claim("me", 30)
    assert failed is not None
    jobs.fail(failed.id, "me", Failure(code=FailureCode.INPUT, detail="canary"), died=False)
    jobs.add(case.id, JobKind.ANALYZE, profile="finesse", language="en", room=9)
    running = jobs.claim("me", 30)
    assert running is not None
    assert jobs.renew(running.id, "me", 30, Progress(phase=Phase.READING, name="canary"))
    assert canaries() > 0
    assert cases.mark_deleted(case.id)
    assert canaries() == 0
    assert running.id in {job.id for job in jobs.of_case(case.id)}
