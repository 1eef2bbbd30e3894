"""Every route of the whole application behind its guard, those that are yet to come too."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.types import ASGIApp

from analyzer.web.api.routes import openapi
from analyzer.web.app import create_app, protected
from analyzer.web.operations.routes import router as operations
from analyzer.web.pages.routes import router as pages
from analyzer.web.services import Services
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from tests.web.guard.asking import BEARER, ORIGIN, SECRETS, TOKEN, Answered, ask, scope

OPEN = {"/sign-in", "/language", "/health/live", "/health/ready"}
READING = {"GET", "HEAD"}

PAGE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
DATA = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
REPORT = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = Settings(data=tmp_path_factory.mktemp("routes") / "data")
    many = replace(settings, token=TOKEN, requests_per_minute=100_000)
    with Stores(many) as stores:
        yield Services(stores)


@pytest.fixture(scope="module")
def app(services: Services) -> ASGIApp:
    return protected(create_app(services), services, SECRETS)


def found(router: Any) -> Iterator[tuple[str, str]]:
    """Methods and paths of a router and of those it includes."""
    for route in router.routes:
        if hasattr(route, "original_router"):
            yield from found(route.original_router)
        else:
            yield from ((method, route.path) for method in getattr(route, "methods", None) or ())


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, str]]:
    """Methods and paths, with something in the place of each id."""
    of_api = {
        (method.upper(), path) for path, methods in openapi()["paths"].items() for method in methods
    }
    others = {*found(pages), *found(operations), ("GET", "/api/v1/openapi.json")}
    filled = [
        (method, re.sub(r"\{\w+(:\w+)?\}", "a", path).replace("report.a", "report.html"))
        for method, path in sorted(of_api | others)
    ]
    assert {("POST", "/cases"), ("DELETE", "/api/v1/cases/a"), ("GET", "/metrics")} <= {*filled}
    assert len(filled) > 30
    return filled


def is_program(path: str) -> bool:
    return path.startswith(("/api/", "/health/", "/metrics"))


def is_open(path: str) -> bool:
    return path in OPEN or path.startswith("/static/")


def browser(app: ASGIApp) -> dict[str, str]:
    answer = ask(app, scope(query=f"token={TOKEN}"))
    return {"cookie": answer["set-cookie"].partition(";")[0], "origin": ORIGIN}


def is_framed(path: str) -> bool:
    return path.endswith("/report")


def dressed(path: str, answer: Answered) -> bool:
    expected, policy, frames = PAGE, "default-src 'none'", "'none'"
    if is_program(path):
        expected, policy = DATA, "sandbox; default-src 'none'"
    elif is_framed(path) and answer.status >= 400:
        # What keeps a report from being shown is told where it would be, in a frame of ours.
        expected, policy, frames = REPORT, "sandbox allow-scripts allow-downloads;", "'self'"
    told = answer["content-security-policy"]
    return (
        all(answer[name] == value for name, value in expected.items())
        and told.startswith(policy)
        and f"frame-ancestors {frames}" in told
        and not any(name.startswith("access-control") for name, _ in answer.headers)
    )


@pytest.mark.parametrize("query", ["", "mytoken=1", "search=token=x"])
def test_strangers_see_the_sign_in_page_only(app: ASGIApp, routes: list[Any], query: str) -> None:
    for method, path in routes:
        answer = ask(app, scope(method, path, {"origin": ORIGIN}, query=query))
        if is_open(path):
            assert answer.status != 401, (method, path)
        elif is_program(path) or method not in READING:
            assert answer.status == 401, (method, path)
            assert answer["www-authenticate"].startswith("Bearer")
        else:
            assert answer.status == 303, (method, path)
            assert answer["location"].startswith("/sign-in?next=%2F"), (method, path)
        assert dressed(path, answer), (method, path)


def test_a_slash_too_many_leads_nowhere(app: ASGIApp, routes: list[Any]) -> None:
    for method, path in routes:
        if path != "/":
            assert ask(app, scope(method, f"{path}/", BEARER)).status in {404, 405}, (method, path)


def test_a_whole_url_is_answered_like_its_path(app: ASGIApp, routes: list[Any]) -> None:
    for method, path in routes:
        if not path.endswith("/events") and not path.startswith("/static/"):
            url = f"{ORIGIN}{path}"
            answer = ask(app, scope(method, url, BEARER, raw_path=url.encode()))
            assert dressed(path, answer), (method, path)


def test_nothing_is_changed_without_a_proof(app: ASGIApp, routes: list[Any]) -> None:
    known = browser(app)
    for method, path in routes:
        if method in READING:
            continue
        for proof in ({}, {"x-csrf-token": "x"}):
            answer = ask(app, scope(method, path, known | proof))
            assert answer.status == 403, (method, path)
            assert b"csrf" in answer.body.lower() or not is_program(path)
            assert dressed(path, answer), (method, path)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8481"])
def test_nothing_is_changed_from_elsewhere(app: ASGIApp, routes: list[Any], origin: str) -> None:
    known = browser(app) | {"origin": origin}
    for method, path in routes:
        if method not in READING:
            answer = ask(app, scope(method, path, known))
            assert answer.status == 403, (method, path)


def test_nothing_is_loaded_into_pages_of_others(app: ASGIApp, routes: list[Any]) -> None:
    known = browser(app) | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    for method, path in routes:
        answer = ask(app, scope(method, path, known))
        assert answer.status == 403, (method, path)
        assert dressed(path, answer), (method, path)


def test_no_route_is_reached_by_another_name(app: ASGIApp, routes: list[Any]) -> None:
    for method, path in routes:
        answer = ask(app, scope(method, path, BEARER, host="127.0.0.1.evil.example"))
        assert answer.status == 421, (method, path)
        assert b'name="csrf" value=""' in answer.body or is_program(path) or is_framed(path)
        assert dressed(path, answer), (method, path)


def test_each_answer_has_its_policy(app: ASGIApp, routes: list[Any]) -> None:
    for method, path in routes:
        if path.endswith("/events"):
            continue
        answer = ask(app, scope(method, path, BEARER))
        # Nothing runs beside the application here, so that it is not ready.
        assert answer.status < 500 or path == "/health/ready", (method, path, answer.body)
        if not path.startswith("/static/"):
            assert dressed(path, answer), (method, path)


@pytest.mark.parametrize("before", ["", "/api/v1"])
@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (400, {"query": "a=%00"}),
        (404, {"path": "/nowhere"}),
        (405, {"path": "/cases", "method": "PUT"}),
        (413, {"method": "POST", "headers": {**BEARER, "content-length": "99999999"}}),
        (421, {"host": "evil.example"}),
    ],
)
def test_each_refusal_has_its_policy(
    app: ASGIApp, before: str, status: int, asked: dict[str, Any]
) -> None:
    path = before + asked.get("path", "/cases")
    answer = ask(app, scope(**{"headers": BEARER, **asked, "path": path}))
    assert answer.status == status
    assert dressed(path, answer)
    if before:
        assert answer["content-type"] == "application/problem+json"
        assert json.loads(answer.body)["status"] == status
    else:
        assert answer["content-type"] == "text/html; charset=utf-8"


def test_strangers_may_choose_the_language_of_the_sign_in_page(app: ASGIApp) -> None:
    shown = ask(app, scope(path="/sign-in")).body.decode()
    proof = re.search(r'name="csrf" value="([^"]+)"', shown)
    assert proof is not None
    fields = {
        "origin": ORIGIN,
        "content-type": "application/x-www-form-urlencoded",
        "transfer-encoding": "chunked",
    }
    chosen = f"csrf={proof[1]}&language=nl&next=/sign-in".encode()
    answer = ask(app, scope("POST", "/language", fields), chosen)
    assert (answer.status, answer["location"]) == (303, "/sign-in")
    assert "=nl;" in answer["set-cookie"]
    elsewhere = fields | {"origin": "http://evil.example"}
    assert ask(app, scope("POST", "/language", elsewhere), chosen).status == 403
