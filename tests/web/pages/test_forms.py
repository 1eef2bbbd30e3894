"""Small forms, as strangers send them."""

from collections.abc import AsyncIterator

import pytest

from tests.web.pages.conftest import Site, refusal

ORIGIN = {"Origin": "http://127.0.0.1:8480", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "body",
    [
        b"language=%FF",
        b"&".join(b"a%d=1" % number for number in range(21)),
    ],
    ids=["escapes", "fields"],
)
def test_what_is_no_form_is_refused(site: Site, body: bytes) -> None:
    body = f"csrf={site.token()}&".encode() + body
    refusal(site.ask("POST", "/language", content=body, headers=ORIGIN), "bad-form")


def test_a_form_that_is_too_long_is_refused(site: Site) -> None:
    body = f"csrf={site.token()}&language=".encode() + b"a" * (1 << 18)
    refusal(site.ask("POST", "/language", content=body, headers=ORIGIN), "too-large")


@pytest.mark.parametrize("body", [b"", b"language=fr", b"csrf=&language=fr", b"csrf=x&language=fr"])
def test_a_form_that_is_not_ours_is_refused(site: Site, body: bytes) -> None:
    answer = site.ask("POST", "/language", content=body, headers=ORIGIN)
    refusal(answer, "csrf")
    assert "set-cookie" not in answer.headers


def test_notes_as_long_as_they_may_be_fit(site: Site) -> None:
    case = site.case()
    notes = "\U0001f4de" * 20_000
    assert site.send(f"/cases/{case}", notes=notes).status_code == 303
    assert site.services.casebook.case(case).notes == notes


def test_files_that_nobody_took_are_gone(site: Site) -> None:
    refusal(site.upload(profile="none"), "bad-value")
    incoming = site.stores.settings.data / "incoming"
    assert [path for path in incoming.rglob("*") if path.is_file() and path.stat().st_size] == []


def test_what_has_no_case_is_refused_before_it_comes(site: Site) -> None:
    taken = []
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{site.token()}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.har"\r\n\r\n'
    )

    async def body() -> AsyncIterator[bytes]:
        for octets in (parts.encode().ljust(1 << 15), b" " * 9, b"\r\n--x--\r\n"):
            taken.append(octets)
            yield octets

    headers = {**ORIGIN, "Content-Type": "multipart/form-data; boundary=x"}
    refusal(site.ask("POST", "/cases/none/files", content=body(), headers=headers), "not-found")
    assert len(taken) == 1
