"""
Find the network header behind a link layer header (https://www.tcpdump.org/linktypes.html).

A new link type is a function and its row in `LINKS`.
"""

from collections.abc import Callable

import numpy as np

from ..model.packet import Int64
from .octets import Octets, gather, words

IPV4 = 0x0800
IPV6 = 0x86DD
NO_PROTOCOL = -1
"""Neither an EtherType nor IP can be told."""

VLAN = (0x8100, 0x88A8, 0x9100, 0x9200)
VLAN_TAGS = 8
"""Nested VLAN tags passed; IEEE 802.1ad knows two."""

LENGTH_UPTO = 0x0600
"""Below it the field of an Ethernet header is a length (IEEE 802.3 section 3.2.6)."""

SNAP = 0xAAAA03000000
"""LLC header and zero OUI before an EtherType (RFC 1042)."""

PPPOE = 0x8864
"""A session of PPP over Ethernet (RFC 2516 section 4)."""

PPP_HEADER = 0xFF03
"""Address and control, which RFC 1661 section 6.6 lets both sides leave out."""

FAMILIES = {2: IPV4, 10: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}
"""AF_INET, and AF_INET6 of Linux, NetBSD, FreeBSD and macOS."""

Network = tuple[Int64, Int64]
"""Index of each network header and the EtherType of what stands there."""


def _ethernet(data: Octets, start: Int64) -> Network:
    kind = words(gather(data, start + 12, 2), "u2")[:, 0].astype(np.int64)
    return _untagged(data, start + 14, kind)


def _sll(data: Octets, start: Int64) -> Network:
    kind = words(gather(data, start + 14, 2), "u2")[:, 0].astype(np.int64)
    return _untagged(data, start + 16, kind)


def _sll2(data: Octets, start: Int64) -> Network:
    kind = words(gather(data, start, 2), "u2")[:, 0].astype(np.int64)
    return _untagged(data, start + 20, kind)


def _untagged(data: Octets, at: Int64, kind: Int64) -> Network:
    """Pass VLAN tags and an LLC/SNAP header."""
    rows = np.flatnonzero(np.isin(kind, VLAN))
    for _ in range(VLAN_TAGS):
        if not len(rows):
            break
        kind[rows] = words(gather(data, at[rows] + 2, 2), "u2")[:, 0]
        at[rows] += 4
        rows = rows[np.isin(kind[rows], VLAN)]
    rows = np.flatnonzero(kind == PPPOE)
    if len(rows):
        at[rows], kind[rows] = _ppp(data, at[rows] + 6)
    rows = np.flatnonzero((kind < LENGTH_UPTO) & (kind >= 0))
    if len(rows):
        llc = words(gather(data, at[rows], 8), "u8")[:, 0]
        snap = llc >> np.uint64(16) == SNAP
        rows = rows[snap]
        kind[rows] = (llc[snap] & np.uint64(0xFFFF)).astype(np.int64)
        at[rows] += 8
    return at, kind


def _ppp(data: Octets, start: Int64) -> Network:
    """The protocol field (RFC 1661 section 2), 0x21 for IPv4 and 0x57 for IPv6."""
    at = start + 2 * (words(gather(data, start, 2), "u2")[:, 0] == PPP_HEADER)
    protocol = words(gather(data, at, 2), "u2")[:, 0]
    # Odd in its first octet it is compressed to that one (section 6.5).
    short = protocol & 0x0100 != 0
    protocol = np.where(short, protocol >> 8, protocol)
    kind = np.full(len(start), NO_PROTOCOL, np.int64)
    kind[protocol == 0x0021] = IPV4
    kind[protocol == 0x0057] = IPV6
    return at + 2 - short, kind


def _family(data: Octets, start: Int64) -> Network:
    """NULL and LOOP: an address family in the byte order of whoever captured."""
    big = words(gather(data, start, 4), "u4")[:, 0]
    family = np.minimum(big, big.byteswap())
    kind = np.full(len(start), NO_PROTOCOL, np.int64)
    for number, protocol in FAMILIES.items():
        kind[family == number] = protocol
    return start + 4, kind


def _raw(data: Octets, start: Int64) -> Network:
    """Bare IP: its first four bits are the version."""
    version = words(gather(data, start, 1), "u1")[:, 0] >> 4
    kind = np.full(len(start), NO_PROTOCOL, np.int64)
    kind[version == 4] = IPV4
    kind[version == 6] = IPV6
    return start.copy(), kind


LINKS: dict[int, tuple[str, Callable[[Octets, Int64], Network]]] = {
    0: ("NULL", _family),
    1: ("Ethernet", _ethernet),
    9: ("PPP", _ppp),
    12: ("Raw IP", _raw),
    14: ("Raw IP", _raw),
    101: ("Raw IP", _raw),
    108: ("LOOP", _family),
    113: ("Linux cooked", _sll),
    228: ("Raw IPv4", _raw),
    229: ("Raw IPv6", _raw),
    276: ("Linux cooked v2", _sll2),
}
"""Link types that are decoded."""

OTHER_NAMES = {
    8: "SLIP",
    50: "PPP in HDLC",
    104: "Cisco HDLC",
    105: "IEEE 802.11",
    107: "Frame Relay",
    119: "Prism",
    127: "IEEE 802.11 radiotap",
    163: "AVS",
    189: "USB",
    192: "PPI",
    220: "USB",
    239: "NFLOG",
    249: "USBPcap",
    253: "Netlink",
}
"""Link types that only have a name."""


def link_name(link_type: int) -> str:
    """What a link type is called: "Ethernet", "IEEE 802.11 (105)", "147"."""
    if link_type in LINKS:
        return LINKS[link_type][0]
    name = OTHER_NAMES.get(link_type)
    return f"{name} ({link_type})" if name else str(link_type)


def network(data: Octets, start: Int64, link_type: Int64) -> Network:
    """Network headers of packets; NO_PROTOCOL where the link type is not decoded."""
    if len(start) and (link_type == link_type[0]).all():
        kinds = [int(link_type[0])]
        if kinds[0] in LINKS:
            return LINKS[kinds[0]][1](data, start)
    else:
        kinds = np.unique(link_type).tolist()
    at = start.copy()
    protocol = np.full(len(start), NO_PROTOCOL, np.int64)
    for kind in kinds:
        if kind in LINKS:
            rows = np.flatnonzero(link_type == kind)
            at[rows], protocol[rows] = LINKS[kind][1](data, start[rows])
    return at, protocol
