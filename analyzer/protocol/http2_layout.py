"""What frames of HTTP/2 look like (RFC 9113 sections 4 and 6), and what is told of them."""

import re
from enum import IntEnum

from msgspec import Struct

from ..model.anomaly import Anomaly
from ..model.flow import Gap
from ..model.source import PacketSource

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client sends first (RFC 9113 section 3.4)."""

END_STREAM = 0x1
ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
PRIORITY = 0x20

FRAME_OCTETS = 16_384
"""What no SETTINGS frame announced is not longer (RFC 9113 section 6.5.2)."""

HEAD_OCTETS = 9
"""Octets before the payload."""

_CHAIN = 3  # frames that must follow each other before they are believed


class FrameType(IntEnum):
    """RFC 9113 section 6; others stay plain integers."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Frame(Struct, frozen=True):
    """
    A frame other than DATA, with its payload.

    Attributes:
        kind: Its type.
        flags: Its flags.
        stream: Its stream; 0 for the connection.
        payload: Padding included; None if octets are missing.
        source: Its packets; of the first octet where octets are missing.
    """

    kind: int
    flags: int
    stream: int
    payload: bytes | None
    source: PacketSource


class Data(Struct, frozen=True):
    """
    Octets of a DATA frame, padding left out.

    Attributes:
        stream: Its stream.
        octets: May be empty where only the end is to be told.
        begin: Offset in the direction of the first of them.
        missing: Octets that were lost in their place.
        gap: The hole they were lost in.
        last: The stream ends behind them (END_STREAM).
        source: The packet of the frame's head.
    """

    stream: int
    octets: bytes
    begin: int
    missing: int
    gap: Gap | None
    last: bool
    source: PacketSource


class Lost(Struct, frozen=True):
    """Frames are missing, and nobody knows which; `gap` tells where octets are."""

    gap: Gap | None


Part = Frame | Data | Lost | Anomaly | Gap


NAMES = {kind.value: kind.name for kind in FrameType}

"""Known types."""

# What a head looks like where nothing says that one begins there (RFC 9113 section 6): types with
# their lengths and flags, a stream where one is needed and none where none may be.
_STREAM = rb"\x00(?!\x00\x00\x00)..."
_NONE = rb"\x00{4}"
_LENGTH = rb"\x00(?:[\x00-\x3f].|\x40\x00)"
PLAUSIBLE = re.compile(
    rb"(?s:"
    + rb"|".join(
        (
            _LENGTH + rb"\x00[\x00\x01\x08\x09]" + _STREAM,
            _LENGTH
            + rb"\x01[\x00\x01\x04\x05\x08\x09\x0c\x0d\x20\x21\x24\x25\x28\x29\x2c\x2d]"
            + _STREAM,
            rb"\x00\x00\x05\x02\x00" + _STREAM,
            rb"\x00\x00\x04\x03\x00" + _STREAM,
            rb"\x00\x00[\x00\x06\x0c\x12\x18\x1e\x24\x2a\x30]\x04[\x00\x01]" + _NONE,
            _LENGTH + rb"\x05[\x00\x04\x08\x0c]" + _STREAM,
            rb"\x00\x00\x08\x06[\x00\x01]" + _NONE,
            rb"\x00[\x00-\x03].\x07\x00" + _NONE,
            rb"\x00\x00\x04\x08\x00\x00...",
            _LENGTH + rb"\x09[\x00\x04]" + _STREAM,
        )
    )
    + rb")"
)


def follow(octets: bytes | bytearray, at: int, *, final: bool) -> bool | None:
    """Whether frames follow each other from here on; None if that takes more octets to tell."""
    for frames in range(_CHAIN):
        if at + HEAD_OCTETS > len(octets):
            return (at == len(octets) or frames > 1) if final else None
        if not PLAUSIBLE.match(octets, at):
            return False
        at += HEAD_OCTETS + int.from_bytes(octets[at : at + 3], "big")
    return True


def flaw(kind: int, flags: int, stream: int, length: int) -> str | None:
    """What a frame's head breaks (RFC 9113 section 6)."""
    if kind in _OF_CONNECTION and stream:
        return "stream of a connection frame"
    if kind in _OF_STREAM and not stream:
        return "no stream"
    if kind in _LENGTHS and length != _LENGTHS[kind]:
        return "frame size"
    settings = FrameType.SETTINGS
    if kind == settings and (length % 6 or (length and flags & ACK)):
        return "frame size"
    shortest = _SHORTEST.get(kind, 0) + bool(kind in _MAY_PAD and flags & PADDED)
    if kind == FrameType.HEADERS and flags & PRIORITY:
        shortest += 5
    if length < shortest:
        return "frame size"
    return None


_OF_CONNECTION = frozenset({FrameType.SETTINGS, FrameType.PING, FrameType.GOAWAY})
_OF_STREAM = frozenset(FrameType) - _OF_CONNECTION - {FrameType.WINDOW_UPDATE}
_LENGTHS = {
    int(FrameType.PRIORITY): 5,
    int(FrameType.RST_STREAM): 4,
    int(FrameType.PING): 8,
    int(FrameType.WINDOW_UPDATE): 4,
}
_SHORTEST = {int(FrameType.PUSH_PROMISE): 4, int(FrameType.GOAWAY): 8}
_MAY_PAD = frozenset({FrameType.DATA, FrameType.HEADERS, FrameType.PUSH_PROMISE})
