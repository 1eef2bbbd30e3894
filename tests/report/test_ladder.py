"""Which rows are drawn, and where."""

from analyzer.model.source import Direction, Side
from analyzer.report.labels import Label
from analyzer.report.ladder import CLIENT_X, SERVER_X, ladder, offset
from analyzer.report.language import words
from analyzer.report.timeline import Row
from tests.report.reports import START_NS

WORDS = words("en")


def row(number: int, seconds: float | None = None, **fields: object) -> Row:
    values: dict[str, object] = {
        "key": f"m1-{number}",
        "time_ns": None if seconds is None else START_NS + round(seconds * 1e9),
        "direction": Direction.TO_SERVER,
        "label": Label("iq get"),
    }
    return Row(**(values | fields))  # type: ignore[arg-type]


def drawn(rows: list[Row]) -> list[str]:
    return [line.row.key if line.row else line.remark for line in ladder(rows, WORDS).lines]


def test_arrows_go_from_lane_to_lane() -> None:
    rows = [
        row(1, 0),
        row(2, 0.5, direction=Direction.TO_CLIENT),
        row(3, 0.6, direction=None, by=Side.SERVER),
        row(4, direction=None),
    ]
    made = ladder(rows, WORDS)
    assert [(line.time, line.start, line.end) for line in made.lines] == [
        ("+0.000", CLIENT_X, SERVER_X),
        ("+0.500", SERVER_X, CLIENT_X),
        ("+0.600", SERVER_X, CLIENT_X),
        ("", CLIENT_X, SERVER_X),
    ]
    assert [line.y for line in made.lines] == sorted({line.y for line in made.lines})
    assert made.height > made.lines[-1].y


def test_a_long_silence_is_drawn() -> None:
    assert drawn([row(1, 0), row(2), row(3, 12.5)]) == ["m1-1", "m1-2", "12.5 s later", "m1-3"]


PING = Label("iq get", "ping", routine=True)


def test_routine_is_counted_unless_it_tells_something_or_ends_the_session() -> None:
    rows = [row(1, 0), *(row(n, n, label=PING) for n in range(2, 101))]
    rows[4] = row(5, 5, label=PING, cited=("FI-005",))
    assert drawn(rows) == ["m1-1", "3 not drawn", "m1-5", "94 not drawn", "m1-100"]


def test_in_a_short_session_everything_is_drawn() -> None:
    assert drawn([row(n, label=PING) for n in range(1, 61)]) == [f"m1-{n}" for n in range(1, 61)]


def test_long_sessions_are_shortened_around_what_tells() -> None:
    rows = [row(n, n / 10) for n in range(1, 1_001)]
    rows[499] = row(500, 50, failed=True)
    keys = drawn(rows)
    assert "m1-500" in keys
    assert "469 not drawn" in keys
    assert len(keys) == 24 + 1 + 13 + 1 + 8


def test_the_number_of_arrows_is_bounded() -> None:
    rows = [row(n, n / 10, cited=("PG-001",)) for n in range(1, 2_001)]
    assert sum(line.row is not None for line in ladder(rows, WORDS).lines) == 500


def test_nothing_is_drawn_of_nothing() -> None:
    assert ladder([], WORDS).lines == ()
    assert offset(-1_500_000) == "-0.002"
