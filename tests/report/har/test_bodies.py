"""Bodies lose their secrets, or all of their text."""

import base64
import gzip
import zlib
from typing import Any

import pytest

from analyzer.report.har import octets
from analyzer.report.har.bodies import Bodies
from analyzer.report.har.text import HarText
from analyzer.report.redaction.people import People
from analyzer.report.redaction.vault import Vault


def bodies(*, people: bool = False) -> Bodies:
    vault = Vault()
    text = HarText(vault, People(vault) if people else None)
    return Bodies(text, "body removed", people=people)


def body(kind: object, text: object, **more: Any) -> dict[str, Any]:
    return {"mimeType": kind, "text": text, **more}


KEPT = (
    "application/json",
    "application/vnd.api+json; charset=utf-8",
    "text/xml",
    "application/soap+xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain;charset=UTF-8",
    "text/event-stream",
)


@pytest.mark.parametrize("kind", KEPT)
def test_what_has_fields_is_kept(kind: str) -> None:
    assert bodies().body(body(kind, "a=1"), told=False) == body(kind, "a=1")


EMPTIED = (
    ("text/html", "<p>"),
    ("application/xhtml+xml", "<p/>"),
    ("image/svg+xml", "<svg/>"),
    ("image/png", "AAAA"),
    ("text/javascript", "x=1"),
    ("application/javascript; charset=utf-8", "x=1"),
    ("text/css", "p{}"),
    ("font/woff2", "AAAA"),
    ("", "words"),
    ("", "<!doctype html>"),
    ("", "<html>"),
    (None, "words"),
    ("application/json", "1" * (3 << 20)),
)


@pytest.mark.parametrize(("kind", "text"), EMPTIED, ids=[str(n) for n in range(len(EMPTIED))])
def test_what_nobody_needs_is_emptied(kind: str, text: str) -> None:
    maker = bodies()
    left = maker.body(body(kind, text, size=5, encoding="base64", comment="old"), told=False)
    assert left == {"mimeType": kind, "size": 5, "comment": "old; body removed"}
    assert maker.body(body(kind, text), told=False)["comment"] == "body removed"
    assert maker.emptied == 2


@pytest.mark.parametrize("text", ['{"a": 1}', "<a/>", "a=1&b=2", "[]"])
def test_what_has_no_type_is_told_by_its_text(text: str) -> None:
    assert bodies().body(body("", text), told=False)["text"] == text
    assert bodies().body(body("application/octet-stream", text), told=False)["text"] == text


def test_what_is_told_is_kept_whatever_it_is() -> None:
    for people in (False, True):
        left = bodies(people=people).body(body("text/html", "<p>token=abcdef</p>"), told=True)
        assert left["text"] == "<p>token=[redacted: token 1]</p>"


def test_where_people_go_only_what_is_told_is_kept() -> None:
    maker = bodies(people=True)
    left = maker.body(
        body("application/json", '{"token": "abcdef"}', params=[{"name": "x"}]), told=False
    )
    assert left == {"mimeType": "application/json", "params": [], "comment": "body removed"}
    assert maker.body({"mimeType": "x", "params": []}, told=False) == {
        "mimeType": "x",
        "params": [],
    }


@pytest.mark.parametrize("odd", [{}, body("text/plain", None), body("text/plain", "")])
def test_nothing_is_left_as_it_is(odd: dict[str, Any]) -> None:
    assert bodies().body(odd, told=False) == odd


def test_base64_is_looked_into() -> None:
    coded = base64.b64encode(b'{"token": "abcdef"}').decode()
    left = bodies().body(body("application/json", coded, encoding="base64"), told=False)
    assert base64.b64decode(left["text"]) == b'{"token": "[redacted: token 1]"}'
    odd = bodies().body(body("text/plain", "token=abcdef", encoding="base64"), told=False)
    assert odd["text"] == "token=[redacted: token 1]"


TOLD = b'{"token": "abcdef", "words": "that are many enough to be wrapped at seventy-six"}'


@pytest.mark.parametrize("claim", ["base64", "BASE64", " base64url"])
@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize(
    "coded",
    [
        base64.encodebytes(TOLD),
        base64.b64encode(TOLD).rstrip(b"="),
        base64.urlsafe_b64encode(TOLD + b"?>?>?>"),
        base64.b64encode(TOLD.decode().encode("utf-16")),
        base64.b64encode(gzip.compress(TOLD)),
        base64.b64encode(zlib.compress(TOLD)),
    ],
    ids=["wrapped", "unpadded", "url", "utf-16", "gzip", "zlib"],
)
def test_base64_is_looked_into_however_it_is_written(coded: bytes, told: bool, claim: str) -> None:
    given = body("application/json", coded.decode(), encoding=claim)
    left = bodies().body(given, told=told)["text"]
    found = octets.read(octets.decoded(left) or b"")
    assert found is not None
    assert found.text.startswith('{"token": "[redacted: token 1]", "words"')


@pytest.mark.parametrize("text", [base64.b64encode(b"\xff\x00 no text").decode(), "no base64?"])
@pytest.mark.parametrize("told", [False, True])
def test_base64_that_nobody_can_read_is_emptied(text: str, told: bool) -> None:
    maker = bodies()
    left = maker.body(body("text/plain", text, encoding="base64", size=9), told=told)
    assert left == {"mimeType": "text/plain", "size": 9, "comment": "body removed"}
    assert maker.emptied == 1


def test_base64_without_a_secret_stays_as_it_was_written() -> None:
    wrapped = base64.encodebytes(b"words " * 20).decode()
    left = bodies().body(body("text/plain", wrapped, encoding="base64"), told=False)
    assert left["text"] == wrapped


def test_octets_that_are_no_utf_8_keep_what_they_are() -> None:
    coded = base64.b64encode(b"\xff\xfe token=abcdef").decode()
    left = bodies().packed(coded, HarText(Vault(), None).plain)
    assert left is not None
    assert base64.b64decode(left) == b"\xff\xfe token=[redacted: token 1]"
    assert bodies().packed("//4=", HarText(Vault(), None).plain) == "//4="
    assert bodies().packed("AAEC", HarText(Vault(), None).plain, any_octets=True) == "AAEC"


@pytest.mark.parametrize("odd", [{"token": "abcdef"}, ["abcdef"], {}])
def test_where_people_go_a_body_that_is_no_text_goes(odd: object) -> None:
    left = bodies(people=True).body(body("text/plain", odd), told=False)
    assert left == {"mimeType": "text/plain", "comment": "body removed"}
    assert bodies(people=True).body(body("text/plain", odd), told=True)["text"] == odd
    assert bodies().body(body("text/plain", odd), told=False)["text"] == odd


def test_each_kind_is_read_as_what_it_is() -> None:
    sasl = (
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAaHVudGVyMjI=</auth>"
    )
    left = bodies().body(body("text/xml", sasl), told=True)["text"]
    assert b"[redacted: password 1]" in base64.b64decode(
        left.partition("'PLAIN'>")[2].partition("<")[0]
    )
    form = bodies().body(body("application/x-www-form-urlencoded", "pin=1234"), told=False)
    assert form["text"] == "pin=[redacted: password 1]"
