import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from analyzer.web.operations.logs import FIELDS, JsonLines
from analyzer.web.operations.metrics import Requests
from analyzer.web.operations.requests_log import RequestsLog

Answer = tuple[list[dict[str, Any]], list[Message]]


def scope_of(path: str, method: str = "GET", **more: Any) -> Scope:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"token=hunter2",
        "headers": [(b"authorization", b"Bearer hunter2"), (b"cookie", b"c=hunter2")],
        "client": ("192.0.2.7", 4_711),
        "root_path": "",
        **more,
    }


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.125
        return self.now


@pytest.fixture
def counts() -> Requests:
    return Requests(CollectorRegistry())


@pytest.fixture
def ask(counts: Requests, caplog: pytest.LogCaptureFixture) -> Callable[[Any, Scope], Answer]:
    def asked(app: Any, scope: Scope) -> Answer:
        sent: list[Message] = []
        bodies = [
            {"type": "http.request", "body": b"abc", "more_body": True},
            {"type": "http.request", "body": b"de", "more_body": False},
        ]

        async def receive() -> Message:
            return bodies.pop(0) if bodies else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        with caplog.at_level(logging.INFO, "stanzascope.requests"):
            asyncio.run(RequestsLog(app, counts, Clock())(scope, receive, send))
        return [vars(record)[FIELDS] for record in caplog.records], sent

    return asked


def routed() -> FastAPI:
    app = FastAPI()
    below = APIRouter(prefix="/api/v1")

    @below.get("/cases/{case_id}")
    async def case(case_id: str) -> str:
        return case_id

    async def static(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    inner = APIRouter()

    @inner.get("/jobs/{job_id}")
    async def job(job_id: str) -> str:
        return job_id

    below.include_router(inner)
    app.include_router(inner)
    app.include_router(below)
    app.router.routes.append(Mount("/static", static))
    return app


def test_a_request_is_told_by_its_route(ask: Callable[..., Answer]) -> None:
    (told,), sent = ask(routed(), scope_of("/api/v1/cases/hunter2"))
    assert told == {
        "method": "GET",
        "route": "/api/v1/cases/{case_id}",
        "status": 200,
        "ms": 125.0,
        "received": 0,
        "sent": 9,
        "client": "192.0.2.7",
        "request": told["request"],
    }
    assert (b"x-request-id", told["request"].encode()) in sent[0]["headers"]
    assert "hunter2" not in str(told)


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_routers_within_routers_have_their_whole_prefix(
    ask: Callable[..., Answer], prefix: str
) -> None:
    (told,), _ = ask(routed(), scope_of(f"{prefix}/jobs/7"))
    assert (told["route"], told["status"]) == (f"{prefix}/jobs/{{job_id}}", 200)


def test_a_mounted_folder_is_one_route(ask: Callable[..., Answer]) -> None:
    (told,), _ = ask(routed(), scope_of("/static/hunter2.css"))
    assert told["route"] == "/static/{path}"


def test_what_no_route_takes_has_none(ask: Callable[..., Answer]) -> None:
    (told,), _ = ask(routed(), scope_of("/hunter2\n", method="BREW\nforged"))
    assert (told["route"], told["method"], told["status"]) == ("-", "OTHER", 404)


def test_octets_of_both_ways_are_counted(ask: Callable[..., Answer], counts: Requests) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"1234", "more_body": True})
        await send({"type": "http.response.body", "body": b"5"})

    (told,), _ = ask(app, scope_of("/", "POST", client=None))
    assert (told["received"], told["sent"], told["client"]) == (5, 5, "")
    assert counts.registry.get_sample_value("stanzascope_received_octets_total") == 5
    assert (
        counts.registry.get_sample_value(
            "stanzascope_requests_total", {"method": "POST", "route": "-", "status": "201"}
        )
        == 1
    )
    assert (
        counts.registry.get_sample_value("stanzascope_request_seconds_sum", {"route": "-"}) == 0.125
    )


def test_a_client_that_went_away_is_told(ask: Callable[..., Answer]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        return

    (told,), _ = ask(app, scope_of("/"))
    assert told["status"] == 499


def test_a_fault_is_told_and_goes_on_its_way(
    counts: Requests, caplog: pytest.LogCaptureFixture, ask: Callable[..., Answer]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        ask(app, scope_of("/"))
    assert [vars(record)[FIELDS]["status"] for record in caplog.records] == [499]


def test_what_the_guard_found_out_of_the_client_counts(ask: Callable[..., Answer]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = ("203.0.113.9\n\x1b[2J", 0)

    (told,), _ = ask(app, scope_of("/"))
    record = logging.LogRecord("x", logging.INFO, "", 1, "request", (), None)
    vars(record)[FIELDS] = told
    line = JsonLines().format(record)
    assert line.isprintable()
    assert json.loads(line)["client"] == "203.0.113.9\n\x1b[2J"


def test_what_is_no_request_is_handed_on(ask: Callable[..., Answer]) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    told, _ = ask(app, {"type": "lifespan"})
    assert (told, seen) == ([], ["lifespan"])
