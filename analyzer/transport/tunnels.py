"""
Pass the headers of tunnels that have an EtherType or a protocol number: GRE, ERSPAN, MPLS and kin.

`udp_tunnels` has those that go by UDP.
"""

import numpy as np

from ..model.packet import Int64
from . import layers, link
from .layers import (
    ERSPAN_1,
    ETHERNET,
    IP,
    IP_PROTOCOL,
    IPV4,
    IPV6,
    NO_PROTOCOL,
    OTHER_GRE,
    PPP,
    WLAN,
    Layer,
    Network,
    Peeler,
    chosen,
    number_at,
    octets_at,
    plain,
    renamed,
)
from .link import MPLS
from .octets import Octets

GRE, IPV4_IN_IP, IPV6_IN_IP, ETHER_IP, MPLS_IN_IP, ETHERNET_IN_IP = (
    IP_PROTOCOL + number for number in (47, 4, 41, 97, 137, 143)
)

CHECKSUM, ROUTING, KEY, SEQUENCE, ACKNOWLEDGMENT, VERSION = (
    0x8000,
    0x4000,
    0x2000,
    0x1000,
    0x0080,
    7,
)
"""Flags of GRE (RFC 2784, RFC 2890; RFC 2637 section 4.1 for version 1)."""

ERSPAN_2, ERSPAN_3 = 0x88BE, 0x22EB
BRIDGED, PPP_IN_GRE, FRAME_RELAY, EOIP = 0x6558, 0x880B, 0x6559, 0x6400
"""EtherTypes before a frame of another link layer."""

EOIP_FLAGS = 0x2001
"""MikroTik's Ethernet over IP: a key, and a version that is PPTP's."""

ARUBA = range(0x8200, 0x8380, 0x10)
"""EtherTypes of the 802.11 frames that Aruba's access points send in GRE."""

VN_TAG, E_TAG, BACKBONE, NSH, MACSEC, CISCO_METADATA, JUMBO_LLC = (
    0x8926,
    0x893F,
    0x88E7,
    0x894F,
    0x88E5,
    0x8909,
    0x8870,
)

MPLS_LABELS = 16
"""Labels of one stack passed."""

MPLS_BOTTOM = 0x100

FRAMES = (IPV4, IPV6, 0x0806, *link.VLAN, MPLS, 0x8848, link.PPPOE, 0x8863, MACSEC, BACKBONE)
"""EtherTypes by which an Ethernet frame is known where nothing else tells."""

NSH_PROTOCOLS = {1: IPV4, 2: IPV6, 3: ETHERNET, 5: MPLS}
"""RFC 8300 section 2.2; VXLAN-GPE counts the same way."""

NETLINK_ATTRIBUTES = 32
NETLINK_PAYLOAD = 9
"""Type of the attribute that holds the packet (NFULA_PAYLOAD)."""


def gre(data: Octets, start: Int64) -> Network:
    """GRE with its optional fields; behind it whatever its EtherType says."""
    head = octets_at(data, start, 4)
    flags, kind = head[:, 0] << 8 | head[:, 1], head[:, 2] << 8 | head[:, 3]
    known = np.isin(flags & VERSION, (0, 1))
    checksum = ((flags & (CHECKSUM | ROUTING)) != 0) & (flags & VERSION == 0)
    numbered = (flags & SEQUENCE) != 0
    acknowledged = ((flags & ACKNOWLEDGMENT) != 0) & (flags & VERSION == 1)
    fields = 1 + checksum + ((flags & KEY) != 0) + numbered + acknowledged
    # Without a sequence number ERSPAN has no header of its own.
    kind[(kind == ERSPAN_2) & ~numbered] = ERSPAN_1
    kind[np.isin(kind, ARUBA)] = WLAN
    kind[(kind == EOIP) & (flags == EOIP_FLAGS)] = ETHERNET
    kind[~known | ((flags & ROUTING) != 0) | (kind < link.LENGTH_UPTO)] = OTHER_GRE
    return start + 4 * fields, kind


def _erspan_2(data: Octets, start: Int64) -> Network:
    """Eight octets, then an Ethernet frame."""
    version = number_at(data, start, 1) >> 4
    return start + 8, np.where(version == 1, ETHERNET, NO_PROTOCOL)


def _erspan_3(data: Octets, start: Int64) -> Network:
    """Twelve octets, or twenty; the type of the frame is told."""
    last = number_at(data, start + 10, 2)
    kind = chosen(last >> 10 & 31, {0: ETHERNET, 2: IP}, NO_PROTOCOL)
    kind[number_at(data, start, 1) >> 4 != 2] = NO_PROTOCOL
    return start + 12 + 8 * (last & 1), kind


def mpls(data: Octets, start: Int64) -> Network:
    """Labels (RFC 3032); what they carry is only told by how it begins (RFC 4928 section 3)."""
    at, rows = start.copy(), np.arange(len(start))
    for _ in range(MPLS_LABELS):
        entry = number_at(data, at[rows], 4)
        at[rows] += 4
        rows = rows[(entry & MPLS_BOTTOM) == 0]
        if not len(rows):
            break
    nibble = number_at(data, at, 1) >> 4
    kind = chosen(nibble, {4: IPV4, 6: IPV6}, ETHERNET)
    word = np.flatnonzero(nibble == 0)
    if len(word):
        # RFC 4448 section 4.6: a control word, which often is zero, or an address that begins so.
        here, behind = at[word], at[word] + 4
        is_frame = np.isin(number_at(data, here + 12, 2), FRAMES)
        controlled = np.isin(number_at(data, behind + 12, 2), FRAMES)
        controlled |= number_at(data, here, 4) == 0
        at[word] = np.where(controlled & ~is_frame, behind, here)
    kind[rows] = NO_PROTOCOL
    return at, kind


def _typed(skipped: int) -> Peeler:
    """An EtherType or length behind some octets."""

    def passed(data: Octets, start: Int64) -> Network:
        return link.untagged(data, start + skipped + 2, number_at(data, start + skipped, 2))

    return plain(passed)


def _backbone(_data: Octets, start: Int64) -> Network:
    """IEEE 802.1ah: four octets of service, then an Ethernet frame."""
    return start + 4, np.full(len(start), ETHERNET)


def _nsh(data: Octets, start: Int64) -> Network:
    """RFC 8300: length in words, next protocol."""
    head = octets_at(data, start, 4)
    length = (head[:, 1] & 0x3F) * 4
    kind = chosen(head[:, 3], NSH_PROTOCOLS, NO_PROTOCOL)
    kind[length < 8] = NO_PROTOCOL
    return start + np.maximum(length, 8), kind


def _macsec(data: Octets, start: Int64) -> Network:
    """IEEE 802.1AE: what is only authenticated can be read."""
    control = number_at(data, start, 1)
    behind = start + 6 + 8 * ((control & 0x20) != 0)
    kind = number_at(data, behind, 2)
    kind[(control & 0x0C) != 0] = layers.MACSEC_ENCRYPTED
    return link.untagged(data, behind + 2, kind)


def _ether_ip(data: Octets, start: Int64) -> Network:
    """RFC 3378: version 3, then an Ethernet frame."""
    return start + 2, np.where(number_at(data, start, 1) >> 4 == 3, ETHERNET, NO_PROTOCOL)


def _netlink(data: Octets, start: Int64) -> Network:
    """Attributes with length and type in the byte order of whoever captured, one the packet."""
    at, kind = start + 4, np.full(len(start), NO_PROTOCOL)
    rows = np.arange(len(start))
    for _ in range(NETLINK_ATTRIBUTES):
        head = octets_at(data, at[rows], 4)
        # Types are small: the octet that is zero is the upper one.
        little = (head[:, 3] & 0x7F) == 0
        length = np.where(little, head[:, 0] | head[:, 1] << 8, head[:, 0] << 8 | head[:, 1])
        payload = np.where(little, head[:, 2], head[:, 3]) == NETLINK_PAYLOAD
        found = rows[payload]
        at[found] += 4
        kind[found] = IP
        rows, length = rows[~payload & (length >= 4)], length[~payload & (length >= 4)]
        if not len(rows):
            break
        at[rows] += length + 3 & ~3
    return at, kind


def _untagged(data: Octets, layer: Layer) -> Layer:
    """VLAN tags and PPPoE behind a tunnel's header."""
    return layer.moved(*link.untagged(data, layer.at.copy(), layer.kind.copy()))


PEELERS: dict[int, Peeler] = {
    ETHERNET: plain(link.ethernet),
    BRIDGED: plain(link.ethernet),
    ERSPAN_1: plain(link.ethernet),
    layers.LLC: plain(link.llc),
    JUMBO_LLC: plain(link.llc),
    PPP: plain(link.ppp),
    PPP_IN_GRE: plain(link.ppp),
    IP: plain(link.raw),
    layers.FAMILY: plain(link.family),
    layers.FRAME_RELAY: plain(link.frame_relay),
    FRAME_RELAY: plain(link.frame_relay),
    layers.NFLOG: plain(_netlink),
    **dict.fromkeys((*link.VLAN, link.PPPOE), _untagged),
    MPLS: plain(mpls),
    0x8848: plain(mpls),
    VN_TAG: _typed(4),
    E_TAG: _typed(6),
    CISCO_METADATA: _typed(6),
    BACKBONE: plain(_backbone),
    NSH: plain(_nsh),
    MACSEC: plain(_macsec),
    ERSPAN_2: plain(_erspan_2),
    ERSPAN_3: plain(_erspan_3),
    GRE: plain(gre),
    IPV4_IN_IP: renamed(IPV4),
    IPV6_IN_IP: renamed(IPV6),
    ETHER_IP: plain(_ether_ip),
    MPLS_IN_IP: plain(mpls),
    ETHERNET_IN_IP: renamed(ETHERNET),
}
"""What passes which kind."""
