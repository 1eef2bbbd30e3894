import struct

import pytest

from analyzer.transport.layers import (
    AYIYA,
    ETHERNET,
    GENEVE,
    GTP,
    IP,
    IPV4,
    IPV6,
    L2TP,
    LISP,
    OTHER_UDP,
    PPP,
    TEREDO,
    TZSP,
    VXLAN,
    VXLAN_GPE,
    WLAN,
)
from analyzer.transport.tunnels import GRE, NSH
from analyzer.transport.udp_tunnels import GTP_EXTENSIONS, PEELERS, PORTS, TZSP_TAGS, UDP

from .test_layers import layer_of, peeled


def udp(source: int, destination: int, length: int = 48) -> bytes:
    return struct.pack(">HHHH", source, destination, length, 0) + bytes(40)


@pytest.mark.parametrize(("port", "kind"), PORTS.items())
def test_either_port_tells(port: int, kind: int) -> None:
    assert peeled(UDP, udp(50_000, port)) == [(8, kind)]
    assert peeled(UDP, udp(port, 50_000)) == [(8, kind)]


def test_the_receivers_port_tells_first() -> None:
    assert peeled(UDP, udp(4789, 4754)) == [(8, GRE)]
    assert peeled(UDP, udp(4754, 4789)) == [(8, VXLAN)]
    assert peeled(UDP, udp(443, 50_000)) == [(8, OTHER_UDP)]


@pytest.mark.parametrize(
    ("length", "end"), [(48, 48), (20, 20), (8, 8), (0, 48), (7, 48), (99, 48)]
)
def test_the_length_bounds_what_is_carried(length: int, end: int) -> None:
    data, layer = layer_of(udp(1, 2, length), kind=UDP)
    found = PEELERS[UDP](data, layer)
    assert (found.end - layer.at).tolist() == [end]
    assert (found.captured_end - layer.at).tolist() == [end]


@pytest.mark.parametrize(
    ("kind_before", "head", "skipped", "kind"),
    [
        (VXLAN, "08000000 00002a00", 8, ETHERNET),
        (VXLAN, "88ffffff ffffffff", 8, ETHERNET),
        (VXLAN, "00000000 00002a00", 0, OTHER_UDP),
        (VXLAN_GPE, "0c000001 00002a00", 8, IPV4),
        (VXLAN_GPE, "0c000002 00002a00", 8, IPV6),
        (VXLAN_GPE, "0c000003 00002a00", 8, ETHERNET),
        (VXLAN_GPE, "0c000004 00002a00", 8, NSH),
        (VXLAN_GPE, "0c000009 00002a00", 8, OTHER_UDP),
        (VXLAN_GPE, "08000000 00002a00", 8, ETHERNET),
        (GENEVE, "0000 6558 00002a00", 8, 0x6558),
        (GENEVE, "0300 0800 00002a00", 20, IPV4),
        (GENEVE, "4000 0800 00002a00", 8, OTHER_UDP),
        (GTP, "30ff 0020 00000001", 8, IP),
        (GTP, "32ff 0020 00000001 00000000", 12, IP),
        (GTP, "34ff 0020 00000001 00000085 01100100", 16, IP),
        (GTP, "34ff 0020 00000001 00000085 02100100 00000040 01100100", 24, IP),
        (GTP, "36ff 0020 00000001 00000000", 12, IP),
        (GTP, "30fe 0020 00000001", 8, OTHER_UDP),
        (GTP, "50ff 0020 00000001", 8, OTHER_UDP),
        (GTP, "34ff 0020 00000001 00000085 00100100", 12, IP),
        (GTP, "34ff 0020 00000001 00000085" + "01100185" * 20, 12 + 4 * GTP_EXTENSIONS, OTHER_UDP),
        (TEREDO, "60", 0, IPV6),
        (TEREDO, "0000 3333 44444444 60", 8, IPV6),
        (TEREDO, "0001 0000 0000000000000000 00 60", 13, IPV6),
        (TEREDO, "0001 0102 aa bbbb 0000000000000000 00 0000 3333 44444444 60", 24, IPV6),
        (TEREDO, "45", 0, OTHER_UDP),
        (L2TP, "0002 0001 0002", 6, PPP),
        (L2TP, "4002 0020 0001 0002", 8, PPP),
        (L2TP, "0802 0001 0002 0003 0004", 10, PPP),
        (L2TP, "0202 0001 0002 0004 00000000", 12, PPP),
        (L2TP, "c802 0020 0001 0002 0003 0004", 12, OTHER_UDP),
        (L2TP, "0003 0000 0001", 6, OTHER_UDP),
        (LISP, "80000000 00000000", 8, IP),
        (AYIYA, "4452 1129 00000000" + "00" * 32, 8 + 16 + 20, IPV6),
        (AYIYA, "4452 103b 00000000" + "00" * 32, 8 + 16 + 20, OTHER_UDP),
        (TZSP, "0100 0001 01", 5, ETHERNET),
        (TZSP, "0101 0012 00 0a01ff 01", 9, WLAN),
        (TZSP, "0104 0000 01", 5, OTHER_UDP),
        (TZSP, "0200 0001 01", 5, OTHER_UDP),
        (TZSP, "0100 0099 01", 5, OTHER_UDP),
        (TZSP, "0100 0001" + "00" * 40, 4 + TZSP_TAGS, OTHER_UDP),
    ],
)
def test_headers(kind_before: int, head: str, skipped: int, kind: int) -> None:
    assert peeled(kind_before, bytes.fromhex(head) + bytes(80)) == [(skipped, kind)]
