"""All drawings of a session."""

from lxml import html as lxml_html
from msgspec.structs import replace

from analyzer.model.xmpp import StanzaKind
from analyzer.report.drawing.sessions import Drawings
from analyzer.report.language.words import words
from analyzer.report.page.html import render
from analyzer.report.redaction.redact import redact
from analyzer.report.view.timeline import Timelines
from tests.report.reports import entry, har_session, refused, stanza

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
    rows = {row.key for row in timelines.rows(report.sessions[0])}
    assert rows & har.keys == {line.key for line in har.ladder.lines}
    assert "verdict" in har.keys


def test_the_page_has_every_row_that_its_drawings_lead_to() -> None:
    pings = [
        stanza(way, StanzaKind.IQ, "<iq/>", entry(n, n / 10), id=f"p{n // 2}", type=kind)
        for n in range(2_000)
        for way, kind in [(("C>", "get"), ("S>", "result"))[n % 2]]
    ]
    slow = replace(pings[1_001], source=entry(1_001, 100.19))
    said = (*pings[:1_001], slow, *pings[1_002:])
    session = har_session(stanzas=said, stanza_count=2_000)
    tree = lxml_html.fromstring(render(redact(refused(sessions=(session,))), "en"))
    links = set(tree.xpath("//svg//a/@href|//figure//table//a/@href"))
    assert len(links) > 500
    assert links <= {f"#{name}" for name in tree.xpath("//@id")}
