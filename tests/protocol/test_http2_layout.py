"""What a frame must look like, and when a place is believed to begin one."""

import pytest

from analyzer.protocol.http2_layout import flaw, follow
from tests.protocol.h2_wire import data, frame, reset, settings

PING = frame(6, bytes(8))


@pytest.mark.parametrize(
    ("kind", "flags", "stream", "length", "problem"),
    [
        (0, 0, 1, 0, None),
        (0, 0, 0, 5, "no stream"),
        (0, 8, 1, 0, "frame size"),
        (0, 8, 1, 1, None),
        (1, 0x20, 1, 4, "frame size"),
        (1, 0x28, 1, 5, "frame size"),
        (1, 0x28, 1, 6, None),
        (2, 0, 1, 4, "frame size"),
        (3, 0, 0, 4, "no stream"),
        (4, 0, 1, 6, "stream of a connection frame"),
        (4, 0, 0, 7, "frame size"),
        (4, 1, 0, 6, "frame size"),
        (4, 1, 0, 0, None),
        (5, 0, 1, 3, "frame size"),
        (6, 0, 0, 7, "frame size"),
        (7, 0, 0, 7, "frame size"),
        (7, 0, 0, 80, None),
        (8, 0, 0, 4, None),
        (9, 0, 3, 0, None),
    ],
)
def test_heads(kind: int, flags: int, stream: int, length: int, problem: str | None) -> None:
    assert flaw(kind, flags, stream, length) == problem


@pytest.mark.parametrize(
    ("octets", "final", "believed"),
    [
        (data(1, b"abc") + PING + reset(3), False, True),
        (data(1, b"abc") + PING, False, None),
        (data(1, b"abc") + PING, True, True),
        (PING, True, True),
        (PING + b"\x00", True, False),
        (PING + settings((3, 100)) + b"\x00\x00", True, True),
        (PING + b"GET / HTTP/1.1", False, False),
        (b"GET / HTTP/1.1", False, False),
        (data(1, b"abc")[:-1], True, False),
    ],
)
def test_frames_must_follow_each_other(octets: bytes, final: bool, believed: bool | None) -> None:
    assert follow(octets, 0, final=final) is believed
