from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.har_time import Clock, clock, close_ns, instant_ns
from analyzer.model.recording import TimeBase
from tests.capture.har_written import STARTED, STARTED_NS

SECOND = 1_795_207_478_000_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STARTED, STARTED_NS),
        ("2026-11-20T20:44:38Z", SECOND),
        ("2026-11-20T20:44:38.796123456Z", SECOND + 796_123_456),
        ("2026-11-20T20:44:38.7961234567Z", SECOND + 796_123_456),
        ("2026-11-20T22:44:38.796+02:00", STARTED_NS),
        ("2026-11-21T02:14:38.796+0530", STARTED_NS),
        ("2026-11-20T12:44:38.796-08:00", STARTED_NS),
        ("2026-11-20T20:44:38.796", STARTED_NS),
        ("2026-11-20 20:44:38,796", STARTED_NS),
        ("1969-12-31T23:59:59.000Z", None),
        ("NaN-NaN-NaNTNaN:NaN:NaN.NaN+NaN:NaN", None),
        ("2026-13-20T20:44:38Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("", None),
    ],
)
def test_dates_of_every_producer(text: str, expected: int | None) -> None:
    assert instant_ns(text) == expected


@given(
    st.datetimes(min_value=datetime(2002, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_dates_are_read_as_python_reads_them(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
    assert instant_ns(moment.isoformat()) == since // timedelta(microseconds=1) * 1_000


def test_a_clock_that_counts_seconds() -> None:
    found = clock([None, "x", 1_795_207_478.856393], None)
    assert found.base is TimeBase.SECONDS
    assert found.ns(1_795_207_478.856393) == 1_795_207_478_856_393_000
    assert found.ns("1795207478.5") == 1_795_207_478_500_000_000


def test_a_clock_that_counts_milliseconds() -> None:
    found = clock([1_795_210_982_956.614], None)
    assert found.base is TimeBase.MILLISECONDS
    assert found.ns(1_795_210_982_956.614) == 1_795_210_982_956_614_000


def test_a_monotonic_clock_is_set_by_the_start_of_the_entry() -> None:
    found = clock([282_411.6, 282_412.0], STARTED_NS)
    assert found.base is TimeBase.MONOTONIC
    assert found.ns(282_411.6) == STARTED_NS
    assert found.ns(282_412.6) == STARTED_NS + 1_000_000_000


def test_a_monotonic_clock_alone_tells_nothing() -> None:
    found = clock([282_411.6], None)
    assert found.base is TimeBase.MONOTONIC
    assert found.ns(282_412.6) is None


@pytest.mark.parametrize("times", [[], [None], [-1.0, -1.0], ["soon"]])
def test_no_clock(times: list[float | str | None]) -> None:
    assert clock(times, STARTED_NS) == Clock()
    assert clock(times, STARTED_NS).ns(5.0) is None


@pytest.mark.parametrize("time", [None, -1.0, float("inf"), float("nan"), 1e300, "x"])
def test_times_that_say_nothing(time: float | str | None) -> None:
    assert Clock(TimeBase.SECONDS, 1e6, 0).ns(time) is None


def test_close_times() -> None:
    assert close_ns(1_795_207_478_796.0) == STARTED_NS
    assert close_ns(1_795_207_478.796) == STARTED_NS
    assert close_ns(None) is None
    assert close_ns(12.0) is None
