"""How long a REST call took to show."""

import pytest

from analyzer.model.source import HarSource
from analyzer.model.timing import RestTrip


@pytest.mark.parametrize(
    ("asked_ns", "event_ns", "took"), [(1, 5, 4), (5, 1, 0), (None, 1, None), (1, None, None)]
)
def test_no_call_takes_less_than_nothing(
    asked_ns: int | None, event_ns: int | None, took: int | None
) -> None:
    call = RestTrip(
        request_id="",
        method="PUT",
        path="/",
        asked_ns=asked_ns,
        accepted_ns=None,
        event_ns=event_ns,
        source=HarSource(0, 0, None, None),
    )
    assert call.trip_ns == took
