"""What no change names stays as it was recorded, and what is changed can be read."""

import struct
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import dpkt
import pytest

from analyzer.model.source import Direction
from tests.transport.segments import ACK, FIN, PSH, RST, SYN, C, S

from . import packet_changes as packets
from . import tls_changes as tls
from .packet_changes import S_NS, Conversation
from .story import FIXTURES

GOOD = FIXTURES / "good-ws" / "capture.pcapng"
RECORDINGS = ("good-ws", "upgrade-403", "n-untrusted-cert-tls12", "good-bosh")


def good() -> Conversation:
    return packets.talk(GOOD)


def frames(octets: bytes) -> list[bytes]:
    return [bytes(frame) for _, frame in dpkt.pcap.Reader(BytesIO(octets))]


def texts(one: Conversation) -> list[tuple[Direction, str]]:
    return [(way, text) for _, way, text in packets.messages(one)]


def rebuilt(one: Conversation) -> Conversation:
    """As a reader finds it in the file that is written of it."""
    found: dict[frozenset[packets.End], Conversation] = {}
    for seconds, frame in dpkt.pcap.Reader(BytesIO(packets.pcap(one))):
        packets._add(found, int(seconds * S_NS), bytes(frame))
    (read,) = found.values()
    return read


@pytest.mark.parametrize("name", RECORDINGS)
def test_unchanged_packets_are_those_of_the_recording(name: str) -> None:
    path = FIXTURES / name / "capture.pcapng"
    with path.open("rb") as file:
        recorded = [bytes(frame) for _, frame in dpkt.pcapng.Reader(file)]
    talks = packets.read(path)
    assert sorted(frames(packets.pcap(*talks))) == sorted(recorded)
    assert sum(len(talk.segments) for talk in talks) == len(recorded)


def test_other_addresses_change_nothing_else() -> None:
    one, client, server = good(), ("192.0.2.1", 40_000), ("192.0.2.9", 8_445)
    moved = rebuilt(packets.moved(one, client=client, server=server, later_ns=5 * S_NS))
    assert (moved.client, moved.server) == (client, server)
    for way in Direction:
        assert moved.octets(way) == one.octets(way)

    assert moved.began_ns - one.began_ns == 5 * S_NS
    assert [s[2:7] for s in moved.segments] == [s[2:7] for s in one.segments]


def test_a_message_instead_of_another() -> None:
    long = "<presence>" + "x" * 300 + "</presence>"

    def change(way: Direction, text: str) -> str | None:
        return long if text == '<presence xmlns="jabber:client"/>' else text

    one = good()
    other = rebuilt(packets.reworded(one, change))
    expected = [
        (way, long if text == '<presence xmlns="jabber:client"/>' else text)
        for way, text in texts(one)
    ]
    assert texts(other) == expected
    before = next(n for n, s in enumerate(one.segments) if b"HTTP/1.1 101" in s.payload)
    assert [s.frame for s in other.segments[: before + 1]] == [
        s.frame for s in one.segments[: before + 1]
    ]


def test_a_message_left_out_and_one_put_in() -> None:
    one = good()
    ping = next(text for way, text in texts(one) if way is C and ":ping" in text)
    without = rebuilt(packets.reworded(one, lambda way, text: None if text == ping else text))
    assert texts(without) == [pair for pair in texts(one) if pair[1] != ping]
    asked = packets.when(one, C, ":ping")
    for way, text in ((S, "<iq/>"), (C, "<iq id='" + "y" * 200 + "'/>")):
        more = rebuilt(packets.said(one, asked + 1_000, way, text))
        place = texts(one).index((C, ping)) + 1
        assert texts(more) == [*texts(one)[:place], (way, text), *texts(one)[place:]]


def test_a_change_that_changes_nothing() -> None:
    one = good()
    assert packets.reworded(one, lambda _, text: text) == one
    assert packets.before_end(packets.until(one, one.began_ns + 1)).segments == one.segments[:1]


def test_octets_of_one_segment() -> None:
    one = packets.talk(FIXTURES / "upgrade-403" / "capture.pcapng")
    other = packets.replaced(one, S, b"403 Forbidden", b"429 Too Many Requests")
    said = rebuilt(other).octets(S)
    assert said == one.octets(S).replace(b"403 Forbidden", b"429 Too Many Requests", 1)
    assert rebuilt(other).octets(C) == one.octets(C)
    with pytest.raises(ValueError, match="several"):
        packets.replaced(good(), S, b"</mechanisms></stream:features>\x81", b"")


def test_ends() -> None:
    one = packets.before_end(good())
    assert not any(s.flags & (FIN | RST) for s in one.segments)
    reset = packets.ended(one, S, RST)
    assert (reset.segments[-1].flags, reset.segments[-1].way) == (RST | ACK, S)
    left = packets.ended(one, C, FIN)
    assert [(s.way, s.flags) for s in left.segments[-2:]] == [(C, FIN | ACK), (S, FIN | ACK)]
    assert left.segments[-1].acked == left.segments[-2].offset + 1
    assert rebuilt(left).octets(C) == one.octets(C)


def test_no_connection() -> None:
    refused = rebuilt(packets.refused(good()))
    assert [(s.way, s.flags) for s in refused.segments] == [(C, SYN), (S, RST | ACK)]
    assert refused.segments[1].acked == 0
    silent = packets.unanswered(good(), again=3)
    begun = silent.began_ns
    assert [(s.time_ns - begun) // S_NS for s in silent.segments] == [0, 1, 3, 7]
    assert {s.frame for s in silent.segments} == {good().segments[0].frame}
    late = packets.until(good(), 1 << 62)._replace(segments=good().segments[3:])
    with pytest.raises(ValueError, match="beginning"):
        packets.refused(late)


def test_a_pause_moves_only_what_comes_behind_it() -> None:
    one = good()
    at_ns = packets.when(one, C, ":ping")
    paused = packets.paused(one, at_ns, 60 * S_NS)
    for before, after in zip(one.segments, paused.segments, strict=True):
        moved = 60 * S_NS if before.time_ns >= at_ns else 0
        assert after == before._replace(time_ns=before.time_ns + moved)


def test_checksums() -> None:
    # RFC 1071 section 3, the example; and an odd number of octets.
    assert packets.checksum(bytes.fromhex("0001f203f4f5f6f7")) == bytes.fromhex("220d")
    assert packets.checksum(b"\x01") == b"\xfe\xff"
    moved = packets.moved(good(), server=("192.0.2.9", 8_445))
    for frame in frames(packets.pcap(moved)):
        datagram = dpkt.ethernet.Ethernet(frame).data
        assert packets.checksum(frame[14:34]) == b"\0\0"
        pseudo = frame[26:34] + struct.pack(">HH", 6, datagram.len - 20)
        assert packets.checksum(pseudo + frame[34 : 14 + datagram.len]) == b"\0\0"


def refusal() -> Conversation:
    return packets.talk(FIXTURES / "n-untrusted-cert-tls12" / "capture.pcapng", tls.CLIENT_HELLO)


LEAF = tls.certificate(["a.test", "b.test"], "Some CA", ends_days=-1)


def other_certificate() -> Conversation:
    return tls.shown(refusal(), LEAF)


def test_another_certificate() -> None:
    one, other = refusal(), rebuilt(other_certificate())
    before, after = tls.records(one.octets(S)), tls.records(other.octets(S))
    assert [len(before), before[0], before[2:]] == [len(after), after[0], after[2:]]
    # Record, message, list and certificate each have their length in front.
    assert after[1][15:] == LEAF
    assert other.octets(C) == one.octets(C)


def test_another_alert() -> None:
    one, other = refusal(), rebuilt(tls.alerted(refusal(), C, 45))
    assert other.octets(C)[-1] == 45
    assert other.octets(C)[:-1] == one.octets(C)[:-1]
    assert other.octets(S) == one.octets(S)
    answer = rebuilt(tls.refused_hello(refusal(), 70))
    assert answer.octets(S) == bytes([21, 3, 3, 0, 2, 2, 70])


CHANGED: dict[str, Callable[[], Conversation]] = {
    "moved": lambda: packets.moved(good(), server=("192.0.2.9", 7_071)),
    "said": lambda: packets.said(good(), packets.when(good(), C, ":ping"), S, "<iq/>"),
    "reset": lambda: packets.ended(packets.before_end(good()), S, RST),
    "left": lambda: packets.ended(packets.before_end(good()), C, FIN),
    "refused": lambda: packets.refused(good()),
    "silent": lambda: packets.unanswered(good()),
    "certificate": other_certificate,
    "alert": lambda: tls.refused_hello(refusal(), 40),
}


@pytest.mark.parametrize("name", CHANGED)
def test_tshark_reads_it(tshark: str, tmp_path: Path, name: str) -> None:
    path = tmp_path / "changed.pcap"
    path.write_bytes(packets.pcap(CHANGED[name]()))
    wrong = "_ws.malformed or tcp.analysis.lost_segment or tcp.analysis.ack_lost_segment"
    checks = ("-o", "ip.check_checksum:TRUE", "-d", "tcp.port==8446,tls")
    found = subprocess.run(
        [tshark, "-r", str(path), *checks, "-Y", wrong], capture_output=True, check=True
    )
    assert found.stdout == b""


def test_flags_are_those_of_a_message() -> None:
    more = packets.said(good(), packets.when(good(), C, ":ping"), C, "<iq/>")
    flags = [s.flags for s in more.segments if s.changed and s.payload]
    assert PSH | ACK in flags
