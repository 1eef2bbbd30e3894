"""Start lines and field lines of HTTP/1.1."""

import pytest

from analyzer.model.http import Headers
from analyzer.protocol.http1_lines import CUT_START, START, content_length, field_lines
from tests.protocol.wire import C, S


def lines(text: str) -> tuple[Headers, int]:
    return field_lines([line.encode("latin-1") for line in text.split("\n")])


def test_every_field_line_is_kept_in_order() -> None:
    text = "Host: a\r\nSet-Cookie: 1\r\nset-cookie:2 \t\r\nEmpty:\r\n\r\n"
    assert lines(text) == (
        (("Host", "a"), ("Set-Cookie", "1"), ("set-cookie", "2"), ("Empty", "")),
        0,
    )


def test_a_folded_line_continues_the_one_before() -> None:
    assert lines("A: one\r\n  two\r\n\tthree\r\nB:\r\n four") == (
        (("A", "one two three"), ("B", "four")),
        0,
    )


def test_octets_are_latin_1() -> None:
    assert lines("A: \xe9") == ((("A", "\xe9"),), 0)


def test_what_is_no_field_line_is_counted() -> None:
    assert lines(" folded first\nno colon\nA : 1\nB: 2") == (
        (("A", "1"), ("B", "2")),
        len(" folded first") + len("no colon") + len("A : 1"),
    )


@pytest.mark.parametrize(
    ("values", "length"),
    [
        ((), None),
        (("5",), 5),
        (("5, 5",), 5),
        (("5", "5"), 5),
        (("5", "6"), -1),
        (("-5",), -1),
        (("",), -1),
        (("\xb2",), -1),
        (("9" * 19,), -1),
    ],
)
def test_content_length(values: tuple[str, ...], length: int | None) -> None:
    assert content_length(tuple(("Content-Length", value) for value in values)) == length


@pytest.mark.parametrize(
    ("line", "groups"),
    [
        (b"GET / HTTP/1.1\r", (b"GET", b"/", b"HTTP/1.1")),
        (b"BREW /pot HTTP/1.0", (b"BREW", b"/pot", b"HTTP/1.0")),
        (b"GET / HTTP/1.1 \r", (b"GET", b"/", b"HTTP/1.1")),
        (b"GET  / HTTP/1.1", None),
        (b"GET /", None),
        (b"G\x01T / HTTP/1.1", None),
    ],
)
def test_request_lines(line: bytes, groups: tuple[bytes, ...] | None) -> None:
    found = START[C].match(line)
    assert (found.groups() if found else None) == groups


@pytest.mark.parametrize(
    ("line", "groups"),
    [
        (b"HTTP/1.1 200 OK\r", (b"HTTP/1.1", b"200", b"OK")),
        (b"HTTP/1.1 200\r", (b"HTTP/1.1", b"200", None)),
        (b"HTTP/1.0 404 Not Found", (b"HTTP/1.0", b"404", b"Not Found")),
        (b"HTTP/1.1 20 OK", None),
        (b"ICY 200 OK", None),
    ],
)
def test_status_lines(line: bytes, groups: tuple[bytes | None, ...] | None) -> None:
    found = START[S].match(line)
    assert (found.groups() if found else None) == groups


def test_lines_that_were_cut() -> None:
    found = CUT_START[S].match(b"HTTP/1.1 101 Switching Protoco")
    assert found is not None
    assert found.groups() == (b"HTTP/1.1", b"101", b"Switching Protoco")
    found = CUT_START[C].match(b"GET /ws/ HTT")
    assert found is not None
    assert found.groups() == (b"GET", b"/ws/", b"")
    assert CUT_START[C].match(b"GET ") is None
