"""
Find what stands behind a link layer header (https://www.tcpdump.org/linktypes.html).

A new link type is a function and its row in `LINKS`.
"""

from functools import partial

import numpy as np

from ..model.packet import Int64
from . import layers
from .layers import IPV4, IPV6, NO_PROTOCOL, Network, Plain, chosen, number_at, octets_at
from .octets import Octets, gather, words

VLAN = (0x8100, 0x88A8, 0x9100, 0x9200)
VLAN_TAGS = 8
"""Nested VLAN tags passed; IEEE 802.1ad knows two."""

LENGTH_UPTO = 0x0600
"""Below it the field of an Ethernet header is a length (IEEE 802.3 section 3.2.6)."""

SNAP = (0xAAAA03000000, 0xAAAA030000F8)
"""LLC header and the OUI before an EtherType (RFC 1042; IEEE 802.1H)."""

PPPOE = 0x8864
"""A session of PPP over Ethernet (RFC 2516 section 4)."""

MPLS = 0x8847

PPP_HEADER = 0xFF03
"""Address and control, which RFC 1661 section 6.6 lets both sides leave out."""

PPP_PROTOCOLS = {0x0021: IPV4, 0x0057: IPV6, 0x0281: MPLS, 0x0283: MPLS}
"""Protocol numbers of PPP: RFC 1332, RFC 5072, RFC 3032."""

CISCO_HDLC = (0x0F00, 0x8F00)
"""Address (unicast, broadcast) and control where PPP has 0xFF03."""

FAMILIES = {2: IPV4, 10: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}
"""AF_INET, and AF_INET6 of Linux, NetBSD, FreeBSD and macOS."""

NLPIDS = {0xCC: IPV4, 0x8E: IPV6, 0x80: layers.LLC}
"""RFC 2427 section 4; 0x80 for a SNAP header."""

BRIDGED = 0x0080C2
"""OUI of a SNAP header before an Ethernet frame (RFC 2427 section 4.2)."""


def ethernet(data: Octets, start: Int64) -> Network:
    """Destination, source and EtherType or length."""
    return untagged(data, start + 14, number_at(data, start + 12, 2))


def _sll(data: Octets, start: Int64) -> Network:
    return untagged(data, start + 16, number_at(data, start + 14, 2))


def _sll2(data: Octets, start: Int64) -> Network:
    return untagged(data, start + 20, number_at(data, start, 2))


def _typed(data: Octets, start: Int64, skipped: int) -> Network:
    """An EtherType behind some octets."""
    return untagged(data, start + skipped + 2, number_at(data, start + skipped, 2))


def untagged(data: Octets, at: Int64, kind: Int64) -> Network:
    """Pass VLAN tags, PPPoE and an LLC/SNAP header, in place."""
    rows = np.flatnonzero(np.isin(kind, VLAN))
    for _ in range(VLAN_TAGS):
        if not len(rows):
            break
        kind[rows] = words(gather(data, at[rows] + 2, 2), "u2")[:, 0]
        at[rows] += 4
        rows = rows[np.isin(kind[rows], VLAN)]
    rows = np.flatnonzero(kind == PPPOE)
    if len(rows):
        at[rows], kind[rows] = ppp(data, at[rows] + 6)
    rows = np.flatnonzero((kind < LENGTH_UPTO) & (kind >= 0))
    if len(rows):
        behind, inner = llc(data, at[rows])
        snap = behind > at[rows]
        at[rows[snap]], kind[rows[snap]] = behind[snap], inner[snap]
    return at, kind


def llc(data: Octets, at: Int64) -> Network:
    """Pass an LLC and SNAP header (IEEE 802.2, RFC 1042); where there is none stay."""
    head = words(gather(data, at, 8), "u8")[:, 0]
    snap = np.isin(head >> np.uint64(16), SNAP)
    kind = np.where(snap, head & np.uint64(0xFFFF), layers.OTHER_LLC).astype(np.int64)
    return at + 8 * snap, kind


def ppp(data: Octets, start: Int64) -> Network:
    """The protocol field (RFC 1661 section 2)."""
    at = start + 2 * (number_at(data, start, 2) == PPP_HEADER)
    protocol = number_at(data, at, 2)
    # Odd in its first octet it is compressed to that one (section 6.5).
    short = protocol & 0x0100 != 0
    protocol = np.where(short, protocol >> 8, protocol)
    return at + 2 - short, chosen(protocol, PPP_PROTOCOLS, NO_PROTOCOL)


def _ppp_directed(data: Octets, start: Int64) -> Network:
    return _hdlc(data, start + 1)


def _ppp_on_ethernet(data: Octets, start: Int64) -> Network:
    return ppp(data, start + 6)


def _hdlc(data: Octets, start: Int64) -> Network:
    """PPP in HDLC framing (RFC 1662 section 3.1), or Cisco's."""
    at, kind = ppp(data, start)
    rows = np.flatnonzero(np.isin(number_at(data, start, 2), CISCO_HDLC))
    if len(rows):
        at[rows], kind[rows] = _typed(data, start[rows], 2)
    return at, kind


def frame_relay(data: Octets, start: Int64) -> Network:
    """Q.922 address of two to four octets, control, NLPID (RFC 2427 section 3)."""
    head = octets_at(data, start, 4)
    # The last octet of the address is odd.
    length = 2 + ((head[:, 1] & 1) == 0) * (1 + ((head[:, 2] & 1) == 0))
    control = octets_at(data, start + length, 3)
    padded = control[:, 1] == 0
    nlpid = np.where(padded, control[:, 2], control[:, 1])
    at, kind = start + length + 2 + padded, chosen(nlpid, NLPIDS, NO_PROTOCOL)
    kind[control[:, 0] != 3] = NO_PROTOCOL
    rows = np.flatnonzero(kind == layers.LLC)
    if len(rows):
        head = octets_at(data, at[rows], 5)
        oui = head[:, 0] << 16 | head[:, 1] << 8 | head[:, 2]
        bridged = np.where(oui == BRIDGED, layers.ETHERNET, NO_PROTOCOL)
        kind[rows] = np.where(oui == 0, head[:, 3] << 8 | head[:, 4], bridged)
        at[rows] += 5
    return at, kind


def _multilink(data: Octets, start: Int64) -> Network:
    """FRF.16: two octets of fragmentation header before Frame Relay, if it is all in one."""
    at, kind = frame_relay(data, start + 2)
    kind[number_at(data, start, 1) & 0xE0 != 0xC0] = NO_PROTOCOL
    return at, kind


def family(data: Octets, start: Int64) -> Network:
    """NULL and LOOP: an address family in the byte order of whoever captured."""
    big = words(gather(data, start, 4), "u4")[:, 0]
    number = np.minimum(big, big.byteswap()).astype(np.int64)
    return start + 4, chosen(number, FAMILIES, NO_PROTOCOL)


def raw(data: Octets, start: Int64) -> Network:
    """Bare IP: its first four bits are the version."""
    version = number_at(data, start, 1) >> 4
    return start.copy(), chosen(version, {4: IPV4, 6: IPV6}, NO_PROTOCOL)


def _raw_behind(data: Octets, start: Int64, skipped: int) -> Network:
    return raw(data, start + skipped)


def _pflog(data: Octets, start: Int64) -> Network:
    """OpenBSD's packet filter: length of the header, to be rounded up to four."""
    return raw(data, start + (number_at(data, start, 1) + 3 & ~3))


def _token_ring(data: Octets, start: Int64) -> Network:
    """IEEE 802.5: the first bit of the source address says that routing information follows."""
    head = octets_at(data, start, 15)
    routing = (head[:, 8] >> 7) * (head[:, 14] & 0x1F)
    return llc(data, start + 14 + routing)


def _llc_behind(data: Octets, start: Int64, skipped: int) -> Network:
    return llc(data, start + skipped)


ARCNET_RFC_1051, ARCNET_RFC_1201 = 0xF0, 0xD4


def _arcnet(data: Octets, start: Int64) -> Network:
    """Addresses, offset and system code of ARCNET (RFC 1051); RFC 1201 puts three octets more."""
    code = octets_at(data, start, 6)
    whole = code[:, 5] == 0
    kind = chosen(code[:, 4], {ARCNET_RFC_1051: IPV4}, NO_PROTOCOL)
    kind[(code[:, 4] == ARCNET_RFC_1201) & whole] = IPV4
    return start + 5 + 3 * (code[:, 4] == ARCNET_RFC_1201), kind


def _infiniband(data: Octets, start: Int64) -> Network:
    """Forty octets of addresses, then EtherType and two octets unused (RFC 4391 section 6)."""
    return start + 44, number_at(data, start + 40, 2)


JUNIPER_MAGIC = (0x4D, 0x47, 0x43)
JUNIPER_BARE, JUNIPER_EXTENDED = 0x02, 0x80
"""Flags: there is no link layer header; there are extensions, whose length comes first."""


def _juniper(data: Octets, start: Int64) -> Network:
    """Magic number and flags, extensions, then an Ethernet frame."""
    head = octets_at(data, start, 6)
    at = start + 4 + ((head[:, 3] & JUNIPER_EXTENDED) != 0) * (2 + (head[:, 4] << 8 | head[:, 5]))
    known = (head[:, :3] == JUNIPER_MAGIC).all(axis=1) & ((head[:, 3] & JUNIPER_BARE) == 0)
    return at, np.where(known, layers.ETHERNET, NO_PROTOCOL)


def _edsa(data: Octets, start: Int64) -> Network:
    """Marvell's tag behind an EtherType of its own."""
    return _typed(data, start, 20)


def _later(kind: int) -> Plain:
    """Leave a header to the passes of `decapsulation`."""

    def passed(_data: Octets, start: Int64) -> Network:
        return start.copy(), np.full(len(start), kind)

    return passed


LINKS: dict[int, tuple[str, Plain]] = {
    0: ("NULL", family),
    1: ("Ethernet", ethernet),
    6: ("Token Ring", _token_ring),
    8: ("SLIP", partial(_raw_behind, skipped=16)),
    9: ("PPP", _hdlc),
    10: ("FDDI", partial(_llc_behind, skipped=13)),
    11: ("ATM RFC 1483", llc),
    12: ("Raw IP", raw),
    14: ("Raw IP", raw),
    50: ("PPP in HDLC", _hdlc),
    51: ("PPPoE", _ppp_on_ethernet),
    100: ("ATM RFC 1483", llc),
    101: ("Raw IP", raw),
    104: ("Cisco HDLC", partial(_typed, skipped=2)),
    105: ("IEEE 802.11", _later(layers.WLAN)),
    107: ("Frame Relay", frame_relay),
    108: ("LOOP", family),
    109: ("OpenBSD enc", partial(_raw_behind, skipped=12)),
    113: ("Linux cooked", _sll),
    117: ("OpenBSD pflog", _pflog),
    119: ("Prism", _later(layers.PRISM)),
    122: ("IP over Fibre Channel", partial(_llc_behind, skipped=16)),
    127: ("IEEE 802.11 radiotap", _later(layers.RADIOTAP)),
    129: ("ARCNET", _arcnet),
    138: ("IP over IEEE 1394", partial(_typed, skipped=16)),
    149: ("PKTAP", _later(layers.PKTAP)),
    163: ("AVS", _later(layers.AVS)),
    178: ("Juniper Ethernet", _juniper),
    182: ("Multilink Frame Relay", _multilink),
    192: ("PPI", _later(layers.PPI)),
    204: ("PPP with direction", _ppp_directed),
    226: ("Solaris IPNET", partial(_raw_behind, skipped=24)),
    228: ("Raw IPv4", raw),
    229: ("Raw IPv6", raw),
    239: ("NFLOG", _later(layers.NFLOG)),
    242: ("IP over InfiniBand", _infiniband),
    258: ("PKTAP", _later(layers.PKTAP)),
    276: ("Linux cooked v2", _sll2),
    281: ("DSA, Broadcom tag", partial(_typed, skipped=16)),
    282: ("DSA, Broadcom prefix", partial(_typed, skipped=16)),
    284: ("DSA, Marvell tag", partial(_typed, skipped=16)),
    285: ("DSA, Marvell EtherType", _edsa),
}
"""Link types that are decoded."""

OTHER_NAMES = {
    189: "USB",
    220: "USB",
    249: "USBPcap",
    253: "Netlink",
}
"""Link types that only have a name."""


def link_name(link_type: int) -> str:
    """What a link type is called: "Ethernet", "USB (189)", "147"."""
    if link_type in LINKS:
        return LINKS[link_type][0]
    name = OTHER_NAMES.get(link_type)
    return f"{name} ({link_type})" if name else str(link_type)


def network(data: Octets, start: Int64, link_type: Int64) -> Network:
    """What stands behind link layer headers; NO_PROTOCOL where the link type is not decoded."""
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
