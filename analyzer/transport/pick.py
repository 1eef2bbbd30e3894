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
TLS_CLIENT = 4
TLS_SERVER = 5

BEGINNINGS = (
    *((word, CLIENT) for word in (
        b"GET ", b"POST ", b"PUT ", b"HEAD ", b"PATCH ", b"DELETE ", b"OPTIONS ", b"CONNECT ",
        b"PRI * HT", b"<open",
    )),
    (b"HTTP/1.", SERVER),
    (b"<stream", EITHER),
    *((word, EITHER) for word in (b"<?xml", b"<iq ", b"<message", b"<presenc")),
)  # fmt: skip
"""RFC 9110 section 9, RFC 9113 section 3.4, RFC 7395 section 3.3, RFC 6120 section 4.2."""


def first_octets(data: Octets, at: Int64, captured: Int64) -> Int64:
    """
    What the payloads at some indices begin like.

    A payload shorter than a beginning that it agrees with counts: the rest may follow.
    """
    eight = gather(data, at, 8)
    octets = words(eight, "u1")
    # RFC 8446 sections 4 and 5.1: a handshake record, in it a ClientHello or ServerHello.
    hello = (octets[:, 0] == 0x16) & (octets[:, 1] == 3) & (octets[:, 2] <= 4) & (captured > 5)
    found = np.zeros(len(at), np.int64)
    found[hello & (octets[:, 5] == 1)] = TLS_CLIENT
    found[hello & (octets[:, 5] == 2)] = TLS_SERVER
    word = words(eight, "u8")[:, 0]
    kept = KEPT[np.clip(captured, 0, 8)]
    for text, kind in BEGINNINGS:
        value = int.from_bytes(text.ljust(8, b"\0"), "big")
        differs = (word ^ np.uint64(value)) & kept & KEPT[len(text)]
        found[(differs == 0) & (captured > 0)] = kind
    framed = np.flatnonzero(np.isin(octets[:, 0], FRAMES) & (captured >= 2))
    found[framed] = _frames(words(gather(data, at[framed], 16), "u1"), captured[framed])
    return found


def _frames(octets: Octets, captured: Int64) -> Int64:
    """
    Whether segments begin with a WebSocket frame, as in a capture that began late.

    A text that begins with `<`, or a control frame that fills the segment (RFC 6455 section 5.2).
    """
    masked = octets[:, 1] >= MASKED
    length = octets[:, 1].astype(np.int64) & 0x7F
    header = np.select([length == 127, length == 126], [10, 4], 2)
    rows = np.arange(len(octets))
    # What is beyond a segment was gathered as zero, or is of the next: `captured` tells.
    key = np.where(masked, octets[rows, header], 0)
    first = octets[rows, header + 4 * masked] ^ key
    whole = header + 4 * masked
    text = (octets[:, 0] < CONTROL) & (first == ord("<")) & (captured > whole)
    control = (octets[:, 0] >= CONTROL) & (length <= 125) & (captured == whole + length)
    return np.where(text | control, np.where(masked, CLIENT, SERVER), NOTHING)


MASKED = 0x80
CONTROL = 0x88
FRAMES = (0x01, 0x81, 0x89, 0x8A)
"""Text, unfinished or whole, ping and pong, without compression."""


KEPT = np.array([(1 << 64) - (1 << 64 - 8 * size) for size in range(9)], np.uint64)
"""Masks for the first octets of eight, by their number."""
