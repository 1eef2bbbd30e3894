"""Requests that can be read in two ways."""

from typing import Any

import pytest

from analyzer.web.guard.shape import check_shape
from analyzer.web.problems import Problem
from tests.web.guard.asking import scope


def status(*fields: tuple[str, str], **asked: Any) -> int:
    try:
        check_shape(scope(**{"method": "POST", **asked}, headers=fields))
    except Problem as problem:
        return problem.status
    return 200


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("content-length", "0")],
        [("content-length", "00012")],
        [("transfer-encoding", "chunked")],
        [("Transfer-Encoding", "Chunked")],
        [("authorization", "a"), ("content-type", "b"), ("origin", "c"), ("referer", "d")],
        [("cookie", "a=1"), ("cookie", "b=2"), ("accept", "a"), ("accept", "b")],
    ],
)
def test_what_reads_in_one_way(fields: list[tuple[str, str]]) -> None:
    assert status(*fields) == 200


@pytest.mark.parametrize(
    "fields",
    [
        [("content-length", "1"), ("content-length", "1")],
        [("content-length", "1"), ("Content-Length", "2")],
        [("content-length", "1"), ("transfer-encoding", "chunked")],
        [("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
        [("transfer-encoding", "gzip, chunked")],
        [("transfer-encoding", "identity")],
        [("transfer-encoding", "xchunked")],
        [("transfer-encoding", "")],
        [("transfer-encoding", "chunked\x0b")],
        [("content-length", "")],
        [("content-length", "1, 1")],
        [("content-length", "+1")],
        [("content-length", "-1")],
        [("content-length", "1_0")],
        [("content-length", "0x10")],
        [("content-length", "1.0")],
        [("content-length", "\xb2")],
        [("authorization", "Bearer a"), ("Authorization", "Bearer b")],
        [("content-type", "text/plain"), ("content-type", "multipart/form-data")],
        [("origin", "http://127.0.0.1:8480"), ("origin", "http://evil.example")],
        [("referer", "a"), ("referer", "b")],
        [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    ],
    ids=repr,
)
def test_what_reads_in_two_ways_is_refused(fields: list[tuple[str, str]]) -> None:
    assert status(*fields) == 400


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", 200),
        ("/cases/é", 200),
        ("/cases/../x", 200),
        ("http://evil.example/", 404),
        ("http://127.0.0.1:8480/cases", 404),
        ("evil.example:443", 404),
        ("*", 404),
        ("", 404),
        ("\\", 404),
        ("/a\0b", 404),
        ("/a\r\nb", 404),
        ("/a\tb", 404),
        ("/a\x1b[0m", 404),
        ("/a\x7f", 404),
    ],
)
def test_a_target_is_a_path(path: str, expected: int) -> None:
    assert status(path=path) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", 200), ("search=a%01", 200), ("search=a%00", 400), ("%00", 400), ("a=%2500", 200)],
)
def test_no_query_contains_nul(query: str, expected: int) -> None:
    assert status(query=query) == expected


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_reads_sends_no_body(method: str) -> None:
    for none in ([], [("content-length", "0")], [("content-length", "000")]):
        assert status(*none, method=method) == 200
    for field in (
        ("content-length", "1"),
        ("content-length", "010"),
        ("transfer-encoding", "chunked"),
    ):
        assert status(field, method=method) == 400
