import struct

import pytest

from analyzer.transport import layers
from analyzer.transport.layers import (
    ERSPAN_1,
    ETHERNET,
    IP,
    IP_PROTOCOL,
    IPV4,
    IPV6,
    MACSEC_ENCRYPTED,
    NFLOG,
    NO_PROTOCOL,
    OTHER_GRE,
    OTHER_LLC,
    WLAN,
)
from analyzer.transport.tunnels import (
    BACKBONE,
    ETHER_IP,
    GRE,
    IPV4_IN_IP,
    IPV6_IN_IP,
    MACSEC,
    MPLS_LABELS,
    NETLINK_ATTRIBUTES,
    NSH,
)

from .test_layers import peeled

MPLS = 0x8847


def gre(flags: int, kind: int) -> bytes:
    return struct.pack(">HH", flags, kind) + bytes(40)


@pytest.mark.parametrize(
    ("packet", "skipped", "kind"),
    [
        (gre(0, 0x0800), 4, IPV4),
        (gre(0x8000, 0x86DD), 8, IPV6),
        (gre(0x2000, 0x0800), 8, IPV4),
        (gre(0x1000, 0x0800), 8, IPV4),
        (gre(0xB000, 0x0800), 16, IPV4),
        (gre(0, 0x88BE), 4, ERSPAN_1),
        (gre(0x1000, 0x88BE), 8, 0x88BE),
        (gre(0, 0x8200), 4, WLAN),
        (gre(0, 0x8370), 4, WLAN),
        (gre(0, 0x8201), 4, 0x8201),
        (gre(0x2001, 0x880B), 8, 0x880B),
        (gre(0x3001, 0x880B), 12, 0x880B),
        (gre(0x3081, 0x880B), 16, 0x880B),
        (gre(0x0080, 0x0800), 4, IPV4),  # means nothing in version 0
        (gre(0xA001, 0x880B), 8, 0x880B),  # nor a checksum in version 1
        (gre(0x2001, 0x6400), 8, ETHERNET),
        (gre(0x2000, 0x6400), 8, 0x6400),
        (gre(0x4000, 0x0800), 8, OTHER_GRE),  # routing
        (gre(2, 0x0800), 4, OTHER_GRE),
        (gre(0, 0), 4, OTHER_GRE),  # a keep-alive of Cisco's
    ],
)
def test_gre(packet: bytes, skipped: int, kind: int) -> None:
    assert peeled(GRE, packet) == [(skipped, kind)]


@pytest.mark.parametrize(
    ("kind_before", "head", "skipped", "kind"),
    [
        (0x88BE, "1000 0000 00000000", 8, ETHERNET),
        (0x88BE, "2000 0000 00000000", 8, NO_PROTOCOL),
        (0x22EB, "2000 0000 00000000 0000 0000", 12, ETHERNET),
        (0x22EB, "2000 0000 00000000 0000 0001", 20, ETHERNET),
        (0x22EB, "2000 0000 00000000 0000 0800", 12, IP),
        (0x22EB, "2000 0000 00000000 0000 0400", 12, NO_PROTOCOL),
        (0x22EB, "1000 0000 00000000 0000 0000", 12, NO_PROTOCOL),
    ],
)
def test_erspan(kind_before: int, head: str, skipped: int, kind: int) -> None:
    assert peeled(kind_before, bytes.fromhex(head) + bytes(30)) == [(skipped, kind)]


def labels(count: int) -> bytes:
    return bytes.fromhex("00064040") * (count - 1) + bytes.fromhex("00064140")


ADDRESSES = bytes.fromhex("02000000000302000000 0004")


@pytest.mark.parametrize(
    ("packet", "skipped", "kind"),
    [
        (labels(1) + b"\x45", 4, IPV4),
        (labels(3) + b"\x60", 12, IPV6),
        (labels(MPLS_LABELS) + b"\x45", 4 * MPLS_LABELS, IPV4),
        (labels(MPLS_LABELS + 1) + b"\x45", 4 * MPLS_LABELS, NO_PROTOCOL),
        (labels(1) + b"\xf0", 4, ETHERNET),
        (labels(2) + ADDRESSES + b"\x08\x00", 8, ETHERNET),
        (labels(2) + bytes.fromhex("00000007") + ADDRESSES + b"\x08\x00", 12, ETHERNET),
        (labels(2) + bytes(4) + ADDRESSES + b"\x00\x30", 12, ETHERNET),
        (labels(2) + ADDRESSES + b"\x00\x30", 8, ETHERNET),
        (labels(2) + bytes(12) + b"\x81\x00", 8, ETHERNET),
    ],
)
def test_mpls(packet: bytes, skipped: int, kind: int) -> None:
    assert peeled(MPLS, packet + bytes(30)) == [(skipped, kind)]
    assert peeled(0x8848, packet + bytes(30)) == [(skipped, kind)]


@pytest.mark.parametrize(
    ("kind_before", "head", "skipped", "kind"),
    [
        (0x8926, "00010002 0800", 6, IPV4),
        (0x8926, "00010002 8100 0005 86dd", 10, IPV6),
        (0x893F, "000000000000 0800", 8, IPV4),
        (0x8909, "010100010005 0030 aaaa03000000 0800", 16, IPV4),
        (BACKBONE, "0000004d", 4, ETHERNET),
        (0x6558, ADDRESSES.hex() + "0800", 14, IPV4),
        (ERSPAN_1, ADDRESSES.hex() + "88a8 0001 8100 0002 86dd", 22, IPV6),
        (ETHERNET, ADDRESSES.hex() + "0003 424203", 14, 3),
        (0x8100, "0001 0800", 4, IPV4),
        (0x8864, "1100 0001 0000 0021", 8, IPV4),
        (0x8870, "aaaa03000000 86dd", 8, IPV6),
        (layers.LLC, "aaaa030000f8 0800", 8, IPV4),
        (layers.LLC, "aaaa03000000 8100 0001 0800", 8, 0x8100),
        (layers.LLC, "aaaa0300000c 0800", 0, OTHER_LLC),
        (layers.PPP, "ff03 0021", 4, IPV4),
        (layers.PPP, "ff03 0281", 4, MPLS),
        (0x880B, "57", 1, IPV6),
        (0x6559, "1841 03cc", 4, IPV4),
        (IP, "45", 0, IPV4),
        (IP, "55", 0, NO_PROTOCOL),
        (IPV4_IN_IP, "60", 0, IPV4),
        (IPV6_IN_IP, "60", 0, IPV6),
        (IP_PROTOCOL + 143, "00", 0, ETHERNET),
        (ETHER_IP, "3000", 2, ETHERNET),
        (ETHER_IP, "4000", 2, NO_PROTOCOL),
        (NSH, "0fc20101", 8, IPV4),
        (NSH, "0fc60102", 24, IPV6),
        (NSH, "0fc60103", 24, ETHERNET),
        (NSH, "0fc60105", 24, MPLS),
        (NSH, "0fc60109", 24, NO_PROTOCOL),
        (NSH, "0fc10101", 8, NO_PROTOCOL),
        (MACSEC, "0000 00000001 0800", 8, IPV4),
        (MACSEC, "2000 00000001 0000000000000000 86dd", 16, IPV6),
        (MACSEC, "2c00 00000001 0000000000000000 86dd", 16, MACSEC_ENCRYPTED),
        (MACSEC, "0400 00000001 0800", 8, MACSEC_ENCRYPTED),
    ],
)
def test_headers(kind_before: int, head: str, skipped: int, kind: int) -> None:
    assert peeled(kind_before, bytes.fromhex(head) + bytes(30)) == [(skipped, kind)]


def attribute(kind: int, body: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", 4 + len(body), kind) + body + bytes(-len(body) % 4)


@pytest.mark.parametrize("order", "<>")
def test_netlink_attributes(order: str) -> None:
    before = attribute(1, bytes(4), order) + attribute(10, b"rule\0", order)
    packet = bytes(4) + before + attribute(9, b"\x45\0", order)
    assert peeled(NFLOG, packet) == [(4 + 8 + 12 + 4, IP)]


@pytest.mark.parametrize(
    ("packet", "skipped"),
    [
        (bytes(4) + attribute(1, b"") * NETLINK_ATTRIBUTES + attribute(9, b"\x45"), 132),
        (bytes(4) + b"\x03\x00\x01\x00" + attribute(9, b"\x45"), 4),
        (bytes(4), 4),
    ],
)
def test_netlink_without_a_packet(packet: bytes, skipped: int) -> None:
    assert peeled(NFLOG, packet) == [(skipped, NO_PROTOCOL)]
