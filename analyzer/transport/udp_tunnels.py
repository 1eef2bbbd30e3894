"""Pass UDP (RFC 768) and the headers of tunnels that go by it."""

import numpy as np

from ..model.packet import Int64
from .layers import (
    AYIYA,
    ETHERNET,
    GENEVE,
    GTP,
    IP,
    IP_PROTOCOL,
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
    Layer,
    Network,
    Peeler,
    chosen,
    number_at,
    octets_at,
    plain,
)
from .link import MPLS
from .octets import Octets, gather, words
from .tunnels import GRE, NSH, NSH_PROTOCOLS

UDP = IP_PROTOCOL + 17

PORTS = {
    4789: VXLAN,
    8472: VXLAN,
    4790: VXLAN_GPE,
    6081: GENEVE,
    2152: GTP,
    3544: TEREDO,
    1701: L2TP,
    4341: LISP,
    37008: TZSP,
    5072: AYIYA,
    6635: MPLS,
    4754: GRE,
}
"""RFC 7348 (Linux and others still use 8472), RFC 8926, 3GPP TS 29.281, RFC 4380, 2661, 9300, 7510,
8086; TZSP is what MikroTik's sniffer sends, AYIYA was SixXS's."""

_KIND = np.full(1 << 16, OTHER_UDP, np.int32)
_KIND[list(PORTS)] = list(PORTS.values())

VXLAN_VALID = 0x08
GPE_TOLD = 0x04
"""Flags: there is a network identifier; the next protocol is told."""

GPE_PROTOCOLS = {**NSH_PROTOCOLS, 4: NSH}

GTP_DATA = 255
"""Message type of a user's packet."""

GTP_EXTENSIONS = 8
TEREDO_AUTHENTICATION, TEREDO_ORIGIN = 1, 0
TZSP_TAGS = 32
TZSP_PADDING, TZSP_END = 0, 1
TZSP_PROTOCOLS = {1: ETHERNET, 18: WLAN}


def _udp(data: Octets, layer: Layer) -> Layer:
    """Ports tell what is carried, the receiver's first; the length bounds it."""
    head = words(gather(data, layer.at, 6), "u2")
    kind = _KIND[head[:, 1]]
    kind = np.where(kind == OTHER_UDP, _KIND[head[:, 0]], kind).astype(np.int64)
    at = layer.at + 8
    length = head[:, 2].astype(np.int64)
    end = np.where(length < 8, layer.end, np.minimum(layer.at + length, layer.end))
    return Layer(layer.packet, at, kind, np.minimum(layer.captured_end, end), end)


def _vxlan(data: Octets, start: Int64) -> Network:
    valid = (number_at(data, start, 1) & VXLAN_VALID) != 0
    return start + 8 * valid, np.where(valid, ETHERNET, OTHER_UDP)


def _vxlan_gpe(data: Octets, start: Int64) -> Network:
    head = octets_at(data, start, 4)
    told = (head[:, 0] & GPE_TOLD) != 0
    following = chosen(head[:, 3], GPE_PROTOCOLS, OTHER_UDP)
    return start + 8, np.where(told, following, ETHERNET)


def _geneve(data: Octets, start: Int64) -> Network:
    """RFC 8926 section 3.4: version 0, length of the options in words, EtherType."""
    head = octets_at(data, start, 4)
    kind = head[:, 2] << 8 | head[:, 3]
    kind[head[:, 0] >> 6 != 0] = OTHER_UDP
    return start + 8 + 4 * (head[:, 0] & 0x3F), kind


def _gtp(data: Octets, start: Int64) -> Network:
    """3GPP TS 29.281 section 5: version 1, message type, optional fields, extension headers."""
    head = octets_at(data, start, 12)
    flags = head[:, 0]
    at = start + 8 + 4 * ((flags & 7) != 0)
    rows = np.flatnonzero(((flags & 4) != 0) & (head[:, 11] != 0))
    for _ in range(GTP_EXTENSIONS):
        length = 4 * number_at(data, at[rows], 1)
        at[rows] += length
        # The last octet of an extension header tells the type of the next one.
        rows = rows[(length > 0) & (number_at(data, at[rows] - 1, 1) != 0)]
        if not len(rows):
            break
    kind = np.where((flags >> 4 == 3) & (head[:, 1] == GTP_DATA), IP, OTHER_UDP)
    kind[rows] = OTHER_UDP
    return at, kind


def _teredo(data: Octets, start: Int64) -> Network:
    """RFC 4380 section 5.1.1: an authentication and an origin indication may come first."""
    head = octets_at(data, start, 4)
    authenticated = (head[:, 0] == 0) & (head[:, 1] == TEREDO_AUTHENTICATION)
    at = start + authenticated * (13 + head[:, 2] + head[:, 3])
    head = octets_at(data, at, 2)
    at += 8 * ((head[:, 0] == 0) & (head[:, 1] == TEREDO_ORIGIN))
    six = number_at(data, at, 1) >> 4 == 6
    return at, np.where(six, IPV6, OTHER_UDP)


def _l2tp(data: Octets, start: Int64) -> Network:
    """RFC 2661 section 3.1: a data message of version 2 carries PPP."""
    flags = number_at(data, start, 2)
    at = start + 6 + 2 * ((flags & 0x4000) != 0) + 4 * ((flags & 0x0800) != 0)
    offset = number_at(data, at, 2)
    at += ((flags & 0x0200) != 0) * (2 + offset)
    return at, np.where((flags & 0x800F) == 2, PPP, OTHER_UDP)


def _lisp(_data: Octets, start: Int64) -> Network:
    """RFC 9300 section 5: eight octets, then IP."""
    return start + 8, np.full(len(start), IP)


def _tzsp(data: Octets, start: Int64) -> Network:
    """Version, type and protocol, then tags; the last one tells where the frame begins."""
    head = octets_at(data, start, 4)
    at, rows = start + 4, np.arange(len(start))
    for _ in range(TZSP_TAGS):
        tag = octets_at(data, at[rows], 2)
        bare = tag[:, 0] <= TZSP_END
        at[rows] += np.where(bare, 1, 2 + tag[:, 1])
        rows = rows[tag[:, 0] != TZSP_END]
        if not len(rows):
            break
    kind = chosen(head[:, 2] << 8 | head[:, 3], TZSP_PROTOCOLS, OTHER_UDP)
    kind[(head[:, 0] != 1) | (head[:, 1] > 1)] = OTHER_UDP
    kind[rows] = OTHER_UDP
    return at, kind


def _ayiya(data: Octets, start: Int64) -> Network:
    """Anything In Anything, with which SixXS carried IPv6: identity, signature, datagram."""
    head = octets_at(data, start, 4)
    # The length of the identity is told as a power of two, the signature's in words.
    at = start + 8 + (1 << (head[:, 0] >> 4)) + 4 * (head[:, 1] >> 4)
    forwarded = (head[:, 2] & 15 == 1) & (head[:, 3] == 41)
    return at, np.where(forwarded, IPV6, OTHER_UDP)


PEELERS: dict[int, Peeler] = {
    UDP: _udp,
    VXLAN: plain(_vxlan),
    VXLAN_GPE: plain(_vxlan_gpe),
    GENEVE: plain(_geneve),
    GTP: plain(_gtp),
    TEREDO: plain(_teredo),
    L2TP: plain(_l2tp),
    LISP: plain(_lisp),
    TZSP: plain(_tzsp),
    AYIYA: plain(_ayiya),
}
"""What passes which kind."""
