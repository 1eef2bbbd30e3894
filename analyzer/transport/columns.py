"""Decode link, IP and TCP headers (RFC 9293 section 3.1) of a whole window into columns."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.packet import Int64, PacketWindow
from . import ip
from .ip import Datagrams
from .link import IPV4, IPV6, LINKS, NO_PROTOCOL, link_name, network
from .octets import U64, Column, gather, words

if TYPE_CHECKING:
    from .beside import Beside

FIN = 1
SYN = 2
RST = 4
PSH = 8
ACK = 16

CUT = 258
"""In place of a protocol: the headers were not captured whole."""

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
    112: "VRRP",
    115: "L2TP",
    132: "SCTP",
    ip.FRAGMENT: "IP fragment",
    ip.MALFORMED: "malformed header",
    CUT: "header cut off",
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


class Segments(Struct, frozen=True, kw_only=True):
    """
    The TCP segments of a window, one row each, in the order of the packets.

    Attributes:
        number: Packet number.
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
        at: Index of the payload in the window's data.
        captured: Octets of payload there.
        length: Octets of payload on the wire.
    """

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
        undecoded: Packets that are not TCP segments, by what they are instead.
    """

    def __init__(self, beside: "Beside | None" = None) -> None:
        """Take what looks at datagrams that hold no TCP."""
        self._beside = beside
        self.link_types: dict[str, int] = {}
        self.undecoded: dict[str, int] = {}

    def segments(self, window: PacketWindow) -> Segments:
        """The TCP segments of a window; all its packets are counted."""
        _count(self.link_types, window.link_type, link_name)
        at, kind = network(window.data, window.start, window.link_type)
        found = ip.datagrams(window.data, at, kind, window.start + window.original)
        other = found.protocol != ip.TCP
        if other.any():
            if self._beside is not None:
                self._beside.take(window, found)
            self._count_undecoded(window, np.where(found.version == 0, at, found.at), kind, found)
        return self._tcp(window, found, np.flatnonzero(~other))

    def _count_undecoded(
        self, window: PacketWindow, at: Int64, kind: Column, found: Datagrams
    ) -> None:
        """Count what is no TCP; `at` is where each packet was read up to."""
        other = found.protocol != ip.TCP
        # A header read behind the captured octets says nothing.
        cut = other & (at > window.start + window.captured)
        other &= ~cut
        is_ip = (kind == IPV4) | (kind == IPV6)
        unknown = kind == NO_PROTOCOL
        _count(self.undecoded, window.link_type[other & unknown], _no_protocol_name)
        _count(self.undecoded, kind[other & ~is_ip & ~unknown], _ether_type_name)
        _count(self.undecoded, found.protocol[other & is_ip], _protocol_name)
        _count(self.undecoded, np.full(np.count_nonzero(cut), CUT), _protocol_name)

    def _tcp(self, window: PacketWindow, found: Datagrams, rows: Int64) -> Segments:
        """The TCP headers at some rows."""
        at, end = found.at[rows], found.end[rows]
        captured_end = np.minimum(end, (window.start + window.captured)[rows])
        header = gather(window.data, at, TOLD)
        length = (words(header, "u1")[:, 12] >> 4).astype(np.int64) * 4
        whole = at + TOLD <= captured_end
        sane = (length >= 20) & (at + length <= end)
        if not (whole & sane).all():
            wrong = np.where(whole, ip.MALFORMED, CUT)[~whole | ~sane]
            _count(self.undecoded, wrong, _protocol_name)
            # A header that contradicts itself still tells whose it is; where its payload begins
            # it does not.
            length = np.where(sane, length, end - at)
            rows, at, end, length = rows[whole], at[whole], end[whole], length[whole]
            captured_end, header = captured_end[whole], header[whole]
        return _segments(window, found, rows, header, (at + length, captured_end, end))


def _segments(
    window: PacketWindow,
    found: Datagrams,
    rows: Int64,
    header: NDArray[np.void],
    payload: tuple[Int64, Int64, Int64],
) -> Segments:
    at, captured_end, end = payload
    pairs, fields = words(header, "u2"), words(header, "u4")
    flags = words(header, "u1")[:, 13].copy()
    return Segments(
        number=window.first + rows,
        time_ns=window.time_ns[rows],
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


def _ether_type_name(kind: int) -> str:
    if kind < 0x0600:
        return "LLC"
    return ETHER_TYPES.get(kind, f"EtherType 0x{kind:04x}")


def _protocol_name(protocol: int) -> str:
    return PROTOCOLS.get(protocol, f"IP protocol {protocol}")


def _count(counts: dict[str, int], column: Column, name: Callable[[int], str]) -> None:
    """Add how often each value of a column occurs; NO_PACKET is nothing."""
    if not len(column):
        return
    if column[0] >= 0 and (column == column[0]).all():
        found = [(int(column[0]), len(column))]
    else:
        numbers = np.bincount(column[column >= 0])
        values = np.flatnonzero(numbers)
        found = list(zip(values.tolist(), numbers[values].tolist(), strict=True))
    for value, number in found:
        key = name(value)
        counts[key] = counts.get(key, 0) + number
