"""Every kind of file that people bring, and what they read then."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.browser import recordings
from tests.web.browser.conftest import ANALYSED_MS, Visitor
from tests.web.server import Server

Visit = Callable[..., Visitor]


def test_a_recording_is_picked_and_its_report_read(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.pick(recordings.GOOD, number="SR 4711", notes="It worked this time.")
    path = visitor.until_done()
    assert path.startswith("/cases/")
    expect(visitor.page.locator("#outcome")).to_have_attribute("data-outcome", "healthy")
    expect(visitor.page.locator("#case")).to_contain_text("SR 4711")
    expect(visitor.report.locator("#headline")).to_contain_text("It works")
    expect(visitor.report.locator("#s1-head")).to_be_visible()


def test_a_recording_is_dropped_and_the_wrong_password_told(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.drop([("session.har", recordings.WRONG_PASSWORD.read_bytes())])
    visitor.until_done()
    expect(visitor.page.locator("#outcome")).to_have_attribute("data-outcome", "broken")
    expect(visitor.page.locator("#case")).to_contain_text("password")
    expect(visitor.report.locator("#headline")).to_contain_text("password")


def test_a_har_of_firefox_says_what_to_do(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.pick(recordings.FIREFOX)
    visitor.until_done()
    expect(visitor.page.locator("main")).to_contain_text("Firefox")
    expect(visitor.report.locator("body")).to_contain_text("Chrome")


def test_packets_and_keys_are_one_case(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    folder = recordings.ENCRYPTED
    visitor.pick(folder / "capture.pcapng", folder / "keys.log")
    visitor.until_done()
    expect(visitor.page.locator("#outcome")).to_have_attribute("data-outcome", "healthy")
    expect(visitor.report.locator("body")).to_contain_text("agent1001")
    expect(visitor.page.locator("#case")).to_contain_text("keys.log")


def test_a_zip_is_opened(visit: Visit, server: Server, tmp_path: Path) -> None:
    visitor = visit(server)
    packed = recordings.packed(tmp_path / "tonight.zip")
    visitor.drop([("tonight.zip", packed.read_bytes())])
    visitor.until_done()
    expect(visitor.page.locator("#outcome")).to_have_attribute("data-outcome", "broken")
    expect(visitor.report.locator("#headline")).to_contain_text("password")


def test_a_damaged_har_shows_what_is_left_of_it(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    visitor = visit(server)
    visitor.pick(recordings.damaged(tmp_path / "damaged.har"))
    visitor.until_done()
    expect(visitor.page.locator("#case")).to_contain_text("damaged.har")
    expect(visitor.report.locator("#quality-head")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "octets", "said"),
    [
        ("manual.pdf", recordings.PDF, "PDF"),
        ("screen.png", recordings.PNG, "picture"),
        ("empty.har", b"", "empty"),
    ],
    ids=["pdf", "png", "empty"],
)
def test_what_is_no_recording_is_refused_in_words(
    visit: Visit, server: Server, name: str, octets: bytes, said: str
) -> None:
    visitor = visit(server)
    visitor.drop([(name, octets)])
    refused = visitor.page.locator("#refused")
    expect(refused).to_contain_text(said, timeout=ANALYSED_MS)
    expect(refused).to_contain_text(name)


def test_what_is_refused_is_taken_out_and_another_file_sent(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    visitor = visit(server)
    path = tmp_path / "screen.png"
    path.write_bytes(recordings.PNG)
    visitor.pick(path, number="SR 12")
    expect(visitor.page.locator("#refused")).to_be_visible(timeout=ANALYSED_MS)
    visitor.page.click("#chosen button")
    visitor.page.set_input_files("#files", recordings.GOOD)
    visitor.page.click("#send")
    visitor.until_done()
    expect(visitor.page.locator("#edit [name=number]")).to_have_value("SR 12")


def test_a_text_that_is_no_recording_is_told_after_its_analysis(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    visitor = visit(server)
    path = tmp_path / "other.har"
    path.write_text('{"log": "none"}', encoding="utf-8")
    visitor.pick(path)
    job = visitor.page.locator("#job")
    expect(job).to_have_attribute("data-state", "failed", timeout=ANALYSED_MS)
    expect(visitor.page.locator("main")).to_contain_text("HAR")
    expect(visitor.page.locator("#add")).to_be_attached()
