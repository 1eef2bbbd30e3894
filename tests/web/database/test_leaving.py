"""What is not to stay of the files of a case goes with the words that its job is over."""

from dataclasses import dataclass

import pytest

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database
from analyzer.web.database.files import Files
from analyzer.web.database.jobs import INTERRUPTIONS, Jobs
from analyzer.web.records import (
    Derived,
    Done,
    Failure,
    FailureCode,
    FileChange,
    FileKind,
    FileState,
    JobKind,
    Keep,
)
from tests.web.database.clock import Clock, received
from tests.web.database.making import leave, opened

INPUT = Failure(code=FailureCode.INPUT)
CRASH = Failure(code=FailureCode.CRASH)
STORAGE = Failure(code=FailureCode.STORAGE)
PRESENT, REDACTED, GONE = FileState


@dataclass
class Kept:
    """A case with a file as it came and one without its secrets, and with a job that runs."""

    database: Database
    clock: Clock
    keep: Keep

    def __post_init__(self) -> None:
        engine = self.database.engine
        self.jobs, self.cases = Jobs(engine, self.clock, self.keep), Cases(engine, self.clock)
        _, files, job = opened(self.cases, received("a"), received("b"))
        self.case_id, self.job_id, self.file_id = job.case_id, job.id, files[0].id
        leave(engine, FileChange(file_id=files[1].id, state=REDACTED, blob="3"))
        self.claim()

    def claim(self) -> None:
        job = self.jobs.claim("me", 30)
        assert job is not None
        self.job_id = job.id

    def more(self) -> None:
        self.cases.extend(self.case_id, [received("c")], ["4"], "finesse", "en", 9)

    @property
    def files(self) -> list[tuple[FileState, str | None]]:
        found = Files(self.database.engine).of_case(self.case_id)
        return [(file.state, file.blob) for file in found]


BOTH = [(PRESENT, "1"), (REDACTED, "3")]
LEFT = {
    Keep.CAPTURE: BOTH,
    Keep.REDACTED: [(GONE, None), (REDACTED, "3")],
    Keep.NONE: [(GONE, None), (GONE, None)],
}


@pytest.fixture(params=Keep)
def kept(request: pytest.FixtureRequest, database: Database, clock: Clock) -> Kept:
    return Kept(database, clock, request.param)


@pytest.fixture
def nothing_kept(database: Database, clock: Clock) -> Kept:
    return Kept(database, clock, Keep.NONE)


def test_files_go_with_the_last_try(kept: Kept) -> None:
    kept.jobs.fail(kept.job_id, "me", CRASH, died=True)
    assert kept.files == BOTH
    kept.claim()
    kept.jobs.fail(kept.job_id, "me", CRASH, died=True)
    assert kept.files == LEFT[kept.keep]


def test_files_stay_for_an_analysis_that_waits(nothing_kept: Kept) -> None:
    nothing_kept.more()
    nothing_kept.jobs.fail(nothing_kept.job_id, "me", INPUT, died=False)
    assert nothing_kept.files == [*BOTH, (PRESENT, "4")]
    nothing_kept.claim()
    nothing_kept.jobs.fail(nothing_kept.job_id, "me", INPUT, died=False)
    assert nothing_kept.files == [(GONE, None)] * 3


@pytest.mark.parametrize("waits", [False, True])
def test_what_an_analysis_that_waits_needs_is_not_replaced(
    nothing_kept: Kept, *, waits: bool
) -> None:
    """It may have come at the very last moment: nobody but this transaction can tell."""
    if waits:
        nothing_kept.more()
    done = Done(
        result="r",
        changes=(FileChange(file_id=nothing_kept.file_id, state=REDACTED, blob="5"),),
        derived=(Derived(name="s", kind=FileKind.HAR, blob="6", octets=1, sha256=""),),
    )
    assert nothing_kept.jobs.finish(nothing_kept.job_id, "me", done)
    made = [(REDACTED, "5"), (REDACTED, "3"), (REDACTED, "6")]
    assert nothing_kept.files == ([*BOTH, (PRESENT, "4")] if waits else made)


def test_a_comparison_takes_nothing_along(nothing_kept: Kept) -> None:
    nothing_kept.jobs.fail(nothing_kept.job_id, "me", STORAGE, died=False)
    nothing_kept.jobs.add(
        nothing_kept.case_id, JobKind.COMPARE, profile="finesse", language="en", room=9
    )
    nothing_kept.claim()
    nothing_kept.jobs.fail(nothing_kept.job_id, "me", INPUT, died=False)
    assert nothing_kept.files == BOTH


@pytest.mark.parametrize("failed", ["storage", "interrupted"])
def test_what_the_server_failed_at_may_be_tried_again_for_a_while(kept: Kept, failed: str) -> None:
    if failed == "storage":
        kept.jobs.fail(kept.job_id, "me", STORAGE, died=False)
    else:
        for _ in range(INTERRUPTIONS - 1):
            assert kept.jobs.take_over("me") == 1
            kept.claim()
        assert kept.jobs.take_over("me") == 1
    failed_ns = kept.clock.now_ns
    assert kept.jobs.give_up(failed_ns) == 0
    assert kept.files == BOTH
    given_up = 0 if kept.keep is Keep.CAPTURE else 1
    assert kept.jobs.give_up(failed_ns + 1) == given_up
    assert kept.files == LEFT[kept.keep]
    assert kept.jobs.give_up(failed_ns + 1) == 0


def test_only_what_the_server_failed_at_is_given_up(nothing_kept: Kept) -> None:
    """What stays for another reason stays: it came when the server was told to keep it."""
    capture = Jobs(nothing_kept.database.engine, nothing_kept.clock, Keep.CAPTURE)
    capture.fail(nothing_kept.job_id, "me", INPUT, died=False)
    assert nothing_kept.jobs.give_up(nothing_kept.clock.now_ns + 1) == 0
    assert nothing_kept.files == BOTH


def test_what_is_tried_again_is_not_given_up(nothing_kept: Kept) -> None:
    nothing_kept.jobs.fail(nothing_kept.job_id, "me", STORAGE, died=False)
    nothing_kept.more()
    assert nothing_kept.jobs.give_up(nothing_kept.clock.now_ns + 1) == 0
    nothing_kept.claim()
    assert nothing_kept.jobs.give_up(nothing_kept.clock.now_ns + 1) == 0
    assert nothing_kept.files == [*BOTH, (PRESENT, "4")]
