"""What is not known is null, in each of the outputs for machines."""

from analyzer.model.rule import Value
from analyzer.report.machine.json_values import finite, milliseconds, moment


def test_a_time() -> None:
    assert moment(1_795_204_800_250_000_000) == "2026-11-20T20:00:00.250Z"
    assert moment(0) == "1970-01-01T00:00:00.000Z"
    assert moment(None) is None


def test_a_duration_to_the_microsecond() -> None:
    assert milliseconds(1_234_567) == 1.235
    assert milliseconds(-1_000) == -0.001
    assert milliseconds(0) == 0.0
    assert milliseconds(None) is None


def test_numbers_that_json_does_not_know_are_words() -> None:
    values: tuple[Value, ...] = (float("nan"), float("inf"), float("-inf"), 1.5, 2, "nan")
    assert [*map(finite, values)] == ["nan", "inf", "-inf", 1.5, 2, "nan"]
