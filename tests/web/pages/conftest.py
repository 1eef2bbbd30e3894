"""The pages behind their guard, on a real database and folder; tests do the jobs themselves."""

import asyncio
import html
import re
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from analyzer.web.app import create_app, protected
from analyzer.web.guard.token import Secrets
from analyzer.web.records import FileChange, Job, Summary
from analyzer.web.stores import Stores
from tests.web.doubles import HAR, Door

REPORT = b"<!doctype html><title>report</title>"


class Site(Door):
    """
    A browser that talks to the pages.

    Attributes:
        app: What the browser talks to.
        unguarded: The same without its guard.
        cookies: Of the browser.
    """

    def __init__(self, stores: Stores, tmp_path: Path, token: str = "") -> None:
        super().__init__(stores, tmp_path, REPORT)
        services = cast("Any", self.services)
        app = create_app(services)
        self.unguarded: Any = app
        self.app: Any = protected(app, services, Secrets(token=token, key=b"k" * 32))
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Answer to a request, and the cookies that came with it kept."""

        async def talk() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            base = "http://127.0.0.1:8480"
            async with httpx.AsyncClient(
                transport=transport, base_url=base, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(talk())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def page(self, path: str, language: str = "en") -> str:
        """Text of a page that is there, as it stands in its source."""
        answer = self.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        return answer.text

    def token(self) -> str:
        """What a form proves by that it is ours."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/sign-in").text)
        assert found is not None
        return html.unescape(found[1])

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Answer to a small form."""
        data = {"csrf": self.token(), **fields}
        return self.ask("POST", path, data=data, headers={"Origin": "http://127.0.0.1:8480"})

    def upload(
        self,
        files: dict[str, bytes] | None = None,
        path: str = "/cases",
        csrf: str | None = None,
        **fields: str,
    ) -> httpx.Response:
        """Answer to a form with files; one HAR if none are given."""
        parts = [("file", (name, octets)) for name, octets in (files or {"a.har": HAR}).items()]
        data = {"csrf": self.token() if csrf is None else csrf, **fields}
        headers = {"Origin": "http://127.0.0.1:8480"}
        return self.ask("POST", path, files=parts, data=data, headers=headers)

    def case(self, files: dict[str, bytes] | None = None, **fields: str) -> str:
        """Id of a new case."""
        answer = self.upload(files, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix("/cases/")

    def done(
        self,
        outcome: str = "broken",
        changes: tuple[FileChange, ...] = (),
        *,
        derives: bool = False,
        **more: Any,
    ) -> Job:
        """Finish the job that waits longest."""
        headline = {"en": "It broke", "fr": "En panne"}
        told = {"agents": ("agent1",), "servers": ("finesse:8445",), "headline": headline, **more}
        return self.finished(Summary(outcome=outcome, **told), changes, derives=derives)


@pytest.fixture
def site(stores: Stores, tmp_path: Path) -> Site:
    return Site(stores, tmp_path)


def location(answer: httpx.Response) -> str:
    """Where a form leads to."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def refusal(answer: httpx.Response, code: str) -> str:
    """The page of a refusal, which is one of this code."""
    assert f'data-code="{code}"' in answer.text, answer.text
    assert answer.status_code >= 400
    return answer.text
