"""Every check in its order, before a whole application."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analyzer.model.errors import UsageError
from analyzer.web.guard import csrf
from analyzer.web.guard.bodies import LARGEST
from analyzer.web.guard.stack import guarded, plain
from analyzer.web.problems import STATUS, Problem, ProblemCode
from tests.web.guard.asking import (
    BEARER,
    ORIGIN,
    SECOND,
    SECRETS,
    TOKEN,
    Answered,
    Clock,
    ask,
    scope,
    settings,
)

SECRET_WORDS = "words of a capture"


async def told(request: Request) -> Response:
    """Who asked what, and a token for the next form."""
    body = await request.body()
    state = request.scope["state"]
    return PlainTextResponse(
        json.dumps(
            {
                "identity": state["identity"],
                "csrf": csrf.token_for(request.scope),
                "octets": len(body),
                "client": request.client.host if request.client else None,
                "scheme": request.scope["scheme"],
            }
        )
    )


async def broken(_: Request) -> Response:
    raise ValueError(SECRET_WORDS)


PATHS = ("/", "/sign-in", "/cases", "/cases/{id}/files", "/cases/{id}/delete", "/static/{name}")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
APP = Starlette(
    routes=[
        Route("/broken", broken),
        Route("/api/broken", broken),
        *[Route(path, told, methods=METHODS) for path in PATHS],
        *[Route(f"/api/v1{path}", told, methods=METHODS) for path in PATHS],
        Route("/health/live", told),
    ]
)


def site(app: ASGIApp = APP, clock: Callable[[], int] | None = None, **changes: Any) -> ASGIApp:
    return guarded(app, settings(**changes), SECRETS, ticks=clock or Clock())


def read(answer: Answered) -> Any:
    assert answer.status == 200, answer
    return json.loads(answer.body)


def browser(app: ASGIApp) -> tuple[dict[str, str], str]:
    """Cookie and form token of somebody who signed in."""
    answer = ask(app, scope(query=f"token={TOKEN}"))
    headers = {"cookie": answer["set-cookie"].partition(";")[0], "origin": ORIGIN}
    return headers, read(ask(app, scope(headers=headers)))["csrf"]


def form(csrf_token: str, more: bytes = b"") -> tuple[dict[str, str], bytes]:
    head = 'Content-Disposition: form-data; name="csrf"'
    body = f"--X\r\n{head}\r\n\r\n{csrf_token}\r\n--X\r\n".encode() + more
    return {"content-type": "multipart/form-data; boundary=X", "transfer-encoding": "chunked"}, body


def test_a_program_a_browser_and_somebody() -> None:
    app = site()
    headers, _ = browser(app)
    assert read(ask(app, scope(headers=BEARER)))["identity"] == "token"
    assert read(ask(app, scope(headers=headers)))["identity"] == "cookie"
    assert read(ask(app, scope(path="/sign-in")))["identity"] is None
    assert read(ask(site(token=""), scope()))["identity"] == "open"


TWICE = [("content-type", "a"), ("content-type", "b"), *BEARER.items()]
LARGE = {"content-length": str(LARGEST + 1), **BEARER}
CROSS = {"sec-fetch-site": "cross-site"}
REFUSED: dict[str, tuple[int, dict[str, Any]]] = {
    "wrong-host": (421, {"host": "evil.example", "headers": BEARER}),
    "bad-form": (400, {"headers": TWICE}),
    "not-found": (404, {"path": "/\0", "headers": BEARER}),
    "sign-in": (401, {"method": "POST"}),
    "wrong-token": (401, {"headers": {"authorization": "Bearer x"}}),
    "too-large": (413, {"method": "POST", "headers": LARGE}),
}


@pytest.mark.parametrize("before", ["", "/api/v1"])
@pytest.mark.parametrize("code", REFUSED)
def test_each_refusal_is_told_to_programs_and_people(before: str, code: str) -> None:
    status, asked = REFUSED[code]
    answer = ask(site(), scope(**{**asked, "path": before + asked.get("path", "/")}))
    assert answer.status == status
    assert answer["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer["content-security-policy"]
    title = code.replace("-", " ").capitalize()
    if before:
        assert answer["content-type"] == "application/problem+json"
        problem = json.loads(answer.body)
        assert problem.pop("detail")
        assert problem == {
            "type": f"/problems#{code}",
            "title": title,
            "status": status,
            "code": code,
        }
    else:
        assert answer["content-type"] == "text/html; charset=utf-8"
        assert f"<h1>{title}</h1>" in answer.body.decode()


def test_a_target_in_absolute_form_is_taken_by_its_own_host() -> None:
    ours = scope(path="x", raw_path=b"http://localhost/cases", host="evil.example", headers=BEARER)
    assert ask(site(), ours).status == 200
    theirs = scope(path="x", raw_path=b"http://evil.example/cases", headers=BEARER)
    assert ask(site(), theirs).status == 421


@pytest.mark.parametrize("code", ProblemCode)
@pytest.mark.parametrize("path", ["/", "/api/v1/cases"])
def test_any_refusal_can_be_told_plainly(code: ProblemCode, path: str) -> None:
    answer = plain(scope(path=path), Problem(code, "<b>"))
    assert answer.status_code == STATUS[code]
    assert (b"<b>" in bytes(answer.body)) is path.startswith("/api/")


def test_the_application_tells_refusals_in_its_own_words() -> None:
    def refuse(asked: Scope, problem: Problem) -> Response:
        return PlainTextResponse(f"{asked['path']} {problem.code}", problem.status)

    app = guarded(APP, settings(), SECRETS, refuse)
    answer = ask(app, scope(path="/new", host="evil.example"))
    assert (answer.status, answer.body) == (421, b"/new wrong-host")
    assert answer["x-frame-options"] == "DENY"


def test_words_that_fail_are_told_plainly(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_: Scope, __: Problem) -> Response:
        raise KeyError(SECRET_WORDS)

    answer = ask(guarded(APP, settings(), SECRETS, refuse), scope(host="evil.example"))
    assert answer.status == 421
    assert b"<h1>Wrong host</h1>" in answer.body
    assert SECRET_WORDS not in caplog.text
    assert "fault KeyError at refuse:" in caplog.text


@pytest.mark.parametrize("path", ["/broken", "/api/broken"])
def test_a_fault_shows_nothing_of_itself(path: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = ask(site(), scope(path=path, headers=BEARER))
    assert answer.status == 500
    assert SECRET_WORDS.encode() not in answer.body
    assert "content-security-policy" in answer
    assert SECRET_WORDS not in caplog.text
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("fault ValueError at broken:")
    assert record.exc_info is None


async def bare_fault(_: Scope, __: Receive, ___: Send) -> None:
    raise ValueError(SECRET_WORDS)


async def full(_: Scope, __: Receive, ___: Send) -> None:
    raise Problem(ProblemCode.QUEUE_FULL, retry_s=30)


async def late_fault(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError(SECRET_WORDS)


async def late_problem(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise Problem(ProblemCode.FAULT)


def test_a_fault_without_an_answer_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    answer = ask(site(bare_fault), scope(path="/api/v1/x", headers=BEARER))
    assert answer.status == 500
    assert json.loads(answer.body)["code"] == "fault"
    assert SECRET_WORDS not in caplog.text


@pytest.mark.parametrize("app", [late_fault, late_problem])
def test_a_fault_in_the_middle_of_an_answer_ends_it(app: ASGIApp) -> None:
    answer = ask(site(app), scope(headers=BEARER))
    assert (answer.status, answer.body) == (200, b"")


def test_a_time_to_wait_is_told() -> None:
    answer = ask(site(full), scope(headers=BEARER))
    assert (answer.status, answer["retry-after"]) == (503, "30")


def test_a_time_to_wait_that_was_told_stands() -> None:
    def refuse(_: Scope, problem: Problem) -> Response:
        return PlainTextResponse("", problem.status, {"retry-after": "7"})

    app = guarded(full, settings(), SECRETS, refuse)
    assert ask(app, scope(headers=BEARER))["retry-after"] == "7"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/cases", "/api/v1/cases/{id}/files", "/cases/{id}/delete"])
def test_forms_and_scripts_of_a_browser_prove_themselves(method: str, path: str) -> None:
    app = site()
    headers, proof = browser(app)
    fields, body = form(proof)
    lines = {"content-type": "application/x-www-form-urlencoded", "transfer-encoding": "chunked"}

    def status(more: dict[str, str], *chunks: bytes) -> int:
        return ask(app, scope(method, path, headers | more), *chunks).status

    assert status({"x-csrf-token": proof}) == 200
    assert status({"x-csrf-token": proof, **fields}, b"not looked at") == 200
    assert status(fields, body) == 200
    assert status(fields, body[:20], body[20:60], body[60:]) == 200
    assert status(lines, f"a=b&csrf={proof}".encode()) == 200
    assert status({}) == 403
    assert status({"x-csrf-token": "x"}) == 403
    assert status({"x-csrf-token": ""}) == 403
    # What the field says does not make good what the header says.
    assert status({"x-csrf-token": "x", **fields}, body) == 403
    assert status(lines, b"a=b") == 403
    assert status(fields, b"--X\r\n", b"nothing") == 403
    assert status({"transfer-encoding": "chunked"}, f"csrf={proof}".encode()) == 403
    assert status({"x-csrf-token": proof, "origin": "http://evil.example"}) == 403
    # A cookie of one session and a form of another.
    assert ask(app, scope(method, path, browser(app)[0] | {"x-csrf-token": proof})).status == 403


def test_two_proofs_are_none() -> None:
    app = site()
    headers, proof = browser(app)
    twice = [*headers.items(), ("x-csrf-token", proof), ("x-csrf-token", "x")]
    assert ask(app, scope("POST", headers=twice)).status == 400


def test_where_nobody_is_asked_forms_prove_themselves_too() -> None:
    app = site(token="")
    proof = read(ask(app, scope()))["csrf"]
    fields, body = form(proof)
    asked = {"origin": ORIGIN, **fields}
    assert ask(app, scope("POST", "/cases", asked), body).status == 200
    assert ask(app, scope("POST", "/cases", fields), body).status == 403
    assert ask(app, scope("POST", "/cases", asked), b"--X").status == 403
    assert ask(app, scope("POST", "/cases", BEARER)).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_programs_need_no_proof(method: str) -> None:
    assert ask(site(), scope(method, "/api/v1/cases", BEARER)).status == 200
    asked = scope(method, "/", {**BEARER, "origin": "http://evil.example", **CROSS})
    assert ask(site(), asked).status == 200


def test_the_sign_in_form_needs_our_origin_and_our_proof() -> None:
    app = site()

    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(app, scope("POST", "/sign-in", named)).status

    proof = read(ask(app, scope("GET", "/sign-in")))["csrf"]
    assert status(origin=ORIGIN, x_csrf_token=proof) == 200
    assert status(origin="http://evil.example", x_csrf_token=proof) == 403
    assert status(x_csrf_token=proof) == 403
    assert status(origin=ORIGIN) == 403
    assert status(origin=ORIGIN, x_csrf_token="x") == 403


def test_a_body_reaches_the_application_whole() -> None:
    app = site()
    headers, proof = browser(app)
    fields, body = form(proof, b"rest" * 100_000)
    pieces = [body[at : at + 9_999] for at in range(0, len(body), 9_999)]
    for path in ("/cases", "/cases/{id}/delete"):
        answer = ask(app, scope("POST", path, headers | fields), *pieces)
        assert read(answer)["octets"] == len(body)


def test_only_uploads_may_be_large() -> None:
    app = site()
    headers, proof = browser(app)
    fields, body = form(proof)
    pieces = [body, *[b"x" * 65_536] * 40]
    assert ask(app, scope("POST", "/cases", headers | fields), *pieces).status == 200
    for path in ("/", "/cases/{id}/delete", "/sign-in", "/api/v1/"):
        assert ask(app, scope("POST", path, headers | fields), *pieces).status == 413
        assert ask(app, scope("POST", path, BEARER | fields), *pieces).status == 413
    assert ask(app, scope("POST", "/sign-in", {"origin": ORIGIN, **fields}), *pieces).status == 413
    assert ask(app, scope("GET", "/", headers | fields), *pieces).status == 400


def test_an_upload_without_proof_is_refused_before_its_files_come() -> None:
    app = site()
    headers, _ = browser(app)
    fields, body = form("wrong")
    asked = scope("POST", "/cases", headers | fields)
    read_so_far: list[bytes] = []

    async def receive() -> Message:
        read_so_far.append(body if not read_so_far else b"x" * 65_536)
        return {"type": "http.request", "body": read_so_far[-1], "more_body": True}

    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    work: Awaitable[None] = app(asked, receive, send)
    asyncio.run(work)  # type: ignore[arg-type]
    assert statuses == [403]
    assert len(read_so_far) == 2


def test_who_leaves_in_the_middle_is_not_answered() -> None:
    app = site()
    headers, proof = browser(app)
    fields, body = form(proof)
    gone = {"type": "http.disconnect"}
    assert ask(app, scope("POST", "/cases", headers | fields), body[:9], then=gone).status == 0
    assert ask(app, scope("POST", "/", headers | fields), body, then=gone).status == 0


def test_clients_are_limited_each_for_itself() -> None:
    clock = Clock()
    app = site(clock=clock, requests_per_minute=3)
    asked = [ask(app, scope(headers=BEARER)).status for _ in range(5)]
    assert asked == [200, 200, 200, 429, 429]
    answer = ask(app, scope(path="/api/v1/", headers=BEARER))
    assert (answer.status, answer["retry-after"]) == (429, "20")
    assert ask(app, scope(headers=BEARER, client=("192.0.2.9", 1))).status == 200
    # Neither parts of pages nor a supervisor's questions count, nor are they held back.
    assert ask(app, scope(path="/static/x")).status == 200
    assert ask(app, scope(path="/health/live")).status == 200
    clock.now += 20 * SECOND
    assert ask(app, scope(headers=BEARER)).status == 200


IMAGE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}


@pytest.mark.parametrize("theirs", [IMAGE, {"origin": "http://evil.example"}])
def test_a_page_of_others_locks_nobody_out(theirs: dict[str, str]) -> None:
    app = site(requests_per_minute=3, sign_ins_per_minute=1)
    for method, query in [("GET", "token=x"), ("POST", ""), ("OPTIONS", "")] * 3:
        assert ask(app, scope(method, headers=theirs, query=query)).status == 403
    assert ask(app, scope(query="token=y")).status == 401
    assert ask(app, scope(query="token=y")).status == 429
    assert ask(app, scope(query=f"token={TOKEN}")).status == 303


def test_strangers_take_nothing_from_those_who_are_known() -> None:
    app = site(requests_per_minute=3)
    headers, _ = browser(app)
    assert [ask(app, scope()).status for _ in range(3)] == [303, 303, 429]
    assert ask(app, scope(headers={"authorization": "Bearer x"})).status == 429
    assert [ask(app, scope(headers=headers)).status for _ in range(3)] == [200, 200, 429]


def test_a_clock_that_is_set_back_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    wall, ticks = Clock(), Clock()
    monkeypatch.setattr(time, "time_ns", wall)
    app = site(clock=ticks, requests_per_minute=1, sign_ins_per_minute=1)
    wrong = {"authorization": "Bearer x"}
    assert ask(app, scope(headers=wrong)).status == 401
    assert ask(app, scope(headers=BEARER)).status == 200
    wall.now -= 3_600 * SECOND
    ticks.now += 60 * SECOND
    assert ask(app, scope(headers=wrong)).status == 401
    assert ask(app, scope(headers=BEARER)).status == 200


def test_requests_to_other_hosts_count_for_nobody() -> None:
    app = site(requests_per_minute=1)
    for _ in range(5):
        assert ask(app, scope(host="evil.example")).status == 421
    assert ask(app, scope(headers=BEARER)).status == 200


def test_only_trusted_proxies_say_who_asks() -> None:
    fields = {**BEARER, "x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https"}
    seen = read(ask(site(), scope(headers=fields)))
    assert (seen["client"], seen["scheme"]) == ("203.0.113.9", "http")
    seen = read(ask(site(trusted_proxies=("203.0.113.9",)), scope(headers=fields)))
    assert (seen["client"], seen["scheme"]) == ("198.51.100.1", "https")


def test_who_invents_addresses_is_limited_all_the_same() -> None:
    app = site(requests_per_minute=2, trusted_proxies=("203.0.113.9",))
    statuses = [
        ask(app, scope(headers={**BEARER, "x-forwarded-for": f"{n}.1.1.1, 198.51.100.1"})).status
        for n in range(1, 5)
    ]
    assert statuses == [200, 200, 429, 429]


def test_a_proxy_that_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(UsageError):
        site(trusted_proxies=("proxy.example",))


def test_web_sockets_are_refused() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asked = {**scope(headers=BEARER), "type": "websocket"}
    asyncio.run(site(bare_fault)(asked, receive, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": ""}]


def test_start_and_stop_pass_through() -> None:
    seen: list[str] = []

    async def app(asked: Scope, _: Receive, __: Send) -> None:
        seen.append(asked["type"])

    ask(site(app), {"type": "lifespan"})
    assert seen == ["lifespan"]


def test_what_stands_in_the_state_stays_there() -> None:
    asked = scope(headers=BEARER, state={"request_id": "a"})
    ask(site(), asked)
    assert asked["state"]["request_id"] == "a"
    assert asked["state"]["identity"] == "token"
    assert asked["route"].path == "/" if "route" in asked else asked["endpoint"] is told


def test_no_log_and_no_answer_holds_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = site(sign_ins_per_minute=2)
    wrong = "a-wrong-token-that-somebody-typed"
    headers, proof = browser(app)
    answers = [
        ask(app, scope(path=path, query=query, headers=fields, host=host))
        for path in ("/", "/api/v1/x", "/broken", "/nowhere")
        for query in ("", f"token={TOKEN}", f"token={wrong}")
        for fields in ({}, BEARER, headers, {"authorization": f"Bearer {wrong}"})
        for host in ("127.0.0.1:8480", "evil.example")
    ]
    shown = caplog.text + "".join(f"{answer.body.decode()} {answer.headers}" for answer in answers)
    cookie = headers["cookie"].partition("=")[2]
    for secret in (TOKEN, wrong, cookie, SECRET_WORDS):
        assert secret not in shown
    assert proof not in caplog.text
