"""Facts of connections and recordings, only those that are known."""

import pytest

from analyzer.model.flow import Connection, DirectionFacts, EndCause, Endpoint, Unacknowledged
from analyzer.model.recording import HarFacts, PacketFacts, SocketFacts
from analyzer.model.session import Carrier, CloseKind, PingTrip, SessionClose
from analyzer.model.source import Direction, Side
from analyzer.model.stream import Keepalive
from analyzer.report.facts.connection import close_words, connection_facts, input_facts
from analyzer.report.language.words import words
from tests.report.reports import (
    START_NS,
    entry,
    har_recording,
    har_session,
    packet,
    packet_recording,
    packet_session,
    upgrade,
)

WORDS = words("en")


def test_a_har_session() -> None:
    assert dict(connection_facts(har_session(), WORDS)) == {
        "Address": "ws://finesse.example.test:7071/ws/",
        "End": "closed, 1.1 s after the last stanza",
        "Began": "2026-01-01T00:00:00.000Z",
        "Lasted": "1.4 s",
        "Encrypted": "no",
        "Subprotocol": "xmpp",
        "Extensions": "permessage-deflate",
        "Server software": "nginx",
        "Browser": "Mozilla/5.0 Chrome/156.0",
    }


def test_a_packet_session() -> None:
    facts = dict(connection_facts(packet_session(encrypted=True), WORDS))
    assert facts["Encrypted"] == "yes"
    assert facts["Client"] == "10.0.0.1:50000"
    assert facts["Server"] == "[2001:db8::7]:7071"
    assert facts["Wireshark"] == "tcp.stream == 0"
    assert facts["TCP handshake"] == "9.0 ms"
    assert facts["TCP end"] == "rst by server"
    assert facts["Client to server"] == "20 packets, 3,000 octets"
    assert facts["Server to client"] == "22 packets, 9,000 octets, lost octets 1,460"
    assert facts["Pings"] == "0 of 1 answered"
    assert facts["Holes"] == "1"


def test_what_is_unknown_is_left_out() -> None:
    session = har_session(
        url=None,
        started_ns=None,
        encrypted=None,
        upgrade=None,
        user_agent=None,
        close=SessionClose(kind=CloseKind.UNKNOWN),
        connection=Connection(
            capture=0, number=3, server=Endpoint("h", 1), client=None, opened_ns=0, closed_ns=None
        ),
    )
    assert dict(connection_facts(session, WORDS)) == {
        "End": "how the session ended was not recorded",
        "Server": "h:1",
    }


def test_half_a_connection() -> None:
    connection = Connection(
        capture=0,
        number=3,
        server=Endpoint("h", 1),
        client=None,
        opened_ns=0,
        closed_ns=None,
        ended_by=EndCause.CAPTURE_END,
        to_server=DirectionFacts(
            packets=1,
            zero_windows=2,
            unacknowledged=Unacknowledged(7, 2, packet(1), packet(2)),
        ),
    )
    facts = dict(connection_facts(har_session(connection=connection), WORDS))
    assert facts["TCP end"] == "capture end"
    assert facts["Client to server"] == (
        "1 packet, 0 octets, never acknowledged octets 7, zero windows 2"
    )
    assert "Server to client" not in facts


def test_a_handshake_without_an_answer() -> None:
    made = upgrade(entry(None))
    bare = type(made)(
        exchange=type(made.exchange)(request=made.exchange.request, response=None), accepted=False
    )
    assert "Server software" not in dict(connection_facts(har_session(upgrade=bare), WORDS))


def test_pings_with_times_and_without() -> None:
    pings = tuple(
        PingTrip(by=Side.CLIENT, id="p", asked_ns=asked, answered_ns=answered, source=packet(1))
        for asked, answered in ((START_NS, START_NS + 2_000_000_000), (None, START_NS))
    )
    facts = dict(connection_facts(har_session(pings=pings), WORDS))
    assert facts["Pings"] == "2 of 2 answered, slowest 2.0 s"


@pytest.mark.parametrize(
    ("close", "text"),
    [
        (SessionClose(kind=CloseKind.OPEN), "still open when the recording ended"),
        (
            SessionClose(kind=CloseKind.STREAM_ERROR, by=Side.SERVER, condition="conflict"),
            "stream error, by server, conflict",
        ),
        (
            SessionClose(
                kind=CloseKind.WEBSOCKET_CLOSE, code=1000, reason="bye", idle_ns=5_000_000
            ),
            'websocket close, code 1000, "bye", 5.0 ms after the last stanza',
        ),
    ],
)
def test_how_a_session_ended(close: SessionClose, text: str) -> None:
    assert close_words(har_session(close=close), WORDS) == text


def test_how_an_encrypted_session_ended() -> None:
    close = SessionClose(kind=CloseKind.RST, by=Side.SERVER, idle_ns=5_000_000_000)
    hidden = har_session(close=close, carrier=Carrier.UNKNOWN)
    assert close_words(hidden, WORDS) == "rst, by server, 5.0 s after the last record"


def test_white_space_keeps_a_connection_alive() -> None:
    ways = (Direction.TO_SERVER, Direction.TO_SERVER, Direction.TO_CLIENT)
    kept = tuple(Keepalive(way, packet(1)) for way in ways)
    facts = dict(connection_facts(packet_session(keepalives=kept), WORDS))
    assert facts["White space keepalives"] == "client 2, server 1"


def test_recordings() -> None:
    assert dict(input_facts(har_recording(), WORDS)) == {
        "Format": "HAR, 12,345 octets",
        "SHA-256": "ab" * 32,
        "Written by": "WebInspector 537.36",
        "Browser": "Chrome 156",
        "Entries": "12 read, 0 skipped",
        "Sockets": "0 WebSocket entries, 0 messages",
        "Sanitized": "no",
        "Covers": "2026-01-01T00:00:00.000Z to 2026-01-01T00:00:02.000Z (2.0 s)",
        "Secrets in it": "sasl password 1",
    }
    facts = dict(input_facts(packet_recording(), WORDS))
    assert facts["Cut short"] == "3 packets (snap length 96)"
    assert facts["Link types"] == "Ethernet 42"
    assert facts["TCP"] == "2 connections, 1 followed"


def test_recordings_without_times() -> None:
    sockets = (
        SocketFacts(entry=0, url="ws://h", status=101, messages=None, source=entry(None)),
        SocketFacts(entry=1, url="ws://h", status=101, messages=4, source=entry(None)),
    )
    facts = dict(input_facts(har_recording(har=HarFacts(sockets=sockets)), WORDS))
    assert facts["Sockets"] == "2 WebSocket entries, 4 messages"
    assert "Covers" not in facts
    facts = dict(input_facts(packet_recording(packets=PacketFacts(cut=1)), WORDS))
    assert facts["Cut short"] == "1 packet"
    assert "Covers" not in facts
    assert "Cut short" not in dict(input_facts(packet_recording(packets=PacketFacts()), WORDS))


def test_hostile_values_are_shown_and_cut() -> None:
    facts = dict(connection_facts(har_session(user_agent="\x1b" + "x" * 999), WORDS))
    assert facts["Browser"].startswith("\\x1bxxx")
    assert len(facts["Browser"]) == 300
