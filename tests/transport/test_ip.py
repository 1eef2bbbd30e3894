import struct

import dpkt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.transport.ip import EXTENSION_HEADERS, FRAGMENT, MALFORMED, TCP, datagrams
from analyzer.transport.layers import IPV4, IPV6, Layer

from .segments import window_of


def passed(packet: bytes, kind: int = IPV4) -> tuple[int, int, int, int]:
    """Version, protocol, where the protocol begins and where it ends."""
    window = window_of([packet])
    ends = window.start + window.captured, window.start + window.original
    layer = Layer(np.arange(1), window.start, np.full(1, kind), *ends)
    found = datagrams(window.data, layer)
    begin = window.start[0]
    values = (found.version, found.protocol, found.at - begin, found.end - begin)
    version, protocol, at, end = (int(value[0]) for value in values)
    return version, protocol, at, end


def four(total: int, *, words: int = 5, protocol: int = TCP, fragment: int = 0) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x40 | words, 0, total, 1, fragment, 64, protocol, 0)
    return head + bytes(8) + bytes(max(0, 4 * words - 20))


def six(length: int, *, protocol: int = TCP) -> bytes:
    return struct.pack(">IHBB", 6 << 28, length, protocol, 64) + bytes(32)


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (four(60) + bytes(40), (4, TCP, 20, 60)),
        (four(60) + bytes(60), (4, TCP, 20, 60)),  # padded to Ethernet's minimum
        (four(100) + bytes(40), (4, TCP, 20, 60)),  # more than there was
        (four(0) + bytes(40), (4, TCP, 20, 60)),  # segmented by the network card
        (four(64, words=6) + bytes(40), (4, TCP, 24, 64)),
        (four(60, protocol=17) + bytes(40), (4, 17, 20, 60)),
        (four(60, fragment=0x4000) + bytes(40), (4, TCP, 20, 60)),
        (four(60, fragment=0x2000) + bytes(40), (4, FRAGMENT, 20, 60)),
        (four(60, fragment=0x0010) + bytes(40), (4, FRAGMENT, 20, 60)),
        (four(60, words=4) + bytes(40), (4, MALFORMED, 16, 60)),
        (four(19) + bytes(40), (4, MALFORMED, 20, 19)),
    ],
)
def test_ipv4(packet: bytes, expected: tuple[int, int, int, int]) -> None:
    assert passed(packet) == expected


def test_a_version_that_is_not_the_link_layers_is_malformed() -> None:
    assert passed(six(40) + bytes(40))[:2] == (0, MALFORMED)
    assert passed(four(60) + bytes(40), IPV6)[:2] == (0, MALFORMED)
    assert passed(four(60) + bytes(40), 0x0806)[:2] == (0, MALFORMED)


HOP, ROUTING, OPTIONS = 0, 43, 60


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (six(40) + bytes(40), (6, TCP, 40, 80)),
        (six(0) + bytes(40), (6, TCP, 40, 80)),  # a jumbogram, or segmented by the card
        (six(40) + bytes(60), (6, TCP, 40, 80)),
        (six(48, protocol=HOP) + bytes([TCP, 0]) + bytes(6 + 40), (6, TCP, 48, 88)),
        (
            six(64, protocol=ROUTING) + bytes([OPTIONS, 1]) + bytes(14) + bytes([TCP]) + bytes(47),
            (6, TCP, 64, 104),
        ),
        (six(48, protocol=44) + bytes([TCP, 0, 0, 0]) + bytes(44), (6, TCP, 48, 88)),  # atomic
        (six(48, protocol=44) + bytes([TCP, 0, 0, 1]) + bytes(44), (6, FRAGMENT, 48, 88)),
        (six(48, protocol=44) + bytes([TCP, 0, 8, 0]) + bytes(44), (6, FRAGMENT, 48, 88)),
        (six(52, protocol=51) + bytes([TCP, 1]) + bytes(50), (6, TCP, 52, 92)),
        (six(48, protocol=HOP) + bytes([59, 0]) + bytes(46), (6, 59, 48, 88)),
        (six(48, protocol=50) + bytes(48), (6, 50, 40, 88)),  # encrypted
    ],
)
def test_ipv6(packet: bytes, expected: tuple[int, int, int, int]) -> None:
    assert passed(packet, IPV6) == expected


def test_only_an_authentication_header_may_follow_ipv4() -> None:
    header = bytes([TCP, 4]) + bytes(22)
    assert passed(four(84, protocol=51) + header + bytes(40)) == (4, TCP, 44, 84)
    assert passed(four(68, protocol=60) + bytes([TCP]) + bytes(47)) == (4, 60, 20, 68)
    after = bytes([60, 4]) + bytes(22)
    assert passed(four(84, protocol=51) + after + bytes(40)) == (4, 60, 44, 84)


def test_an_endless_chain_of_headers_is_malformed() -> None:
    chain = bytes([HOP, 0, 0, 0, 0, 0, 0, 0]) * (EXTENSION_HEADERS + 1)
    last = bytes([TCP, 0, 0, 0, 0, 0, 0, 0])
    assert passed(six(400, protocol=HOP) + chain + last, IPV6)[1] == MALFORMED
    whole = chain[: 8 * (EXTENSION_HEADERS - 1)] + last
    assert passed(six(400, protocol=HOP) + whole, IPV6)[1] == TCP


@given(
    st.binary(max_size=40).map(lambda options: options + bytes(-len(options) % 4)),
    st.integers(0, 255).filter(lambda protocol: protocol != 51),
    st.binary(max_size=60),
)
def test_ipv4_as_another_decoder_has_it(options: bytes, protocol: int, body: bytes) -> None:
    packet = bytes(dpkt.ip.IP(p=protocol, opts=options, data=body, hl=5 + len(options) // 4))
    theirs = dpkt.ip.IP(packet)
    assert passed(packet) == (4, protocol, theirs.hl * 4, theirs.len)


@given(st.lists(st.sampled_from([HOP, ROUTING, OPTIONS]), max_size=5), st.binary(max_size=60))
def test_ipv6_headers_in_any_order(chain: list[int], body: bytes) -> None:
    octets = b""
    for index, _ in enumerate(chain):
        following = chain[index + 1] if index + 1 < len(chain) else TCP
        octets += bytes([following, index]) + bytes(8 * (index + 1) - 2)
    packet = six(len(octets) + len(body), protocol=chain[0] if chain else TCP) + octets + body
    assert passed(packet, IPV6) == (6, TCP, 40 + len(octets), len(packet))
