import struct

import pytest

from analyzer.transport.layers import (
    AVS,
    ETHERNET,
    FAMILY,
    IP,
    LLC,
    NO_PROTOCOL,
    PKTAP,
    PPI,
    PPP,
    PRISM,
    RADIOTAP,
    WLAN,
    WLAN_FRAGMENT,
    WLAN_OTHER,
    WLAN_PADDED,
    WLAN_PROTECTED,
)
from analyzer.transport.wireless import PEELERS, SUBFRAMES

from .test_layers import layer_of, peeled


def frame(control: int, flags: int = 0, *, sequence: int = 0, rest: bytes = bytes(60)) -> bytes:
    return bytes([control, flags]) + bytes(20) + struct.pack("<H", sequence) + rest


@pytest.mark.parametrize(
    ("packet", "skipped", "kind"),
    [
        (frame(0x08), 24, LLC),
        (frame(0x08, 1), 24, LLC),
        (frame(0x08, 3), 30, LLC),
        (frame(0x88), 26, LLC),
        (frame(0x88, 3), 32, LLC),
        (frame(0x88, 0x80), 30, LLC),  # HT control
        (frame(0x08, 0x80), 24, LLC),  # order bit of a frame without QoS
        (frame(0x08, 0x40), 24, WLAN_PROTECTED),
        (frame(0x08, 4), 24, WLAN_FRAGMENT),
        (frame(0x08, sequence=0x21), 24, WLAN_FRAGMENT),
        (frame(0x08, sequence=0x20), 24, LLC),
    ],
)
def test_header_of_a_frame(packet: bytes, skipped: int, kind: int) -> None:
    assert peeled(WLAN, packet) == [(skipped, kind)]
    assert peeled(WLAN_PADDED, packet) == [(skipped + -skipped % 4, kind)]


@pytest.mark.parametrize("control", [0x48, 0xC8, 0x80, 0xD4, 0x09])
def test_frames_without_data(control: int) -> None:
    """Null functions, a beacon, an acknowledgment of ten octets, another version."""
    assert peeled(WLAN, frame(control)[:10]) == [(2, WLAN_OTHER)]


def subframe(length: int, body: bytes) -> bytes:
    return bytes(12) + struct.pack(">H", length) + body


@pytest.mark.parametrize(
    ("rest", "ats"),
    [
        (subframe(8, bytes(8)), [40]),
        (subframe(8, bytes(8)) + bytes(2) + subframe(3, b"abc"), [40, 64]),
        (subframe(8, bytes(8)) + bytes(2) + subframe(500, b"abc"), [40, 64]),
        (subframe(8, bytes(8)) + bytes(2) + bytes(13), [40]),
        (bytes(5), [40]),  # cut: what is behind it tells so
    ],
)
def test_frames_of_an_aggregate(rest: bytes, ats: list[int]) -> None:
    packet = frame(0x88, rest=b"\x80\x00" + rest)
    assert peeled(WLAN, packet) == [(at, LLC) for at in ats]
    data, layer = layer_of(packet, kind=WLAN)
    found = PEELERS[WLAN](data, layer)
    assert (found.end <= layer.end[0]).all()
    assert (found.captured_end <= found.end).all()


def test_an_aggregate_has_an_end() -> None:
    packet = frame(0x88, rest=b"\x80\x00" + subframe(0, bytes(2)) * (SUBFRAMES + 5))
    assert len(peeled(WLAN, packet)) == SUBFRAMES


def radiotap(length: int, *words: int, fields: bytes = b"") -> bytes:
    present = b"".join(struct.pack("<I", word) for word in words)
    return struct.pack("<BBH", 0, 0, length) + present + fields + bytes(40)


MORE = 1 << 31


@pytest.mark.parametrize(
    ("packet", "skipped", "kind"),
    [
        (radiotap(8, 0), 8, WLAN),
        (radiotap(9, 2, fields=b"\x10"), 9, WLAN),
        (radiotap(9, 2, fields=b"\x20"), 9, WLAN_PADDED),
        (radiotap(9, 4, fields=b"\x20"), 9, WLAN),
        (radiotap(17, 3, fields=bytes(8) + b"\x20"), 17, WLAN_PADDED),
        (radiotap(13, 2 | MORE, 0, fields=b"\x20"), 13, WLAN_PADDED),
        (radiotap(25, 3 | MORE, 0, fields=bytes(4 + 8) + b"\x20"), 25, WLAN_PADDED),
        (radiotap(21, 3 | MORE, MORE, 0, fields=bytes(8) + b"\x20"), 21, WLAN_PADDED),
        (radiotap(7, 0), 8, NO_PROTOCOL),
        (b"\0\0\x08\0" + b"\xff" * 200, 8, WLAN_PADDED),
    ],
)
def test_radiotap(packet: bytes, skipped: int, kind: int) -> None:
    assert peeled(RADIOTAP, packet) == [(skipped, kind)]


@pytest.mark.parametrize(
    ("packet", "skipped", "kind"),
    [
        (struct.pack("<II", 0x44, 144), 144, WLAN),
        (struct.pack(">II", 0x44, 144), 144, WLAN),
        (struct.pack(">II", 0x80211001, 64), 64, WLAN),
        (struct.pack(">II", 0x80211001, 1 << 20), 8, NO_PROTOCOL),
        (struct.pack("<II", 0x45, 144), 8, NO_PROTOCOL),
    ],
)
@pytest.mark.parametrize("kind_before", [PRISM, AVS])
def test_prism_and_avs(packet: bytes, skipped: int, kind: int, kind_before: int) -> None:
    assert peeled(kind_before, packet + bytes(200)) == [(skipped, kind)]


@pytest.mark.parametrize(
    ("link_type", "kind"),
    [(105, WLAN), (127, RADIOTAP), (1, ETHERNET), (9, PPP), (101, IP), (0, FAMILY), (99, -1)],
)
def test_headers_that_name_a_link_type(link_type: int, kind: int) -> None:
    packet = struct.pack("<BBHI", 0, 0, 24, link_type) + bytes(100)
    assert peeled(PPI, packet) == [(24, kind)]
    packet = struct.pack("<III", 120, 1, link_type) + bytes(200)
    assert peeled(PKTAP, packet) == [(120, kind)]


@pytest.mark.parametrize(("length", "skipped"), [(7, 8), (0, 8), (0xFFFF, 1_024)])
def test_a_length_that_cannot_be(length: int, skipped: int) -> None:
    packet = struct.pack("<BBHI", 0, 0, length, 1) + bytes(100)
    assert peeled(PPI, packet) == [(skipped, NO_PROTOCOL)]
