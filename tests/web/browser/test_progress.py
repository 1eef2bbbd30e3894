"""What people see while they wait."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.web.browser import recordings
from tests.web.browser.conftest import ANALYSED_MS, Visitor
from tests.web.server import Server

Visit = Callable[..., Visitor]

LARGE = 300_000_000


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Path]:
    path = recordings.large(tmp_path / "large.har", LARGE)
    yield path
    path.unlink()


COUNT = """
window.streams = [];
window.EventSource = class extends EventSource {
  constructor(path) { super(path); window.streams.push(this); }
};
"""
"""Every stream that a page ever opened."""

HIDE = """
(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""

OPEN = "window.streams.filter((one) => one.readyState !== EventSource.CLOSED).length"

WORKING = """<main><section id="job" data-events="/job/events" data-status="/job/status">
<p id="status"></p></section></main>"""

TOLD = {"id": "j", "state": "running", "at": "", "text": "Reading", "over": False}


@pytest.fixture
def working(visit: Visit, server: Server) -> Visitor:
    """Before a page with a job that goes on and on."""
    visitor = visit(server)
    visitor.page.add_init_script(COUNT)

    def answer(route: Route) -> None:
        page = route.fetch(url=f"{server.url}/problems")
        route.fulfill(response=page, body=page.text().replace("<main", f"{WORKING}<main"))

    visitor.page.route("**/job", answer)
    visitor.page.route("**/job/status", lambda route: route.fulfill(json=TOLD))
    return visitor


def test_a_page_that_nobody_sees_holds_no_connection(working: Visitor) -> None:
    working.page.route("**/job/events", lambda _: None)
    page = working.open("/job")
    page.wait_for_function(f"{OPEN} === 1")
    page.evaluate(HIDE, True)
    assert page.evaluate(OPEN) == 0
    page.evaluate(HIDE, False)
    assert page.evaluate(OPEN) == 1
    assert page.evaluate("window.streams.length") == 2


def test_a_page_that_nobody_sees_asks_nothing(working: Visitor) -> None:
    working.page.route("**/job/events", lambda route: route.fulfill(status=503))
    page = working.open("/job")
    expect(page.locator("#status")).to_have_text("Reading")
    page.evaluate(HIDE, True)
    asked = working.asked.count("/job/status")
    page.wait_for_timeout(2_500)
    assert working.asked.count("/job/status") == asked
    page.evaluate(HIDE, False)
    # Events that did not come are not waited for again.
    page.wait_for_timeout(2_500)
    assert working.asked.count("/job/status") >= asked + 2
    assert working.asked.count("/job/events") == 1


def test_times_of_a_row_stay_in_the_zone_of_who_reads(visit: Visit, server: Server) -> None:
    visitor = visit(server, timezone_id="Asia/Tokyo")
    visitor.pick(recordings.GOOD)
    case = visitor.until_done().rpartition("/")[2]

    def answer(route: Route) -> None:
        # The list as it was before the case was done.
        page = route.fetch()
        body = page.text().replace(
            '<section class="list"', '<section class="list" data-working="1"'
        )
        body = body.replace('data-outcome="healthy"', 'data-outcome="working"')
        route.fulfill(response=page, body=body)

    visitor.page.route(f"{server.url}/", answer, times=1)
    row = visitor.open("/").locator(f"#cases > li[data-case='{case}']")
    expect(row).to_have_attribute("data-outcome", "working")
    expect(row.locator("time")).to_contain_text("GMT+9")
    expect(row).to_have_attribute("data-outcome", "healthy", timeout=10_000)
    expect(row.locator("time")).to_contain_text("GMT+9")


def states(visitor: Visitor) -> list[str]:
    """Each state of a job that was shown, in order."""
    seen = [shown.partition("|")[0] for shown in visitor.shown]
    return [state for n, state in enumerate(seen) if state and state not in seen[:n]]


def said(visitor: Visitor, state: str = "") -> set[str]:
    """What was said in a state, without the time that it took."""
    told = (shown.partition("|")[2] for shown in visitor.shown if shown.startswith(f"{state}|"))
    return {words.partition(" (")[0] for words in told} - {""}


def test_a_har_of_300_mb_goes_up_and_is_analysed(visit: Visit, server: Server, large: Path) -> None:
    visitor = visit(server)
    visitor.pick(large)
    visitor.until_done(2 * ANALYSED_MS)
    expect(visitor.page.locator("#outcome")).to_have_attribute("data-outcome", "healthy")
    assert any("%" in words or "MB" in words for words in said(visitor)), said(visitor)
    assert len(said(visitor, "running")) >= 2, said(visitor, "running")
    assert "running" in states(visitor)
    assert any(path.endswith("/events") for path in visitor.asked)


def test_progress_is_asked_for_where_events_do_not_come(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.page.route(re.compile("/events$"), lambda route: route.abort())
    visitor.pick(recordings.GOOD)
    visitor.until_done()
    assert any(path.endswith("/events") for path in visitor.asked)
    expect(visitor.page.locator("#outcome")).to_have_attribute("data-outcome", "healthy")


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_page_outlives_its_server(visit: Visit, tmp_path: Path, end: str) -> None:
    large = recordings.large(tmp_path / "large.har", LARGE // 5)
    with Server(tmp_path / "data") as server:
        visitor = visit(server)
        visitor.pick(large)
        expect(visitor.page.locator("#job[data-state=running]")).to_be_visible(timeout=ANALYSED_MS)
        visitor.until_scripts_run()
        if end == "stop":
            assert server.stop() == 0
        else:
            server.kill()
        server.start()
        visitor.until_done(2 * ANALYSED_MS)
        expect(visitor.page.locator("#outcome")).to_have_attribute("data-outcome", "healthy")
        assert server.stop() == 0
        assert "Traceback" not in server.stderr


def test_a_case_is_deleted_while_it_is_analysed(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    canary = f"canary{os.urandom(8).hex()}"
    har = recordings.large(tmp_path / "large.har", LARGE // 5, canary)
    visitor = visit(server)
    visitor.pick(har)
    page = visitor.page
    expect(page.locator("#job[data-state=running]")).to_be_visible(timeout=ANALYSED_MS)
    path = page.url.removeprefix(server.url)
    page.locator("#delete-box > summary").click()
    page.click("#delete button")
    page.wait_for_url(f"{server.url}/?deleted=1")
    assert path not in page.content()
    until = time.monotonic() + 20
    while server.octets_with(canary.encode()):
        assert time.monotonic() < until, server.octets_with(canary.encode())
        time.sleep(0.2)
    # Its place is free again.
    visitor.pick(recordings.GOOD)
    visitor.until_done()
