"""What entries are made of: times to the microsecond, URLs that hold marks, packets."""

import pytest

from analyzer.model.har import Tree
from analyzer.model.http import Exchange, Request, Response
from analyzer.report.har import parts as har_parts
from analyzer.report.har.shape import NEVER
from tests.report.reports import START_NS, entry, har_session, packet, packet_session

REQUEST = Request(
    method="GET",
    url="ws://a.test/ws/?token=%5Bx%5D&flag",
    version="HTTP/1.1",
    headers=(("Host", "a.test"),),
    body_length=5,
    source=packet(4),
)
RESPONSE = Response(
    status=302,
    reason="Found",
    version="HTTP/1.1",
    headers=(("location", "/x?token=[redacted: token 1]"), ("Content-Type", "text/plain")),
    body_length=7,
    source=packet(5),
)


def test_times() -> None:
    assert har_parts.instant(START_NS + 1_234_567_890) == "2026-01-01T00:00:01.234567Z"
    assert har_parts.instant(None) == NEVER
    assert har_parts.seconds(START_NS + 1_234_567_890) == "1767225601.234567"
    assert har_parts.seconds(None) == "-1"
    assert har_parts.milliseconds(START_NS, START_NS + 1_234_567) == "1.234"
    assert har_parts.milliseconds(START_NS, START_NS - 5) == "0.000"
    assert har_parts.milliseconds(None, START_NS) == har_parts.milliseconds(START_NS, None) == "-1"


def test_an_exchange() -> None:
    exchange = Exchange(request=REQUEST, response=RESPONSE, error="net::ERR_X")
    span = (START_NS, START_NS + 5_000_000)
    fields = har_parts.entry(packet_session(), exchange, "https://a.test/?a=b&c", span, packet(4))
    assert fields["startedDateTime"] == "2026-01-01T00:00:00.000000Z"
    assert fields["time"] == "5.000"
    assert fields["_packet"] == "4"
    assert fields["connection"] == "0"
    request, response = fields["request"], fields["response"]
    assert request["method"] == "GET"
    assert request["headers"] == [{"name": "Host", "value": "a.test"}]
    assert request["queryString"] == [{"name": "a", "value": "b"}, {"name": "c", "value": ""}]
    assert request["bodySize"] == "5"
    assert response["status"] == "302"
    assert response["redirectURL"] == "/x?token=%5Bredacted%3A%20token%201%5D"
    assert response["content"] == {"size": "7", "mimeType": "text/plain"}
    assert response["_error"] == "net::ERR_X"


def test_nothing_is_known() -> None:
    nothing = Exchange(request=None, response=None)
    fields = har_parts.entry(har_session(connection=None), nothing, "", (None, None), entry(None))
    assert "_packet" not in fields
    assert "connection" not in fields
    assert fields["request"]["bodySize"] == "-1"
    assert fields["response"]["status"] == "0"
    assert "_error" not in fields["response"]


def test_a_url_that_is_none() -> None:
    nothing = Exchange(request=None, response=None)
    fields = har_parts.entry(har_session(), nothing, "ws://[a.test/?x=1", (None, None), None)
    assert fields["request"]["queryString"] == []


@pytest.mark.parametrize(
    ("address", "encrypted", "url"),
    [
        ("http://a.test/ws/", True, "wss://a.test/ws/"),
        ("https://a.test/ws/", None, "ws://a.test/ws/"),
        ("a.test:7071/", False, "ws://a.test:7071/"),
    ],
)
def test_schemes(address: str, encrypted: bool | None, url: str) -> None:
    assert har_parts.secured(address, encrypted=encrypted, schemes=("ws", "wss")) == url


def test_entries_stand_by_the_time_they_began() -> None:
    def one(name: str) -> Tree:
        return {"name": name}

    given = [(5, one("a")), (None, one("b")), (2, one("c")), (5, one("d"))]
    left = har_parts.sorted_entries(given)
    assert [fields["name"] for fields in left] == ["c", "a", "b", "d"]
