import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.web.api.moments import read, written

DAY_NS = 86_400 * 10**9


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_800_000_000_123_456_789, "2027-01-15T08:00:00.123456Z"),
        (2**63 - 1, "2262-04-11T23:47:16.854775Z"),
    ],
)
def test_a_time_is_written(ns: int, text: str) -> None:
    assert written(ns) == text


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-02", DAY_NS),
        ("1970-01-02T00:00:00Z", DAY_NS),
        ("1970-01-02t00:00:00z", DAY_NS),
        ("1970-01-02T01:30:00+01:30", DAY_NS),
        ("1970-01-01T00:00:00.000001Z", 1000),
        ("1970-01-01T00:00:00.000001999Z", 1000),
        ("1969-12-31T23:59:59Z", 0),
        ("0001-01-01", 0),
        ("9999-12-31T23:59:59Z", 2**63 - 1),
        ("9999-12-31T23:59:59-23:59", 2**63 - 1),
        ("0001-01-01T00:00:00+23:59", 0),
    ],
)
def test_a_time_is_read(text: str, ns: int) -> None:
    assert read(text) == ns


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "0",
        "2027",
        "2027-01",
        "2027-02-30",
        "2027-01-15T08:00:00",
        "20270115",
        "2027-W01",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|offset"):
        read(text)


@given(st.integers(0, 2**63 - 1))
def test_what_is_written_is_read(ns: int) -> None:
    assert read(written(ns)) == ns // 1000 * 1000


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        ns = read(text)
    except ValueError:
        return
    assert 0 <= ns < 2**63
