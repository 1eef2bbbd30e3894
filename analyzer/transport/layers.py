"""
Headers of many packets that are peeled off one after the other, one row each.

What stands at a row's index is told by its kind: an EtherType, `IP_PROTOCOL` plus an IANA number,
or one of the kinds below, which have neither.
"""

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
from msgspec import Struct

from ..model.packet import Int64
from .octets import Octets, gather, words

IPV4 = 0x0800
IPV6 = 0x86DD
NO_PROTOCOL = -1
"""Neither an EtherType nor IP can be told."""

IP_PROTOCOL = 1 << 16

OWN = 2 << 16
"""Kinds from here on are neither EtherTypes nor protocol numbers."""

ETHERNET, PPP, LLC, IP, FAMILY, FRAME_RELAY = range(OWN, OWN + 6)
WLAN, WLAN_PADDED, RADIOTAP, PRISM, AVS, PPI, PKTAP, NFLOG = range(OWN + 16, OWN + 24)
VXLAN, VXLAN_GPE, GENEVE, GTP, TEREDO, L2TP, LISP, TZSP, AYIYA = range(OWN + 32, OWN + 41)
ERSPAN_1, OTHER_UDP, OTHER_LLC, OTHER_GRE = range(OWN + 48, OWN + 52)
WLAN_PROTECTED, WLAN_FRAGMENT, WLAN_OTHER, MACSEC_ENCRYPTED = range(OWN + 64, OWN + 68)
CUT, TOO_DEEP = range(OWN + 80, OWN + 82)

KINDS = OWN + 96
"""All kinds are below it."""

NAMES = {
    ETHERNET: "Ethernet",
    PPP: "PPP",
    LLC: "LLC",
    IP: "IP",
    FAMILY: "NULL",
    FRAME_RELAY: "Frame Relay",
    WLAN: "IEEE 802.11",
    WLAN_PADDED: "IEEE 802.11",
    RADIOTAP: "radiotap",
    PRISM: "Prism",
    AVS: "AVS",
    PPI: "PPI",
    PKTAP: "PKTAP",
    NFLOG: "NFLOG",
    VXLAN: "VXLAN",
    VXLAN_GPE: "VXLAN",
    GENEVE: "Geneve",
    GTP: "GTP-U",
    TEREDO: "Teredo",
    L2TP: "L2TP",
    LISP: "LISP",
    TZSP: "TZSP",
    AYIYA: "AYIYA",
    ERSPAN_1: "ERSPAN",
    OTHER_UDP: "UDP",
    OTHER_LLC: "LLC",
    OTHER_GRE: "GRE",
    WLAN_PROTECTED: "IEEE 802.11 encrypted",
    WLAN_FRAGMENT: "IEEE 802.11 fragment",
    WLAN_OTHER: "IEEE 802.11 without data",
    MACSEC_ENCRYPTED: "MACsec encrypted",
    CUT: "header cut off",
    TOO_DEEP: "too many headers",
}
"""Of kinds that are no EtherType and no protocol of IP."""

COLUMNS = ("packet", "at", "kind", "captured_end", "end")


class Layer(Struct, frozen=True):
    """
    Where some packets have been read up to.

    Attributes:
        packet: Row in the window; several rows may be of one packet, which holds several frames.
        at: Index of the next header in the data.
        kind: What header that is.
        captured_end: Index behind what was captured.
        end: Index behind the packet, had all of it been captured.
    """

    packet: Int64
    at: Int64
    kind: Int64
    captured_end: Int64
    end: Int64

    def __len__(self) -> int:
        """Rows."""
        return len(self.packet)

    def take(self, rows: Int64) -> Self:
        """Some of the rows."""
        return type(self)(*(getattr(self, name).take(rows) for name in COLUMNS))

    def moved(self, at: Int64, kind: Int64 | int) -> "Layer":
        """The same rows at other indices."""
        kinds = np.full(len(at), kind) if isinstance(kind, int) else kind
        return Layer(self.packet, at, kinds, self.captured_end, self.end)


def joined(layers: Sequence[Layer]) -> Layer:
    """The rows of several, one after the other."""
    if len(layers) == 1:
        return layers[0]
    nothing = np.zeros(0, np.int64)
    columns = ([nothing, *(getattr(layer, name) for layer in layers)] for name in COLUMNS)
    return Layer(*(np.concatenate(column) for column in columns))


Network = tuple[Int64, Int64]
"""Index of each next header and its kind."""

Plain = Callable[[Octets, Int64], Network]
"""Passes a header that needs not know where its packet ends."""

Peeler = Callable[[Octets, Layer], Layer]
"""Passes one header of each row."""


def plain(passed: Plain) -> Peeler:
    """Make one of the other."""

    def peel(data: Octets, layer: Layer) -> Layer:
        return layer.moved(*passed(data, layer.at))

    return peel


def renamed(kind: int) -> Peeler:
    """What stands there goes by another name."""

    def peel(_data: Octets, layer: Layer) -> Layer:
        return layer.moved(layer.at, kind)

    return peel


def octets_at(data: Octets, at: Int64, width: int) -> Int64:
    """Rows of octets."""
    return words(gather(data, at, width), "u1").astype(np.int64)


def number_at(data: Octets, at: Int64, width: int) -> Int64:
    """Numbers of 1, 2 or 4 octets in network order."""
    return words(gather(data, at, width), f"u{width}")[:, 0].astype(np.int64)


def chosen(number: Int64, kinds: dict[int, int], otherwise: int) -> Int64:
    """The kind that each number stands for."""
    found = np.full(len(number), otherwise)
    for value, kind in kinds.items():
        found[number == value] = kind
    return found


def little_at(data: Octets, at: Int64, width: int) -> Int64:
    """Numbers of 2 or 4 octets, the lowest octet first."""
    return words(gather(data, at, width), f"u{width}")[:, 0].byteswap().astype(np.int64)
