"""Whatever is asked, an answer comes, with its policy, and nothing gets through that should not."""

import logging

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from tests.web.guard.asking import TOKEN, ask, scope
from tests.web.guard.test_stack import site

NAMES = st.sampled_from(
    [
        "host",
        "Host",
        "authorization",
        "cookie",
        "origin",
        "referer",
        "content-length",
        "content-type",
        "transfer-encoding",
        "sec-fetch-site",
        "sec-fetch-mode",
        "sec-fetch-dest",
        "x-csrf-token",
        "x-forwarded-for",
        "x-forwarded-proto",
    ]
)
LATIN = st.text(st.characters(max_codepoint=255))
PIECES = st.sampled_from(
    [
        "127.0.0.1:8480",
        "localhost",
        "http://",
        "https://evil.example",
        "Bearer ",
        "stanzascope-8480=",
        "same-origin",
        "cross-site",
        "navigate",
        "document",
        "multipart/form-data; boundary=X",
        "application/x-www-form-urlencoded",
        "chunked",
        "1",
        "999999999",
        "[::1]",
        "10.0.0.1, ",
        ":",
        ";",
        "%",
    ]
)
VALUES = st.lists(PIECES | LATIN, max_size=3).map("".join)
PATHS = st.lists(
    st.sampled_from(
        ["/", "//", "cases", "static", "api/v1", "sign-in", "..", "\\", "health/live", "files", "?"]
    )
    | st.text(),
    max_size=5,
).map("".join)
QUERIES = st.lists(
    st.sampled_from(["token=", "&", "next=", "//evil.example", "%00", "%", "="]) | LATIN,
    max_size=4,
).map("".join)
BODIES = st.lists(
    st.binary()
    | st.sampled_from(
        [b"--X\r\n", b'Content-Disposition: form-data; name="csrf"', b"\r\n\r\n", b"csrf="]
    ),
    max_size=4,
)


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", ""]) | st.text(),
    path=PATHS,
    query=QUERIES,
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=6),
    host=st.none() | st.just("127.0.0.1:8480") | VALUES,
    client=st.none() | st.tuples(st.sampled_from(["10.0.0.1", "::1", "x"]) | LATIN, st.just(1)),
    raw=st.none() | st.binary() | st.just(b"http://localhost/x"),
    body=BODIES,
)
@trying(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_an_answer_comes_and_nobody_gets_in(
    *,
    method: str,
    path: str,
    query: str,
    headers: list[tuple[str, str]],
    host: str | None,
    client: tuple[str, int] | None,
    raw: bytes | None,
    body: list[bytes],
) -> None:
    app = site(trusted_proxies=("10.0.0.0/8",))
    asked = scope(method, path, headers, query=query, host=host, client=client, raw_path=raw)
    answer = ask(app, asked, *body)
    assert 200 <= answer.status < 500
    assert "content-security-policy" in answer
    assert "set-cookie" not in answer
    if answer.status == 200:
        # What strangers may see, or the page that makes a browser ask once more.
        seen = asked["path"]
        is_open = seen in ("/sign-in", "/language", "/health/live") or seen.startswith("/static/")
        assert is_open or b'http-equiv="refresh"' in answer.body
    if "location" in answer:
        assert answer["location"].startswith("/")
        assert not answer["location"].startswith(("//", "/\\"))


@pytest.mark.parametrize("path", ["/", "/api/v1/cases", "/sign-in"])
def test_no_fault_is_met_on_the_way(path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    for name in ("authorization", "cookie", "origin", "content-type", "content-length"):
        for value in ("", "\xff" * 10_000, f"{TOKEN}\x00", "=" * 10_000, ";" * 10_000):
            assert ask(site(), scope("POST", path, {name: value})).status < 500
    assert caplog.records == []
