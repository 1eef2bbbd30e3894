"""Texts in base64 and in `data:` URLs are read, and nothing else becomes another."""

import base64
import json
from urllib.parse import quote, unquote

import pytest

from analyzer.report.har import embedded
from analyzer.report.har.embedded import in_base64, in_data
from analyzer.report.har.text import HarText
from analyzer.report.redaction.vault import Vault

NAMED = '{"password": "CanaryPw9x7zQ"}'


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def upper(text: str) -> str:
    return text.upper()


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("around", ["{}", "<a>{}</a>", '{{"b": "{}"}}', "data:text/x;base64,{}"])
def test_a_secret_that_is_named_in_base64_is_found(around: str, depth: int) -> None:
    coded = NAMED
    for _ in range(depth):
        coded = b64(coded)
    text = HarText(Vault(), None)
    left = text.plain(around.format(coded))
    begin, end = around.format("\0").split("\0")
    left = left.removeprefix(begin).removesuffix(end)
    for _ in range(depth):
        left = base64.b64decode(left).decode()
    assert left == '{"password": "[redacted: password 1]"}'
    text.begin()
    assert "CanaryPw" not in text.plain("CanaryPw9x7zQ"), "it is known elsewhere, too"


@pytest.mark.parametrize("value", [NAMED, NAMED.replace(": ", ":")])
def test_a_secret_that_is_named_in_a_data_url_is_found(value: str) -> None:
    text = HarText(Vault(), None)
    once = text.plain(f"see data:application/json,{quote(value)} there")
    assert "Canary" not in once
    assert json.loads(unquote(once.split(",")[1].removesuffix(" there")))["password"].startswith(
        "[redacted: password 1]"
    )
    assert text.plain(once) == once


def test_base64_keeps_its_alphabet_and_its_padding() -> None:
    told = "<<???>>~~ password words"
    standard, for_urls = b64(told), base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")
    assert in_base64(standard, upper) == b64(told.upper())
    left = in_base64(for_urls, upper)
    assert base64.urlsafe_b64decode(left + "=" * (-len(left) % 4)).decode() == told.upper()


@pytest.mark.parametrize(
    "text",
    [
        "/finesse/api/User/1001/Dialogs http://jabber.org/protocol/httpbind",
        b64("words that \x01\x02 have fields"),
        base64.b64encode(b"words \xff\xfe that have no letters").decode(),
        b64("short"),
        "data:text/plain,words%",
        "100% data:text/plain,words",
    ],
)
def test_what_is_no_text_is_left(text: str) -> None:
    assert in_base64(in_data(text, lambda inner: inner), upper) == text


def test_only_so_much_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_LONGEST", 30)
    text = b64(NAMED)
    assert in_base64(text, upper) == text
    url = f"data:text/plain,{quote(NAMED)}"
    assert in_data(url, upper) == url
    assert in_data("data:text/plain,a%20b", upper) == "data:text/plain,A%20B"
