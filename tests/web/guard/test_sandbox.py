"""A report inside a page of ours, in a real browser: it works, and reaches nothing else."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from analyzer.report.formats import RENDERERS
from analyzer.report.redaction.redact import redact
from analyzer.web.guard import csrf
from analyzer.web.guard.headers import REPORT
from analyzer.web.guard.stack import guarded
from analyzer.web.guard.token import Secrets
from analyzer.web.settings import Settings
from tests.report.test_table_page import long_report

TOKEN = "a-token-for-tests-only"

HOSTILE = """<!doctype html><title>Hostile</title>
<img src="/static/leak-img"><link rel=stylesheet href="/static/leak-css">
<iframe src="/static/leak-frame"></iframe>
<form action="/posted" method="post"></form>
<script>
const tries = {
  cookie: () => document.cookie,
  storage: () => localStorage.length,
  parent: () => parent.document.title,
  top: () => top.location.href,
  move: () => { top.location = "/static/leak-top"; return "moved"; },
  popup: () => window.open("/static/leak-popup"),
};
const got = {};
for (const [name, one] of Object.entries(tries)) {
  try { got[name] = String(one()); } catch (error) { got[name] = error.name; }
}
navigator.sendBeacon("/static/leak-beacon", "x");
document.forms[0].submit();
fetch("/static/leak-fetch").then(() => "answered", (error) => error.name).then((text) => {
  got.fetch = text;
  document.body.dataset.got = JSON.stringify(got);
});
</script>
"""

LEAVING = """<!doctype html><title>Leaving</title>
<script>location = location.href.replace("127.0.0.1", "localhost").replace("leaving", "static/x");
</script>
"""


class Site:
    """
    A server with one page, and a report in it.

    Attributes:
        url: Where it is.
        asked: What the report got from it.
    """

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        routes = [
            Route("/", self.page),
            Route("/report", self.report),
            Route("/hostile", self.hostile),
            Route("/leaving", self.leaving),
            Route("/form", self.form),
            Route("/language", self.language, methods=["POST"]),
            Route("/sign-in", self.sign_in),
            Route("/favicon.ico", self.sign_in),
            Route("/static/{name}", self.asset),
            Route("/posted", self.asset, methods=["POST"]),
        ]
        settings = Settings(data=folder, token=TOKEN)
        secrets = Secrets(token=TOKEN, key=b"k" * 32)
        self.report_octets = RENDERERS["html"](redact(long_report()), "en")
        config = uvicorn.Config(
            guarded(Starlette(routes=routes), settings, secrets),
            port=0,
            log_config=None,
            access_log=False,
            ws="none",
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> Self:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()

    async def page(self, request: Request) -> Response:
        source = request.query_params.get("of", "/report")
        return HTMLResponse(
            "<!doctype html><title>Case</title><textarea></textarea>"
            '<iframe id="report" sandbox="allow-scripts allow-downloads"'
            f' allow="clipboard-write" src="{source}" width="1200" height="900"></iframe>'
        )

    async def report(self, _request: Request) -> Response:
        return HTMLResponse(self.report_octets, headers=REPORT)

    async def hostile(self, _request: Request) -> Response:
        return HTMLResponse(HOSTILE, headers=REPORT)

    async def leaving(self, _request: Request) -> Response:
        return HTMLResponse(LEAVING, headers=REPORT)

    async def form(self, request: Request) -> Response:
        token = csrf.token_for(request.scope)
        return HTMLResponse(
            '<!doctype html><title>Form</title><form method="post" action="/language">'
            f'<input type="hidden" name="csrf" value="{token}"><button>Send</button></form>'
        )

    async def language(self, request: Request) -> Response:
        return PlainTextResponse(f"taken from {request.headers['origin']}")

    async def sign_in(self, _request: Request) -> Response:
        return PlainTextResponse("asked for the token")

    async def asset(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return PlainTextResponse("asset")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    site.asked.clear()
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{site.url}/?token={TOKEN}")
    yield opened
    context.close()


def complaints(page: Page) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_the_token_leaves_the_address(page: Page, site: Site) -> None:
    assert page.url == f"{site.url}/"
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"


def test_the_report_works_in_its_frame(page: Page) -> None:
    said = complaints(page)
    page.reload()
    frame = page.frame_locator("#report")
    frame.locator("[data-do=theme]").click()
    frame.get_by_role("searchbox").fill("WORD5999.")
    frame.locator(".filter output").get_by_text("1 / 6,003").wait_for()
    frame.locator("[data-do=copy]").click()
    done = frame.locator(".tools").get_attribute("data-done") or ""
    frame.get_by_role("button", name=done, exact=True).wait_for()
    page.locator("textarea").press("Control+V")
    copied = page.locator("textarea").input_value()
    assert copied.strip() == frame.locator("#brief").inner_text().strip()
    assert said == []


def test_the_report_works_as_a_whole_page(page: Page, site: Site) -> None:
    said = complaints(page)
    answer = page.goto(f"{site.url}/report")
    assert answer is not None
    assert answer.status == 200
    page.locator("[data-do=theme]").click()
    assert page.evaluate("origin") == "null"
    assert said == []


def test_a_hostile_report_reaches_nothing(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/?of=/hostile")
    frame = page.frame_locator("#report")
    got = frame.locator("body[data-got]").get_attribute("data-got")
    assert json.loads(got or "") == {
        "cookie": "SecurityError",
        "storage": "SecurityError",
        "parent": "SecurityError",
        "top": "SecurityError",
        "move": "SecurityError",
        "popup": "null",
        "fetch": "TypeError",
    }
    assert page.url == f"{site.url}/?of=/hostile"
    assert site.asked == []


def test_a_report_cannot_take_its_frame_elsewhere(page: Page, site: Site) -> None:
    said = complaints(page)
    with page.expect_event("console"):
        page.goto(f"{site.url}/?of=/leaving")
    assert "frame-src" in said[0]
    assert site.asked == []


def test_a_form_of_ours_is_taken(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/form")
    page.click("button")
    assert page.inner_text("body") == f"taken from {site.url}"


def test_a_link_of_another_site_finds_who_signed_in(page: Page, site: Site) -> None:
    """The cookie is SameSite=Strict, and a link in a ticket is from another site."""
    page.goto(f"data:text/html,<a href='{site.url}/form?a=1%2526b'>Case</a>")
    page.click("a")
    page.get_by_role("button", name="Send").wait_for()
    assert page.url == f"{site.url}/form?a=1%26b"


def test_a_link_of_another_site_leads_others_to_sign_in(browser: Browser, site: Site) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"data:text/html,<a href='{site.url}/form?a=1'>Case</a>")
        page.click("a")
        page.get_by_text("asked").wait_for()
        assert page.url == f"{site.url}/sign-in?next=%2Fform%3Fa%3D1"
