"""Where the flags of findings stand."""

from itertools import pairwise

from msgspec.structs import replace

from analyzer.model.report import Report
from analyzer.report.drawing.chart_parts import LEFT, WIDTH, Canvas
from analyzer.report.drawing.flags import Flagged, flagged, flags
from analyzer.report.drawing.geometry import width_of
from analyzer.report.language.words import words
from analyzer.report.view.findings import Findings
from tests.report.reports import START_NS, entry, finding, har_place, har_session, refused

WORDS = words("en")
SECOND_NS = 1_000_000_000


def found(report: Report) -> tuple[Flagged, ...]:
    shown = Findings(report, WORDS)
    return flagged(report.sessions[0], report, shown.root(), shown.others())


def test_findings_of_the_session_that_have_a_time() -> None:
    late = finding("CO-004", evidence=(har_place(2, 0.9),), values={"idle_s": 5.0, "where": "x"})
    timeless = replace(late, evidence=(replace(entry(4), time_ns=None),))
    nowhere = replace(late, evidence=())
    report = refused()
    report = replace(report, findings=(*report.findings, late, late, timeless, nowhere))
    told = [(one.rule_id, one.anchor, one.severity) for one in found(report)]
    assert told == [("SA-007", "verdict", "error"), ("CO-004", "finding-CO-004-3", "error")]
    assert found(report)[1].title == "The connection was reset after 5.0 s"


def test_without_a_verdict_none_leads_to_it() -> None:
    report = refused()
    report = replace(report, verdict=replace(report.verdict, finding=None, causes=()))
    assert [one.anchor for one in found(report)] == ["finding-SA-007-0"]


def test_what_the_page_does_not_show_has_no_flag() -> None:
    report = refused()
    assert flagged(har_session(), report, None, ()) == ()


def planted(*seconds: float) -> tuple[Canvas, tuple[Flagged, ...]]:
    canvas = Canvas(WORDS, {}, START_NS, START_NS + 100 * SECOND_NS)
    return canvas, tuple(
        Flagged(
            time_ns=START_NS + round(s * SECOND_NS),
            rule_id=f"CO-{n:03d}",
            severity="error",
            title="t",
            anchor=f"f{n}",
        )
        for n, s in enumerate(seconds)
    )


def test_flags_do_not_stand_on_each_other() -> None:
    canvas, told = planted(*range(0, 101, 4))
    made, y = flags(canvas, told)
    rows: dict[int, list[tuple[float, float]]] = {}
    for flag in made:
        width = width_of(flag.text, 11) + 10
        begin = flag.x if flag.anchor == "start" else flag.x - width
        rows.setdefault(flag.y, []).append((begin, begin + width))
        assert flag.y < y
    assert len(rows) == 3
    for places in rows.values():
        assert all(a[1] < b[0] for a, b in pairwise(places))
        assert places[0][0] >= LEFT
        assert places[-1][1] <= WIDTH


def test_of_many_at_one_place_the_first_ones_are_named() -> None:
    canvas, told = planted(50, 50, 50, 50, 50)
    made, y = flags(canvas, told)
    assert [flag.text for flag in made] == ["CO-000", "CO-001", "CO-002 +2"]
    assert made[-1].title == "CO-002: t\nCO-003: t\nCO-004: t"
    assert y == 6 + 3 * 17
    assert [(one.what, one.key, one.bad) for one in canvas.entries][:1] == [
        ("CO-000: t", "f0", True)
    ]
    assert len(canvas.entries) == 5
    assert flags(canvas, ()) == ((), 6)
