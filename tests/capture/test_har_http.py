import base64
from typing import Any

import msgspec
import pytest

from analyzer.capture import har_http, har_json
from analyzer.capture.har_http import Head, nothing_attached
from analyzer.model.flow import Endpoint
from analyzer.model.limits import EXCHANGE_BODY_OCTETS
from analyzer.model.source import HarSource
from tests.capture.har_written import STARTED_NS, http, lines


def head(entry: dict[str, Any]) -> Head:
    decoded = har_json.entry(msgspec.json.encode(entry))
    assert decoded is not None
    return har_http.head(decoded, 1, 4)


def test_a_whole_exchange() -> None:
    entry = http("https://desk.example.test/finesse/api/User/1")
    entry["request"] |= {
        "method": "PUT",
        "headers": lines(Content_Type="application/xml"),
        "postData": {"mimeType": "application/xml", "text": "<User/>"},
    }
    found = har_http.exchange(head(entry), nothing_attached)
    assert found.request is not None
    assert found.response is not None
    assert (found.request.method, found.request.version) == ("PUT", "HTTP/1.1")
    assert found.request.url == "https://desk.example.test/finesse/api/User/1"
    assert found.request.headers == (("Content-Type", "application/xml"),)
    assert (found.request.body, found.request.body_length) == (b"<User/>", 7)
    assert found.request.source == HarSource(1, 4, None, STARTED_NS)
    assert (found.response.status, found.response.reason) == (200, "OK")
    assert (found.response.body, found.response.body_length) == (b"ok", 2)
    assert found.response.source == HarSource(1, 4, None, STARTED_NS + 12_500_000)
    assert found.error is None


def body(content: Any) -> tuple[bytes, int]:
    found = har_http.exchange(
        head(http() | {"response": {"status": 200, "content": content}}), attached
    )
    assert found.response is not None
    return found.response.body, found.response.body_length


def attached(name: str) -> memoryview | None:
    return memoryview(b"attached") if name == "1.txt" else None


def test_bodies() -> None:
    emoji = base64.b64encode("😀".encode()).decode()
    assert body({"text": emoji, "encoding": "base64"}) == ("😀".encode(), 4)
    assert body({"text": "x", "encoding": "base64"}) == (b"x", 1)
    assert body({"text": "ä", "encoding": "base64"}) == ("ä".encode(), 2)
    assert body({"size": 12}) == (b"", 12)
    assert body({"size": -1}) == (b"", 0)
    assert body({}) == (b"", 0)
    assert body(None) == (b"", 0)
    assert body({"_file": "1.txt"}) == (b"attached", 8)
    assert body({"_sha1": "1.txt", "size": 3}) == (b"attached", 8)
    assert body({"_file": "2.txt", "size": 3}) == (b"", 3)
    long = "x" * (EXCHANGE_BODY_OCTETS + 1)
    assert body({"text": long}) == (b"", EXCHANGE_BODY_OCTETS + 1)


def test_a_long_file_is_measured_and_not_copied() -> None:
    file = memoryview(bytes(EXCHANGE_BODY_OCTETS + 1))
    read = head(http() | {"response": {"status": 200, "content": {"_file": "1.txt"}}})
    assert har_http.body_octets(read.response.content, lambda _: file) is file
    found = har_http.exchange(read, lambda _: file)
    assert found.response is not None
    assert (found.response.body, found.response.body_length) == (b"", EXCHANGE_BODY_OCTETS + 1)


@pytest.mark.parametrize("response", [None, {"status": 0}, {"status": -1}, {"status": -999}])
def test_no_response(response: Any) -> None:
    entry = http() | {"response": response}
    if response:
        response["_error"] = "net::ERR_CERT_AUTHORITY_INVALID"
    found = har_http.exchange(head(entry), nothing_attached)
    assert found.response is None
    assert found.error == ("net::ERR_CERT_AUTHORITY_INVALID" if response else None)


def test_playwright_tells_failures_elsewhere() -> None:
    entry = http() | {"response": {"status": -1, "_failureText": "net::ERR_FAILED"}}
    assert head(entry).error == "net::ERR_FAILED"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("Error during WebSocket handshake: Unexpected response code: 503", 503),
        ("HTTP Authentication failed; no valid credentials available", 401),
    ],
)
def test_the_status_of_a_refused_upgrade(error: str, status: int) -> None:
    entry = http() | {"response": {"status": 0}}
    found = har_http.handshake(head(entry), error)
    assert found.response is not None
    assert (found.response.status, found.error) == (status, error)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"time": 1000}, STARTED_NS + 1_000_000_000),
        ({"time": "1000"}, STARTED_NS + 1_000_000_000),
        ({"time": 0}, STARTED_NS),
        ({"time": -5}, None),
        ({"time": None}, None),
        ({"time": 1e13}, None),
        ({"startedDateTime": "1969-12-31T23:59:59.000Z", "time": 2.8e8}, None),
    ],
)
def test_ends(fields: dict[str, Any], expected: int | None) -> None:
    assert head(http() | fields).end_ns == expected


@pytest.mark.parametrize(
    ("url", "address", "expected"),
    [
        ("wss://finesse.example.test:8445/ws/", "", Endpoint("finesse.example.test", 8445)),
        ("wss://finesse.example.test/ws/", "", Endpoint("finesse.example.test", 443)),
        ("ws://finesse.example.test/ws/", "10.0.0.5", Endpoint("finesse.example.test", 80)),
        ("https://[::1]:8445/ws/", "[::1]", Endpoint("::1", 8445)),
        ("blob:x", "", Endpoint("", 0)),
        ("", "", Endpoint("", 0)),
        ("ws://[::1/ws/", "", Endpoint("", 0)),
        ("ws://host:99999/", "10.0.0.5", Endpoint("10.0.0.5", 0)),
    ],
)
def test_whom_a_url_leads_to(url: str, address: str, expected: Endpoint) -> None:
    assert har_http.endpoint(url, address) == expected
