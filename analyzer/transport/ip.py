"""
Pass the IP headers of many packets: IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200).

Fragments are counted, not put together.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.packet import Int64
from .link import IPV4, IPV6
from .octets import Octets, gather, words

TCP = 6
FRAGMENT = 256
"""In place of a protocol: a piece of a datagram."""

MALFORMED = 257
"""In place of a protocol: a header that contradicts itself or is cut off."""

AUTHENTICATION = 51
FRAGMENT_HEADER = 44
EXTENSIONS = (0, 43, FRAGMENT_HEADER, AUTHENTICATION, 60, 135, 139, 140)
"""Headers that another header follows (RFC 8200 section 4.1, RFC 4302, 6275, 7401, 5533)."""

EXTENSION_HEADERS = 16
"""Extension headers passed; RFC 8200 recommends each at most once."""

HEAD = 40


class Datagrams(Struct, frozen=True, kw_only=True):
    """
    What the IP headers of packets say.

    Attributes:
        head: First 40 octets.
        version: 4 or 6; 0 for no IP.
        protocol: IANA protocol number of what is carried, or FRAGMENT or MALFORMED.
        at: Index of what is carried.
        end: Index behind it, had all of it been captured.
    """

    head: NDArray[np.void]
    version: Int64
    protocol: Int64
    at: Int64
    end: Int64


def datagrams(data: Octets, at: Int64, kind: Int64, wire_end: Int64) -> Datagrams:
    """
    Pass the IP headers that stand at some indices.

    Args:
        data: Octets of the window.
        at: Index of each network header.
        kind: Its EtherType.
        wire_end: Index behind the packet, had all of it been captured.
    """
    head = gather(data, at, HEAD)
    octets = words(head, "u1")
    numbers = words(head, "u2")
    version = np.zeros(len(at), np.int64)
    nibble = octets[:, 0] >> 4
    four = (kind == IPV4) & (nibble == 4)
    six = (kind == IPV6) & (nibble == 6)
    version[four] = 4
    version[six] = 6
    # IPv4: header length in words, total length of the datagram, protocol.
    length = (octets[:, 0] & 15).astype(np.int64) * 4
    total = numbers[:, 1].astype(np.int64)
    protocol = octets[:, 9].astype(np.int64)
    protocol[(numbers[:, 3] & 0x3FFF) != 0] = FRAGMENT
    protocol[(length < 20) | ((total < length) & (total != 0))] = MALFORMED
    if six.any():
        # IPv6: 40 octets, length of what follows them, next header.
        length = np.where(six, 40, length)
        payload = numbers[:, 2].astype(np.int64)
        total = np.where(six, np.where(payload == 0, 0, payload + 40), total)
        protocol = np.where(six, octets[:, 6], protocol)
    # A length of zero: the sender's network card cut the segment (TSO), or a jumbogram. A longer
    # one than the packet cannot be: RFC 791 section 3.1 counts what is there.
    end = np.where(total == 0, wire_end, np.minimum(at + total, wire_end))
    protocol[version == 0] = MALFORMED
    found = at + length
    _pass_extensions(data, found, protocol, version)
    return Datagrams(head=head, version=version, protocol=protocol, at=found, end=end)


def _pass_extensions(data: Octets, at: Int64, protocol: Int64, version: Int64) -> None:
    """Move `at` and `protocol` behind extension headers, in place."""
    extended = np.isin(protocol, EXTENSIONS) & ((version == 6) | (protocol == AUTHENTICATION))
    rows = np.flatnonzero(extended)
    for _ in range(EXTENSION_HEADERS):
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
        rows = rows[np.isin(protocol[rows], EXTENSIONS) & ~piece]
        # Only AH may follow IPv4 (the other numbers mean other things there).
        rows = rows[(version[rows] == 6) | (protocol[rows] == AUTHENTICATION)]
    protocol[rows] = MALFORMED
