"""
What the page of a long session weighs, and how fast it answers in a browser.

Sizes hold everywhere. Times are those of the browser's own clock, taken by
`pytest --benchmark-only tests/benchmarks/test_page.py`: first paint within 1 s, a search through
100,000 stanzas within 200 ms.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from pytest_benchmark.fixture import BenchmarkFixture

from analyzer.model.packed import pack
from analyzer.model.report import Report
from analyzer.model.xmpp import StanzaKind
from analyzer.report.page.html import render
from analyzer.report.redaction.redact import redact
from tests.report.reports import finding, har_place, har_session, refused, stanza

FIRST_PAINT_MS = 1_000

SEARCH_MS = 200

STATES = ("READY", "NOT_READY", "TALKING", "WORK_READY", "HOLD")


def notification(number: int) -> str:
    """As Finesse sends it: XML in escaped form, 1 KB, each with its own request."""
    state = STATES[number * 7 % 5]
    inner = (
        f"<Update><data><user><uri>/finesse/api/User/{1000 + number % 40}</uri>"
        f"<state>{state}</state><stateChangeTime>2026-11-21T10:{number % 60:02}:00.000Z"
        f"</stateChangeTime><teamName>Team {number % 9}</teamName></user></data><event>PUT</event>"
        f"<requestId>{number * 2_654_435_761 % 2**32:08x}-{number:07}</requestId>"
        f"<source>/finesse/api/User/{1000 + number % 40}</source></Update>"
    ).replace("<", "&lt;")
    return (
        "<message xmlns='jabber:client' from='pubsub.finesse.example' to='1001@finesse.example/d'>"
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User'>"
        f"<item id='{number:08x}'><notification xmlns='http://jabber.org/protocol/pubsub'>{inner}"
        "</notification></item></items></event></message>"
    )


def report(count: int) -> Report:
    """One session of so many stanzas, with a finding in the middle."""
    stanzas = tuple(
        stanza("S>", StanzaKind.MESSAGE, notification(n), har_place(n, n / 3)) for n in range(count)
    )
    told = finding("SA-007", evidence=(stanzas[count // 2].source,))
    session = har_session(stanzas=stanzas[:1], packed=pack(stanzas), stanza_count=count)
    return refused(sessions=(session,), findings=(told,))


@pytest.fixture(scope="module")
def count(request: pytest.FixtureRequest) -> int:
    """Stanzas; fewer where nothing is measured."""
    return 10_000 if request.config.getoption("benchmark_disable") else 100_000


@pytest.fixture(scope="module")
def large(count: int) -> str:
    return render(redact(report(count)), "en")


def test_a_report_of_2_000_events_is_small() -> None:
    assert len(render(redact(report(2_000)), "en").encode()) <= 1_500_000


def test_a_report_of_100_000_stanzas_is_bounded(large: str, count: int) -> None:
    assert len(large.encode()) <= 100 * count


@pytest.fixture
def page(chromium: str, large: str, tmp_path: Path) -> Iterator[Page]:
    path = tmp_path / "large.html"
    path.write_text(large, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.goto(path.as_uri())
        yield opened
        browser.close()


PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

SEARCHED = """
async wanted => {
  const input = document.querySelector(".stanza-table input");
  const begin = performance.now();
  input.value = wanted;
  input.dispatchEvent(new Event("input"));
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - begin;
}
"""


def test_it_paints_at_once_and_searches_all(
    page: Page, count: int, benchmark: BenchmarkFixture
) -> None:
    all_of_them = f"{count + 3:,}"
    page.locator(".filter output").get_by_text(f"{all_of_them} / {all_of_them}").wait_for()
    page.wait_for_function("() => document.querySelector('.sheet .line b') !== null")
    painted = page.evaluate(PAINTED)
    page.get_by_role("searchbox").fill("warm up, and wait until all rows are read")
    page.locator(".filter output").get_by_text(f"0 / {all_of_them}").wait_for()
    taken: float = benchmark(page.evaluate, SEARCHED, f"{count - 1:07}")
    page.locator(".filter output").get_by_text(f"1 / {all_of_them}").wait_for()
    benchmark.extra_info |= {"first paint, ms": painted, "search, ms": taken}
    if benchmark.enabled:
        assert painted < FIRST_PAINT_MS
        assert taken < SEARCH_MS
