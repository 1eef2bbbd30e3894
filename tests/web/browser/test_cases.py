"""Life of a case, on either database."""

import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import recordings
from tests.web.browser.conftest import Visitor
from tests.web.postgres import PostgreSQL
from tests.web.server import Server

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One on each database."""
    if request.param == "sqlite":
        yield server
        return
    postgres: PostgreSQL = request.getfixturevalue("postgres")
    data = tmp_path_factory.mktemp("served") / "data"
    with postgres.database() as url, Server(data, "--database", url) as started:
        yield started


ON_ONE = pytest.mark.parametrize("server", ["sqlite"], indirect=True)
"""For what no database has to do with."""


def rows(page: Page) -> list[str]:
    return page.locator("#cases > li").all_inner_texts()


def download(page: Page, kind: str, to: Path) -> Path:
    with page.expect_download() as coming:
        page.locator(f"a.download[data-format={kind}]").click()
    path = to / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


@ON_ONE
def test_reports_are_downloaded(visit: Visit, server: Server, tmp_path: Path) -> None:
    visitor = visit(server)
    visitor.pick(recordings.WRONG_PASSWORD, number="SR 1")
    visitor.until_done()
    page = download(visitor.page, "html", tmp_path)
    assert page.suffix == ".html"
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    with zipfile.ZipFile(download(visitor.page, "zip", tmp_path)) as archive:
        assert archive.testzip() is None
        assert any(name.endswith(".html") for name in archive.namelist())
    text = download(visitor.page, "md", tmp_path).read_text(encoding="utf-8")
    assert text.startswith("#")
    assert "password" in text


@ON_ONE
def test_the_text_for_the_ticket_is_copied(visit: Visit, server: Server) -> None:
    visitor = visit(server, permissions=["clipboard-read", "clipboard-write"])
    visitor.pick(recordings.WRONG_PASSWORD)
    visitor.until_done()
    visitor.page.click("#copy")
    expect(visitor.page.locator("#copied")).to_contain_text("Copied.")
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("#")
    assert "not-authorized" in copied


def test_number_and_notes_are_edited(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.pick(recordings.GOOD, number="SR 2", notes="before")
    path = visitor.until_done()
    visitor.page.fill("#edit [name=number]", "SR 2-b")
    visitor.page.fill("#edit [name=notes]", "Line one\nline two")
    visitor.page.select_option("#edit [name=keep_days]", "7")
    visitor.page.click("#edit button")
    visitor.page.wait_for_load_state()
    page = visitor.open(path)
    expect(page.locator("#edit [name=number]")).to_have_value("SR 2-b")
    expect(page.locator("#edit [name=notes]")).to_have_value("Line one\nline two")
    with server.client() as client:
        case = client.get(f"/api/v1{path}").json()
    kept = datetime.fromisoformat(case["expires"]) - datetime.now(UTC)
    assert timedelta(days=6.9) < kept < timedelta(days=7.1)


def test_cases_are_found(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.pick(recordings.GOOD, number="green-1")
    visitor.until_done()
    visitor.pick(recordings.WRONG_PASSWORD, number="red-1")
    visitor.until_done()
    page = visitor.open("/?search=green-1")
    assert "green-1" in " ".join(rows(page))
    assert "red-1" not in " ".join(rows(page))
    visitor.open("/")
    page.fill("#filter [name=search]", "red-1")
    page.locator("#filter [name=search]").press("Enter")
    page.wait_for_url("**search=red-1**")
    assert "red-1" in " ".join(rows(page))
    assert "green-1" not in " ".join(rows(page))
    visitor.open("/")
    page.select_option("#filter [name=outcome]", "broken")
    page.locator("#filter summary").click()
    page.fill("#filter [name=agent]", "agent1001")
    page.click("#filter button")
    page.wait_for_url("**outcome=broken**")
    assert "red-1" in " ".join(rows(page))
    assert "green-1" not in " ".join(rows(page))
    page = visitor.open("/?server=nowhere.example")
    assert rows(page) == []
    page = visitor.open("/?since=2100-01-01")
    assert rows(page) == []


def test_two_captures_of_a_case_are_compared(visit: Visit, server: Server, tmp_path: Path) -> None:
    visitor = visit(server)
    bad = tmp_path / "bad.har"
    bad.write_bytes(recordings.WRONG_PASSWORD.read_bytes())
    visitor.pick(recordings.GOOD, bad)
    visitor.until_done()
    page = visitor.page
    page.select_option("#compare [name=good]", label="session.har")
    page.select_option("#compare [name=bad]", label="bad.har")
    page.click("#compare button")
    page.wait_for_url("**/comparisons/*")
    expect(page.locator("iframe#report")).to_be_visible(timeout=30_000)
    expect(visitor.report.locator("#parting-head")).to_be_visible()


def test_a_file_is_added_and_all_analysed_again(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.pick(recordings.ENCRYPTED / "capture.pcapng")
    path = visitor.until_done()
    page = visitor.page
    expect(page.locator("#outcome")).not_to_have_attribute("data-outcome", "healthy")
    # By default no packets stay once they are analysed, and the page says so.
    gone = page.locator("#files-head + ul > li[data-state=gone]")
    expect(gone).to_contain_text("capture.pcapng")
    expect(page.locator("#add-head + p")).to_contain_text("not kept")
    both = [recordings.ENCRYPTED / name for name in ("capture.pcapng", "keys.log")]
    page.set_input_files("#add input[type=file]", both)
    page.click("#add .do button:not(.cancel)")
    expect(page.locator("#outcome[data-outcome=healthy]")).to_be_visible(timeout=30_000)
    assert page.url.removeprefix(server.url).partition("#")[0] == path


def test_a_case_is_deleted_and_nothing_is_left_on_disk(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    canary = f"canary{os.urandom(8).hex()}"
    visitor = visit(server)
    har = recordings.planted(tmp_path / f"{canary}.har", canary)
    visitor.pick(har, number=canary, notes=f"of {canary}")
    path = visitor.until_done()
    assert server.octets_with(canary.encode())
    page = visitor.page
    page.locator("#delete-box > summary").click()
    page.click("#delete button")
    page.wait_for_url(f"{server.url}/?deleted=1")
    assert canary not in page.content()
    assert path not in page.content()
    answer = page.goto(f"{server.url}{path}")
    assert answer is not None
    assert answer.status == 404
    assert server.octets_with(canary.encode()) == []
    assert server.octets_with(path.rpartition("/")[2].encode()) == []
    assert canary not in server.stderr
