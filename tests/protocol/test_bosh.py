"""Which exchanges are BOSH, and what is there where a body should be."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.bosh import Turn
from analyzer.model.http import Exchange, Response
from analyzer.model.source import Source
from analyzer.protocol.bosh import Bosh
from tests.protocol.posted import AT, BODY, HAR, URL, request, response, turn

EMPTY = f"{BODY}/>".encode()
ASK = f"{BODY} rid='5' sid='a'/>".encode()
HTML = (("Content-Type", "Text/HTML; charset=x"),)


def test_a_request_with_its_response() -> None:
    found = turn(request(ASK), response(EMPTY))
    assert (found.url, found.method, found.status) == (URL.partition("?")[0], "POST", 200)
    assert found.request is not None
    assert (found.request.rid, found.request.sid) == (5, "a")
    assert found.response is not None
    assert (found.response.attributes, found.response.stanzas) == ({}, ())
    assert (found.asked, found.answered, found.body_missing) == (AT, AT, False)
    assert found.anomalies == ()


@pytest.mark.parametrize(
    ("method", "url", "body", "expected"),
    [
        ("POST", "https://a/http-bind/", b"", True),
        ("POST", "https://a/HTTP-BIND?x", b"", True),
        ("POST", "https://a/x/bosh", b"", True),
        ("POST", "https://a/x/bosh;jsessionid=1", b"", True),
        ("POST", "https://a/boshy", b"", False),
        ("POST", "https://a/?/bosh", b"", False),
        ("POST", "https://a/http-bind/", b"a=b", False),
        ("POST", "https://a/x", ASK, True),
        ("POST", "https://a/x", b"<?xml version='1.0'?>\n" + ASK, True),
        ("POST", "https://a/x", b"\xef\xbb\xbf" + ASK, True),
        ("POST", "https://a/x", b"<bodyguard/>", False),
        ("POST", "https://a/x", b"<b:body xmlns:b='http://jabber.org/protocol/httpbind'/>", True),
        ("OPTIONS", "https://a/http-bind/", b"", False),
        ("GET", "https://a/http-bind/", ASK, False),
    ],
)
def test_it_is_told_by_its_path_or_its_body(
    method: str, url: str, body: bytes, expected: bool
) -> None:
    found = Bosh(0).feed(Exchange(request=request(body, url=url, method=method), response=None))
    assert bool(found) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, False),
        (response(EMPTY), True),
        (response(b"<body/>"), False),
        (response(b"<html><body/></html>"), False),
    ],
)
def test_a_response_whose_request_was_not_captured(answer: Response | None, expected: bool) -> None:
    found = Bosh(0).feed(Exchange(request=None, response=answer))
    assert bool(found) is expected
    if found:
        assert found == [replace(turn(request(ASK), answer), url="", request=None, asked=None)]


def test_no_answer() -> None:
    found = turn(request(ASK), None, "net::ERR_FAILED")
    assert (found.status, found.error, found.answered) == (0, "net::ERR_FAILED", None)


@pytest.mark.parametrize(
    ("status", "source", "length", "missing"),
    [
        (200, HAR, 0, True),
        (200, AT, 0, False),
        (200, AT, 30, True),
        (404, HAR, 30, False),
    ],
)
def test_a_body_that_the_recording_does_not_hold(
    status: int, source: Source, length: int, missing: bool
) -> None:
    answer = response(b"", status=status, source=source, length=length)
    assert turn(request(ASK), answer).body_missing is missing


def test_a_page_of_a_proxy() -> None:
    page = b"<html><body>log in</body></html>"
    found = turn(request(ASK), response(page, headers=HTML))
    assert (found.response, found.body_missing) == (None, False)
    (anomaly,) = found.anomalies
    assert anomaly.code is AnomalyCode.BOSH_BODY
    assert anomaly.values == {"problem": "no body element", "content": "text/html"}
    assert anomaly.length == len(page)
    strange = turn(request(ASK), response(page, headers=(("Content-Type", "<secret>"),)))
    assert strange.anomalies[0].values["content"] == "unknown"
    assert turn(request(ASK), response(page, status=502)).anomalies == ()


def test_content_codings() -> None:
    packed = gzip.compress(EMPTY, mtime=0)
    found = turn(request(ASK), response(packed, headers=(("Content-Encoding", "gzip"),)))
    assert found.response is not None
    unknown = turn(request(ASK), response(packed, headers=(("Content-Encoding", "br"),)))
    assert (unknown.response, unknown.body_missing) == (None, False)
    assert [anomaly.values for anomaly in unknown.anomalies] == [{"problem": "content coding"}]


@given(st.binary(), st.binary(), st.sampled_from([0, 5, 1 << 20]), st.sampled_from([AT, HAR]))
@settings(max_examples=300)
def test_any_octets(sent: bytes, got: bytes, more: int, source: Source) -> None:
    asked = request(ASK + sent, length=len(ASK + sent) + more, source=source)
    for body in (got, BODY.encode() + got, BODY.encode() + b">" + got + b"</body>"):
        answer = response(body, length=len(body) + more, source=source)
        (found,) = Bosh(0).feed(Exchange(request=asked, response=answer))
        assert isinstance(found, Turn)
        stanzas = [
            stanza for part in (found.request, found.response) if part for stanza in part.stanzas
        ]
        assert len({(s.direction, s.source) for s in stanzas}) == len(stanzas)
        Bosh(0).feed(Exchange(request=None, response=answer))
