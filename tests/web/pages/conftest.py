"""The pages behind their guard, on a real database and folder; tests do the jobs themselves."""

import asyncio
import html
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from analyzer.web.app import create_app, protected
from analyzer.web.casebook import Casebook
from analyzer.web.guard.token import Secrets
from analyzer.web.records import (
    Derived,
    Done,
    Failure,
    FailureCode,
    FileChange,
    FileKind,
    Job,
    Rendering,
    Summary,
)
from analyzer.web.stores import Stores

HAR = b'{"log": {"version": "1.2", "creator": {"name": "a", "version": "1"}, "entries": []}}'
REPORT = b"<!doctype html><title>report</title>"


class Idle:
    """A runner that does nothing."""

    def wake(self) -> None:
        pass

    def abandon(self, case_id: str) -> None:
        """There is no job to end."""


class Written:
    """Renderings that are there already: each is the result itself."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def get(self, job: Job, kind: str, language: str) -> Rendering:
        self.asked.append((kind, language))
        return Rendering(format=kind, language=language, blob=job.result or "", octets=len(REPORT))


class Site:
    """
    A browser that talks to the pages.

    Attributes:
        stores: What the server keeps.
        services: What it is made of.
        renderings: What it was asked to render.
        app: What the browser talks to.
        unguarded: The same without its guard.
        cookies: Of the browser.
    """

    def __init__(self, stores: Stores, tmp_path: Path, token: str = "") -> None:
        self.stores = stores
        self.renderings = Written()
        casebook = Casebook(stores, cast("Any", Idle()), cast("Any", self.renderings))
        self.services = SimpleNamespace(
            stores=stores, settings=stores.settings, casebook=casebook, stopping=False
        )
        services = cast("Any", self.services)
        app = create_app(services)
        self.unguarded: Any = app
        self.app: Any = protected(app, services, Secrets(token=token, key=b"k" * 32))
        self.cookies = httpx.Cookies()
        self._folder = tmp_path

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
        job = self.claimed()
        result = self._folder / "result.json"
        result.write_bytes(REPORT)
        key = self.stores.blobs.put(job.case_id, result)
        headline = {"en": "It broke", "fr": "En panne"}
        told = {"agents": ("agent1",), "servers": ("finesse:8445",), "headline": headline, **more}
        summary = Summary(outcome=outcome, **told)
        derived = Derived(
            name="sessions.har", kind=FileKind.HAR, blob=key, octets=9, sha256="ab" * 32
        )
        done = Done(
            result=key,
            summary=summary,
            changes=changes,
            derived=(derived,) if derives else (),
        )
        assert self.stores.jobs.finish(job.id, "tests", done)
        return self.services.casebook.job(job.id)  # type: ignore[no-any-return]

    def failed(self, code: FailureCode = FailureCode.INPUT, detail: str = "no entries") -> Job:
        """Let the job that waits longest fail."""
        job = self.claimed()
        failure = Failure(code=code, detail=detail)
        found = self.stores.jobs.fail(job.id, "tests", failure, died=False)
        assert found is not None
        return found

    def claimed(self) -> Job:
        """Begin the job that waits longest."""
        job = self.stores.jobs.claim("tests", 30)
        assert job is not None
        return job


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
