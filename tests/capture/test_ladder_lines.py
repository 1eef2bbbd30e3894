"""A line says when, which way and what; see test_ladder_text.py for what it means."""

import pytest

from analyzer.capture.ladder_lines import line_of, nanoseconds, number_of, options_of
from analyzer.capture.ladder_text import parse


def test_numbers_and_times() -> None:
    assert number_of("12", 12) == 12
    assert nanoseconds("1.5") == 1_500_000_000
    assert options_of(["a=1", "b=c=d"]) == {"a": "1", "b": "c=d"}


@pytest.mark.parametrize("word", ["13", "-1", "x", "1234567890"])
def test_what_is_no_number(word: str) -> None:
    with pytest.raises(ValueError, match=word):
        number_of(word, 12)


@pytest.mark.parametrize("word", ["x", "1.", "1.1234567890"])
def test_what_is_no_time(word: str) -> None:
    with pytest.raises(ValueError, match=word):
        nanoseconds(word)


@pytest.mark.parametrize("word", ["a", "=b"])
def test_what_is_no_option(word: str) -> None:
    with pytest.raises(ValueError, match=word):
        options_of([word])


def test_a_status_of_bosh() -> None:
    line = line_of("1 S> [status 404 rid=12] gone")
    assert (line.word, line.words, line.options, line.text) == (
        "status",
        ("404",),
        {"rid": "12"},
        "gone",
    )


@pytest.mark.parametrize("wrong", ["[status]", "[status 1000]", "[status a]"])
def test_no_status_of_bosh(wrong: str) -> None:
    assert parse(f"1 S> {wrong}").wrong == [1]
