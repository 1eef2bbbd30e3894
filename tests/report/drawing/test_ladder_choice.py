"""Which rows a ladder draws, and which as one."""

import pytest

from analyzer.model.source import Direction
from analyzer.report.drawing.ladder_choice import AROUND, Group, groups
from analyzer.report.facts.labels import Label
from analyzer.report.view.timeline import Row
from tests.report.reports import START_NS

PING = Label("iq get", "ping", routine=True)
EVENT = Label("message", "PUT /n", event=True)
SILENCE_NS = 30_000_000_000


def row(number: int, seconds: float | None = None, **fields: object) -> Row:
    values: dict[str, object] = {
        "key": f"m1-{number}",
        "time_ns": None if seconds is None else START_NS + round(seconds * 1e9),
        "direction": Direction.TO_SERVER,
        "label": Label("iq get"),
    }
    return Row(**(values | fields))  # type: ignore[arg-type]


def chosen(rows: list[Row], most: int = 500) -> list[tuple[int, int, bool]]:
    return [(g.first, g.last, g.hidden) for g in groups(rows, most, SILENCE_NS)]


def test_nothing_of_nothing() -> None:
    assert chosen([]) == []


def test_routine_in_a_row_is_one_line_and_the_rest_is_not() -> None:
    labels = [Label("auth"), PING, EVENT, PING, EVENT, Label("presence"), PING, PING, Label("iq")]
    rows = [row(n, n, label=label) for n, label in enumerate(labels)]
    assert list(groups(rows, 500, SILENCE_NS)) == [
        Group(0, 0),
        Group(1, 4),
        Group(5, 5),
        Group(6, 6),
        Group(7, 7),
        Group(8, 8),
    ]


def test_a_silence_is_not_drawn_as_one_with_what_stands_around_it() -> None:
    seconds = [0, 20, 40, 97, 117, 137]
    assert chosen([row(n, s, label=PING) for n, s in enumerate(seconds)]) == [
        (0, 2, False),
        (3, 5, False),
    ]
    assert chosen([row(n, label=PING) for n in range(6)]) == [(0, 5, False)]


@pytest.mark.parametrize(
    "fields", [{"cited": ("FI-005",)}, {"failed": True}, {"label": Label("iq error", fault=True)}]
)
def test_around_what_tells_every_row_is_drawn(fields: dict[str, object]) -> None:
    rows = [row(n, n, label=PING) for n in range(200)]
    rows[100] = row(100, 100, **({"label": PING} | fields))
    lines = chosen(rows)
    assert lines[0] == (0, 100 - AROUND - 1, False)
    assert lines[-1] == (100 + AROUND + 1, 199, False)
    assert len(lines) == 2 + 2 * AROUND + 1


def test_of_too_many_the_telling_ones_come_first_then_those_near_them() -> None:
    rows = [row(n, n) for n in range(1_000)]
    rows[500] = row(500, 500, failed=True)
    lines = chosen(rows, 61)
    assert lines == [
        (0, 469, True),
        *((n, n, False) for n in range(470, 531)),
        (531, 999, True),
    ]
    ends = chosen(rows, 101)
    drawn = [first for first, _, hidden in ends if not hidden]
    assert len(drawn) == 101
    assert set(range(30)) | set(range(990, 1_000)) <= set(drawn)


def test_runs_are_drawn_before_single_rows_far_from_everything() -> None:
    rows = [row(n, n) for n in range(200)]
    rows[100:110] = [row(n, n, label=EVENT) for n in range(100, 110)]
    lines = chosen(rows, 41)
    assert (100, 109, False) in lines
    assert sum(not hidden for *_, hidden in lines) == 41


@pytest.mark.parametrize("most", [1, 7, 500])
def test_the_number_of_lines_is_bounded_and_no_row_is_forgotten(most: int) -> None:
    rows = [row(n, n / 10, cited=("PG-001",)) for n in range(2_000)]
    lines = chosen(rows, most)
    assert sum(not hidden for *_, hidden in lines) == most
    assert [index for first, last, _ in lines for index in range(first, last + 1)] == [
        *range(2_000)
    ]


def test_what_failed_and_the_end_are_never_left_out() -> None:
    rows = [row(n, n, cited=("SA-002",)) for n in range(1_000)]
    rows[700] = row(700, 700, failed=True)
    rows[999] = row(999, 999, direction=None)
    drawn = [first for first, _, hidden in chosen(rows, 5) if not hidden]
    assert drawn == [0, 1, 2, 700, 999]
