"""A capture in which there is nothing."""

import struct

EMPTY = (
    struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    + struct.pack("<IIII", 1_795_207_479, 0, 60, 60)
    + bytes(12)
    + b"\x08\x06"
    + bytes(46)
)
"""A pcap with one ARP packet."""
