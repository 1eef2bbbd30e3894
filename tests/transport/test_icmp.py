"""ICMP messages that quote a TCP segment."""

import struct

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.flow import Endpoint
from analyzer.model.network import Unreachable
from analyzer.model.source import PacketSource
from analyzer.transport.icmp import unreachable

from .segments import CLIENT, SERVER, ip_packet, tcp_header

PLACE = PacketSource(0, 1, 1, 5)
ROUTER = "10.0.0.254"
TCP = tcp_header((CLIENT[1], SERVER[1]), 1, 2, 2)[:8]
FOUR = ip_packet((CLIENT[0], SERVER[0]), TCP)
SIX = ip_packet(("2001:db8::1", "2001:db8::2"), TCP)


def icmp(kind: int, code: int, quoted: bytes, rest: int = 0) -> bytes:
    return struct.pack(">BBHI", kind, code, 0, rest) + quoted


def read(octets: bytes, version: int = 4) -> Unreachable | None:
    return unreachable(octets, ROUTER, PLACE, version)


def test_a_router_says_which_segment_did_not_arrive() -> None:
    assert read(icmp(3, 13, FOUR)) == Unreachable(
        reporter=ROUTER,
        code="administratively prohibited",
        client=Endpoint(*CLIENT),
        server=Endpoint(*SERVER),
        source=PLACE,
    )


@pytest.mark.parametrize(
    ("version", "kind", "code", "rest", "told", "mtu"),
    [
        (4, 3, 0, 0, "network unreachable", None),
        (4, 3, 1, 0, "host unreachable", None),
        (4, 3, 3, 0, "port unreachable", None),
        (4, 3, 4, 1400, "fragmentation needed", 1400),
        (4, 3, 4, 0, "fragmentation needed", None),
        (4, 3, 10, 0, "administratively prohibited", None),
        (4, 11, 0, 0, "time exceeded", None),
        (4, 11, 1, 0, "reassembly time exceeded", None),
        (6, 1, 1, 0, "administratively prohibited", None),
        (6, 1, 3, 0, "host unreachable", None),
        (6, 2, 0, 1280, "packet too big", 1280),
        (6, 3, 0, 0, "time exceeded", None),
    ],
)
def test_codes(  # noqa: PLR0917 - a table
    version: int, kind: int, code: int, rest: int, told: str, mtu: int | None
) -> None:
    found = read(icmp(kind, code, FOUR if version == 4 else SIX, rest), version)
    assert found is not None
    assert (found.code, found.mtu) == (told, mtu)
    assert (found.client.port, found.server.port) == (CLIENT[1], SERVER[1])


def test_of_ipv6_extension_headers_are_passed() -> None:
    hosts = ("2001:db8::1", "2001:db8::2")
    destination = bytes([6, 1]) + bytes(14)
    found = read(icmp(1, 4, ip_packet(hosts, destination + TCP, protocol=60)), 6)
    assert found is not None
    assert (found.client, found.server) == (
        Endpoint("2001:db8::1", CLIENT[1]),
        Endpoint("2001:db8::2", SERVER[1]),
    )
    endless = bytes([0, 0]) + bytes(6)
    assert read(icmp(1, 4, ip_packet(hosts, endless * 20 + TCP, protocol=0)), 6) is None


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        icmp(3, 13, b""),
        icmp(8, 0, FOUR),
        icmp(3, 99, FOUR),
        icmp(3, 13, FOUR[:22]),
        icmp(3, 13, SIX[:39]),
        icmp(3, 13, ip_packet((CLIENT[0], SERVER[0]), TCP, protocol=17)),
        icmp(3, 13, b"\x42" + FOUR[1:]),
        icmp(3, 13, b"\x10" + FOUR[1:]),
        icmp(3, 13, FOUR[:6] + b"\0\1" + FOUR[8:]),
    ],
)
def test_what_names_no_segment_says_nothing(octets: bytes) -> None:
    assert read(octets) is None


@given(st.binary(max_size=120), st.sampled_from([4, 6]))
def test_any_octets_do_no_harm(octets: bytes, version: int) -> None:
    read(octets, version)
    read(icmp(3 if version == 4 else 1, 1, octets), version)


@given(st.integers(0, 15), st.integers(1, 65_535), st.integers(1, 65_535))
def test_as_dpkt_reads_it(code: int, sender: int, receiver: int) -> None:
    quoted = ip_packet((CLIENT[0], SERVER[0]), tcp_header((sender, receiver), 1, 2, 2))
    octets = icmp(3, code, quoted)
    theirs = dpkt.icmp.ICMP(octets).data.data
    mine = read(octets)
    assert isinstance(theirs, dpkt.ip.IP)
    assert mine is not None
    assert (mine.client.port, mine.server.port) == (theirs.data.sport, theirs.data.dport)
