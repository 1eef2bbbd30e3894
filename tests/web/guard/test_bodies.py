"""Bodies of requests."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from analyzer.web.guard import bodies
from analyzer.web.guard.bodies import (
    LARGEST,
    Body,
    ClientGone,
    first_field,
    form_proof,
    is_upload,
    kind_of,
    read_whole,
)
from analyzer.web.problems import Problem, ProblemCode
from tests.web.guard.asking import messages, scope

FORM = "multipart/form-data; boundary=X"
LINES = "application/x-www-form-urlencoded"


def body(*given: Message, each_s: float = 0) -> Body:
    waiting = list(given)

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(3_600)
        await asyncio.sleep(each_s)
        return waiting.pop(0)

    return Body(receive)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_what_was_looked_at_comes_again() -> None:
    async def work() -> list[Message]:
        seen = body(*messages(b"ab", b"cd", b"ef"))
        assert await seen.first(3, 60) == b"abcd"
        return [await seen() for _ in range(2)]

    assert run(work()) == messages(b"abcd", b"ef")


def test_what_was_looked_at_twice_comes_once() -> None:
    async def work() -> list[Message]:
        seen = body(*messages(b"ab", b"cd", b"ef"))
        assert await seen.first(1, 60) == b"ab"
        assert await seen.first(1, 60) == b"cd"
        return [await seen() for _ in range(2)]

    assert run(work()) == messages(b"abcd", b"ef")


def test_looking_ends_with_the_body() -> None:
    async def work() -> Message:
        seen = body(*messages(b"ab"), {"type": "http.disconnect"})
        assert await seen.first(1_000, 60) == b"ab"
        assert await seen.first(1_000, 60) == b""
        assert await seen() == messages(b"ab")[0]
        return await seen()

    assert run(work()) == {"type": "http.disconnect"}


def test_a_client_that_leaves_is_noticed() -> None:
    first, _ = messages(b"ab", b"cd")
    with pytest.raises(ClientGone):
        run(body(first, {"type": "http.disconnect"}).first(4, 60))


def test_a_client_that_falls_silent_is_not_waited_for() -> None:
    first, _ = messages(b"ab", b"cd")
    with pytest.raises(Problem) as refused:
        run(body(first).first(4, 0.01))
    assert refused.value.code is ProblemCode.CUT_OFF


def test_octets_one_by_one_do_not_put_the_end_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WHOLE_S", 0.1)
    seen = body(*messages(*[b"a"] * 1_000), each_s=0.02)
    with pytest.raises(Problem) as refused:
        run(read_whole(scope("POST", headers={"content-length": "1000"}), seen))
    assert refused.value.code is ProblemCode.CUT_OFF


def test_a_message_without_a_body_is_an_empty_end() -> None:
    assert run(body({"type": "http.request"}).first(1, 60)) == b""


@pytest.mark.parametrize(
    ("method", "path", "kind", "upload"),
    [
        ("POST", "/cases", FORM, True),
        ("POST", "/cases/Ab-9/files", FORM, True),
        ("POST", "/api/v1/cases", FORM, True),
        ("POST", "/api/v1/cases/Ab-9/files", "Multipart/Form-Data;boundary=X", True),
        ("POST", "/cases", LINES, False),
        ("POST", "/cases", "", False),
        ("POST", "/cases", "multipart/form-data-x", False),
        ("POST", "/cases", "multipart/mixed; boundary=X", False),
        ("PUT", "/cases", FORM, False),
        ("PATCH", "/api/v1/cases", FORM, False),
        ("GET", "/cases", FORM, False),
        ("POST", "/cases/", FORM, False),
        ("POST", "/cases\n", FORM, False),
        ("POST", "/x/cases", FORM, False),
        ("POST", "/cases/a/b/files", FORM, False),
        ("POST", "/cases//files", FORM, False),
        ("POST", "/cases/a/delete", FORM, False),
        ("POST", "/api/v2/cases", FORM, False),
        ("POST", "/sign-in", FORM, False),
    ],
)
def test_only_forms_to_cases_may_be_large(method: str, path: str, kind: str, upload: bool) -> None:
    assert is_upload(scope(method, path, {"content-type": kind})) is upload


def test_a_body_without_a_kind() -> None:
    assert kind_of(scope()) == (b"", {})
    assert not is_upload(scope("POST", "/cases"))


@pytest.mark.parametrize("size", [0, 1, LARGEST - 1, LARGEST])
@pytest.mark.parametrize("declared", [True, False])
def test_a_body_up_to_the_limit_is_read(size: int, declared: bool) -> None:
    headers = {"content-length": str(size)} if declared else {"transfer-encoding": "chunked"}
    octets = b"a" * size
    pieces = [octets[at : at + 65_536] for at in range(0, size, 65_536)] or [b""]
    found = run(read_whole(scope("POST", headers=headers), body(*messages(*pieces))))
    assert found == octets


@pytest.mark.parametrize("length", [str(LARGEST + 1), "9" * 18, "9" * 19, "9" * 60_000])
def test_a_length_beyond_the_limit_is_refused_unread(length: str) -> None:
    with pytest.raises(Problem) as refused:
        run(read_whole(scope("POST", headers={"content-length": length}), body()))
    assert refused.value.code is ProblemCode.TOO_LARGE
    assert refused.value.values == {"limit": LARGEST}


@pytest.mark.parametrize(
    "headers", [{"transfer-encoding": "chunked"}, {"content-length": "5"}], ids=["none", "lie"]
)
def test_what_comes_is_counted_whatever_was_said(headers: dict[str, str]) -> None:
    pieces = [b"a" * 65_536] * 100
    seen = body(*messages(*pieces))
    with pytest.raises(Problem) as refused:
        run(read_whole(scope("POST", headers=headers), seen))
    assert refused.value.code is ProblemCode.TOO_LARGE
    held = run(seen())
    assert held["more_body"]
    assert len(held["body"]) == LARGEST + 65_536


def test_a_request_without_a_body_is_not_waited_for() -> None:
    assert run(asyncio.wait_for(read_whole(scope("GET"), body()), 5)) == b""


@pytest.mark.parametrize(
    ("kind", "octets", "proof"),
    [
        (LINES, b"csrf=abc.d-_e&number=1", "abc.d-_e"),
        (LINES, b"number=1&csrf=abc", "abc"),
        (LINES, b"csrf=a&csrf=b", "a"),
        (f"{LINES}; charset=utf-8", b"csrf=a%2Eb", "a.b"),
        (LINES, b"csrf=", None),
        (LINES, b"", None),
        (LINES, b"csrf", None),
        (LINES, b"xcsrf=a", None),
        (LINES, b"CSRF=a", None),
        (LINES, b"csrf=\xff", None),
        (LINES, b"a=b&" * 1_001 + b"csrf=a", None),
        ("text/plain", b"csrf=abc", None),
        ("application/json", b'{"csrf": "abc"}', None),
        ("", b"csrf=abc", None),
        (FORM, b'--X\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n--X--', "abc"),
        ("multipart/form-data", b"--\r\n\r\n\r\n--", None),
        ('multipart/form-data; boundary=""', b"--\r\n\r\n\r\n--", None),
    ],
    ids=range(17),
)
def test_the_proof_of_a_form(kind: str, octets: bytes, proof: str | None) -> None:
    assert form_proof(scope("POST", headers={"content-type": kind}), octets) == proof


def part(head: str, value: str = "abc", end: str = "\r\n--X") -> bytes:
    return f"--X\r\n{head}\r\n\r\n{value}{end}".encode()


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        (part('Content-Disposition: form-data; name="csrf"'), "abc"),
        (part('content-disposition:form-data;name="csrf"'), "abc"),
        (part("Content-Disposition: form-data; name=csrf"), "abc"),
        (part('Content-Type: text/plain\r\nContent-Disposition: form-data; name="csrf"'), "abc"),
        (part('Content-Disposition: form-data; name="csrf"', ""), ""),
        (part('Content-Disposition: form-data; name="csrf"', "é"), "Ã©"),
        (part('Content-Disposition: form-data; name="number"'), None),
        (part('Content-Disposition: form-data; name="csrf2"'), None),
        (part("Content-Type: text/plain"), None),
        (part(""), None),
        (part('Content-Disposition: form-data; name="csrf"', end=""), None),
        (part('Content-Disposition: form-data; name="csrf"', end="\r\n--Y"), None),
        (b"preamble\r\n" + part('Content-Disposition: form-data; name="csrf"'), None),
        (b"--XY" + part('Content-Disposition: form-data; name="csrf"')[3:], None),
        (b'--X\nContent-Disposition: form-data; name="csrf"\n\nabc\n--X', None),
        (
            part('Content-Disposition: form-data; name="number"')
            + b'\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n--X--',
            None,
        ),
        (b"--X\r\n", None),
        (b"--X", None),
        (b"", None),
    ],
    ids=range(19),
)
def test_the_first_field(octets: bytes, value: str | None) -> None:
    assert first_field(octets, b"X") == value


@given(st.binary(), st.binary(max_size=3))
def test_any_octets_are_a_field_or_none(octets: bytes, boundary: bytes) -> None:
    assert isinstance(first_field(octets, boundary), str | None)
    head = b'--X\r\nContent-Disposition: form-data; name="csrf"' + octets
    assert isinstance(first_field(head, b"X"), str | None)


@given(st.text(st.characters(max_codepoint=255)), st.binary())
def test_any_kind_of_body_has_a_proof_or_none(kind: str, octets: bytes) -> None:
    for beginning in ("", "multipart/form-data;", "multipart/form-data; boundary=", LINES):
        asked = scope("POST", headers={"content-type": beginning + kind})
        assert isinstance(form_proof(asked, octets), str | None)
