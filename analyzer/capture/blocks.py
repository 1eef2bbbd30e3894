"""What stands in pcapng blocks besides packets (draft-ietf-opsawg-pcapng)."""

from collections.abc import Iterator
from struct import Struct as Layout

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.packet import Int64

SECTION_HEADER = 0x0A0D0D0A
INTERFACE = 1
OBSOLETE_PACKET = 2
SIMPLE_PACKET = 3
NAME_RESOLUTION = 4
INTERFACE_STATISTICS = 5
ENHANCED_PACKET = 6
DECRYPTION_SECRETS = 10
SYSTEMD_JOURNAL = 9
CUSTOM = (0xBAD, 0x40000BAD)
SYSDIG_EVENT = (0x204, 0x208, 0x216, 0x221)
NUMBERED = (SYSTEMD_JOURNAL, *CUSTOM, *SYSDIG_EVENT)
"""Blocks without a packet to which Wireshark gives a frame number."""
PACKETS = (ENHANCED_PACKET, OBSOLETE_PACKET, SIMPLE_PACKET, *NUMBERED)
KNOWN = (*PACKETS, INTERFACE, NAME_RESOLUTION, INTERFACE_STATISTICS, DECRYPTION_SECRETS)

TLS_KEY_LOG = 0x544C534B

END_OF_OPTIONS = 0
COMMENT = 1
IF_TSRESOL = 9
IF_TSOFFSET = 14
ISB_IFDROP = 5
ISB_OSDROP = 7
EPB_DROPCOUNT = 4

MICROSECONDS = 6
"""Resolution of an interface that names none: 10 to the power of -6 seconds."""


class Interface(Struct, frozen=True):
    """
    An interface of a section.

    Attributes:
        link_type: LINKTYPE_ number.
        snaplen: Octets kept of each packet; 0 for all.
        resolution: `if_tsresol`: a power of 10, or of 2 with the uppermost bit set.
        offset_s: Seconds to add to each time.
    """

    link_type: int
    snaplen: int
    resolution: int = MICROSECONDS
    offset_s: int = 0


def options(block: bytes, order: str, at: int) -> Iterator[tuple[int, bytes]]:
    """Codes and values of the options from a position of a block to its end (section 3.5)."""
    head = Layout(order + "HH").unpack_from
    end = len(block) - 4
    while at + 4 <= end:
        code, length = head(block, at)
        at += 4
        if code == END_OF_OPTIONS or at + length > end:
            return
        yield code, block[at : at + length]
        at += length + -length % 4


def interface(block: bytes, order: str) -> Interface:
    """An Interface Description Block (section 4.2); 0 where a block is too short."""
    link_type, _, snaplen = Layout(order + "HHI").unpack_from(block.ljust(20, b"\0"), 8)
    resolution, offset_s = MICROSECONDS, 0
    for code, value in options(block, order, 16):
        if code == IF_TSRESOL and len(value) == 1:
            resolution = value[0]
        elif code == IF_TSOFFSET and len(value) == 8:
            (offset_s,) = Layout(order + "q").unpack(value)
    return Interface(link_type, snaplen, resolution, offset_s)


def dropped(block: bytes, order: str) -> tuple[int, int | None]:
    """Interface and its dropped packets by an Interface Statistics Block (section 4.6)."""
    (number,) = Layout(order + "I").unpack_from(block.ljust(12, b"\0"), 8)
    counts = [
        int(Layout(order + "Q").unpack(value)[0])
        for code, value in options(block, order, 20)
        if code in (ISB_IFDROP, ISB_OSDROP) and len(value) == 8
    ]
    return number, sum(counts) if counts else None


def secrets(block: bytes, order: str) -> tuple[int, bytes]:
    """Type and content of a Decryption Secrets Block (section 4.7)."""
    kind, length = Layout(order + "II").unpack_from(block.ljust(20, b"\0"), 8)
    return kind, block[16 : min(16 + length, len(block) - 4)]


def nanoseconds(ticks: NDArray[np.uint64], resolution: int) -> Int64:
    """Ticks of a resolution as nanoseconds; what 64 bits cannot hold wraps around."""
    power = resolution & 0x7F
    if resolution & 0x80:
        whole = ticks >> np.uint64(min(power, 63))
        part = ticks & np.uint64((1 << min(power, 63)) - 1)
        kept = min(power, 34)
        part >>= np.uint64(min(power, 63) - min(kept, 63))
        ns = whole * np.uint64(10**9) + ((part * np.uint64(10**9)) >> np.uint64(kept))
    elif power <= 9:
        ns = ticks * np.uint64(10 ** (9 - power))
    else:
        ns = ticks // np.uint64(10 ** min(power - 9, 19))
    return ns.astype(np.int64)
