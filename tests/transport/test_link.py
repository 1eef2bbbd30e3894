import struct

import pytest

from analyzer.model.packet import NO_PACKET
from analyzer.transport import layers, link
from analyzer.transport.layers import IPV4, IPV6, NO_PROTOCOL
from analyzer.transport.link import VLAN_TAGS, link_name, network

from .segments import window_of

BODY = b"\x45" + bytes(39)
BODY6 = b"\x60" + bytes(39)


SNAP = b"\xaa\xaa\x03\0\0\0"


def tag(kind: int = 0x8100) -> bytes:
    return struct.pack(">HH", kind, 7)


CASES = [
    (0, struct.pack("<I", 2) + BODY, 4, IPV4),
    (0, struct.pack(">I", 2) + BODY, 4, IPV4),
    (0, struct.pack("<I", 30) + BODY6, 4, IPV6),
    (0, struct.pack("<I", 24) + BODY6, 4, IPV6),
    (0, struct.pack("<I", 7) + BODY6, 4, NO_PROTOCOL),
    (108, struct.pack(">I", 28) + BODY6, 4, IPV6),
    (1, bytes(12) + b"\x08\x00" + BODY, 14, IPV4),
    (1, bytes(12) + b"\x86\xdd" + BODY6, 14, IPV6),
    (1, bytes(12) + b"\x08\x06" + bytes(28), 14, 0x0806),
    (1, bytes(12) + tag() + b"\x08\x00" + BODY, 18, IPV4),
    (1, bytes(12) + tag(0x88A8) + tag() + b"\x86\xdd" + BODY6, 22, IPV6),
    (1, bytes(12) + tag(0x9100) * VLAN_TAGS + b"\x08\x00" + BODY, 46, IPV4),
    (1, bytes(12) + tag() * (VLAN_TAGS + 1) + b"\x08\x00" + BODY, 46, 0x8100),
    (1, bytes(12) + b"\x00\x30\xaa\xaa\x03\x00\x00\x00\x08\x00" + BODY, 22, IPV4),
    (1, bytes(12) + b"\x00\x30\x42\x42\x03" + bytes(40), 14, 0x30),
    (1, bytes(12) + b"\x88\x64" + bytes(6) + b"\x00\x21" + BODY, 22, IPV4),
    (1, bytes(12) + tag() + b"\x88\x64" + bytes(6) + b"\x00\x57" + BODY6, 26, IPV6),
    (1, bytes(12) + b"\x88\x64" + bytes(6) + b"\xc0\x21" + BODY, 22, NO_PROTOCOL),
    (9, b"\xff\x03\x00\x21" + BODY, 4, IPV4),
    (9, b"\x00\x57" + BODY6, 2, IPV6),
    (9, b"\x21" + BODY, 1, IPV4),
    (12, BODY, 0, IPV4),
    (14, BODY, 0, IPV4),
    (101, BODY6, 0, IPV6),
    (101, b"\x10" + bytes(39), 0, NO_PROTOCOL),
    (228, BODY, 0, IPV4),
    (229, BODY6, 0, IPV6),
    (113, bytes(14) + b"\x08\x00" + BODY, 16, IPV4),
    (113, bytes(14) + tag() + b"\x08\x00" + BODY, 20, IPV4),
    (276, b"\x86\xdd" + bytes(18) + BODY6, 20, IPV6),
    (276, b"\x81\x00" + bytes(18) + b"\x00\x07\x08\x00" + BODY, 24, IPV4),
    (105, BODY, 0, layers.WLAN),
    (6, bytes(14) + SNAP + b"\x08\x00" + BODY, 22, IPV4),
    (6, bytes(8) + b"\x80" + bytes(5) + b"\x04\0\0\0" + SNAP + b"\x08\x00" + BODY, 26, IPV4),
    (6, bytes(14) + b"\x42\x42\x03" + BODY, 14, layers.OTHER_LLC),
    (10, bytes(13) + SNAP + b"\x81\x00" + BODY, 21, 0x8100),
    (8, bytes(16) + BODY6, 16, IPV6),
    (50, b"\xff\x03\x00\x21" + BODY, 4, IPV4),
    (50, b"\x0f\x00\x86\xdd" + BODY6, 4, IPV6),
    (50, b"\x8f\x00\x20\x00" + BODY, 4, 0x2000),
    (50, b"\xff\x03\xc0\x21" + BODY, 4, NO_PROTOCOL),
    (50, b"\xff\x03\x02\x81" + BODY, 4, 0x8847),
    (51, bytes(6) + b"\x00\x21" + BODY, 8, IPV4),
    (104, b"\x0f\x00\x08\x00" + BODY, 4, IPV4),
    (104, b"\x0f\x00\x80\x35" + BODY, 4, 0x8035),
    (107, b"\x18\x41\x03\xcc" + BODY, 4, IPV4),
    (107, b"\x18\x41\x03\x00\xcc" + BODY, 5, IPV4),
    (107, b"\x18\x40\x01\x03\x8e" + BODY6, 5, IPV6),
    (107, b"\x18\x40\x00\x01\x03\xcc" + BODY, 6, IPV4),
    (107, b"\x18\x41\x03\x08" + BODY, 4, NO_PROTOCOL),
    (107, b"\x18\x41\x13\xcc" + BODY, 4, NO_PROTOCOL),
    (107, b"\x18\x41\x03\x00\x80\x00\x80\xc2\x00\x07" + BODY, 10, layers.ETHERNET),
    (107, b"\x18\x41\x03\x00\x80\x00\x00\x0c\x20\x00" + BODY, 10, NO_PROTOCOL),
    (107, b"\x18\x41\x03\x00\x80\x00\x00\x00\x08\x00" + BODY, 10, IPV4),
    (182, b"\xc0\x01\x18\x41\x03\xcc" + BODY, 6, IPV4),
    (182, b"\x80\x01\x18\x41\x03\xcc" + BODY, 6, NO_PROTOCOL),
    (109, bytes(12) + BODY, 12, IPV4),
    (117, b"\x3d" + bytes(63) + BODY, 64, IPV4),
    (117, b"\x40" + bytes(63) + BODY6, 64, IPV6),
    (129, b"\x01\x02\0\0\xf0" + BODY, 5, IPV4),
    (129, b"\x01\x02\0\0\xd4\x00\0\0" + BODY, 8, IPV4),
    (129, b"\x01\x02\0\0\xd4\x03\0\0" + BODY, 8, NO_PROTOCOL),
    (129, b"\x01\x02\0\0\xd5\x00\0\0" + BODY, 5, NO_PROTOCOL),
    (178, b"MGC\x01" + BODY, 4, layers.ETHERNET),
    (178, b"MGC\x80\x00\x02\x01\x01" + BODY, 8, layers.ETHERNET),
    (178, b"MGC\x02" + BODY, 4, NO_PROTOCOL),
    (178, b"MGD\x01" + BODY, 4, NO_PROTOCOL),
    (204, b"\x00\xff\x03\x00\x57" + BODY6, 5, IPV6),
    (226, bytes(24) + BODY6, 24, IPV6),
    (242, bytes(40) + b"\x08\x00\0\0" + BODY, 44, IPV4),
    (285, bytes(12) + b"\xda\xda" + bytes(6) + b"\x08\x00" + BODY, 22, IPV4),
    (147, BODY, 0, NO_PROTOCOL),
    (NO_PACKET, b"", 0, NO_PROTOCOL),
]


@pytest.mark.parametrize(("link_type", "packet", "skipped", "kind"), CASES)
def test_the_network_header_is_found(
    link_type: int, packet: bytes, skipped: int, kind: int
) -> None:
    window = window_of([packet], link_type=link_type)
    at, found = network(window.data, window.start, window.link_type)
    assert (at - window.start).tolist() == [skipped]
    assert found.tolist() == [kind]


def test_link_types_may_alternate() -> None:
    window = window_of([packet for _, packet, _, _ in CASES])
    window.link_type[:] = [link_type for link_type, _, _, _ in CASES]
    before = window.start.copy()
    at, found = network(window.data, window.start, window.link_type)
    assert (at - window.start).tolist() == [skipped for _, _, skipped, _ in CASES]
    assert found.tolist() == [kind for _, _, _, kind in CASES]
    assert window.start.tolist() == before.tolist()


def test_no_packets_have_no_headers() -> None:
    window = window_of([])
    at, found = network(window.data, window.start, window.link_type)
    assert len(at) == len(found) == 0


def test_link_types_have_names() -> None:
    assert link_name(1) == "Ethernet"
    assert link_name(105) == "IEEE 802.11"
    assert link_name(189) == "USB (189)"
    assert link_name(147) == "147"
    assert not set(link.LINKS) & set(link.OTHER_NAMES)
