"""One conversation, recorded twice: as a pcapng by a network, as a HAR by a browser."""

import base64
import hashlib
import json
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

Line = tuple[float, str, str]
"""Seconds since the start, "C>" or "S>", the text of a message."""

START_S = 1_767_225_600
"""2026-01-01T00:00:00Z."""

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = base64.b64encode(
    hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
).decode()
REQUEST_HEADERS = {
    "Host": "finesse.example.test:7071",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Protocol": "xmpp",
}
RESPONSE_HEADERS = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Accept": ACCEPT,
    "Sec-WebSocket-Protocol": "xmpp",
}


def frame(text: str, mask: bytes | None) -> bytes:
    """One unfragmented text frame (RFC 6455 section 5.2)."""
    payload = text.encode("utf-8", "surrogatepass")
    flag = 0x80 if mask else 0
    if len(payload) < 126:
        head = bytes([0x81, flag | len(payload)])
    elif len(payload) < 1 << 16:
        head = bytes([0x81, flag | 126]) + struct.pack(">H", len(payload))
    else:
        head = bytes([0x81, flag | 127]) + struct.pack(">Q", len(payload))
    if mask is None:
        return head + payload
    return head + mask + bytes(octet ^ mask[i % 4] for i, octet in enumerate(payload))


class Wire:
    """Writes the packets of one TCP connection as pcapng blocks."""

    def __init__(self) -> None:
        self.blocks = [
            self._block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
            self._block(1, struct.pack("<HHI", 1, 0, 0)),
        ]
        self.next = {"C>": 1000, "S>": 9000}

    @staticmethod
    def _block(kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        length = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + length + body + length

    def send(self, seconds: float, direction: str, payload: bytes, flags: int = 0x18) -> None:
        """A segment; SYN and FIN count one (RFC 9293 section 3.4)."""
        other = "S>" if direction == "C>" else "C>"
        ports = (50000, 7071) if direction == "C>" else (7071, 50000)
        hosts = b"\x0a\0\0\1\x0a\0\0\2" if direction == "C>" else b"\x0a\0\0\2\x0a\0\0\1"
        tcp = struct.pack(
            ">HHIIBBHHH",
            *ports,
            self.next[direction],
            self.next[other] if flags & 0x10 else 0,
            0x50,
            flags,
            64240,
            0,
            0,
        )
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0) + hosts
        packet = b"\2" * 6 + b"\4" * 6 + b"\x08\0" + ip + tcp + payload
        time_us = round((START_S + seconds) * 1e6)
        head = struct.pack(
            "<IIIII", 0, time_us >> 32, time_us & 0xFFFFFFFF, len(packet), len(packet)
        )
        self.blocks.append(self._block(6, head + packet))
        self.next[direction] += len(payload) + (1 if flags & 3 else 0)


def as_pcapng(lines: Sequence[Line]) -> bytes:
    """Handshakes, the messages one frame each, a FIN from either side."""
    wire = Wire()
    wire.send(-0.05, "C>", b"", 0x02)
    wire.send(-0.04, "S>", b"", 0x12)
    wire.send(-0.03, "C>", b"", 0x10)
    for seconds, direction, first, headers in (
        (-0.02, "C>", "GET /ws/ HTTP/1.1", REQUEST_HEADERS),
        (-0.01, "S>", "HTTP/1.1 101 Switching Protocols", RESPONSE_HEADERS),
    ):
        head = [first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        wire.send(seconds, direction, "\r\n".join(head).encode())
    for number, (seconds, direction, text) in enumerate(lines):
        mask = struct.pack(">I", 0x9E3779B9 * (number + 1) & 0xFFFFFFFF)
        wire.send(seconds, direction, frame(text, mask if direction == "C>" else None))
    end = lines[-1][0] if lines else 0.0
    wire.send(end + 0.01, "C>", b"", 0x11)
    wire.send(end + 0.02, "S>", b"", 0x11)
    wire.send(end + 0.03, "C>", b"", 0x10)
    return b"".join(wire.blocks)


def as_har(lines: Sequence[Line]) -> bytes:
    """What Chrome's DevTools writes of it."""
    end = lines[-1][0] if lines else 0.0
    started = datetime.fromtimestamp(START_S, UTC).isoformat(timespec="milliseconds")
    entry = {
        "_resourceType": "websocket",
        "_webSocketMessages": [
            {
                "type": "send" if direction == "C>" else "receive",
                "time": START_S + seconds,
                "opcode": 1,
                "data": text,
            }
            for seconds, direction, text in lines
        ],
        "request": {
            "method": "GET",
            "url": "ws://finesse.example.test:7071/ws/",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": n, "value": v} for n, v in REQUEST_HEADERS.items()],
        },
        "response": {
            "status": 101,
            "statusText": "Switching Protocols",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": n, "value": v} for n, v in RESPONSE_HEADERS.items()],
        },
        "startedDateTime": started.replace("+00:00", "Z"),
        "time": (end + 0.01) * 1000,
        "timings": {"send": 0, "wait": 1, "receive": 10},
    }
    creator = {"name": "WebInspector", "version": "537.36"}
    log = {"version": "1.2", "creator": creator, "pages": [], "entries": [entry]}
    return json.dumps({"log": log}, indent=2).encode()


def spaced(texts: Sequence[tuple[str, str]], step_s: float = 0.01) -> list[Line]:
    """Messages at equal distances."""
    lines = [(number * step_s, direction, text) for number, (direction, text) in enumerate(texts)]
    if any(later[0] <= earlier[0] for earlier, later in pairwise(lines)):
        raise ValueError("times must ascend")
    return lines
