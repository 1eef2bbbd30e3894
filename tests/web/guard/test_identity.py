"""Who asks."""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from analyzer.web.guard.cookie import sign_in_headers
from analyzer.web.guard.doorkeeper import Doorkeeper
from analyzer.web.guard.identity import identify, let_in
from analyzer.web.problems import Problem, ProblemCode
from tests.web.guard.asking import BEARER, TOKEN, doorkeeper, scope, seen_by

PAGES = ["/", "/new", "/cases/a", "/cases/a/report", "/problems", "/apix", "/statics"]
PROGRAMS = ["/api/v1/cases", "/metrics", "/health/other", "/api/"]
EVERYBODY = [
    "/sign-in",
    "/language",
    "/health/live",
    "/health/ready",
    "/static/style.css",
    "/static/../cases/a",
]
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def told(keeper: Doorkeeper, *args: Any, **changes: Any) -> tuple[str | None, Response | None]:
    """The identity and the answer, if there is one."""
    asked = seen_by(keeper, scope(*args, **changes))
    identify(asked, keeper)
    return asked["state"]["identity"], let_in(asked, keeper)


def refused(keeper: Doorkeeper, *args: Any, **changes: Any) -> ProblemCode:
    with pytest.raises(Problem) as problem:
        told(keeper, *args, **changes)
    assert TOKEN not in repr(problem.value) + problem.value.detail
    return problem.value.code


def signed_in(keeper: Doorkeeper) -> dict[str, str]:
    given = sign_in_headers(seen_by(keeper, scope()), TOKEN)["set-cookie"]
    return {"cookie": given.partition(";")[0]}


def place(answer: Response | None) -> str:
    assert answer is not None
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_who_has_the_token_gets_in_everywhere(method: str) -> None:
    for path in (*PAGES, *PROGRAMS, *EVERYBODY):
        gets_in(method, path)


def gets_in(method: str, path: str) -> None:
    keeper = doorkeeper()
    assert told(keeper, method, path, BEARER) == ("token", None)
    assert told(keeper, method, path, signed_in(keeper)) == ("cookie", None)
    assert told(doorkeeper(token=""), method, path) == ("open", None)


@pytest.mark.parametrize("path", EVERYBODY)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_what_everybody_may_see(method: str, path: str) -> None:
    assert told(doorkeeper(), method, path) == (None, None)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_lead_to_the_sign_in_page(method: str, path: str) -> None:
    identity, answer = told(doorkeeper(), method, path, query="a=b&c=%20")
    assert identity is None
    parts = urlsplit(place(answer))
    assert parts.path == "/sign-in"
    assert parse_qs(parts.query) == {"next": [f"{path}?a=b&c=%20"]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[(method, path) for path in PROGRAMS for method in ("GET", "HEAD", "POST", "OPTIONS")],
        *[("POST", path) for path in PAGES],
        ("POST", "/sign-out"),
        ("GET", "/health/"),
        ("DELETE", "/sign-in/"),
    ],
)
def test_everything_else_is_refused(method: str, path: str) -> None:
    assert refused(doorkeeper(), method, path) is ProblemCode.SIGN_IN


@pytest.mark.parametrize(
    "given",
    [f"bearer {TOKEN}", f"BEARER {TOKEN}", f"Bearer  {TOKEN}", f"Bearer {TOKEN}  "],
)
def test_spellings_of_bearer(given: str) -> None:
    assert told(doorkeeper(), path="/api/v1/x", headers={"authorization": given})[0] == "token"


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN.upper()}", "Bearer é"]
)
@pytest.mark.parametrize("path", ["/", "/api/v1/cases", "/health/live", "/static/x"])
def test_a_wrong_token_is_told_everywhere(given: str, path: str) -> None:
    keeper = doorkeeper()
    assert refused(keeper, "GET", path, {"authorization": given}) is ProblemCode.WRONG_TOKEN
    # Nor does a cookie help a wrong token.
    headers = {"authorization": given, **signed_in(keeper)}
    assert refused(keeper, "GET", path, headers) is ProblemCode.WRONG_TOKEN


@pytest.mark.parametrize("given", [f"Basic {TOKEN}", TOKEN, "", f"Token {TOKEN}", f"Bearer{TOKEN}"])
def test_other_schemes_are_no_token(given: str) -> None:
    asked = refused(doorkeeper(), "GET", "/api/v1/cases", {"authorization": given})
    assert asked is ProblemCode.SIGN_IN


def test_two_tokens_are_none() -> None:
    fields = [("authorization", f"Bearer {TOKEN}"), ("authorization", "Bearer x")]
    assert refused(doorkeeper(), "GET", "/", fields) is ProblemCode.BAD_FORM


def test_wrong_tokens_are_limited_and_who_has_the_right_one_goes_on() -> None:
    keeper = doorkeeper(sign_ins_per_minute=2)
    cookie = signed_in(keeper)
    wrong = {"authorization": "Bearer wrong"}
    asked = [refused(keeper, "GET", "/api/v1/x", wrong) for _ in range(4)]
    assert asked == [*[ProblemCode.WRONG_TOKEN] * 2, *[ProblemCode.TOO_OFTEN] * 2]
    assert refused(keeper, "GET", "/", query="token=wrong") is ProblemCode.TOO_OFTEN
    assert told(keeper, "GET", "/api/v1/x", BEARER) == ("token", None)
    assert place(told(keeper, "GET", "/", query=f"token={TOKEN}")[1]) == "/"
    assert told(keeper, "GET", "/", cookie) == ("cookie", None)


def test_where_nobody_is_asked_any_token_will_do() -> None:
    """A script that works with a token works without; no page of others can send its field."""
    keeper = doorkeeper(token="")
    assert told(keeper, "POST", "/api/v1/cases", {"authorization": "Bearer any"})[0] == "token"
    assert told(keeper, "POST", "/api/v1/cases", {"authorization": "Basic any"})[0] == "open"


@pytest.mark.parametrize(
    ("path", "query", "clean"),
    [
        ("/", f"token={TOKEN}", "/"),
        ("/cases/a", f"token={TOKEN}", "/cases/a"),
        ("/", f"search=a+b&token={TOKEN}&outcome=", "/?search=a+b&outcome="),
        ("/", f"token=x&token={TOKEN}", "/"),
        ("/sign-in", f"token={TOKEN}&next=/cases/a%3Fb", "/cases/a?b"),
        ("/sign-in", f"token={TOKEN}&next=//evil.example", "/"),
        ("/sign-in", f"token={TOKEN}&next=https:evil.example", "/"),
        ("/sign-in", f"token={TOKEN}", "/"),
        ("//evil.example/", f"token={TOKEN}", "/"),
        ("/\\evil.example/", f"token={TOKEN}", "/%5Cevil.example/"),
        ("/é", f"token={TOKEN}", "/%C3%A9"),
        ("/%2e%2e", f"token={TOKEN}", "/%252e%252e"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_with_the_token_signs_in_and_forgets_it(
    method: str, path: str, query: str, clean: str
) -> None:
    keeper = doorkeeper()
    answer = told(keeper, method, path, query=query)[1]
    assert place(answer) == clean
    assert answer is not None
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert TOKEN not in str(answer.headers)
    assert told(keeper, path="/", headers={"cookie": cookie}) == ("cookie", None)


def test_a_wrong_token_in_a_link_signs_nobody_in() -> None:
    assert refused(doorkeeper(), path="/", query="token=wrong") is ProblemCode.WRONG_TOKEN
    assert refused(doorkeeper(), path="/", query="token=") is ProblemCode.WRONG_TOKEN


def test_who_is_known_loses_the_token_from_the_address_only() -> None:
    keeper = doorkeeper()
    for known in (keeper, doorkeeper(token="")):
        answer = told(known, path="/new", query="token=old", headers=signed_in(keeper))[1]
        assert place(answer) == "/new"
        assert answer is not None
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/cases", "/metrics"])
def test_programs_do_not_put_the_token_into_addresses(path: str) -> None:
    assert refused(doorkeeper(), "GET", path, query=f"token={TOKEN}") is ProblemCode.SIGN_IN


def test_a_form_s_address_is_no_place_for_the_token() -> None:
    assert refused(doorkeeper(), "POST", "/", query=f"token={TOKEN}") is ProblemCode.SIGN_IN


@pytest.mark.parametrize("query", ["mytoken=a", "a=token=b"])
def test_other_fields_of_a_query_are_no_token(query: str) -> None:
    keeper = doorkeeper()
    assert told(keeper, path="/", query=query, headers=signed_in(keeper)) == ("cookie", None)
    for path in ("/", "/cases/a/report.html", "/cases/a/files/b", "/sign-out"):
        assert place(told(keeper, path=path, query=query)[1]).startswith("/sign-in?next=")


PIECES = st.sampled_from(["token=", "t%6Fken=", "x", "=", "&", ";", "%00"])


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "DELETE", "OPTIONS"]),
    path=st.sampled_from(["/", "/new", "/cases/a/files/b", "/api/v1/cases", "/metrics", "//", ""]),
    query=st.lists(PIECES, min_size=1, max_size=4).map("".join),
)
def test_whatever_a_stranger_asks_nobody_lets_them_in(method: str, path: str, query: str) -> None:
    with suppress(Problem):
        assert place(told(doorkeeper(), method, path, query=query)[1]).startswith("/sign-in")


@pytest.mark.parametrize("query", ["token=a&" + "a=b&" * 200, "token=\xff"])
def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    assert refused(doorkeeper(), path="/", query=query) is ProblemCode.BAD_VALUE


def test_a_link_in_a_ticket_is_asked_once_more_by_ourselves() -> None:
    answer = told(doorkeeper(), path="/cases/<a>", headers=LINK, query='b="&c=d')[1]
    assert answer is not None
    assert answer.status_code == 200
    assert bytes(answer.body).decode() == (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Stanzascope</title>'
        '<meta http-equiv="refresh" content="0;url=/cases/%3Ca%3E?b=%22&amp;c=d"></head></html>\n'
    )


@pytest.mark.parametrize(
    ("path", "target"),
    [("//evil.example", "/"), ("/\\evil", "/%5Cevil"), ("/a\u2028", "/a%E2%80%A8")],
)
def test_and_never_leads_elsewhere(path: str, target: str) -> None:
    answer = told(doorkeeper(), path=path, headers=LINK)[1]
    assert answer is not None
    assert f'url={target}"' in bytes(answer.body).decode()


@pytest.mark.parametrize(
    "headers",
    [
        LINK | {"sec-fetch-site": "same-origin"},
        LINK | {"sec-fetch-site": "none"},
        LINK | {"sec-fetch-dest": "iframe"},
        LINK | {"sec-fetch-mode": "no-cors"},
        {},
    ],
)
def test_who_is_asked_once_more_is_not_asked_again(headers: dict[str, str]) -> None:
    assert place(told(doorkeeper(), path="/new", headers=headers)[1]) == "/sign-in?next=%2Fnew"


def test_who_is_known_is_not_asked_once_more() -> None:
    keeper = doorkeeper()
    assert told(keeper, path="/new", headers=LINK | signed_in(keeper)) == ("cookie", None)


def test_the_session_is_named() -> None:
    keeper = doorkeeper()
    asked = seen_by(keeper, scope(headers=signed_in(keeper)))
    identify(asked, keeper)
    assert len(asked["state"]["session"]) == 22
