"""A session on a WebSocket is an entry as Chrome writes it, with what packets tell besides."""

import pytest

from analyzer.model.flow import Gap, GapReason
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.session import CloseKind, Session, SessionClose, Step, StepName, StepStatus
from analyzer.model.source import Direction
from analyzer.model.tls import TlsFacts
from analyzer.model.websocket import Upgrade
from analyzer.report.har.sockets import failure, socket_entry
from tests.report.reports import START_NS, har_session, packet, packet_session


def step(name: StepName, status: StepStatus, detail: str | None = None) -> Step:
    return Step(name=name, status=status, detail=detail)


def test_messages_holes_and_the_end() -> None:
    session = packet_session()
    begin_ns, fields = socket_entry(session)
    assert begin_ns is not None
    rows = fields["_webSocketMessages"]
    assert [row["type"] for row in rows].count("receive missing") == 1
    hole = next(row for row in rows if row["type"] == "receive missing")
    assert (hole["_missing"], hole["_octets"], hole["_packet"]) == ("lost", "1460", "65")
    times = [float(row["time"]) for row in rows]
    assert times == sorted(times)
    assert fields["_webSocketClose"] == {
        "code": "1012",
        "reason": "restart",
        "timestamp": "1767225606.000000",
        "_by": "server",
        "_packet": "80",
    }
    assert fields["_resourceType"] == "websocket"
    assert float(fields["timings"]["receive"]) > 0


def test_a_socket_that_is_open() -> None:
    close = SessionClose(kind=CloseKind.OPEN)
    _, fields = socket_entry(
        packet_session(close=close, recorded_until_ns=START_NS + 9_000_000_000)
    )
    assert fields["timings"]["receive"] == "0"
    assert "_webSocketClose" not in fields
    assert fields["startedDateTime"] == "2026-01-01T00:00:00.000000Z"


def test_a_connection_that_was_cut_without_a_word() -> None:
    close = SessionClose(kind=CloseKind.RST)
    _, fields = socket_entry(packet_session(close=close, control_frames=(), gaps=()))
    assert fields["timings"]["receive"] != "0"
    assert "_webSocketClose" not in fields


def test_nothing_is_known_of_the_end() -> None:
    close = SessionClose(kind=CloseKind.UNKNOWN)
    _, fields = socket_entry(har_session(close=close, connection=None, ended_ns=None))
    assert "_webSocketClose" not in fields


def test_a_code_without_a_frame() -> None:
    close = SessionClose(kind=CloseKind.WEBSOCKET_CLOSE, code=1001)
    _, fields = socket_entry(har_session(close=close))
    assert fields["_webSocketClose"]["code"] == "1001"
    assert "_by" not in fields["_webSocketClose"]


def test_a_hole_of_which_nothing_is_known() -> None:
    gap = Gap(Direction.TO_SERVER, 0, None, GapReason.LATE_START, None)
    _, fields = socket_entry(packet_session(gaps=(gap,)))
    first = fields["_webSocketMessages"][0]
    assert first["type"] == "send missing"
    assert first["time"] == "-1"
    assert "_octets" not in first


def test_a_refused_upgrade_has_no_messages() -> None:
    request = Request(method="GET", url="http://a.test/ws/", source=packet(4))
    response = Response(status=403, source=packet(5))
    refused = Upgrade(exchange=Exchange(request=request, response=response), accepted=False)
    _, fields = socket_entry(packet_session(upgrade=refused))
    assert "_webSocketMessages" not in fields
    assert fields["response"]["status"] == "403"


def test_a_capture_that_began_late() -> None:
    _, fields = socket_entry(packet_session(upgrade=None, url=None, encrypted=False))
    assert fields["request"]["method"] == ""
    assert fields["request"]["url"].startswith("ws://")
    assert "_webSocketMessages" in fields


def test_who_was_asked_for_stands_in_the_url() -> None:
    tls = TlsFacts(server_name="finesse.a.test")
    for url, expected in (
        (None, "wss://finesse.a.test:7071/"),
        ("/x/", "wss://finesse.a.test:7071/x/"),
        ("wss://b.test/ws/", "wss://b.test/ws/"),
    ):
        session = packet_session(
            upgrade=None, url=url, tls=tls, server="10.0.0.9:7071", encrypted=True
        )
        assert socket_entry(session)[1]["request"]["url"] == expected


@pytest.mark.parametrize(
    ("name", "detail", "error"),
    [
        (StepName.CONNECT, "connection refused", "net::ERR_CONNECTION_REFUSED"),
        (StepName.CONNECT, "host unreachable", "net::ERR_ADDRESS_UNREACHABLE"),
        (StepName.CONNECT, "reset", "net::ERR_CONNECTION_RESET"),
        (StepName.CONNECT, None, "net::ERR_CONNECTION_TIMED_OUT"),
        (StepName.TLS, "alert certificate_expired", "net::ERR_CERT_DATE_INVALID"),
        (StepName.TLS, "alert certificate_required", "net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED"),
        (StepName.TLS, "alert certificate_unknown", "net::ERR_CERT_AUTHORITY_INVALID"),
        (StepName.TLS, "alert unknown_ca", "net::ERR_CERT_AUTHORITY_INVALID"),
        (StepName.TLS, "alert protocol_version", "net::ERR_SSL_PROTOCOL_ERROR"),
        (StepName.OPEN, "host-unknown", ""),
    ],
)
def test_what_kept_it_from_its_server(name: StepName, detail: str | None, error: str) -> None:
    session: Session = packet_session(steps=(step(name, StepStatus.FAILED, detail),))
    assert failure(session) == error
    _, fields = socket_entry(session)
    assert fields["response"].get("_error", "") == error
    assert ("_webSocketMessages" in fields) is (not error)


def test_nothing_kept_it() -> None:
    assert failure(packet_session(steps=(step(StepName.TLS, StepStatus.DONE),))) == ""
    assert failure(packet_session(steps=(step(StepName.OPEN, StepStatus.MISSING),))) == ""
    assert failure(packet_session(steps=())) == ""


def test_sources_of_a_har() -> None:
    _, fields = socket_entry(har_session())
    rows = fields["_webSocketMessages"]
    assert rows
    assert not any("_packet" in row for row in rows)
