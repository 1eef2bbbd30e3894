"""
Packets as columns: one window of a capture, no object per packet.

The only module of the model that needs numpy; a HAR never imports it.
"""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

NO_PACKET = -1
"""Link type of a pcapng block that holds no packet but has a number in Wireshark's count."""


class PacketWindow(Struct, frozen=True, kw_only=True, gc=False):
    """
    Consecutive packets of a capture; row i is packet `first + i`.

    Attributes:
        data: The octets of the window (uint8); packets are slices of it. Valid only until the
            reader is asked for the next window: copy what is to be kept.
        first: Number of the first packet, as Wireshark's `frame.number` (1-based).
        start: Index in `data` of each packet's first octet.
        captured: Octets captured of each packet.
        original: Octets each packet had on the wire (never below `captured`).
        time_ns: Nanoseconds since 1970 UTC; -1 where the block has no time (Simple Packet Block).
        link_type: LINKTYPE_ number of each packet; NO_PACKET for a block without one.
    """

    data: NDArray[np.uint8]
    first: int
    start: Int64
    captured: Int64
    original: Int64
    time_ns: Int64
    link_type: Int64

    def __len__(self) -> int:
        """Packets in the window."""
        return len(self.start)


Columns = dict[str, NDArray[Any]]
"""Named columns of equal length."""
