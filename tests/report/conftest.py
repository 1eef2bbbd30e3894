"""Reports in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from analyzer.model.report import Report
from analyzer.report.page.html import render
from analyzer.report.redaction.redact import redact


class Opened:
    """A page with what happened on it."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.events: list[str] = []
        self.page.on("request", lambda request: self.events.append(f"request {request.url}"))
        self.page.on("dialog", lambda dialog: self.events.append(f"dialog {dialog.message}"))
        self.page.on("console", lambda message: self.events.append(f"console {message.text}"))
        self.page.on("pageerror", lambda error: self.events.append(f"error {error}"))
        self.page.goto(path.as_uri())
        self.events.remove(f"request {path.as_uri()}")


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    opened: list[Opened] = []

    def write_and_open(report: Report, language: str = "en", **options: Any) -> Opened:
        path = tmp_path / f"report{len(opened)}.html"
        path.write_text(render(redact(report), language), encoding="utf-8")
        opened.append(Opened(browser, path, **options))
        return opened[-1]

    yield write_and_open
    for one in opened:
        one.context.close()
