"""The application as a server serves it, without a server: guard, routes, faults, what runs."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from msgspec.structs import replace
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from starlette.types import Scope

from analyzer.web import app as application
from analyzer.web.app import create_app, protected, refused
from analyzer.web.guard.token import load_secrets
from analyzer.web.problems import ProblemCode
from analyzer.web.services import Services
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores

HAR = Path(__file__).parents[2] / "fixtures/wrong-password/session.har"
TOKEN = "t" * 40


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    with Stores(replace(settings, token=TOKEN, grace_s=1)) as stores:
        yield Services(stores)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    app = create_app(services)
    secrets = load_secrets(services.settings.data, TOKEN)
    with TestClient(
        protected(app, services, secrets),
        base_url="http://127.0.0.1:8480",
        headers={"Authorization": f"Bearer {TOKEN}"},
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as opened:
        yield opened


def test_an_upload_comes_to_its_report(client: TestClient) -> None:
    with HAR.open("rb") as file:
        answer = client.post("/api/v1/cases", files={"file": ("session.har", file)})
    assert answer.status_code == 201
    job = answer.json()["job"]["id"]
    with client.stream("GET", f"/api/v1/jobs/{job}/events") as events:
        told = events.read().decode()
    assert '"state":"done"' in told.replace(" ", "")
    case = client.get(answer.headers["location"]).json()
    assert case["summary"]["rule"] == "SA-007"
    report = client.get(f"/cases/{case['id']}/report")
    assert report.status_code == 200
    assert "sandbox" in report.headers["content-security-policy"]
    assert "SA-007" in report.text


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/v1/cases/nobody", 404, "application/problem+json"),
        ("/api/v1/nothing", 404, "application/problem+json"),
        ("/api/v1/cases?limit=many", 422, "application/problem+json"),
        ("/cases/nobody", 404, "text/html; charset=utf-8"),
        ("/nothing", 404, "text/html; charset=utf-8"),
    ],
)
def test_refusals_are_told_to_programs_and_people(
    client: TestClient, path: str, status: int, kind: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)


def test_strangers_get_nothing(client: TestClient) -> None:
    answer = client.get("/api/v1/cases", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in")
    answer = client.get("/", headers={"Authorization": ""})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "<!doctype html>" in answer.text.lower()


@pytest.mark.parametrize("path", ["/api/v1/version", "/"])
def test_a_fault_is_told_in_one_line_and_its_words_stay_here(
    client: TestClient,
    services: Services,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(services, "casebook", None)
    with caplog.at_level(logging.ERROR):
        answer = client.get(path)
    assert answer.status_code == 500
    assert "NoneType" not in answer.text
    assert "Traceback" not in answer.text
    assert "AttributeError" in caplog.text


def test_a_sweep_that_fails_is_tried_again(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(application, "SWEEP_S", 0.01)
    swept = 0
    over = asyncio.Event()
    loop = asyncio.new_event_loop()

    def sweep() -> None:
        nonlocal swept
        swept += 1
        if swept == 1:
            raise OSError("the disk is away")
        loop.call_soon_threadsafe(over.set)

    monkeypatch.setattr(services.sweeper, "sweep", sweep)
    with caplog.at_level(logging.ERROR), contextlib.closing(loop):
        loop.run_until_complete(asyncio.wait_for(application._sweep(services, over), 10))
    assert swept == 2
    assert "OSError" in caplog.text
    assert "the disk is away" not in caplog.text


def test_a_sweep_under_way_ends_before_its_database_is_closed(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, told, ended = threading.Event(), threading.Event(), threading.Event()

    def sweep() -> None:
        begun.set()
        assert told.wait(10)
        time.sleep(0.1)
        ended.set()

    monkeypatch.setattr(services.sweeper, "sweep", sweep)
    monkeypatch.setattr(services.sweeper, "stop", told.set)
    with TestClient(create_app(services)):
        assert begun.wait(10)
        assert not told.is_set()
    assert ended.is_set()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET"),
        ("PUT", "/cases/x", "GET, POST"),
        ("PATCH", "/sign-in", "GET, POST"),
        ("POST", "/api/v1/openapi.json", "GET"),
        ("PUT", "/api/v1/cases/x", "DELETE, GET, PATCH"),
    ],
)
def test_who_asks_by_a_wrong_method_is_told_the_right_ones(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_what_the_framework_says_in_headers_is_passed_on(services: Services) -> None:
    app = create_app(services)
    for path in ("/x", "/api/x"):
        scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": [], "app": app}
        answer = refused(Request(scope), HTTPException(418, headers={"X-Tea": "1"}))
        assert answer.headers["x-tea"] == "1"


def test_a_value_that_is_not_valid_is_no_fault() -> None:
    problem = application._problem(RequestValidationError([]))
    assert problem.code is ProblemCode.BAD_VALUE
