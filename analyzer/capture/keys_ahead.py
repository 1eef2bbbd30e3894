"""
Find out whether a pcapng holds keys behind the packets that need them.

Decryption Secrets Blocks mostly stand in front, but may stand anywhere, and to walk through all
blocks first would cost a tenth of the analysis. So the octets are looked through for their mark,
while they are in the cache for the sake of the digest, and only what shows one is walked through.
"""

import mmap
from struct import Struct as Layout

import numpy as np

from . import blocks

DIGESTED_OCTETS = 1 << 20
"""Octets that are looked through in one go: as many as stay in the cache."""

TEXT_OCTETS = 16 << 20
"""Octets looked through for key logs in comments, too, which costs four times as much."""

TEXT = b"CLIENT_"
"""In a key log of every version of TLS."""

_MARK = 8
"""Octets of a Decryption Secrets Block before the type of its secrets (section 4.7)."""

Buffer = memoryview | mmap.mmap


class KeysAhead:
    """
    Where a pcapng may hold keys.

    Attributes:
        last: Last such place, 0-based; -1 if there is none.
    """

    def __init__(self, data: Buffer) -> None:
        """Take the whole file."""
        self.last = -1
        self._data = data
        self._words = np.frombuffer(data, "<u4", len(data) // 4)
        # In the byte order of the first section; blocks begin at every fourth octet.
        little = bytes(data[8:12]) == b"\x4d\x3c\x2b\x1a"
        self._order = "<" if little else ">"
        mark = Layout(self._order + "I").pack(blocks.TLS_KEY_LOG)
        self._mark = np.uint32(int.from_bytes(mark, "little"))

    def look(self, at: int, until: int) -> None:
        """Look through some octets, which begin at a multiple of four."""
        hits = self._words[at // 4 : -(-until // 4)] == self._mark
        if hits.any():
            places = np.flatnonzero(hits) * 4 + at - _MARK
            self.last = max([self.last, *(p for p in places.tolist() if self._is_block(p))])
        if at < TEXT_OCTETS and TEXT in bytes(self._data[at : until + len(TEXT)]):
            self.last = max(self.last, until)

    def _is_block(self, at: int) -> bool:
        """Whether its lengths agree; that it is one the walk will tell."""
        if at < 0:
            return False
        kind, length = Layout(self._order + "II").unpack(bytes(self._data[at : at + 8]))
        tail = bytes(self._data[at + length - 4 : at + length])
        return bool(
            kind == blocks.DECRYPTION_SECRETS
            and length >= 20
            and tail == bytes(self._data[at + 4 : at + 8])
        )


def last_keys(data: Buffer) -> int:
    """The last place at which a pcapng may hold keys; -1 if there is none."""
    ahead = KeysAhead(data)
    for at in range(0, len(data), DIGESTED_OCTETS):
        ahead.look(at, min(at + DIGESTED_OCTETS, len(data)))
    return ahead.last
