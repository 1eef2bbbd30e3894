"""What an answer may do in a browser: SECURITY.md row 17."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.types import Message

from analyzer.web.guard.headers import (
    DATA,
    EVERY,
    PAGE,
    REPORT,
    attachment,
    dressed,
    for_download,
)
from tests.web.guard.asking import scope, settings

POWERS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
)


def encodable(name: str) -> bool:
    """It holds no half of a character."""
    return name == name.encode("utf-8", "replace").decode()


def answered(
    path: str,
    given: Mapping[str, str] | None = None,
    status: int = 200,
    scheme: str = "http",
    **changes: Any,
) -> Headers:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def work() -> None:
        asked = scope(path=path, scheme=scheme)
        raw = [(name.encode(), value.encode()) for name, value in (given or {}).items()]
        dress = dressed(asked, send, settings(**changes))
        await dress({"type": "http.response.start", "status": status, "headers": raw})
        await dress({"type": "http.response.body", "body": b"x"})

    asyncio.run(work())
    assert sent[1] == {"type": "http.response.body", "body": b"x"}
    return Headers(raw=sent[0]["headers"])


@pytest.mark.parametrize("path", ["/", "/cases/a", "/sign-in", "/static/a.css", "/nowhere"])
@pytest.mark.parametrize("status", [200, 303, 400, 404, 405, 413, 500])
def test_a_page(path: str, status: int) -> None:
    assert dict(answered(path, status=status)) == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": POWERS,
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ),
        "x-frame-options": "DENY",
    }


@pytest.mark.parametrize("path", ["/api/v1/cases", "/health/live", "/metrics", "/api/nowhere"])
@pytest.mark.parametrize("status", [200, 201, 400, 404, 405, 413, 500])
def test_an_answer_to_a_program(path: str, status: int) -> None:
    assert dict(answered(path, status=status)) == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": POWERS,
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
        "content-security-policy": (
            "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
        "x-frame-options": "DENY",
    }


@pytest.mark.parametrize("path", ["/cases/a/report", "/api/v1/cases/a/report"])
def test_a_report(path: str) -> None:
    assert dict(answered(path, REPORT)) == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": POWERS,
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
        "content-security-policy": (
            "sandbox allow-scripts allow-downloads; default-src 'none'; "
            "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        ),
        "x-frame-options": "SAMEORIGIN",
    }


@pytest.mark.parametrize("path", ["/cases/a/files/b", "/api/v1/cases/a/files/b"])
def test_a_download(path: str) -> None:
    assert dict(answered(path, for_download("a.har"))) == {
        "content-type": "application/octet-stream",
        "content-disposition": "attachment; filename=\"a.har\"; filename*=UTF-8''a.har",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": POWERS,
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
        "content-security-policy": DATA["content-security-policy"],
        "x-frame-options": "DENY",
    }


def test_a_download_of_ours_says_what_it_is() -> None:
    assert for_download("a.md", "text/markdown; charset=utf-8")["content-type"] == (
        "text/markdown; charset=utf-8"
    )


def test_no_policy_lets_a_script_of_others_in() -> None:
    for policy in (PAGE, REPORT, DATA, for_download("a")):
        told = policy["content-security-policy"]
        assert "default-src 'none'" in told
        assert "base-uri 'none'" in told
        assert "allow-same-origin" not in told
        assert "http:" not in told
        assert "*" not in told
        assert "unsafe-eval" not in told
        assert dict(policy).items() >= {"x-content-type-options": "nosniff"}.items()
    assert "unsafe" not in PAGE["content-security-policy"]
    assert "content-security-policy" not in EVERY


def test_what_an_endpoint_says_stands() -> None:
    given = {"cache-control": "max-age=60", "content-security-policy": "default-src 'none'"}
    headers = answered("/static/a.css", given)
    assert headers["cache-control"] == "max-age=60"
    assert headers.getlist("content-security-policy") == ["default-src 'none'"]
    # It chose a policy of its own: nothing of a page's is mixed in.
    assert "cross-origin-opener-policy" not in headers


@pytest.mark.parametrize(
    ("changes", "scheme", "told"),
    [
        ({}, "http", None),
        ({"public_url": "http://a.example"}, "http", None),
        ({}, "https", "max-age=31536000"),
        ({"public_url": "https://a.example"}, "http", "max-age=31536000"),
    ],
)
def test_over_tls_browsers_come_back_over_tls(
    changes: dict[str, Any], scheme: str, told: str | None
) -> None:
    for said in ({}, REPORT, for_download("a")):
        headers = answered("/", said, scheme=scheme, **changes)
        assert headers.get("strict-transport-security") == told


def test_401_tells_how_to_sign_in() -> None:
    assert answered("/api/v1/x", status=401)["www-authenticate"] == 'Bearer realm="stanzascope"'
    assert "www-authenticate" not in answered("/api/v1/x", status=403)
    headers = answered("/api/v1/x", {"www-authenticate": "Bearer"}, status=401)
    assert headers.getlist("www-authenticate") == ["Bearer"]


@pytest.mark.parametrize("path", ["/", "/api/v1/cases", "/static/a"])
def test_other_sites_are_never_let_in(path: str) -> None:
    assert not any(name.startswith("access-control") for name in answered(path))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("case.pcapng", "filename=\"case.pcapng\"; filename*=UTF-8''case.pcapng"),
        ("a b.har", "filename=\"a b.har\"; filename*=UTF-8''a%20b.har"),
        ("é.har", "filename=\"_.har\"; filename*=UTF-8''%C3%A9.har"),
        ('"; x="y', "filename=\"__ x=_y\"; filename*=UTF-8''%22%3B%20x%3D%22y"),
        ("a\r\nX: y", "filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
        ("..\\..\\a", "filename=\".._.._a\"; filename*=UTF-8''..%5C..%5Ca"),
        ("../a", "filename=\".._a\"; filename*=UTF-8''..%2Fa"),
        ("100%41", "filename=\"100_41\"; filename*=UTF-8''100%2541"),
        ("\ud800", "filename=\"_\"; filename*=UTF-8''%3F"),
        ("", "filename=\"\"; filename*=UTF-8''"),
    ],
)
def test_the_name_of_a_download(name: str, written: str) -> None:
    assert attachment(name) == f"attachment; {written}"


@given(st.text().filter(encodable))
def test_any_name_is_read_as_it_was(name: str) -> None:
    found = re.fullmatch(
        r"attachment; filename=\"([^\"\\%/;\x00-\x1f\x7f]*)\"; filename\*=UTF-8''([!-~]*)",
        attachment(name),
    )
    assert found is not None
    assert len(found[1]) == len(name)
    assert unquote(found[2]) == name
    assert set(found[2]).isdisjoint("\"'();,<>@\\/[]?={} ")
