"""A story as packets: what TCP makes of it."""

import struct
import subprocess
from io import BytesIO
from pathlib import Path

import dpkt
import pytest

from analyzer.model.session import CloseKind, Session
from analyzer.model.source import Side
from analyzer.pipeline import analyze

from .socket_packets import capture, packets
from .story import CLOSE, Call, End, Said, Story, story


def session(told: Story) -> Session:
    (found,) = analyze([("a.pcap", BytesIO(capture(told)))]).sessions
    return found


def segments(told: Story) -> list[tuple[float, dpkt.tcp.TCP]]:
    return [(time, dpkt.ethernet.Ethernet(frame).data.data) for time, frame in packets(told)]


def test_the_handshake_is_the_recorded_one() -> None:
    found = session(story()._replace(calls=()))
    assert found.upgrade is not None
    assert found.upgrade.accepted
    assert (found.url, found.agent) == (
        "ws://finesse.example.test:8080/ws/",
        "agent1001@finesse.example.test",
    )
    assert not found.gaps
    assert not found.anomalies


@pytest.mark.parametrize(
    ("end", "kind", "by"),
    [
        (End(9, "S>", "rst"), CloseKind.RST, Side.SERVER),
        (End(9, "C>", "rst"), CloseKind.RST, Side.CLIENT),
        (End(9, "S>"), CloseKind.FIN, Side.SERVER),
        (None, CloseKind.OPEN, None),
    ],
)
def test_how_it_ends(end: End | None, kind: CloseKind, by: Side | None) -> None:
    close = session(story().open_end()._replace(calls=(), end=end)).close
    assert (close.kind, close.by) == (kind, by)


def test_a_close_frame_has_its_code() -> None:
    told = story().open_end().saying(Said(3, "S>", "bye", CLOSE, 1012))._replace(end=End(3.1))
    close = session(told).close
    assert (close.kind, close.code, close.reason) == (CloseKind.WEBSOCKET_CLOSE, 1012, "bye")


def test_everything_is_acknowledged_until_the_network_dies() -> None:
    told = story().open_end()._replace(calls=()).pinging(40)
    whole = session(told).connection
    assert whole is not None
    assert whole.to_server is not None
    assert whole.to_server.unacknowledged is None
    dead = session(told._replace(dead_s=30)).connection
    assert dead is not None
    assert dead.to_server is not None
    assert dead.to_client is not None
    assert dead.to_server.unacknowledged is not None
    assert dead.to_server.unacknowledged.resent == 5
    assert dead.to_client.last_ns is not None
    assert dead.to_client.last_ns < (dead.to_server.unacknowledged.first.time_ns or 0)


def test_a_computer_that_sleeps_acknowledges_nothing() -> None:
    told = story().open_end()._replace(calls=(), asleep_s=(5, 50))
    told = told.saying(Said(10, "S>", "<message xmlns='jabber:client'/>"))
    begun = segments(told)[0][0]
    late = [segment for time, segment in segments(told) if time - begun > 9]
    assert len(late) == 6
    assert {segment.sport for segment in late} == {8080}
    assert len({segment.seq for segment in late}) == 1


def test_long_messages_are_cut_into_segments() -> None:
    told = story().saying(Said(1.7, "S>", f"<message>{'x' * 5000}</message>"))
    sizes = [len(segment.data) for _, segment in segments(told)]
    assert sizes.count(1400) == 3
    assert max(sizes) == 1400


def test_calls_have_connections_of_their_own() -> None:
    calls = (Call(1, "PUT", "/finesse/api/User/7", 202, "<User/>"), Call(2, "GET", "/x", 0))
    told = story()._replace(calls=calls)
    clients = {segment.sport for _, segment in segments(told)} - {8080}
    assert clients == {41_000, 41_001, 41_002}
    said = b"".join(s.data for _, s in segments(told) if s.sport == 41_001)
    assert said.startswith(b"PUT /finesse/api/User/7 HTTP/1.1\r\n")
    assert said.endswith(b"Content-Length: 7\r\n\r\n<User/>")
    assert not [s.data for _, s in segments(told) if s.dport == 41_002 and s.data]


def test_sequence_numbers_have_no_holes() -> None:
    told = story().pinging(30)
    for port in (8080, 41_000):
        mine = [s for _, s in segments(told) if s.sport == port and 41_000 in (s.sport, s.dport)]
        expected = mine[0].seq + 1
        for segment in mine[1:]:
            assert segment.seq == expected
            expected += len(segment.data) + bool(segment.flags & dpkt.tcp.TH_FIN)


def test_another_server_has_another_address() -> None:
    told = story()._replace(host="b.example.test:8445", begin_s=100.0)
    real, other = segments(story()), segments(told)
    assert other[0][0] - real[0][0] == pytest.approx(100)
    addresses = {dpkt.ethernet.Ethernet(frame).data.dst for _, frame in packets(told)}
    assert len(addresses) == 2
    assert struct.pack(">I", 0x7F000001) in addresses


@pytest.mark.parametrize(
    "told",
    [
        story()._replace(calls=()),
        story().open_end().pinging(60)._replace(calls=(), end=End(70, "S>", "rst")),
        story().saying(Said(1.7, "S>", f"<message>{'x' * 5000}</message>")),
    ],
    ids=["as recorded", "longer, reset", "with a long message"],
)
def test_tshark_reads_what_was_said(tshark: str, tmp_path: Path, told: Story) -> None:
    path = tmp_path / "told.pcap"
    path.write_bytes(capture(told))
    wrong = "_ws.malformed or tcp.analysis.lost_segment or tcp.analysis.ack_lost_segment"
    odd = subprocess.run([tshark, "-r", str(path), "-Y", wrong], capture_output=True, check=True)
    assert odd.stdout == b""
    shown = ("-T", "fields", "-e", "websocket.opcode", "-Y", "websocket")
    found = subprocess.run([tshark, "-r", str(path), *shown], capture_output=True, check=True)
    assert found.stdout.replace(b",", b"\n").split() == [b"1"] * len(told.said)
