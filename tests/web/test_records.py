"""What the records tell of themselves."""

import pytest

from analyzer.web.records import JobState

from .doubles import a_job


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
    assert a_job(state).is_over is over
