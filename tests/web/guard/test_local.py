"""Places on this server."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.web.guard.local import local

HERE = "http://127.0.0.1:8480"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/cases/Ab_-9",
        "/cases/Ab_-9/report.html",
        "/?search=a&outcome=b",
        "/cases?search=%2F%2Fevil.example",
        "/a/../b",
        "/cases/a:b@c",
        "/%5C%5Cevil",
    ],
)
def test_what_stays_here_is_kept(target: str) -> None:
    assert local(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "//evil.example",
        "///evil.example",
        "////",
        "/\\evil.example",
        "/\\/evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "https://evil.example/",
        "https:evil.example",
        "https:/evil.example",
        "HTTPS:\\\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        ":80",
        "?next=/",
        "#top",
        " /",
        " //evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "/\0",
        "/\x7f",
        "/a b",
        "/é",
        "/\u2044evil",
        "/\uff0fevil.example",
        "/\ud800",
    ],
)
def test_what_leads_elsewhere_leads_to_the_first_page(target: str) -> None:
    assert local(target) == "/"


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/cases#part", "/cases"),
        ('/"><script>', "/%22%3E%3Cscript%3E"),
        ('/?a="<b>', "/?a=%22%3Cb%3E"),
        ("/a|b^c`{}", "/a%7Cb%5Ec%60%7B%7D"),
        ("/;//evil", "/;//evil"),
        ("/?", "/"),
    ],
)
def test_what_no_url_holds_is_escaped(target: str, kept: str) -> None:
    assert local(target) == kept
    assert local(kept) == kept


@given(st.text(st.sampled_from("/\\.:@?#%ehtps0 \t\n[]&;")) | st.text())
def test_whatever_is_given_a_browser_stays_here(target: str) -> None:
    place = local(target)
    assert place.startswith("/")
    # As browsers read it: tabs and line ends dropped, a backslash is a slash (WHATWG URL 4.4).
    read = place.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    assert urlsplit(urljoin(HERE, read))[:2] == ("http", "127.0.0.1:8480")
    assert read.isascii()
    assert read.isprintable()
