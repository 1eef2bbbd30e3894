"""Tell from its first octets whether a connection is worth following."""

import numpy as np

from ..model.packet import Int64
from .octets import Octets, gather, words

NOTHING = 0
CLIENT = 1
"""Only a client begins like this."""
SERVER = 2
"""Only a server begins like this."""
EITHER = 3
"""Worth following, but both sides begin like this."""

TLS_HANDSHAKE = 0x16

BEGINNINGS = (
    *((word, CLIENT) for word in (
        b"GET ", b"POST ", b"PUT ", b"HEAD ", b"PATCH ", b"DELETE ", b"OPTIONS ", b"CONNECT ",
        b"PRI * HT", b"<open",
    )),
    (b"HTTP/1.", SERVER),
    (b"<stream", EITHER),
    (b"<?xml", EITHER),
)  # fmt: skip
"""RFC 9110 section 9, RFC 9113 section 3.4, RFC 7395 section 3.3, RFC 6120 section 4.2."""


def first_octets(data: Octets, at: Int64, captured: Int64) -> Int64:
    """
    What the payloads at some indices begin like.

    A payload shorter than a beginning that it agrees with counts: the rest may follow.
    """
    word = words(gather(data, at, 8), "u8")[:, 0].astype(np.uint64)
    found = np.zeros(len(at), np.int64)
    size = np.clip(captured, 0, 8).astype(np.uint64)
    # The upper `size` octets.
    ones = np.uint64(0xFFFFFFFFFFFFFFFF)
    mask = np.where(size == 0, np.uint64(0), ones << (np.uint64(64) - np.maximum(size, 1) * 8))
    for text, kind in BEGINNINGS:
        full = ones << np.uint64(64 - 8 * len(text))
        value = np.uint64(int.from_bytes(text.ljust(8, b"\0"), "big"))
        both = mask & full
        found[(captured > 0) & ((word ^ value) & both == 0)] = kind
    return np.where(found == NOTHING, _tls(word, captured), found)


def _tls(word: np.ndarray, captured: Int64) -> Int64:
    """RFC 8446 section 4 and 5.1: a handshake record with a ClientHello or ServerHello in it."""
    octets = word.astype(">u8").view(np.uint8).reshape(-1, 8)
    hello = (octets[:, 0] == TLS_HANDSHAKE) & (octets[:, 1] == 3) & (octets[:, 2] <= 4)
    hello &= captured >= 6
    return np.where(
        hello & (octets[:, 5] == 1), CLIENT, np.where(hello & (octets[:, 5] == 2), SERVER, NOTHING)
    )
