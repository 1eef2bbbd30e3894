"""The ladder as a file of its own."""

from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import sync_playwright

from analyzer.report.formats import RENDERERS
from analyzer.report.language.words import LANGUAGES
from analyzer.report.page.svg import render
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import PASSWORD, blind, refused

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


def test_the_ladder_of_the_session_of_the_verdict() -> None:
    text = render(redact(refused()), "en")
    root = parsed(text)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == (
        "The server refused the user name or password of agent1001"
    )
    about = root.findtext(f"{SVG}desc")
    assert about == "Who said what between agent1001 and finesse.example.test:7071."
    assert root.get("role") == "img"
    shown = "".join(root.itertext())
    assert "failure" in shown
    assert PASSWORD not in text
    assert not root.findall(f".//{SVG}a")
    assert RENDERERS["svg"](redact(refused()), "en") == text


def test_a_recording_without_a_session() -> None:
    root = parsed(render(redact(blind()), "en"))
    assert root.findtext(f"{SVG}desc") == "No session can be drawn of this recording."


def test_what_shows_secrets_says_so() -> None:
    assert "Do not pass it on." in render(redact(refused(), Redaction.NONE), "en")
    assert "Do not pass it on." not in render(redact(refused()), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language(language: str) -> None:
    assert (
        parsed(render(redact(refused()), language)).get(
            "{http://www.w3.org/XML/1998/namespace}lang"
        )
        == language
    )


@pytest.mark.parametrize("polyglot", POLYGLOTS)
def test_captured_text_stays_text(polyglot: str) -> None:
    root = parsed(render(redact(hostile(polyglot)), "en"))
    allowed = {
        *("svg", "title", "desc", "style", "rect", "text", "tspan"),
        *("g", "defs", "marker", "path", "circle"),
    }
    assert {element.tag for element in root.iter()} <= {f"{SVG}{name}" for name in allowed}
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if str(name).startswith("on") or "href" in str(name)}


def test_a_browser_draws_it(chromium: str, tmp_path: Path) -> None:
    path = tmp_path / "ladder.svg"
    path.write_text(render(redact(hostile(POLYGLOTS[0])), "en"), encoding="utf-8")
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(message.text))
        page.goto(path.as_uri())
        words = page.evaluate(
            "() => [...document.querySelectorAll('text')].map(t => t.getBBox())"
            ".filter(b => b.x < 0 || b.x + b.width > 1008).length"
        )
        browser.close()
    assert asked == [path.as_uri()]
    assert words == 0
