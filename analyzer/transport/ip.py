"""
Pass the IP headers of many packets: IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200).

Fragments are only recognised; `fragments` puts them together.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from ..model.packet import Int64, PacketWindow
from .layers import IPV4, IPV6, Layer
from .octets import U64, Column, Octets, gather, words

TCP = 6
FRAGMENT = 256
"""In place of a protocol: a piece of a datagram."""

MALFORMED = 257
"""In place of a protocol: a header that contradicts itself or is cut off."""

AUTHENTICATION = 51
FRAGMENT_HEADER = 44
EXTENSIONS = (0, 43, FRAGMENT_HEADER, AUTHENTICATION, 60, 135, 139, 140)
"""Headers that another header follows (RFC 8200 section 4.1, RFC 4302, 6275, 7401, 5533)."""

_IS_EXTENSION = np.zeros(MALFORMED + 1, np.bool_)
_IS_EXTENSION[list(EXTENSIONS)] = True

EXTENSION_HEADERS = 16
"""Extension headers passed; RFC 8200 recommends each at most once."""


class Datagrams(Struct, frozen=True, kw_only=True):
    """
    What the IP headers of packets say.

    Attributes:
        data: What the indices count in.
        packet: Row of each packet in the window.
        head: Index of the IP header.
        version: 4 or 6; 0 for no IP.
        protocol: IANA protocol number of what is carried, or FRAGMENT or MALFORMED.
        at: Index of what is carried.
        end: Index behind it, had all of it been captured.
        captured_end: Index behind what was captured of the packet.
        source: Address; the lower half of an IPv6 one.
        destination: Likewise.
        upper: Upper halves of source and destination; None if no packet is IPv6.
        identification: Of IPv4 (RFC 6864); 0 of IPv6.
    """

    data: Octets
    packet: Int64
    head: Int64
    version: Column
    protocol: Column
    at: Int64
    end: Int64
    captured_end: Int64
    source: U64
    destination: U64
    upper: U64 | None
    identification: Column

    def __len__(self) -> int:
        """Rows."""
        return len(self.packet)

    def take(self, rows: Int64) -> "Datagrams":
        """Some of the packets."""
        columns = {
            name: getattr(self, name).take(rows)
            for name in self.__struct_fields__
            if name not in {"data", "upper"}
        }
        upper = None if self.upper is None else self.upper[rows]
        return Datagrams(data=self.data, upper=upper, **columns)


Look = Callable[[PacketWindow, Datagrams], None]
"""Looks at the datagrams of a window, of which those without TCP go no further."""


def datagrams(data: Octets, layer: Layer) -> Datagrams:
    """Pass the IP headers that stand at some indices."""
    at, kind, wire_end = layer.at, layer.kind, layer.end
    head = gather(data, at, 20)
    octets, numbers, fours = words(head, "u1"), words(head, "u2"), words(head, "u4")
    version = octets[:, 0] >> 4
    four = (version == 4) & (kind == IPV4)
    six = np.flatnonzero((version == 6) & (kind == IPV6))
    # RFC 791: header length in words, total length of the datagram, protocol.
    length = (octets[:, 0] & 15).astype(np.int64) * 4
    total = numbers[:, 1].astype(np.int64)
    protocol = octets[:, 9].astype(np.uint16)
    protocol[(numbers[:, 3] & 0x3FFF) != 0] = FRAGMENT
    protocol[~four | (length < 20) | ((total < length) & (total != 0))] = MALFORMED
    source, destination = fours[:, 3].astype(np.uint64), fours[:, 4].astype(np.uint64)
    identification = numbers[:, 2].astype(np.uint16)
    upper = None
    if len(six):
        # RFC 8200: 40 octets, length of what follows them, next header.
        head = gather(data, at[six], 40)
        payload, eights = words(head, "u2")[:, 2].astype(np.int64), words(head, "u8")
        length[six] = 40
        total[six] = np.where(payload == 0, 0, payload + 40)
        protocol[six] = words(head, "u1")[:, 6]
        identification[six] = 0
        four[six] = True
        upper = np.zeros((len(at), 2), np.uint64)
        upper[six] = eights[:, (1, 3)]
        source[six], destination[six] = eights[:, 2], eights[:, 4]
    # A length of zero: the sender's network card cut the segment (TSO), or a jumbogram. A longer
    # one than the packet cannot be: RFC 791 section 3.1 counts what is there.
    end = np.where(total == 0, wire_end, np.minimum(at + total, wire_end))
    found = Datagrams(
        data=data,
        packet=layer.packet,
        head=at,
        version=version * four,
        protocol=protocol,
        at=at + length,
        end=end,
        captured_end=layer.captured_end,
        source=source,
        destination=destination,
        upper=upper,
        identification=identification,
    )
    _pass_extensions(data, found)
    return found


def _pass_extensions(data: Octets, found: Datagrams) -> None:
    """Move `at` and `protocol` behind extension headers, in place."""
    at, protocol, version = found.at, found.protocol, found.version
    rows = np.flatnonzero(_IS_EXTENSION[protocol])
    for _ in range(EXTENSION_HEADERS):
        # Only AH may follow IPv4 (the other numbers mean other things there).
        rows = rows[(version[rows] == 6) | (protocol[rows] == AUTHENTICATION)]
        if not len(rows):
            return
        extension = gather(data, at[rows], 4)
        octets = words(extension, "u1").astype(np.int64)
        here = protocol[rows]
        length = (octets[:, 1] + 1) * 8
        # RFC 4302 section 2.2 counts words, less two.
        length = np.where(here == AUTHENTICATION, (octets[:, 1] + 2) * 4, length)
        length[here == FRAGMENT_HEADER] = 8
        # An atomic fragment is whole (RFC 6946).
        piece = (here == FRAGMENT_HEADER) & ((words(extension, "u2")[:, 1] & 0xFFF9) != 0)
        at[rows] += length
        protocol[rows] = np.where(piece, FRAGMENT, octets[:, 0])
        rows = rows[_IS_EXTENSION[protocol[rows]]]
    protocol[rows] = MALFORMED
