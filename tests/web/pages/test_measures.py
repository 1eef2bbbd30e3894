"""Sizes, times and durations as people read them."""

import pytest

from analyzer.report.language.words import words
from analyzer.web.pages.measures import day_ns, iso, lasting, moment, size

ENGLISH = words("en")
SECOND = 10**9


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1 KB"),
        (1536, "1.5 KB"),
        (150 * 1024, "150 KB"),
        (1000 * 1024, "1.0 MB"),
        (300_000_000, "286 MB"),
        (2 << 30, "2 GB"),
        (5 << 40, "5,120 GB"),
    ],
)
def test_a_size_takes_the_unit_that_suits_it(octets: int, said: str) -> None:
    assert size(ENGLISH, octets) == said


def test_a_size_is_written_as_the_language_does() -> None:
    assert size(words("nl"), 1536).startswith("1,5")


def test_a_time_is_told_in_utc() -> None:
    assert moment(ENGLISH, 1_800_000_000 * SECOND + 1) == "2027-01-15 08:00 UTC"
    assert iso(1_800_000_000 * SECOND + 1) == "2027-01-15T08:00:00Z"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3700, "61 min 40 s")],
)
def test_a_duration_is_told_to_the_second(seconds: int, said: str) -> None:
    assert lasting(ENGLISH, seconds * SECOND) == said


def test_a_day_begins_at_midnight_in_utc() -> None:
    assert day_ns("1970-01-02") == 86_400 * SECOND
    assert day_ns("2027-01-15") == 1_800_000_000 * SECOND - 8 * 3600 * SECOND


@pytest.mark.parametrize(
    ("offset", "hours"),
    [("330", -5.5), ("-480", 8), ("0", 0), ("", 0), ("x", 0), ("\u0661", 0), ("9" * 9, 0)],
)
def test_a_day_begins_where_its_reader_is(offset: str, hours: float) -> None:
    assert day_ns("1970-01-02", offset) == (24 + hours) * 3600 * SECOND


@pytest.mark.parametrize(
    "text", ["", "x", "2027-13-01", "2027-02-30", "15.1.2027", "\u0662027-01-01"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_ns(text) is None
