"""The axis of time of a timeline, and its table."""

from analyzer.report.drawing.chart_parts import LEFT, RIGHT, Canvas
from analyzer.report.language.words import words
from tests.report.reports import START_NS, packet

SECOND_NS = 1_000_000_000


def test_times_stand_on_the_axis() -> None:
    canvas = Canvas(words("en"), {packet(7): "m1-7"}, START_NS, START_NS + 10 * SECOND_NS)
    assert [canvas.x(START_NS + s * SECOND_NS) for s in (-5, 0, 5, 10, 99)] == [
        LEFT,
        LEFT,
        (LEFT + RIGHT) / 2,
        RIGHT,
        RIGHT,
    ]
    assert [canvas.row(source) for source in (packet(7), packet(8), None)] == ["m1-7", "", ""]


def test_the_table_tells_time_and_length() -> None:
    canvas = Canvas(words("nl"), {packet(7): "m1-7"}, START_NS, START_NS + 10 * SECOND_NS)
    canvas.tell(START_NS + SECOND_NS, "a", 2 * SECOND_NS, packet(7), bad=True)
    canvas.tell(START_NS, "b", None, None)
    told = [(e.time, e.what, e.lasts, e.key, e.bad) for e in canvas.entries]
    assert told == [("+1.000", "a", "2,0 s", "m1-7", True), ("+0.000", "b", "", "", False)]
