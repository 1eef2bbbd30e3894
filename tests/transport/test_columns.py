from pathlib import Path

import dpkt
import numpy as np
import pytest

from analyzer.capture.pcapng import PcapngReader
from analyzer.model.packet import NO_PACKET, PacketWindow
from analyzer.transport.columns import ACK, PSH, SYN, Census, Segments

from .segments import (
    CLIENT,
    SERVER,
    C,
    S,
    ethernet,
    handshake,
    ip_packet,
    segment,
    sent,
    tcp_header,
    window_of,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def decoded(packets: list[bytes], snaplen: int = 1 << 18) -> tuple[Segments, Census]:
    census = Census()
    return census.segments(window_of(packets, snaplen=snaplen)), census


def payloads(window: PacketWindow, found: Segments) -> list[bytes]:
    return [
        window.data[at : at + size].tobytes()
        for at, size in zip(found.at.tolist(), found.captured.tolist(), strict=True)
    ]


def test_columns_of_ipv4_and_ipv6() -> None:
    six = (("2001:db8::1", 1), ("fe80::ffff:2", 65_535))
    packets = [
        segment(CLIENT, SERVER, 7, SYN, window=9),
        segment(*six, (1 << 32) - 1, PSH | ACK, b"hello", acknowledgment=1 << 31),
    ]
    window = window_of(packets, first=11)
    found = Census().segments(window)
    assert len(found) == 2
    assert found.number.tolist() == [11, 12]
    assert found.time_ns.tolist() == window.time_ns.tolist()
    assert found.version.tolist() == [4, 6]
    assert found.source.tolist() == [0x0A000001, 1]
    assert found.destination.tolist() == [0x0A000002, 0xFFFF0002]
    assert found.upper is not None
    assert found.upper.tolist() == [[0, 0], [0x20010DB8 << 32, 0xFE80 << 48]]
    assert found.source_port.tolist() == [40_000, 1]
    assert found.destination_port.tolist() == [7_071, 65_535]
    assert found.sequence.tolist() == [8, (1 << 32) - 1]  # SYN counted
    assert found.acknowledgment.tolist() == [0, 1 << 31]
    assert found.flags.tolist() == [SYN, PSH | ACK]
    assert found.window.tolist() == [9, 1_000]
    assert found.length.tolist() == [0, 5]
    assert payloads(window, found) == [b"", b"hello"]


@pytest.mark.parametrize("name", ["good-ws", "p-ipv6-ws", "r-lossy-ws", "z-server-pings-answered"])
def test_recordings_as_another_decoder_has_them(name: str) -> None:
    data = (FIXTURES / name / "capture.pcapng").read_bytes()
    for window in PcapngReader(memoryview(data)).windows():
        found = Census().segments(window)
        columns = (found.source_port, found.sequence, found.acknowledgment, found.flags)
        mine = list(zip(*(c.tolist() for c in columns), payloads(window, found), strict=True))
        theirs = []
        for at, size in zip(window.start.tolist(), window.captured.tolist(), strict=True):
            tcp = dpkt.ethernet.Ethernet(window.data[at : at + size].tobytes()).data.data
            assert isinstance(tcp, dpkt.tcp.TCP)
            first = (tcp.seq + bool(tcp.flags & SYN)) % (1 << 32)
            theirs.append((tcp.sport, first, tcp.ack, tcp.flags, bytes(tcp.data)))
        assert mine == theirs


def test_padding_is_no_payload() -> None:
    window = window_of([sent(C, 0, b"x") + bytes(10)])
    assert payloads(window, Census().segments(window)) == [b"x"]


def test_what_the_capture_cut_off_is_told_by_the_length() -> None:
    packet = sent(C, 0, b"0123456789")
    for kept, octets in ((len(packet) - 4, b"012345"), (54, b""), (53, b""), (50, b"")):
        window = window_of([packet], snaplen=kept)
        found = Census().segments(window)
        assert found.length.tolist() == [10]
        assert payloads(window, found) == [octets]
    found, census = decoded([packet], snaplen=49)
    assert len(found) == 0
    assert census.undecoded == {"header cut off": 1}


def test_a_header_that_contradicts_itself_still_tells_whose_it_is() -> None:
    header = tcp_header((40_000, 7_071), 1, 2, ACK)
    broken = [header[:12] + bytes([words << 4]) + header[13:] + b"ab" for words in (0, 4, 6, 15)]
    found, census = decoded([ethernet(ip_packet(("10.0.0.1", "10.0.0.2"), b)) for b in broken])
    assert found.length.tolist() == found.captured.tolist() == [0] * 4
    assert found.source_port.tolist() == [40_000] * 4
    assert census.undecoded == {"malformed header": 4}


def test_packets_are_counted_by_what_they_are() -> None:
    hosts = ("10.0.0.1", "10.0.0.2")
    fragment = bytearray(ethernet(ip_packet(hosts, bytes(40))))
    fragment[20] = 0x20
    packets = [
        *handshake(),
        sent(S, 0, b"x"),
        ethernet(ip_packet(hosts, bytes(8), 17)),
        ethernet(ip_packet(hosts, bytes(8), 17)),
        ethernet(ip_packet(hosts, bytes(8), 47)),
        ethernet(ip_packet(hosts, bytes(8), 200)),
        bytes(fragment),
        bytes(12) + b"\x08\x06" + bytes(28),
        bytes(12) + b"\x12\x34" + bytes(28),
        bytes(12) + b"\x00\x20" + bytes(32),
        bytes(12) + b"\x08\x00" + b"\x60" + bytes(40),
        ethernet(ip_packet(hosts, bytes(8), 17))[:20],
        ethernet(ip_packet(hosts, bytes(8), 6))[:30],
        b"\x01",
    ]
    found, census = decoded(packets)
    assert found.number.tolist() == [1, 2, 3, 4]
    assert census.link_types == {"Ethernet": len(packets)}
    assert census.undecoded == {
        "UDP": 2,
        "GRE": 1,
        "IP protocol 200": 1,
        "IP fragment": 1,
        "ARP": 1,
        "EtherType 0x1234": 1,
        "LLC": 1,
        "malformed header": 1,
        "header cut off": 3,
    }


def test_link_types_that_are_not_decoded_are_named() -> None:
    window = window_of([sent(C, 0), b"\x00" * 40, b"\x07" * 40, b""])
    window.link_type[:] = [147, 101, 0, NO_PACKET]
    census = Census()
    assert len(census.segments(window)) == 0
    assert census.link_types == {"147": 1, "Raw IP": 1, "NULL": 1}
    assert census.undecoded == {"link type 147": 1, "no network header": 2}


def test_a_window_without_packets() -> None:
    found, census = decoded([])
    assert len(found) == 0
    assert census.link_types == census.undecoded == {}
    assert found.upper is None
    assert found.source.dtype == np.uint64
