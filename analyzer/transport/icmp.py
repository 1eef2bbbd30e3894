"""Read ICMP messages that quote a TCP segment which did not arrive (RFC 792, RFC 4443)."""

from ipaddress import IPv4Address, IPv6Address

from ..model.flow import Endpoint
from ..model.network import Unreachable
from ..model.source import PacketSource
from .ip import EXTENSIONS, TCP

ICMP = 1
ICMPV6 = 58

FRAGMENTATION_NEEDED = "fragmentation needed"
PROHIBITED = "administratively prohibited"

_UNREACHABLE = {
    0: "network unreachable",
    1: "host unreachable",
    2: "protocol unreachable",
    3: "port unreachable",
    4: FRAGMENTATION_NEEDED,
    5: "source route failed",
    6: "network unknown",
    7: "host unknown",
    8: "host isolated",
    9: PROHIBITED,
    10: PROHIBITED,
    11: "network unreachable",
    12: "host unreachable",
    13: PROHIBITED,
    14: "host unreachable",
    15: PROHIBITED,
}
"""Codes of "destination unreachable" (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 5.2.7.1)."""

_UNREACHABLE_V6 = {
    0: "network unreachable",
    1: PROHIBITED,
    2: "beyond the scope of the address",
    3: "host unreachable",
    4: "port unreachable",
    5: PROHIBITED,
    6: PROHIBITED,
}
"""Likewise (RFC 4443 section 3.1)."""

_EXCEEDED = {0: "time exceeded", 1: "reassembly time exceeded"}

TOO_BIG = "packet too big"

_CODES = {
    4: {3: _UNREACHABLE, 11: _EXCEEDED},
    6: {1: _UNREACHABLE_V6, 2: {0: TOO_BIG}, 3: _EXCEEDED},
}

VERSIONS = tuple(
    (version, protocol, tuple(_CODES[version])) for version, protocol in ((4, ICMP), (6, ICMPV6))
)
"""Version of IP, protocol number, types of messages that quote what did not arrive."""

_EXTENSION_HEADERS = 8


def unreachable(
    octets: bytes, reporter: str, source: PacketSource, version: int
) -> Unreachable | None:
    """
    Read an ICMP message.

    Args:
        octets: From its type on, as far as captured.
        reporter: Who sent it.
        source: Its place.
        version: Of IP.

    Returns:
        None if it does not say that a TCP segment did not arrive, or is cut before it says which.
    """
    if len(octets) < 8:
        return None
    code = _CODES[version].get(octets[0], {}).get(octets[1])
    quoted = _segment(octets[8:])
    if code is None or quoted is None:
        return None
    mtu = None
    if code == TOO_BIG:
        mtu = int.from_bytes(octets[4:8], "big")
    elif code == FRAGMENTATION_NEEDED:
        # RFC 1191 section 4; older routers leave it zero.
        mtu = int.from_bytes(octets[6:8], "big") or None
    client, server = quoted
    return Unreachable(
        reporter=reporter, code=code, client=client, server=server, mtu=mtu, source=source
    )


def _segment(octets: bytes) -> tuple[Endpoint, Endpoint] | None:
    """Between whom the quoted segment was to go; None if it is no TCP, or not whole enough."""
    version = octets[0] >> 4 if octets else 0
    if version == 4 and len(octets) >= 20:
        at, protocol = (octets[0] & 15) * 4, octets[9]
        hosts = [str(IPv4Address(octets[12:16])), str(IPv4Address(octets[16:20]))]
        if int.from_bytes(octets[6:8], "big") & 0x1FFF or at < 20:
            return None  # a later fragment: no ports
    elif version == 6 and len(octets) >= 40:
        at, protocol = _pass_extensions(octets)
        hosts = [str(IPv6Address(octets[8:24])), str(IPv6Address(octets[24:40]))]
    else:
        return None
    ports = octets[at : at + 4]
    if protocol != TCP or len(ports) < 4:
        return None
    return (
        Endpoint(hosts[0], int.from_bytes(ports[:2], "big")),
        Endpoint(hosts[1], int.from_bytes(ports[2:], "big")),
    )


def _pass_extensions(octets: bytes) -> tuple[int, int]:
    """Index behind the extension headers of IPv6 (RFC 8200 section 4), and what stands there."""
    at, protocol = 40, octets[6]
    for _ in range(_EXTENSION_HEADERS):
        if protocol not in EXTENSIONS or at + 8 > len(octets):
            break
        protocol, at = octets[at], at + (octets[at + 1] + 1) * 8
    return at, protocol
