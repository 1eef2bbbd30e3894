"""What comes over the wire to a real server: targets, hosts, lengths, and who asks."""

import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.web.server import Server

Send = Callable[..., bytes]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("wire") / "data") as running:
        yield running


@pytest.fixture
def send(server: Server) -> Send:
    """Send lines as they are, with a Host and the token, and give all that comes back."""
    at = urlsplit(server.url)

    def sending(line: str, *fields: str, body: str = "", host: str | None = at.netloc) -> bytes:
        named = [] if host is None else [f"Host: {host}"]
        known = f"Authorization: Bearer {server.token}"
        lines = [line, *named, known, "Connection: Upgrade, close", *fields, "", body]
        with socket.create_connection((at.hostname or "", at.port or 0), timeout=20) as one:
            one.sendall("\r\n".join(lines).encode("latin-1"))
            return b"".join(iter(lambda: one.recv(65_536), b""))

    return sending


def status(answer: bytes) -> int:
    assert answer.count(b"HTTP/1.1 ") == 1, answer[:2_000]
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/api/v1/cases", 200),
        ("{url}/api/v1/cases", 200),
        ("http://localhost/api/v1/cases?limit=1", 200),
        ("http://evil.example/api/v1/cases", 421),
        ("http://evil.example@127.0.0.1/api/v1/cases", 421),
        ("http:///api/v1/cases", 421),
        ("evil.example:443", 404),
        ("*", 404),
        ("//evil.example/", 404),
        ("//evil.example/new/", 404),
        ("/a%00b", 404),
        ("/a%0d%0aSet-Cookie:%20a=b", 404),
        ("/static/%2e%2e/%2e%2e/app.py", 404),
        ("/static/..%2f..%2fapp.py", 404),
        ("/static/../../app.py", 404),
        ("/static//etc/passwd", 404),
        ("/static/..%5c..%5capp.py", 404),
        ("/api/v1/cases/..%2f..%2f..%2fetc/files/passwd", 404),
        ("/api/v1/cases/%2e%2e/files/token", 404),
        ("/?search=%00", 400),
    ],
)
def test_targets(server: Server, send: Send, target: str, expected: int) -> None:
    answer = send(f"GET {target.format(url=server.url)} HTTP/1.1")
    assert status(answer) == expected
    assert b"set-cookie" not in answer.lower().partition(b"\r\n\r\n")[0]
    assert server.token.encode() not in answer


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", 200),
        ("LOCALHOST.:1", 200),
        ("[::1]:8480", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost@evil.example", 421),
        ("", 421),
        (None, 400),
    ],
)
def test_hosts(send: Send, host: str | None, expected: int) -> None:
    answer = send("GET /api/v1/cases HTTP/1.1", host=host)
    assert status(answer) == expected


def test_several_hosts_and_none_at_all(send: Send) -> None:
    assert status(send("GET / HTTP/1.1", "Host: evil.example")) == 400
    assert status(send("GET / HTTP/1.1", "Host: localhost")) == 400
    assert status(send("GET / HTTP/1.0", host=None)) == 421


NEXT = "GET /api/v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (["Content-Length: 5", "Content-Length: 6"], "abcdef"),
        (["Content-Length: 5", "Content-Length: 5"], "abcde"),
        (["Content-Length: 5, 5"], "abcde"),
        (["Content-Length: +5"], "abcde"),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], f"0\r\n\r\n{NEXT}"),
        (["Transfer-Encoding: chunked", "Content-Length: 5"], f"0\r\n\r\n{NEXT}"),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], f"0\r\n\r\n{NEXT}"),
        (["Transfer-Encoding: gzip, chunked"], f"0\r\n\r\n{NEXT}"),
        (["Transfer-Encoding: xchunked"], f"0\r\n\r\n{NEXT}"),
        (["Transfer-Encoding : chunked"], f"0\r\n\r\n{NEXT}"),
        (["Transfer-Encoding: chunked"], f"zz\r\n{NEXT}"),
        (["Transfer-Encoding: chunked"], f"-1\r\n{NEXT}"),
    ],
    ids=range(12),
)
def test_no_request_hides_behind_another(send: Send, fields: list[str], body: str) -> None:
    answer = send("POST /api/v1/cases HTTP/1.1", *fields, body=body)
    assert status(answer) == 400
    assert b'"version"' not in answer


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_other_methods_are_refused_and_no_site_is_let_in(send: Send, method: str) -> None:
    answer = send(
        f"{method} /api/v1/cases HTTP/1.1",
        "Origin: http://evil.example",
        "Access-Control-Request-Method: POST",
    )
    assert status(answer) == 405
    assert b"access-control" not in answer.lower()


def test_a_web_socket_is_not_opened(send: Send) -> None:
    answer = send(
        "GET /api/v1/cases HTTP/1.1",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    assert status(answer) == 200


def test_the_server_said_nothing_of_all_this_but_its_address(server: Server, send: Send) -> None:
    send(f"GET /cases/a?token={server.token} HTTP/1.1")
    send(f"GET /{server.token} HTTP/1.1", f"Cookie: a={server.token}")
    assert server.stderr.count(server.token) == 1
    assert "Traceback" not in server.stderr
    assert "evil.example" not in server.stderr
