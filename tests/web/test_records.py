"""What the records tell of themselves."""

import pytest

from analyzer.web.records import Job, JobKind, JobState


@pytest.mark.parametrize(
    ("state", "over"),
    [
        (JobState.QUEUED, False),
        (JobState.RUNNING, False),
        (JobState.DONE, True),
        (JobState.FAILED, True),
    ],
)
def test_a_job_is_over_when_nothing_more_will_come(state: JobState, over: bool) -> None:
    job = Job(
        id="j",
        case_id="c",
        kind=JobKind.ANALYZE,
        state=state,
        profile="finesse",
        language="en",
        queued_ns=0,
    )
    assert job.is_over is over
