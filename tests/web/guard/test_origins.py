"""From which pages a request may come: SECURITY.md row 14."""

from itertools import product
from typing import Any

import pytest

from analyzer.web.guard.hosts import Authority
from analyzer.web.guard.origins import check_origin, check_site, is_link, origin_of
from analyzer.web.problems import Problem
from tests.web.guard.asking import ORIGIN, doorkeeper, scope, seen_by, settings

KEEPER = doorkeeper()
UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "GETT"]
SENT = list(product(UNSAFE, ["cookie", "open", None]))
"""Each method with each identity."""

PUBLIC = {"public_url": "https://support.example/"}
ELSEWHERE = [
    "http://evil.example",
    "null",
    "",
    "file://",
    "https://127.0.0.1:8480",
    "http://127.0.0.1",
    "http://127.0.0.1:8481",
    "http://localhost:8480",
    "http://[::1]:8480",
    "http://127.0.0.1:8480.evil.example",
    "http://127.0.0.1:8480@evil.example",
    "http://evil.example@127.0.0.1:8480",
    "http://evil.example/http://127.0.0.1:8480",
    "http://evil.example#127.0.0.1:8480",
    "http://evil.example\\@127.0.0.1:8480",
    "ftp://127.0.0.1:8480",
    "127.0.0.1:8480",
    "//127.0.0.1:8480",
    "http://127.0.0.1:8480, http://evil.example",
    "http://127.0.0.1:99999",
    "http://[127.0.0.1:8480",
    "http://é",
]


def is_taken(
    method: str,
    headers: dict[str, str],
    identity: str | None = "cookie",
    changes: dict[str, Any] | None = None,
    **asked: Any,
) -> bool:
    seen = seen_by(KEEPER, scope(method, headers=headers, **asked), identity=identity)
    try:
        check_site(seen, settings(**(changes or {})))
        check_origin(seen, settings(**(changes or {})))
    except Problem as problem:
        return problem.status != 403
    return True


def those_taken(headers: dict[str, str]) -> list[tuple[str, str | None]]:
    """Methods and identities of `SENT` that get through with these headers."""
    return [sent for sent in SENT if is_taken(sent[0], headers, sent[1])]


@pytest.mark.parametrize("field", ["origin", "referer"])
@pytest.mark.parametrize("site", [None, "same-origin", "none"])
def test_our_own_pages(field: str, site: str | None) -> None:
    headers = {field: ORIGIN if field == "origin" else f"{ORIGIN}/cases/1?a=b"}
    if site:
        headers["sec-fetch-site"] = site
    assert those_taken(headers) == SENT


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_pages_of_others_change_nothing(origin: str) -> None:
    assert those_taken({"origin": origin}) == []
    assert those_taken({"referer": origin}) == []
    # A referrer of ours helps no origin of others.
    assert those_taken({"origin": origin, "referer": ORIGIN}) == []
    assert those_taken({"origin": origin, "sec-fetch-site": "same-origin"}) == []


def test_who_does_not_say_where_they_come_from_changes_nothing() -> None:
    assert those_taken({}) == []
    assert those_taken({"sec-fetch-site": "same-origin"}) == []


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "SAME-ORIGIN", "same-origin, x"])
@pytest.mark.parametrize("identity", ["cookie", "open", None])
def test_the_browser_s_word_counts(site: str, identity: str | None) -> None:
    assert not is_taken("POST", {"origin": ORIGIN, "sec-fetch-site": site}, identity)
    assert not is_taken("GET", {"origin": ORIGIN, "sec-fetch-site": site}, identity)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("identity", ["cookie", "open", None])
def test_reading_from_here_or_by_hand(method: str, identity: str | None) -> None:
    assert is_taken(method, {}, identity)
    assert is_taken(method, {"sec-fetch-site": "none"}, identity)
    assert is_taken(method, {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, identity)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_script_of_others_reads_nothing(method: str) -> None:
    """Browsers tell the origin of such a script also where they leave out Sec-Fetch-Site."""
    assert is_taken(method, {"origin": ORIGIN})
    for origin in ELSEWHERE:
        assert not is_taken(method, {"origin": origin})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_says_nothing_of_a_site_is_heard_until_it_matters(method: str) -> None:
    check_site(seen_by(KEEPER, scope(method), identity=None), settings())


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "dest", "taken"),
    [
        ("navigate", "document", True),
        ("navigate", "iframe", False),
        ("navigate", "frame", False),
        ("navigate", "object", False),
        ("navigate", "embed", False),
        ("navigate", None, False),
        ("no-cors", "image", False),
        ("no-cors", "script", False),
        ("no-cors", "style", False),
        ("no-cors", "document", False),
        ("cors", "empty", False),
        ("websocket", "empty", False),
        (None, None, False),
    ],
)
def test_another_site_may_lead_here_and_load_nothing(
    site: str, mode: str | None, dest: str | None, taken: bool
) -> None:
    headers = {"sec-fetch-site": site}
    headers |= {"sec-fetch-mode": mode} if mode else {}
    headers |= {"sec-fetch-dest": dest} if dest else {}
    assert is_taken("GET", headers) is taken
    assert is_link(scope(headers=headers)) is taken
    # Nor may it send a form, not even to a whole page.
    assert not is_taken("POST", {**headers, "origin": ORIGIN})


@pytest.mark.parametrize("method", ["GET", *UNSAFE])
def test_programs_with_the_token_come_from_anywhere(method: str) -> None:
    for site, origin in product([None, "cross-site"], [None, *ELSEWHERE[:3]]):
        headers = {"sec-fetch-site": site} if site else {}
        headers |= {"origin": origin} if origin is not None else {}
        assert is_taken(method, headers, "token"), headers


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "taken"),
    [
        ("https://support.example", "127.0.0.1:8480", "http", True),
        ("https://support.example:443", "127.0.0.1:8480", "http", True),
        ("HTTPS://Support.Example", "support.example", "http", True),
        ("http://support.example", "support.example", "http", False),
        ("http://support.example:80", "support.example", "http", False),
        ("http://support.example", "127.0.0.1:8480", "http", False),
        ("https://support.example:8443", "127.0.0.1:8480", "http", False),
        ("https://support.example", "support.example", "https", True),
        ("http://support.example", "support.example", "https", False),
        ("http://127.0.0.1:8480", "127.0.0.1:8480", "http", True),
        ("http://localhost", "localhost:80", "http", True),
        ("http://localhost:80", "localhost", "http", True),
        ("https://localhost", "localhost:80", "https", False),
        ("http://LOCALHOST.:8480", "localhost:8480", "http", True),
        ("http://[::1]:8480", "[0:0::1]:8480", "http", True),
    ],
)
def test_behind_a_proxy_and_at_usual_ports(
    origin: str, host: str, scheme: str, taken: bool
) -> None:
    asked = is_taken("POST", {"origin": origin}, changes=PUBLIC, host=host, scheme=scheme)
    assert asked is taken


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("http://a.example:80/b?c", ("http", Authority("a.example", None))),
        ("https://a.example:80", ("https", Authority("a.example", 80))),
        ("HTTP://A.example", ("http", Authority("a.example", None))),
        ("", None),
        ("null", None),
        ("http://", None),
        ("http://[", None),
        ("data:,x", None),
    ],
)
def test_the_origin_of_a_url(text: str, read: Any) -> None:
    assert origin_of(text) == read
