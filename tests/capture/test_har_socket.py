import base64
import hashlib
from typing import Any

import msgspec
import pytest

from analyzer.capture import har_http, har_json, har_messages, har_rows
from analyzer.capture.har_producer import Producer
from analyzer.capture.har_socket import Socket, is_socket
from analyzer.model.anomaly import Anomaly
from analyzer.model.events import Item
from analyzer.model.flow import Connection, EndCause, Endpoint
from analyzer.model.recording import SocketFacts
from analyzer.model.source import HarSource, Side
from analyzer.model.websocket import Message, SocketEnd, Upgrade
from tests.capture.har_written import STARTED_NS, http, lines, row, socket

CHROME = Producer("WebInspector", "537.36")
PLAYWRIGHT = Producer("Playwright", "1.65.1")

ENDED_NS = STARTED_NS + 2_000_000_000
"""Start and `time` of the entries that `socket` makes."""


def read(entry: dict[str, Any], producer: Producer = CHROME) -> tuple[list[Item], Socket]:
    decoded = har_json.entry(msgspec.json.encode(entry))
    assert decoded is not None
    head = har_http.head(decoded, 0, 3)
    found = Socket(decoded, head, producer, messages(decoded))
    return [item for items in found.items() for item in items], found


def messages(entry: har_json.Entry) -> memoryview | None:
    return memoryview(entry.messages) if har_json.is_list(entry.messages) else None


def upgrade(entry: dict[str, Any], producer: Producer = CHROME) -> Upgrade:
    found = read(entry, producer)[0][0]
    assert isinstance(found, Upgrade)
    return found


def end(entry: dict[str, Any], producer: Producer = CHROME) -> tuple[SocketEnd, Connection]:
    *_, found, connection = read(entry, producer)[0]
    assert isinstance(found, SocketEnd)
    assert isinstance(connection, Connection)
    return found, connection


def failed(text: str, **more: Any) -> dict[str, Any]:
    entry = socket([row(text, kind="error", opcode=-1)], status=0, **more)
    entry["response"] |= {"httpVersion": "", "headers": []}
    return entry


def test_items_in_order() -> None:
    items, found = read(socket([row("<a/>"), row("<b/>", kind="receive")]))
    assert [type(item) for item in items] == [Upgrade, Message, Message, SocketEnd, Connection]
    assert found.facts == SocketFacts(
        entry=3,
        url="wss://finesse.example.test:8445/ws/",
        status=101,
        messages=2,
        source=HarSource(0, 3, None, STARTED_NS),
    )


def test_an_upgrade() -> None:
    key = base64.b64encode(bytes(16)).decode()
    accept = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    entry = socket([row("<a/>")])
    entry["request"]["headers"] = lines(
        Sec_WebSocket_Key=key, Sec_WebSocket_Protocol="xmpp, " + "k" * 40 + ", " + "a=b"
    )
    entry["response"]["headers"] = lines(
        sec_websocket_accept=base64.b64encode(accept.digest()).decode(),
        sec_websocket_protocol="xmpp",
        sec_websocket_extensions="permessage-deflate",
    )
    found = upgrade(entry)
    assert found.accepted
    assert found.accept_valid is True
    assert found.offered == ("xmpp",)
    assert (found.subprotocol, found.extensions) == ("xmpp", "permessage-deflate")
    assert found.time_ns == STARTED_NS
    entry["response"]["headers"][0]["value"] = "wrong"
    assert upgrade(entry).accept_valid is False


def test_a_refused_upgrade() -> None:
    text = "Error during WebSocket handshake: Unexpected response code: 403"
    found = upgrade(failed(text))
    assert not found.accepted
    assert found.exchange.error == text
    assert found.exchange.response is not None
    assert found.exchange.response.status == 403
    closed, connection = end(failed(text))
    assert (closed.open_at_export, closed.error) == (False, None)
    assert closed.time_ns == 1_795_207_479_500_000_000
    assert connection.ended_by is EndCause.CLOSED


def test_a_certificate_that_is_not_trusted() -> None:
    text = "Error in connection establishment: net::ERR_CERT_AUTHORITY_INVALID"
    found = upgrade(failed(text))
    assert (found.accepted, found.exchange.error, found.exchange.response) == (False, text, None)


def test_a_socket_without_a_clock() -> None:
    entry = failed("", startedDateTime="1969-12-31T23:59:59.000Z", time=2.8e8)
    entry["_webSocketMessages"][0]["time"] = 282411.6
    closed, connection = end(entry)
    assert (closed.time_ns, closed.open_at_export) == (None, False)
    assert (connection.opened_ns, connection.ended_by) == (None, EndCause.CLOSED)
    entry["_webSocketMessages"] = []
    closed, connection = end(entry)
    assert (closed.open_at_export, connection.ended_by) == (None, EndCause.UNKNOWN)


def test_websocket_over_http_2_answers_200() -> None:
    plain = socket([], status=200)
    assert not upgrade(plain).accepted
    assert upgrade(socket([row("<a/>")], status=200)).accepted
    plain["response"]["headers"] = lines(sec_websocket_protocol="xmpp")
    assert upgrade(plain).accepted


@pytest.mark.parametrize(
    ("timings", "is_open", "cause"),
    [
        ({"receive": 9.8}, False, EndCause.CLOSED),
        ({"receive": 0}, True, EndCause.CAPTURE_END),
        ({}, None, EndCause.UNKNOWN),
    ],
)
def test_chrome_tells_when_a_socket_closed(
    timings: dict[str, float], is_open: bool | None, cause: EndCause
) -> None:
    closed, connection = end(socket([row("<a/>")], timings=timings))
    assert (closed.time_ns, closed.open_at_export) == (ENDED_NS, is_open)
    assert closed.source == HarSource(0, 3, None, ENDED_NS)
    assert connection == Connection(
        capture=0,
        number=3,
        server=Endpoint("finesse.example.test", 8445),
        opened_ns=STARTED_NS,
        closed_ns=ENDED_NS,
        ended_by=cause,
        end_source=closed.source,
        opened_source=HarSource(0, 3, None, STARTED_NS),
    )


def test_other_producers_do_not_tell() -> None:
    closed, connection = end(socket([row("<a/>")]), PLAYWRIGHT)
    assert (closed.time_ns, closed.open_at_export) == (None, None)
    assert connection.ended_by is EndCause.UNKNOWN


def test_a_priority_tells_devtools_where_no_creator_does() -> None:
    nobody = Producer()
    unknown, _ = end(socket([row("<a/>")], timings={"receive": 9.8}), nobody)
    told, _ = end(socket([row("<a/>")], timings={"receive": 9.8}, _priority="High"), nobody)
    assert (unknown.open_at_export, told.open_at_export) == (None, False)


def test_an_error_behind_the_upgrade() -> None:
    text = "Data frame received after close"
    closed, _ = end(socket([row("<a/>"), row(text, kind="error", opcode=-1)]))
    assert closed.error == text
    entry = socket([row("<a/>")])
    entry["response"]["_failureText"] = text
    closed, _ = end(entry, PLAYWRIGHT)
    assert closed.error == text
    assert upgrade(entry).exchange.error is None


def test_http_toolkit_tells_the_close_code() -> None:
    close = {"code": 1012, "reason": "restart", "timestamp": ENDED_NS / 1e6}
    closed, connection = end(socket([row("<a/>")], _webSocketClose=close), Producer("HTTP Toolkit"))
    assert (closed.code, closed.reason, closed.time_ns) == (1012, "restart", ENDED_NS)
    assert connection.ended_by is EndCause.CLOSED
    closed, _ = end(socket([], _webSocketClose="aborted"), Producer("HTTP Toolkit"))
    assert (closed.code, closed.reason, closed.open_at_export) == (None, None, False)
    closed, _ = end(socket([], _webSocketClose=None), Producer("HTTP Toolkit"))
    assert closed.open_at_export is None


def test_pcap2har_writes_close_frames() -> None:
    close = base64.b64encode((1001).to_bytes(2, "big")).decode()
    closed, _ = end(socket([row("<a/>"), row(close, opcode=8)]), Producer("pcap2har"))
    assert (closed.code, closed.reason, closed.open_at_export) == (1001, "", False)
    assert closed.time_ns == 1_795_207_479_500_000_000


def test_rows_that_cannot_be_read_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_messages, "SKIPPED_ROWS", 3)
    monkeypatch.setattr(har_rows, "BATCH_OCTETS", 300)
    items, found = read(socket([*[row("x", kind="odd")] * 50, row("<a/>")]))
    assert found.said.skipped < 10
    assert isinstance(items[-3], Anomaly)
    assert items[-3].values == {"limit": "SKIPPED_ROWS", "value": 3}
    assert items[-3].source == HarSource(0, 3, None, STARTED_NS)
    assert isinstance(items[-1], Connection)


def test_no_list_of_messages() -> None:
    items, found = read(socket(None), Producer("Firefox"))
    assert [type(item) for item in items] == [Upgrade, SocketEnd, Connection]
    assert found.facts.messages is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (socket(None), True),
        (http("ws://desk/"), True),
        (http("WSS://desk/"), True),
        (http(_webSocketMessages=[]), True),
        (http(_webSocketMessages=None, _resourceType=None), False),
        (http() | {"request": {"url": "https://x", "headers": lines(Upgrade="WebSocket")}}, True),
        (http() | {"response": {"status": 101, "headers": lines(Upgrade="websocket")}}, True),
        (http() | {"response": {"status": 101, "headers": lines(Upgrade="h2c")}}, False),
        (http(), False),
    ],
)
def test_what_is_a_socket(entry: dict[str, Any], expected: bool) -> None:
    decoded = har_json.entry(msgspec.json.encode(entry))
    assert decoded is not None
    assert is_socket(decoded, har_http.head(decoded, 0, 0)) == expected


OURS = Producer("stanzascope", "1.0")


def test_our_own_export_of_a_capture_that_began_late() -> None:
    entry = socket([row("<a/>")], status=0)
    entry["request"]["method"] = ""
    items, _ = read(entry, OURS)
    assert [type(item) for item in items] == [Message, SocketEnd, Connection]
    assert isinstance(read(entry)[0][0], Upgrade)  # of a browser, such a request was never sent


@pytest.mark.parametrize(("written", "by"), [("server", Side.SERVER), ("nobody", None), (1, None)])
def test_our_own_export_of_a_capture_tells_who_closed(written: Any, by: Side | None) -> None:
    close = {"code": 1012, "reason": "x", "timestamp": 1_795_207_480, "_by": written}
    found, _ = end(socket([row("<a/>")], _webSocketClose=close), OURS)
    assert (found.code, found.by) == (1012, by)


def test_a_timing_that_does_not_apply_tells_nothing() -> None:
    found, connection = end(socket([row("<a/>")], timings={"receive": -1}))
    assert found.open_at_export is None
    assert connection.ended_by is EndCause.UNKNOWN
