"""Times as they are written in payloads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.protocol.moment import moment

START_NS = 1_767_225_600_000_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T00:00:00Z", START_NS),
        ("2026-01-01T01:00:00.250+01:00", START_NS + 250_000_000),
        ("20260101T00:00:00", START_NS),
        ("1969-12-31T23:59:59Z", -1_000_000_000),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_moment(text: str | None, expected: int | None) -> None:
    assert moment(text) == expected


@given(st.text() | st.datetimes(timezones=st.timezones()).map(lambda told: told.isoformat()))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or abs(found) < 1 << 63 or text[:4] != "2026"
