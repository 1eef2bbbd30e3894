"""What people typed and chose stays theirs, whatever else happens."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.web.browser import recordings
from tests.web.browser.conftest import ANALYSED_MS, DROP, Visitor
from tests.web.server import Server

Visit = Callable[..., Visitor]

GOOD = [["more.har", base64.b64encode(recordings.GOOD.read_bytes()).decode()]]


def test_what_is_typed_outlives_the_analysis(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    page = visitor.page
    # The job is over when its page comes, but the page does not know it.
    page.route(re.compile("/events$"), lambda route: route.abort())
    told = {"state": "running", "at": "", "text": "Reading", "over": False}
    page.route(re.compile("/status$"), lambda route: route.fulfill(json=told))
    visitor.pick(recordings.WRONG_PASSWORD)
    expect(page.locator("#job[data-state=running]")).to_be_visible(timeout=ANALYSED_MS)
    page.fill("#edit [name=notes]", "half a sent")
    page.set_input_files("#add input[type=file]", recordings.GOOD)
    page.unroute(re.compile("/status$"))
    visitor.until_done()
    expect(page.locator("#outcome")).to_have_attribute("data-outcome", "broken")
    expect(visitor.report.locator("#headline")).to_contain_text("password")
    expect(page.locator("#edit [name=notes]")).to_have_value("half a sent")
    expect(page.locator("#add .chosen li")).to_contain_text("session.har")
    expect(page.locator("#copy")).to_be_visible()
    expect(page.locator("#case h1")).to_contain_text("password")


def test_a_file_dropped_anywhere_on_a_case_is_added(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.pick(recordings.GOOD)
    path = visitor.until_done()
    page = visitor.page
    page.locator("#case h1").evaluate(DROP, GOOD)
    expect(page.locator("#add .chosen li")).to_contain_text("more.har")
    assert page.url.removeprefix(server.url).partition("?")[0] == path
    visitor.open("/problems")
    page.evaluate("addEventListener('drop', (event) => { window.left = !event.defaultPrevented; })")
    page.locator("h1").evaluate(DROP, GOOD)
    assert page.evaluate("window.left") is False


def test_who_was_signed_out_signs_in_elsewhere_and_sends_again(
    visit: Visit, server: Server
) -> None:
    visitor = visit(server)
    page = visitor.open("/new")
    page.set_input_files("#files", recordings.GOOD)
    page.fill("#number", "SR 77")
    visitor.context.clear_cookies()
    page.click("#send")
    link = page.locator("#refused a")
    expect(link).to_be_visible()
    with visitor.context.expect_page() as coming:
        link.click()
    coming.value.fill("input[name=token]", server.token)
    coming.value.press("input[name=token]", "Enter")
    coming.value.wait_for_url(f"{server.url}/")
    page.click("#refused button")
    visitor.until_done()
    expect(page.locator("#edit [name=number]")).to_have_value("SR 77")


def test_one_is_asked_before_an_upload_is_left(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    page = visitor.open("/new")
    held: list[Route] = []
    page.route(re.compile("/cases$"), lambda route: held.append(route))  # noqa: PLW0108 - playwright marks it
    page.set_input_files("#files", recordings.GOOD)
    page.click("#send")
    expect(page.locator("#sending")).to_be_visible()
    page.evaluate("location.assign('/problems')")
    expect(page.locator("#sending")).to_be_visible()
    assert visitor.complaints == ["dialog "]
    visitor.complaints.clear()
    page.click("#cancel")
    visitor.open("/problems")
    expect(page.locator("#problems, .explained").first).to_be_visible()


def test_times_are_those_of_the_reader(visit: Visit, server: Server) -> None:
    visitor = visit(server, timezone_id="Asia/Kolkata", locale="en-GB")
    visitor.leave_reports_out()
    visitor.pick(recordings.GOOD)
    visitor.until_done()
    page = visitor.page
    kept = page.locator("#edit [name=keep_days] option").first
    expect(kept).to_have_text(re.compile(r"As it is: until .* (GMT\+5:30|IST)$"))
    visitor.open("/")
    page.locator("#filter summary").click()
    page.fill("#filter [name=since]", "2026-01-01")
    page.click("#filter button")
    page.wait_for_url("**since=2026-01-01**")
    assert "since_offset=330" in page.url
    assert "before_offset" not in page.url


def test_one_refused_file_is_left_out_and_the_rest_sent(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    visitor = visit(server)
    picture = tmp_path / "screen.png"
    picture.write_bytes(recordings.PNG)
    visitor.pick(recordings.GOOD, picture)
    page = visitor.page
    expect(page.locator("#refused")).to_contain_text("picture", timeout=ANALYSED_MS)
    expect(page.locator("#chosen li.wrong")).to_contain_text("screen.png")
    page.click("#refused button")
    visitor.until_done()
    expect(page.locator("#files-head + ul > li")).to_have_count(1)


def test_a_language_that_is_chosen_loses_nothing(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    page = visitor.open("/new")
    button = page.locator("form.language button")
    expect(button).to_be_hidden()
    page.fill("#notes", "typed already")
    page.select_option("#language", "fr")
    expect(button).to_be_visible()
    expect(page.locator("#notes")).to_have_value("typed already")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.fill("#notes", "")
    page.select_option("#language", "nl")
    expect(page.locator("html")).to_have_attribute("lang", "nl")


def test_copying_says_at_once_that_it_works(visit: Visit, server: Server) -> None:
    visitor = visit(server, permissions=["clipboard-read", "clipboard-write"])
    visitor.leave_reports_out()
    visitor.pick(recordings.GOOD)
    visitor.until_done()
    page = visitor.page
    held: list[Route] = []
    page.route(re.compile(r"\.md$"), lambda route: held.append(route))  # noqa: PLW0108 - as above
    page.click("#copy")
    expect(page.locator("#copied")).to_have_text("Copying…")
    held[0].continue_()
    expect(page.locator("#copied")).to_contain_text("Copied.")
