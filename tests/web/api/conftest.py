"""The API on a real database and folder; jobs are done by the tests themselves."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from analyzer.web.api.routes import router
from analyzer.web.app import refused
from analyzer.web.problems import Problem
from analyzer.web.records import Job, Summary
from analyzer.web.stores import Stores
from tests.web.doubles import HAR, Door

REPORT = (
    b'{"schema_version": "1.3", "tool": {}, "verdict": {}, "inputs": [], "sessions": [], '
    b'"findings": []}'
)


class Api(Door):
    """
    A program that talks to the API.

    Attributes:
        app: What it talks to.
    """

    def __init__(self, stores: Stores, tmp_path: Path) -> None:
        super().__init__(stores, tmp_path, REPORT)
        self.app = FastAPI(openapi_url=None)
        self.app.state.services = self.services
        self.app.include_router(router)
        for kind in (Problem, HTTPException, RequestValidationError):
            self.app.add_exception_handler(kind, refused)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Answer to a request below /api/v1."""

        async def talk() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
                path_ = path if path.startswith("/api/") else f"/api/v1{path}"
                return await client.request(method, path_, **more)

        return asyncio.run(talk())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("POST", path, **more)

    def upload(
        self,
        path: str = "/cases",
        files: dict[str, bytes] | None = None,
        key: str | None = None,
        **fields: str,
    ) -> httpx.Response:
        """Answer to a form with files; one HAR if none are given."""
        parts = [("file", (name, octets)) for name, octets in (files or {"a.har": HAR}).items()]
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.post(path, files=parts, data=fields, headers=headers)

    def done(self) -> Job:
        """Finish the job that waits longest."""
        return self.finished(
            Summary(outcome="broken", headline={"en": "It broke"}, agents=("agent1",))
        )


@pytest.fixture
def api(stores: Stores, tmp_path: Path) -> Api:
    return Api(stores, tmp_path)


def refusal(answer: httpx.Response, code: str) -> dict[str, Any]:
    """The members of a refusal, which is one of this code."""
    told: dict[str, Any] = answer.json()
    assert told["code"] == code, told
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"/problems#{code}"
    assert told["status"] == answer.status_code
    assert told["title"]
    return told


def sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
