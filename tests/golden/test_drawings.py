"""The drawings of real recordings in a browser: nothing on top of something else, nothing cut."""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from analyzer.model.report import Report
from analyzer.pipeline import analyze
from analyzer.report.language.words import LANGUAGES
from analyzer.report.page.html import render
from analyzer.report.redaction.redact import redact
from tests.failures.sessions import live, lost
from tests.failures.socket_packets import capture

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
A, B = "finesse-a.example.test:8445", "finesse-b.example.test:8445"

_MISPLACED = """() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  const found = [];
  for (const svg of document.querySelectorAll('figure svg:not(.sample)')) {
    const box = svg.getBoundingClientRect();
    const written = [...svg.querySelectorAll('text')];
    const texts = written.map(t => [t.textContent, t.getBoundingClientRect()]);
    texts.forEach(([text, a], index) => {
      if (a.left < box.left - 1 || a.right > box.right + 1) found.push(['cut', text]);
      if (a.top < box.top - 1 || a.bottom > box.bottom + 1) found.push(['cut', text]);
      for (const [other, b] of texts.slice(index + 1)) {
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (width > 1 && height > 4) found.push(['on each other', text, other]);
      }
    });
  }
  return found;
}"""


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1200, "height": 900})
        browser.close()


def failed_over() -> bytes:
    sessions = (lost(12)._replace(host=A), live(30)._replace(begin_s=60.0, host=B))
    return capture(*sessions)


def silence() -> bytes:
    """Pings every 20 s, then 57 s nothing, then the end; through a proxy."""
    ping = "{0} C> <iq xmlns='jabber:client' type='get' id='{0}'><ping xmlns='urn:xmpp:ping'/></iq>"
    pong = "{0}.1 S> <iq xmlns='jabber:client' type='result' id='{0}'/>"
    said = [line.format(n) for n in range(20, 300, 20) for line in (ping, pong)]
    via = "@response Via: 1.1 proxy-emea-01.example.test (squid/5.7)"
    return "\n".join([via, "@login", *said, "337.0 S> [rst]"]).encode()


@cache
def recorded(name: str) -> Report:
    folder = FIXTURES / name
    made: dict[str, Sequence[Any]] = {
        "failed over": [("capture.pcap", BytesIO(failed_over()))],
        "silence": [("silence.ladder", BytesIO(silence()))],
    }
    return analyze(made.get(name) or [folder / "session.har", folder / "capture.pcapng"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["h-close-1012", "reconnect-loop", "failed over", "silence"])
def test_nothing_is_cut_or_on_top_of_something(
    name: str, language: str, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(redact(recorded(name)), language), encoding="utf-8")
    page.goto(path.as_uri())
    assert page.evaluate(_MISPLACED) == []
