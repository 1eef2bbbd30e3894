"""A comparison as a page: complete, closed, and deaf to what was captured."""

import base64
import hashlib
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from analyzer.model.comparison import Comparison, Fact, FactKind, Result
from analyzer.report.comparison.html import render
from analyzer.report.redaction.redact import Redaction, redact_comparison
from tests.report.comparisons import COMPARISONS, parted, same, side
from tests.report.hostile import POLYGLOTS, hostile


def page(comparison: Comparison, *, show_secrets: bool = False) -> str:
    return render(
        redact_comparison(comparison, Redaction.NONE if show_secrets else Redaction.SECRETS), "en"
    )


def tree(text: str) -> Any:
    return lxml_html.document_fromstring(text)


def full_of(text: str) -> Comparison:
    """A comparison with a string wherever a recording can put one."""
    report = hostile(text)
    one = side(report)
    session = report.sessions[0]
    found = parted()
    said = next(change for change in found.changes if change.good is not None).good
    assert said is not None
    assert found.divergence is not None
    odd = session.stanzas[-2]
    changed = type(said)(stanza=odd, answer=session.stanzas[-3])
    parting = found.divergence
    arrival = type(parting.bad)(kind=parting.bad.kind, stanza=odd, source=odd.source)
    changes = tuple(
        type(change)(kind=change.kind, step=change.step, good=changed, bad=changed)
        for change in found.changes
    )
    facts = tuple(Fact(kind=kind, name=text, good=text, bad=text) for kind in FactKind)
    return parted(
        good=one,
        bad=one,
        divergence=type(parting)(
            step=parting.step, good=arrival, bad=arrival, common_good=odd, common_bad=odd
        ),
        changes=changes,
        facts=facts,
        only_good=report.findings,
        only_bad=report.findings,
    )


PAGES = {**COMPARISONS, "hostile": full_of(POLYGLOTS[2])}
EVERY = pytest.mark.parametrize("comparison", PAGES.values(), ids=PAGES.keys())


@EVERY
def test_nothing_is_loaded_from_anywhere(comparison: Comparison) -> None:
    document = tree(page(comparison))
    for element in document.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert name not in ("style", "src", "srcset", "action", "formaction", "data", "ping")
            if name in ("href", "xlink:href"):
                assert value.startswith("#"), value
    for tag in ("link", "iframe", "img", "object", "embed", "base", "form", "audio", "video"):
        assert document.findall(f".//{tag}") == []
    assert len(document.findall(".//script")) == len(document.findall(".//style")) == 1


@EVERY
def test_the_policy_lets_in_our_style_and_script_and_nothing_else(comparison: Comparison) -> None:
    document = tree(page(comparison))
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for name in ("style", "script"):
        text = document.find(f".//{name}").text
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert directives[f"{name}-src"] == f"'sha256-{digest}'"
    assert directives["default-src"] == "'none'"


@EVERY
def test_every_link_has_its_target_and_headings_come_in_order(comparison: Comparison) -> None:
    document = tree(page(comparison))
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in document.xpath("//@href")} - set(ids) == set()
    levels = [int(heading.tag[1]) for heading in document.xpath("//h1|//h2|//h3")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(table.xpath(".//th[@scope]") for table in document.iter("table"))


@pytest.mark.parametrize("text", POLYGLOTS, ids=range(len(POLYGLOTS)))
def test_what_was_captured_stays_text(text: str) -> None:
    written = page(full_of(text))
    document = tree(written)
    assert document.xpath("count(//script)") == 1
    for tag in ("img", "a[@href='https://evil.example/']", "x"):
        assert document.xpath(f"//{tag}") == []
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert "49" not in document.find(".//title").text


def test_the_reader_gets_both_beside_each_other() -> None:
    document = tree(page(parted()))
    assert document.xpath("string(//h1)").startswith(
        "The bad session parts from the good one at authentication: good got"
    )
    headings = [heading.text_content().split()[0] for heading in document.xpath("//h2")]
    assert headings == [
        *("Good", "Bad", "Where", "Steps", "What", "Around", "Times", "Findings", "What", "As"),
    ]
    rows = document.xpath("//section[@aria-labelledby='steps-head']//tr[@class='differs']")
    assert [row.text_content().split()[-2:] for row in rows] == [["parts", "here"]]
    heads = document.xpath("//section[@aria-labelledby='steps-head']//th/text()")
    assert heads == ["Step", "Good", "Bad", "Difference"]
    assert document.get_element_by_id("brief").text.startswith("The bad session parts")


@pytest.mark.parametrize("result", Result)
def test_each_result_has_its_word_beside_its_colour(result: Result) -> None:
    latencies = parted().latencies
    document = tree(page(parted(result=result, latencies=latencies)))
    icon = document.xpath("//span[@class='pill']//use/@href")[0]
    assert document.get_element_by_id(icon[1:]) is not None
    assert document.xpath("string(//span[@class='pill'])").strip()


def test_where_nothing_differs_it_says_so() -> None:
    told = tree(page(same())).text_content()
    for part in (
        "No difference that matters.",
        "means the same",
        "Nothing that both recordings show differs.",
        "says the same of both",
        "show the whole of what was compared",
    ):
        assert part in told


def test_secrets_are_told() -> None:
    alarm = tree(page(parted(), show_secrets=True)).xpath("//p[@role='alert']")
    assert len(alarm) == 1
    assert tree(page(parted())).xpath("//p[@role='alert']") == []


@pytest.mark.parametrize("width", [1100, 390])
def test_a_browser_shows_it_without_a_script_of_others(
    chromium: str, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(full_of(POLYGLOTS[0])), encoding="utf-8")
    done = subprocess.run(
        [
            chromium,
            *("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/user"),
            *(f"--window-size={width},900", "--dump-dom", file.as_uri()),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    shown = tree(done.stdout.decode())
    assert shown.find(".//title").text.startswith("They part")
    assert shown.xpath("//p[@class='tools']/@hidden") == []
