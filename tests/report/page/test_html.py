"""The page as a file: complete, closed, bounded, and deaf to what was captured."""

import base64
import hashlib
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from msgspec.structs import replace

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.http import Exchange
from analyzer.model.limits import (
    REPORT_ANOMALIES,
    REPORT_FINDINGS,
    REPORT_OVERVIEW,
    REPORT_SESSIONS,
    REPORT_STANZAS,
)
from analyzer.model.report import Outcome, Report, Verdict
from analyzer.model.session import CloseKind, SessionClose
from analyzer.model.xmpp import StanzaKind
from analyzer.report.page.html import render
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import (
    blind,
    entry,
    finding,
    har_place,
    har_recording,
    har_session,
    healthy,
    refused,
    stanza,
    upgrade,
)


def page(report: Report, *, show_secrets: bool = False) -> str:
    return render(redact(report, Redaction.NONE if show_secrets else Redaction.SECRETS), "en")


def tree(text: str) -> Any:
    return lxml_html.document_fromstring(text)


REPORTS = {"refused": refused(), "healthy": healthy(), "blind": blind(), "hostile": hostile()}
EVERY = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())


@EVERY
def test_nothing_is_loaded_from_anywhere(report: Report) -> None:
    document = tree(page(report))
    for element in document.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert name not in ("style", "src", "srcset", "action", "formaction", "data", "ping")
            if name in ("href", "xlink:href"):
                assert value.startswith("#"), value
    for tag in ("link", "iframe", "img", "object", "embed", "base", "form", "audio", "video"):
        assert document.findall(f".//{tag}") == []
    assert "@import" not in page(report)
    assert len(document.findall(".//script")) == len(document.findall(".//style")) == 1


@EVERY
def test_the_policy_lets_in_our_style_and_script_and_nothing_else(report: Report) -> None:
    document = tree(page(report))
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for name in ("style", "script"):
        text = document.find(f".//{name}").text
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert directives[f"{name}-src"] == f"'sha256-{digest}'"
    assert directives["default-src"] == "'none'"
    assert directives["base-uri"] == directives["form-action"] == "'none'"


@EVERY
def test_every_link_has_its_target_and_every_id_is_one(report: Report) -> None:
    document = tree(page(report))
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in document.xpath("//@href")} - set(ids) == set()


@EVERY
def test_headings_come_in_order_and_tables_have_headers(report: Report) -> None:
    document = tree(page(report))
    levels = [int(heading.tag[1]) for heading in document.xpath("//h1|//h2|//h3")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(table.xpath(".//th[@scope]") for table in document.iter("table"))
    assert document.get("lang") == "en"
    # A drawing with links in it is no image: its caption names it.
    assert document.xpath("//figure[.//svg]/figcaption") or report.sessions == ()


def test_the_reader_gets_the_whole_story() -> None:
    document = tree(page(refused()))
    verdict = document.get_element_by_id("verdict").text_content()
    for words in (
        "Broken",
        "at step Authentication",
        "The server refused the user name or password of agent1001",
        "The login of agent1001 stopped at the step Authentication.",
        "The answer to PLAIN was not-authorized",
        "session.har: entry 3, message 3",
        ".log.entries[3]._webSocketMessages[3]",
        "<not-authorized/>",
        "Have agent1001 sign in with the right password",
        "RFC 6120 section 6.5.10",
    ):
        assert words in verdict
    link = document.xpath("//section[@id='verdict']//a/@href")[0]
    row = document.get_element_by_id(link[1:])
    assert "failure" in row.text_content()
    assert "bad" in row.get("class")
    strip = [step.text_content().split() for step in document.xpath("(//ol[@class='steps'])[1]/li")]
    assert strip[3] == ["Authentication", "failed", "150", "ms", "not-authorized"]
    text = document.text_content()
    for words in ("tcp.stream == 0", "WS-002", "sasl exchange", "websocket.frame.reserved-bit"):
        assert words in text
    assert "hole 1,460 octets, lost" in " ".join(text.split())


def test_a_remedy_in_steps_is_a_list() -> None:
    report = refused(verdict=Verdict(outcome=Outcome.BROKEN, cause="CO-004", finding=1))
    items = tree(page(report)).xpath("//section[@id='verdict']//ol/li")
    assert [item.text_content() for item in items] == ["Look at the proxy.", "Ask who runs it."]


def test_consequences_stand_beside_their_cause() -> None:
    caused = finding("CO-004", explained_by="SA-007", values={"idle_s": 1.0, "where": "it"})
    elsewhere = replace(caused, session=2)
    report = refused(findings=(finding("SA-007"), caused, elsewhere))
    links = tree(page(report)).xpath("//section[@id='verdict']//li/a[starts-with(@href, '#f')]")
    assert [link.get("href") for link in links] == ["#finding-CO-004-1"]


def test_what_was_taken_out_is_marked() -> None:
    marks = tree(page(refused())).xpath("//mark/text()")
    assert marks == ["[redacted: sasl exchange 1]"] * len(marks) != []


def test_a_notification_is_decoded() -> None:
    inner = "&lt;Update&gt;&lt;state&gt;READY&lt;/state&gt;&lt;/Update&gt;"
    text = f"<message><event>{inner}</event></message>"
    session = har_session(stanzas=(stanza("S>", StanzaKind.MESSAGE, text, har_place(3, 0)),))
    document = tree(page(healthy(sessions=(session,))))
    assert document.xpath("//table[@class='rows']//pre/text()")[1] == (
        "<Update>\n  <state>READY</state>\n</Update>"
    )


def test_shown_secrets_raise_an_alarm() -> None:
    document = tree(page(refused(), show_secrets=True))
    assert document.xpath("//*[@role='alert']/text()") == [
        "This report holds passwords and tokens. Do not pass it on."
    ]
    assert tree(page(refused())).xpath("//*[@role='alert']") == []


@pytest.mark.parametrize("polyglot", POLYGLOTS)
def test_hostile_strings_stay_text(polyglot: str) -> None:
    """The same elements as for a harmless recording: nothing captured became markup."""

    def skeleton(text: str) -> list[tuple[str, tuple[str, ...]]]:
        document = tree(text)
        return [(e.tag, tuple(e.attrib)) for e in document.iter() if isinstance(e.tag, str)]

    allowed = {tag for tag, _ in skeleton(page(hostile("harmless")))}
    made = page(hostile(polyglot))
    assert {tag for tag, _ in skeleton(made)} <= allowed
    assert made.count("<script>") == 1
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)
    made.encode("utf-8")


def test_a_long_session_makes_a_bounded_page() -> None:
    text = "<message><event>" + "&lt;a&gt;" * 700 + "</event></message>"
    stanzas = tuple(
        stanza("S>", StanzaKind.MESSAGE, text, har_place(n, n / 10))
        for n in range(1, 2 * REPORT_STANZAS)
    )
    session = har_session(stanzas=stanzas, stanza_count=len(stanzas))
    made = page(healthy(sessions=(session,)))
    assert len(made) < 4 << 20
    assert f"{REPORT_STANZAS:,} of {len(stanzas):,} stanzas are shown" in made


def test_many_sessions_findings_and_oddities_make_a_bounded_page() -> None:
    anomaly = Anomaly(code=AnomalyCode.LIMIT, values={"x": "y" * 999}, source=None)
    report = refused(
        sessions=tuple(har_session(number=n, started_ns=None) for n in range(1, 2_001)),
        findings=tuple(finding("SA-007", values={"user": str(n)}) for n in range(2_000)),
        recordings=(har_recording(anomalies=(anomaly,) * 1_000),),
    )
    made = page(report)
    document = tree(made)
    assert len(made) < 5 << 20
    assert len(document.xpath("//section[@class='session']")) == REPORT_SESSIONS
    assert len(document.xpath("//table[@class='overview']/tbody/tr")) == REPORT_OVERVIEW
    assert len(document.xpath("//details[contains(@class, 'finding')]")) == REPORT_FINDINGS
    assert f"{2_000 - 1 - REPORT_FINDINGS:,} more findings" in made
    assert f"{2_000 - REPORT_OVERVIEW:,} more sessions" in made
    assert f"({REPORT_ANOMALIES}+)" in made


def test_the_overview_says_where_each_session_stopped() -> None:
    steps = har_session().steps
    report = refused(
        sessions=(
            har_session(),
            har_session(number=2, steps=steps[4:], agent=None),
            har_session(number=3, steps=()),
            har_session(number=4, steps=steps[:3]),
        )
    )
    cells = tree(page(report)).xpath("//table[@class='overview']/tbody/tr/td[last()]")
    assert [cell.text_content() for cell in cells] == [
        "Authentication: failed",
        "Resource bound: missing",
        "",
        "done",
    ]


def test_a_session_of_which_little_is_known() -> None:
    half = replace(upgrade(entry(None)), exchange=Exchange(request=None, response=None))
    for made in (half, None):
        session = har_session(
            upgrade=made,
            stanzas=(replace(stanza("C>", StanzaKind.OTHER, "", entry(1)), complete=False),),
            steps=(),
            agent=None,
            close=SessionClose(kind=CloseKind.OPEN),
        )
        assert "the client" in page(healthy(sessions=(session,)))


def test_the_same_report_gives_the_same_octets_in_any_process() -> None:
    code = (
        "import hashlib, sys; from tests.report.reports import refused\n"
        "from analyzer.report.formats import RENDERERS\n"
        "from analyzer.report.redaction.redact import redact\n"
        "made = redact(refused())\n"
        "parts = [RENDERERS[name](made, 'en') for name in sorted(RENDERERS)]\n"
        "print(hashlib.sha256(repr(parts).encode()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[3]
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
