"""All drawings of a session."""

from analyzer.report.drawings import Drawings
from analyzer.report.language import words
from analyzer.report.timeline import Timelines
from tests.report.reports import refused

WORDS = words("en")


def test_every_session_has_its_drawings() -> None:
    report = refused()
    timelines = Timelines(report, WORDS)
    drawings = Drawings(report, WORDS, timelines)
    har, packets = [drawings.of(one, timelines.rows(one)) for one in report.sessions]
    assert [flag.text for flag in har.charts[0].flags] == ["SA-007"]
    assert [flag.text for flag in packets.charts[0].flags] == ["CO-004"]
    assert {line.rules for line in har.ladder.lines} >= {"SA-007 CQ-007"}
    assert har.alignment is None
