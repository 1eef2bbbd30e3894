"""The pages for everybody: six languages, without script, with hostile words, by axe's rules."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import recordings
from tests.web.browser.conftest import Visitor
from tests.web.server import Server

Visit = Callable[..., Visitor]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

LOCALES = {
    "en": "en-GB",
    "nl": "nl-BE",
    "zh-Hans": "zh-CN",
    "fr": "fr-CA",
    "it": "it-CH",
    "pt-BR": "pt-BR",
}
"""Language of a page → what a browser asks for."""

HOSTILE = "\u202e<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"

KEY = re.compile(r"\bweb\.[a-z]+")


PAGES = ("list", "none", "new", "problems", "healthy", "broken", "compared", "failed", "missing")


@pytest.fixture(scope="module")
def paths(server: Server) -> dict[str, str]:
    """Every page there is, by what it shows; all is analysed."""
    with server.client() as client:

        def sent(*files: tuple[str, bytes]) -> str:
            answer = client.post("/api/v1/cases", files=[("file", file) for file in files])
            assert answer.status_code == 201, answer.text
            return f"{answer.json()['id']}"

        good = ("good.har", recordings.GOOD.read_bytes())
        bad = ("bad.har", recordings.WRONG_PASSWORD.read_bytes())
        cases = {
            "healthy": sent(good),
            "broken": sent(bad, good),
            "failed": sent(("no.har", b'{"log": 1}')),
        }
        pair = client.get(f"/api/v1/cases/{cases['broken']}").json()["files"]
        chosen = {"bad": pair[0]["id"], "good": pair[1]["id"]}
        job = client.post(
            f"/api/v1/cases/{cases['broken']}/jobs", json={"kind": "compare", **chosen}
        ).json()["id"]
        for one in (*cases.values(), job):
            settled(client, one, is_job=one == job)
    return {
        "list": "/",
        "none": "/?search=nothing-has-this",
        "new": "/new",
        "problems": "/problems",
        "compared": f"/cases/{cases['broken']}/comparisons/{job}",
        "missing": "/cases/none",
        **{name: f"/cases/{case}" for name, case in cases.items()},
    }


def settled(client: httpx.Client, wanted: str, *, is_job: bool) -> None:
    """Wait until a job is over, or the last one of a case."""
    until = time.monotonic() + 30
    state = ""
    while state not in {"done", "failed"}:
        assert time.monotonic() < until
        answer = client.get(f"/api/v1/{'jobs' if is_job else 'cases'}/{wanted}").json()
        state = (answer if is_job else answer["job"])["state"]
        time.sleep(0.1)


def violations(page: Page, scheme: str) -> list[object]:
    page.evaluate("for (const one of document.querySelectorAll('details')) { one.open = true; }")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # The report in a frame is held to the same rules by tests of its own.
    # Only colours differ in the dark.
    rules = RULES if scheme == "light" else ["color-contrast"]
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, iframes: false})", rules)
    assert len(found["passes"]) > (10 if scheme == "light" else 0)
    return [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    visit: Visit, server: Server, paths: dict[str, str], scheme: str
) -> None:
    # The policy of the pages lets no script in, that of axe neither.
    visitor = visit(server, color_scheme=scheme, bypass_csp=True)
    visitor.leave_reports_out()
    wrong = {name: violations(visitor.open(paths[name]), scheme) for name in PAGES}
    visitor.page.context.clear_cookies()
    wrong["sign-in"] = violations(visitor.open("/sign-in"), scheme)
    assert wrong == {name: [] for name in (*PAGES, "sign-in")}


def test_no_page_scrolls_sideways(visit: Visit, server: Server, paths: dict[str, str]) -> None:
    visitor = visit(server)
    visitor.leave_reports_out()
    wide = []
    for name in PAGES:
        page = visitor.open(paths[name])
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            found = page.evaluate("document.documentElement.scrollWidth")
            wide += [(name, width, found)] if found > width else []
    assert wide == []


@pytest.mark.parametrize("language", LOCALES)
def test_pages_speak_the_language_of_the_browser(
    visit: Visit, server: Server, paths: dict[str, str], language: str
) -> None:
    visitor = visit(server, locale=LOCALES[language])
    visitor.leave_reports_out()
    for name in ("list", "problems", "broken", "compared", "failed", "missing"):
        page = visitor.open(paths[name])
        assert page.locator("html").get_attribute("lang") == language, name
        assert KEY.findall(page.inner_text("body")) == [], name
        assert page.title()


def test_a_language_is_chosen_and_stays(
    visit: Visit, server: Server, paths: dict[str, str]
) -> None:
    visitor = visit(server, locale="de-DE")
    page = visitor.open(paths["healthy"])
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.select_option("form[action='/language'] select", "fr")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.url == f"{server.url}{paths['healthy']}"
    expect(visitor.report.locator("html")).to_have_attribute("lang", "fr")
    expect(visitor.open("/").locator("html")).to_have_attribute("lang", "fr")


def test_all_goes_without_script(visit: Visit, server: Server) -> None:
    visitor = visit(server, java_script_enabled=False)
    visitor.pick(recordings.WRONG_PASSWORD, number="SR plain", notes="no script")
    path = visitor.until_done()
    expect(visitor.report.locator("#headline")).to_contain_text("password")
    page = visitor.open("/")
    expect(page.locator("main")).to_contain_text("SR plain")
    visitor.open(path)
    page.locator("#delete-box > summary").click()
    page.click("#delete button")
    page.wait_for_url(f"{server.url}/?deleted=1")
    expect(page.locator("main")).not_to_contain_text("SR plain")


def test_a_refusal_without_script_says_what_to_do(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    visitor = visit(server, java_script_enabled=False)
    path = tmp_path / "manual.pdf"
    path.write_bytes(recordings.PDF)
    visitor.pick(path)
    expect(visitor.page.locator("main")).to_contain_text("PDF")
    expect(visitor.page.locator("main a[href='/new']").first).to_be_visible()


def test_who_has_the_token_comes_in(visit: Visit, server: Server) -> None:
    visitor = visit(server)
    page = visitor.page
    assert page.url == f"{server.url}/"
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in*")
    visitor.open("/new")
    assert urlsplit(page.url).path == "/sign-in"
    page.fill("input[name=token]", "wrong")
    page.press("input[name=token]", "Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("form#upload")).to_have_count(0)
    page.fill("input[name=token]", server.token)
    page.press("input[name=token]", "Enter")
    page.wait_for_url(f"{server.url}/new")
    assert server.token not in page.content()
    cookies = visitor.context.cookies()
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies if one["httpOnly"]] == [
        (True, "Strict")
    ]
    assert server.token not in str(cookies)


def test_words_of_strangers_run_nothing(visit: Visit, server: Server, tmp_path: Path) -> None:
    visitor = visit(server)
    har = tmp_path / "<img src=x onerror=window.ran=1>.har"
    har.write_bytes(
        recordings.WRONG_PASSWORD.read_bytes().replace(b"strophe.js", b"<script>ran=1</script>")
    )
    visitor.pick(har, number=HOSTILE, notes=HOSTILE * 3)
    path = visitor.until_done()
    page = visitor.page
    expect(page.locator("#edit [name=number]")).to_have_value(HOSTILE)
    for there in (path, "/", "/?search=%3Cscript%3E", f"/?agent={HOSTILE}", f"/{HOSTILE}"):
        visitor.open(there)
        assert page.evaluate("window.ran") is None
        assert all(frame.evaluate("window.ran") is None for frame in page.frames)
        assert page.locator("main img, main script").count() == 0
        assert "\u202e" not in page.inner_text("body")
    assert "<script>" not in server.stderr


def test_a_report_cannot_reach_what_is_around_it(
    visit: Visit, server: Server, paths: dict[str, str]
) -> None:
    visitor = visit(server)
    visitor.open(paths["healthy"])
    expect(visitor.report.locator("#headline")).to_be_visible()
    frame = visitor.page.frames[1]
    assert frame.evaluate("window.origin") == "null"
    refused = "try { parent.document.title } catch (error) { error.name }"
    assert frame.evaluate(refused) == "SecurityError"
    # The same file opened by itself is no page of this server either.
    visitor.open(f"{paths['healthy']}/report")
    assert visitor.page.evaluate("window.origin") == "null"


def test_why_there_is_no_report_is_read_in_its_frame(
    visit: Visit, server: Server, paths: dict[str, str]
) -> None:
    visitor = visit(server)
    visitor.open(paths["healthy"])
    visitor.page.locator("#report").evaluate("(frame) => { frame.src = '/cases/none/report'; }")
    expect(visitor.report.locator("[role=alert]")).to_contain_text("This is not here")
