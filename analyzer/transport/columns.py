"""Decode link, IP and TCP headers (RFC 9293 section 3.1) of a whole window into columns."""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.anomaly import Anomaly
from ..model.packet import NO_PACKET, Int64, PacketWindow
from . import ip, layers
from .decapsulation import Decapsulation
from .ip import Datagrams
from .layers import IP_PROTOCOL, NO_PROTOCOL, Layer
from .link import LENGTH_UPTO, LINKS, link_name, network
from .octets import U64, Column, Octets, gather, words

FIN = 1
SYN = 2
RST = 4
PSH = 8
ACK = 16

TOLD = 16
"""Octets of a TCP header up to the window: with them Wireshark gives a segment its number."""

PROTOCOLS = {
    0: "hop-by-hop",
    1: "ICMP",
    2: "IGMP",
    4: "IPv4 in IP",
    17: "UDP",
    41: "IPv6 in IP",
    47: "GRE",
    50: "ESP",
    58: "ICMPv6",
    89: "OSPF",
    103: "PIM",
    108: "IPComp",
    112: "VRRP",
    115: "L2TP",
    132: "SCTP",
    ip.FRAGMENT: "IP fragment",
    ip.MALFORMED: "malformed header",
}
"""IANA protocol numbers, and what stands in their place."""

ETHER_TYPES = {
    0x0806: "ARP",
    0x8035: "RARP",
    0x8847: "MPLS",
    0x8848: "MPLS",
    0x8863: "PPPoE",
    0x888E: "EAPOL",
    0x88CC: "LLDP",
}


Rows = Int64 | slice


class Segments(Struct, frozen=True, kw_only=True):
    """
    The TCP segments of a window, one row each, in the order of the packets.

    Attributes:
        data: The window's octets; behind them those of datagrams that came in fragments.
        number: Packet number; of the fragment that completed the datagram.
        time_ns: As in `PacketWindow`.
        version: 4 or 6.
        source: Address; the lower half of an IPv6 one.
        destination: Likewise.
        upper: Upper halves of source and destination; None if no segment came by IPv6.
        source_port: Port.
        destination_port: Port.
        sequence: Sequence number of the first octet of the payload; SYN counted.
        acknowledgment: Acknowledgment number.
        flags: FIN to ACK as on the wire.
        window: As on the wire, not scaled.
        identification: Of the IPv4 datagram (RFC 6864); 0 of one by IPv6.
        at: Index of the payload in the data.
        captured: Octets of payload there.
        length: Octets of payload on the wire.
    """

    data: Octets
    number: Int64
    time_ns: Int64
    version: Column
    source: U64
    destination: U64
    upper: U64 | None
    source_port: Column
    destination_port: Column
    sequence: Column
    acknowledgment: Column
    flags: Column
    window: Column
    identification: Column
    at: Int64
    captured: Int64
    length: Int64

    def __len__(self) -> int:
        """Segments."""
        return len(self.number)


class Census:
    """
    What the packets of a capture are.

    Attributes:
        link_types: Packets by link type.
    """

    def __init__(self, look: "ip.Look | None" = None) -> None:
        """Take what looks at datagrams that hold no TCP."""
        self._look = look
        self._decapsulation = Decapsulation(look)
        self._undecoded: dict[str, int] = {}
        self.link_types: dict[str, int] = {}

    @property
    def undecoded(self) -> dict[str, int]:
        """Packets that hold no TCP segment, by what they are instead."""
        pieces = self._decapsulation.fragments
        alone = pieces.lost + pieces.waiting
        return self._undecoded | ({PROTOCOLS[ip.FRAGMENT]: alone} if alone else {})

    @property
    def fragments(self) -> int:
        """Fragments of IP datagrams that were put together."""
        return self._decapsulation.fragments.together

    @property
    def anomalies(self) -> list[Anomaly]:
        """Caps that were reached."""
        return self._decapsulation.anomalies

    def segments(self, window: PacketWindow) -> Segments:
        """The TCP segments of a window; all its packets are counted."""
        _count(self.link_types, window.link_type, link_name)
        at, kind = network(window.data, window.start, window.link_type)
        ends = window.start + window.captured, window.start + window.original
        layer = Layer(np.arange(len(window)), at, kind, *ends)
        outer = ip.datagrams(window.data, layer)
        plain = outer.protocol == ip.TCP
        if plain.all():
            return self._tcp(window, outer, slice(None))
        if self._look is not None:
            self._look(window, outer)
        inner = self._decapsulation.look_into(window, outer, layer)
        del layer
        found = [self._tcp(window, outer, np.flatnonzero(plain))]
        found += [self._tcp(window, datagrams, slice(None)) for datagrams in inner.datagrams]
        self._count_other(window, inner.other, found)
        return found[0] if len(found) == 1 else _joined(found)

    def _count_other(
        self, window: PacketWindow, other: list[Layer], found: Sequence[Segments]
    ) -> None:
        """Count packets without TCP; one that holds several frames but once."""
        rows = layers.joined(other)
        packet, kind = rows.packet, rows.kind
        if len(found) > 1 or np.bincount(packet).max(initial=0) > 1:
            told = np.zeros(len(window), np.bool_)
            for segments in found:
                told[segments.number - window.first] = True
            kind = kind[~told[packet]]
            packet, first = np.unique(packet[~told[packet]], return_index=True)
            kind = kind[first]
        if (unknown := kind == NO_PROTOCOL).any():
            _count(self._undecoded, window.link_type[packet[unknown]], _no_protocol_name)
            kind = kind[~unknown]
        _count(self._undecoded, kind, _kind_name)

    def _tcp(self, window: PacketWindow, found: Datagrams, rows: Rows) -> Segments:
        """The TCP headers of datagrams, of which some rows hold them."""
        at, end = found.at[rows], found.end[rows]
        captured_end = np.minimum(end, found.captured_end[rows])
        header = gather(found.data, at, TOLD)
        length = (words(header, "u1")[:, 12] >> 4).astype(np.int64) * 4
        whole = at + TOLD <= captured_end
        payload = at + length
        sane = (length >= 20) & (payload <= end)
        if not (whole & sane).all():
            wrong = np.where(whole, IP_PROTOCOL + ip.MALFORMED, layers.CUT)[~whole | ~sane]
            _count(self._undecoded, wrong, _kind_name)
            # A header that contradicts itself still tells whose it is; where its payload begins
            # it does not.
            payload = np.where(sane, payload, end)[whole]
            rows, header = np.arange(len(found))[rows][whole], header[whole]
            captured_end, end = captured_end[whole], end[whole]
        return _segments(window, found, rows, header, (payload, captured_end, end))


def _joined(parts: Sequence[Segments]) -> Segments:
    """Segments of several passes in the order of the packets."""
    number = np.concatenate([part.number for part in parts])
    order = np.argsort(number, kind="stable")
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])[order]
        for name in Segments.__struct_fields__
        if name not in {"data", "upper"}
    }
    upper = None
    if any(part.upper is not None for part in parts):
        upper = np.concatenate(
            [
                np.zeros((len(part), 2), np.uint64) if part.upper is None else part.upper
                for part in parts
            ]
        )[order]
    data = max((part.data for part in parts), key=len)
    return Segments(data=data, upper=upper, **columns)


def _segments(
    window: PacketWindow,
    found: Datagrams,
    rows: Rows,
    header: NDArray[np.void],
    payload: tuple[Int64, Int64, Int64],
) -> Segments:
    packet = found.packet[rows]
    at, captured_end, end = payload
    pairs, fields = words(header, "u2"), words(header, "u4")
    flags = words(header, "u1")[:, 13].copy()
    return Segments(
        data=found.data,
        number=window.first + packet,
        time_ns=window.time_ns[packet],
        version=found.version[rows],
        source=found.source[rows],
        destination=found.destination[rows],
        upper=None if found.upper is None else found.upper[rows],
        source_port=pairs[:, 0].astype(np.uint16),
        destination_port=pairs[:, 1].astype(np.uint16),
        # RFC 9293 section 3.4: SYN takes a sequence number before the first octet.
        sequence=fields[:, 1].astype(np.uint32) + ((flags & SYN) >> 1),
        acknowledgment=fields[:, 2].astype(np.uint32),
        flags=flags,
        window=pairs[:, 7].astype(np.uint16),
        identification=found.identification[rows],
        at=at,
        captured=np.maximum(captured_end - at, 0),
        length=end - at,
    )


def _no_protocol_name(link_type: int) -> str:
    return "no network header" if link_type in LINKS else f"link type {link_type}"


def _kind_name(kind: int) -> str:
    if kind >= layers.OWN:
        return layers.NAMES[kind]
    if kind >= IP_PROTOCOL:
        return PROTOCOLS.get(kind - IP_PROTOCOL, f"IP protocol {kind - IP_PROTOCOL}")
    if kind < LENGTH_UPTO:
        return layers.NAMES[layers.LLC]
    return ETHER_TYPES.get(kind, f"EtherType 0x{kind:04x}")


def _count(counts: dict[str, int], column: Column, name: Callable[[int], str]) -> None:
    """Add how often each value of a column occurs; NO_PACKET is nothing."""
    if not len(column):
        return
    if (column == column[0]).all():
        found = [(int(column[0]), len(column))]
    else:
        values, numbers = np.unique(column, return_counts=True)
        found = list(zip(values.tolist(), numbers.tolist(), strict=True))
    for value, number in found:
        if value != NO_PACKET:
            key = name(value)
            counts[key] = counts.get(key, 0) + number
