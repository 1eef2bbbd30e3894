"""
Pass the headers of IEEE 802.11 data frames (IEEE 802.11-2020 section 9) and of what captures them.

Before them: radiotap (radiotap.org), Prism, AVS, and CACE's per-packet information (PPI).
"""

import numpy as np

from ..model.packet import Int64
from .layers import (
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
    Layer,
    Network,
    Peeler,
    chosen,
    joined,
    little_at,
    number_at,
    octets_at,
    plain,
)
from .octets import Octets, gather, words

DATA = 2
"""Type of a frame."""

NULL, QOS = 4, 8
"""Bits of its subtype: no data; a QoS control field (section 9.2.4.1.3)."""

TO_DS, FROM_DS, MORE_FRAGMENTS, PROTECTED, HT_CONTROL = 1, 2, 4, 0x40, 0x80
"""Flags of its second octet."""

AGGREGATE = 0x80
"""A-MSDU present (section 9.2.4.5.9), in the first octet of QoS control."""

SUBFRAMES = 512
"""Frames of an A-MSDU passed: 11,454 octets of them, 22 at least each."""

HEADER = 24
SUBFRAME_HEADER = 14

PRESENT_MORE, PRESENT_TIME, PRESENT_FLAGS = 0x80, 1, 2
"""Bits of the first and of the last octet of a word that tells which fields there are."""

PADDED = 0x20
"""Flag: the header is padded to a multiple of four octets."""

PRESENT_WORDS = 16
"""Such words passed; there is one more for each antenna."""

PRISM_CODE = np.uint32(0x44)
AVS_MAGIC = np.uint32(0x80211001)
FIELDS_UPTO = 1 << 10
"""A Prism header has 144 octets, an AVS header 64, a PKTAP header 108."""

PPI_HEADER = 8
PKTAP_HEADER = 108

LINKS = {
    0: FAMILY,
    1: ETHERNET,
    9: PPP,
    12: IP,
    14: IP,
    101: IP,
    105: WLAN,
    108: FAMILY,
    127: RADIOTAP,
}
"""Link types that PPI and PKTAP may name."""


def _wlan(data: Octets, layer: Layer, *, padded: bool = False) -> Layer:
    """Pass the header of a frame; an A-MSDU becomes a row for each frame in it."""
    head = octets_at(data, layer.at, HEADER)
    kind, flags = head[:, 0] >> 2 & 3, head[:, 1]
    subtype = head[:, 0] >> 4
    qos = (subtype & QOS) != 0
    four = (flags & (TO_DS | FROM_DS)) == TO_DS | FROM_DS
    length = HEADER + 6 * four
    control = number_at(data, layer.at + length, 1)
    length += 2 * qos + 4 * (qos & ((flags & HT_CONTROL) != 0))
    if padded:
        length += -length & 3
    found = np.full(len(layer), LLC)
    found[((flags & MORE_FRAGMENTS) != 0) | ((head[:, 22] & 15) != 0)] = WLAN_FRAGMENT
    found[(flags & PROTECTED) != 0] = WLAN_PROTECTED
    # Others may be as short as an acknowledgment.
    other = (kind != DATA) | ((subtype & NULL) != 0) | ((head[:, 0] & 3) != 0)
    found[other], length[other] = WLAN_OTHER, 2
    behind = layer.moved(layer.at + length, found)
    aggregated = (found == LLC) & qos & ((control & AGGREGATE) != 0)
    if not aggregated.any():
        return behind
    several = behind.take(np.flatnonzero(aggregated))
    return joined([behind.take(np.flatnonzero(~aggregated)), *_subframes(data, several)])


def _wlan_padded(data: Octets, layer: Layer) -> Layer:
    return _wlan(data, layer, padded=True)


def _subframes(data: Octets, layer: Layer) -> list[Layer]:
    """The frames of A-MSDUs: destination, source, length, LLC; padded to four octets."""
    found: list[Layer] = []
    for _ in range(SUBFRAMES):
        whole = layer.at + SUBFRAME_HEADER <= layer.captured_end
        if found:
            layer = layer.take(np.flatnonzero(whole))
        if not len(layer):
            break
        length = number_at(data, layer.at + 12, 2)
        begin = layer.at + SUBFRAME_HEADER
        end = np.minimum(begin + length, layer.end)
        captured_end = np.minimum(end, layer.captured_end)
        kind = np.full(len(layer), LLC)
        found.append(Layer(layer.packet, begin, kind, captured_end, end))
        layer = layer.moved(begin + length + (-(SUBFRAME_HEADER + length) & 3), LLC)
    return found


def _radiotap(data: Octets, layer: Layer) -> Layer:
    """Version, length and present fields, little-endian; flags may say the frame is padded."""
    start = layer.at
    head = octets_at(data, start, 8)
    fields, more = start + 8, (head[:, 7] & PRESENT_MORE) != 0
    for _ in range(PRESENT_WORDS):
        if not more.any():
            break
        again = more & ((number_at(data, fields + 3, 1) & PRESENT_MORE) != 0)
        fields, more = fields + 4 * more, again
    timed = (head[:, 4] & PRESENT_TIME) != 0
    fields += timed * ((start - fields & 7) + 8)
    padded = ((head[:, 4] & PRESENT_FLAGS) != 0) & ((number_at(data, fields, 1) & PADDED) != 0)
    kind = np.where(padded, WLAN_PADDED, WLAN)
    # A length that cannot be: there is no telling what follows.
    length = head[:, 2] | head[:, 3] << 8
    return layer.moved(start + np.maximum(length, 8), np.where(length < 8, NO_PROTOCOL, kind))


def _prism(data: Octets, start: Int64) -> Network:
    """Code and length in the byte order of whoever captured; newer drivers wrote AVS."""
    head = words(gather(data, start, 8), "u4")
    code, length = head[:, 0], head[:, 1].astype(np.int64)
    swapped = code == PRISM_CODE.byteswap()
    length[swapped] = words(gather(data, start, 8), "u4")[swapped, 1].byteswap()
    is_prism = swapped | (code == PRISM_CODE)
    known = (is_prism | (code == AVS_MAGIC)) & (length < FIELDS_UPTO)
    return start + np.where(known, length, 8), np.where(known, WLAN, NO_PROTOCOL)


def _ppi(data: Octets, start: Int64) -> Network:
    """Version, flags, length of the header, link type; little-endian."""
    return _named(start, little_at(data, start + 2, 2), little_at(data, start + 4, 4), PPI_HEADER)


def _pktap(data: Octets, start: Int64) -> Network:
    """Of macOS: length of the header, type, link type; little-endian."""
    return _named(start, little_at(data, start, 4), little_at(data, start + 8, 4), PKTAP_HEADER)


def _named(start: Int64, length: Int64, link_type: Int64, least: int) -> Network:
    """Behind a header that names the link type; one that is too short says nothing."""
    kind = chosen(link_type, LINKS, NO_PROTOCOL)
    kind[(length < least) | (length > FIELDS_UPTO)] = NO_PROTOCOL
    return start + np.clip(length, least, FIELDS_UPTO), kind


PEELERS: dict[int, Peeler] = {
    WLAN: _wlan,
    WLAN_PADDED: _wlan_padded,
    RADIOTAP: _radiotap,
    PRISM: plain(_prism),
    AVS: plain(_prism),
    PPI: plain(_ppi),
    PKTAP: plain(_pktap),
}
"""What passes which kind."""
