"""Jobs, failures and refusals in the words of the reader."""

import pytest

from analyzer.report.language.words import words
from analyzer.web.pages.told import failure_told, job_said, problem_told
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import Failure, FailureCode, JobState, Phase, Progress
from tests.web.doubles import a_job

ENGLISH = words("en")
SECOND = 10**9


@pytest.mark.parametrize(
    ("state", "place", "said"),
    [
        (JobState.QUEUED, 0, "Waiting; it is the next one."),
        (JobState.QUEUED, 1, "Waiting; 1 analysis comes first."),
        (JobState.QUEUED, 7, "Waiting; 7 analyses come first."),
        (JobState.DONE, 0, "Done."),
        (JobState.FAILED, 0, "No result."),
    ],
)
def test_a_job_that_does_not_run_says_so(state: JobState, place: int, said: str) -> None:
    assert job_said(ENGLISH, a_job(state), place, 0) == said


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (None, "The analysis starts (65 s)"),
        (Progress(phase=Phase.READING), "The analysis starts (65 s)"),
        (Progress(phase=Phase.READING, name="a.har"), "Reading a.har (65 s)"),
        (
            Progress(phase=Phase.READING, name="a.har", delivered=1),
            "Reading a.har: 1 entry or connection so far (65 s)",
        ),
        (
            Progress(phase=Phase.READING, name="a\u202e.har", delivered=12_345),
            "Reading a\\u202e.har: 12,345 entries or connections so far (65 s)",
        ),
        (
            Progress(phase=Phase.REDACTING, name="a.har"),
            "Taking passwords and tokens out of what is kept (65 s)",
        ),
        (Progress(phase=Phase.WRITING), "Writing the report (65 s)"),
    ],
)
def test_a_job_that_runs_says_what_it_is_at(progress: Progress | None, said: str) -> None:
    running = a_job(JobState.RUNNING, progress=progress, started_ns=10 * SECOND)
    assert job_said(ENGLISH, running, 0, 75 * SECOND) == said.replace("65 s", "1 min 5 s")


def test_a_job_without_a_beginning_has_lasted_for_nothing() -> None:
    assert job_said(ENGLISH, a_job(JobState.RUNNING), 0, 75 * SECOND) == "The analysis starts (0 s)"


@pytest.mark.parametrize("code", FailureCode)
def test_each_failure_says_what_to_do(code: FailureCode) -> None:
    told = failure_told(ENGLISH, Failure(code=code))
    assert told.title
    assert told.remedy.endswith(".")
    assert told.more == ()


def test_a_failure_says_what_the_analysis_said() -> None:
    told = failure_told(ENGLISH, Failure(code=FailureCode.INPUT, detail="it has\nno entries"))
    assert told.more == ("The analysis said: it has\\nno entries",)


def test_a_failure_without_a_reason_is_a_fault() -> None:
    assert failure_told(ENGLISH, None) == failure_told(ENGLISH, Failure(code=FailureCode.FAULT))


@pytest.mark.parametrize("code", ProblemCode)
def test_each_refusal_says_what_to_do(code: ProblemCode) -> None:
    told = problem_told(ENGLISH, Problem(code, "not for people"))
    assert told.title
    assert told.remedy.endswith(".")
    assert told.more == ()


@pytest.mark.parametrize(
    ("problem", "more"),
    [
        (Problem(ProblemCode.EMPTY_FILE, name="a.har"), ("It is about a.har.",)),
        (Problem(ProblemCode.EMPTY_FILE, name=""), ()),
        (Problem(ProblemCode.NOT_A_CAPTURE, "a picture", name="a.png"), ("a.png: a picture",)),
        (Problem(ProblemCode.NOT_A_CAPTURE, name="a.png"), ("It is about a.png.",)),
        (
            Problem(ProblemCode.TOO_LARGE, name="a.har", limit=2 << 30),
            ("It is about a.har.", "The limit for one file is 2 GB."),
        ),
        (
            Problem(ProblemCode.TOO_LARGE, limit=4 << 30),
            ("The limit for all files of a case is 4 GB.",),
        ),
        (Problem(ProblemCode.TOO_MANY_FILES, limit=1), ("The limit is 1 file for a case.",)),
        (Problem(ProblemCode.QUEUE_FULL, retry_s=30), ("Try again in 30 seconds.",)),
    ],
)
def test_what_is_known_exactly_is_told(problem: Problem, more: tuple[str, ...]) -> None:
    assert problem_told(ENGLISH, problem).more == more
