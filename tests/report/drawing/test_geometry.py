"""Widths, ticks and paths that the drawings share."""

from itertools import pairwise

import pytest

from analyzer.report.drawing.geometry import (
    SECOND_NS,
    clock,
    fitted,
    number,
    rounded,
    steps,
    uprights,
    width_of,
)
from analyzer.report.language.words import words

WORDS = words("en")
DAY_NS = 86_400 * SECOND_NS


def test_broad_letters_take_more_room() -> None:
    texts = ["il", "ab", "AB", "W@", "你好"]
    widths = [width_of(text, 10) for text in texts]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]
    assert round(width_of("é", 10), 1) == 7.2


@pytest.mark.parametrize("text", ["a" * 200, "你" * 200, "W" * 200, "a bc " * 40])
@pytest.mark.parametrize("room", [30.0, 75.0, 301.5])
def test_what_does_not_fit_ends_with_an_ellipsis_in_the_room(text: str, room: float) -> None:
    short = fitted(text, room, 12)
    assert short.endswith("…")
    assert text.startswith(short[:-1])
    assert width_of(short, 12) <= room


def test_what_fits_stays() -> None:
    assert fitted("", 0, 12) == ""
    assert fitted("presence", 200, 12) == "presence"
    assert fitted("presence", 1, 12) == "…"


@pytest.mark.parametrize("span_ns", [1, 999_999, 900_000_000, 57 * SECOND_NS, DAY_NS, 900 * DAY_NS])
@pytest.mark.parametrize("most", [4, 10])
def test_ticks_are_few_and_begin_at_nothing(span_ns: int, most: int) -> None:
    times = list(steps(span_ns, most))
    assert times[0] == 0
    assert times[-1] <= span_ns
    assert len(times) <= most
    assert len({b - a for a, b in pairwise(times)}) <= 1


def test_ticks_are_round() -> None:
    assert [ns // SECOND_NS for ns in steps(100 * SECOND_NS, 6)] == [0, 20, 40, 60, 80, 100]


@pytest.mark.parametrize(
    ("seconds", "step", "text"),
    [
        (0, 1, "0:00"),
        (20, 20, "0:20"),
        (3_720, 60, "1:02:00"),
        (0.25, 0.05, "0:00.25"),
        (61.5, 0.5, "1:01.5"),
    ],
)
def test_times_on_an_axis(seconds: float, step: float, text: str) -> None:
    assert clock(round(seconds * SECOND_NS), round(step * SECOND_NS)) == text


def test_round_times_have_no_decimals() -> None:
    told = [rounded(ns, WORDS) for ns in (0, 10_000_000, 1_500_000_000, 100 * SECOND_NS)]
    assert told == ["0 s", "10 ms", "1.5 s", "100 s"]


def test_coordinates_are_short() -> None:
    assert [number(value) for value in (12.0, 12.34, -3)] == ["12", "12.3", "-3"]
    assert uprights([(1.5, 20, -8), (3, 20, -9)]) == "M1.5 20v-8M3 20v-9"
