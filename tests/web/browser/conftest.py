"""People with browsers before a real server."""

import base64
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.web.server import Server

ANALYSED_MS = 90_000
"""An analysis in a process of its own, beside whatever else the machine does."""

WATCH = """
if (window === window.top) {
  const tell = () => {
    const job = document.querySelector("#job");
    const status = document.querySelector("#status");
    window.noted(`${job?.dataset.state ?? ""}|${status?.textContent.trim() ?? ""}`);
  };
  new MutationObserver(tell).observe(document, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["data-state"],
  });
  document.addEventListener("DOMContentLoaded", tell);
}
"""
"""Every state and status that a page ever shows, page after page."""

DROP = """
(zone, files) => {
  const carried = new DataTransfer();
  for (const [name, octets] of files) {
    const raw = Uint8Array.from(atob(octets), (one) => one.charCodeAt(0));
    carried.items.add(new File([raw], name));
  }
  for (const type of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(
      new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }),
    );
  }
}
"""


class Visitor:
    """
    A person with a browser.

    Attributes:
        page: What they look at.
        complaints: What went wrong on their pages: scripts, policies, dialogs, foreign requests.
        asked: Paths that their pages asked the server for.
        shown: `state|status` of jobs and uploads, each change once.
    """

    def __init__(self, browser: Browser, server: Server, **options: Any) -> None:
        self.server = server
        self.context = browser.new_context(**options)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.shown: list[str] = []
        self.context.expose_function("noted", self._note)
        self.context.add_init_script(WATCH)
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self._ask(request.url))
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda said: self._complain(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"pageerror {error}"))
        self.page.goto(server.signed_in())

    def leave_reports_out(self) -> None:
        """Look at pages without what they show in frames, which takes its time."""
        self.page.route("**/report", lambda route: route.abort())

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.server.url}{path}")
        return self.page

    def pick(self, *files: Path, number: str = "", notes: str = "") -> None:
        """Choose files as one does in the system's window, and send them."""
        self.open("/new")
        self.page.fill("#upload [name=number]", number)
        self.page.fill("#upload [name=notes]", notes)
        self.page.set_input_files("#files", files)
        self.page.click("#send")

    def drop(self, files: Sequence[tuple[str, bytes]], path: str = "/new") -> None:
        """Drag files from a folder onto the zone and let them go."""
        self.open(path)
        coded = [[name, base64.b64encode(octets).decode()] for name, octets in files]
        self.page.locator("#drop").evaluate(DROP, coded)
        self.page.click("#send")

    def until_done(self, timeout_ms: int = ANALYSED_MS) -> str:
        """Wait for the report; gives the path of the case."""
        over = self.page.locator("#outcome:not([data-outcome=working])")
        expect(over).to_be_visible(timeout=timeout_ms)
        self.until_scripts_run()
        return self.page.url.removeprefix(self.server.url)

    def until_scripts_run(self) -> None:
        """What a page shows can be seen before its modules have come."""
        self.page.wait_for_load_state()

    @property
    def report(self) -> FrameLocator:
        return self.page.frame_locator("iframe#report")

    def close(self) -> None:
        self.context.close()

    def _note(self, shown: str) -> None:
        if self.shown[-1:] != [shown]:
            self.shown.append(shown)

    def _ask(self, url: str) -> None:
        if url.startswith(self.server.url):
            self.asked.append(url.removeprefix(self.server.url))
        elif not url.startswith(("data:", "blob:")):
            self.complaints.append(f"request {url}")

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _complain(self, kind: str, text: str) -> None:
        # That the server refuses something is told on the page, and the tests look there.
        if kind != "verbose" and not text.startswith("Failed to load resource"):
            self.complaints.append(f"{kind} {text}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One with all its defaults, for all tests."""
    with Server(tmp_path_factory.mktemp("served") / "data") as started:
        yield started


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Give a person before a server; nothing may go wrong on their pages."""
    visitors: list[Visitor] = []

    def come(server: Server, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, server, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.close()
    assert [visitor.complaints for visitor in visitors] == [[] for _ in visitors]
