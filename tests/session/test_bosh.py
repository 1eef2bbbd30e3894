"""BOSH is told by its path, or by its body."""

import pytest

from analyzer.model.http import Exchange, Request
from analyzer.model.source import HarSource
from analyzer.session.bosh import is_bosh


@pytest.mark.parametrize(
    ("method", "url", "body", "expected"),
    [
        ("POST", "https://a.test:7443/http-bind/", b"", True),
        ("POST", "https://a.test/HTTP-BIND?x", b"", True),
        ("POST", "/bosh", b"", True),
        ("POST", "/xmpp", b"\n<body rid='1'/>", True),
        ("POST", "/xmpp", b"<body/>", True),
        ("POST", "/xmpp", b"<bodyguard/>", False),
        ("POST", "/x?next=/http-bind/", b"", False),
        ("POST", "/http-binding", b"", False),
        ("GET", "/http-bind/", b"", False),
    ],
)
def test_is_bosh(method: str, url: str, body: bytes, expected: bool) -> None:
    source = HarSource(0, 0, None, None)
    request = Request(method=method, url=url, body=body, source=source)
    assert is_bosh(Exchange(request=request, response=None)) is expected


def test_a_response_alone_tells_nothing() -> None:
    assert not is_bosh(Exchange(request=None, response=None))
