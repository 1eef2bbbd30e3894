"""Frames of HTTP/2 as they stand on the wire, and a conversation made of them."""

import itertools
import struct
from collections.abc import Iterable, Sequence

from hpack import Encoder

from analyzer.model.anomaly import Anomaly
from analyzer.model.events import Event, Item, Streamed
from analyzer.model.flow import Chunk, End, EndCause, Gap
from analyzer.model.http import Exchange
from analyzer.model.source import Direction
from analyzer.model.websocket import Upgrade
from analyzer.protocol.http2 import Http2
from analyzer.protocol.http2_layout import PREFACE
from tests.protocol.wire import CONNECTION, C, S, chunk, gap

Lines = Iterable[tuple[str, str]]

SOCKET = {":method": "CONNECT", ":protocol": "websocket", "sec-websocket-protocol": "xmpp"}


def frame(kind: int, payload: bytes = b"", *, flags: int = 0, stream: int = 0) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def data(stream: int, octets: bytes, *, last: bool = False, pad: int | None = None) -> bytes:
    flags = last | (0x8 if pad is not None else 0)
    padded = octets if pad is None else bytes([pad]) + octets + bytes(pad)
    return frame(0, padded, flags=flags, stream=stream)


def reset(stream: int, error: int = 8) -> bytes:
    return frame(3, struct.pack(">I", error), stream=stream)


def settings(*pairs: tuple[int, int]) -> bytes:
    return frame(4, b"".join(struct.pack(">HI", *pair) for pair in pairs))


class Talk:
    """A decoder fed one packet after the other, and what both ends' encoders hold."""

    def __init__(self, *, secure: bool = True, preface: bool = True) -> None:
        self.http = Http2(0, secure=secure)
        self.encoders = {C: Encoder(), S: Encoder()}
        self.offsets = {C: 0, S: 0}
        self.packet = 0
        self.items: list[Item] = []
        self.events: list[Event] = []
        if preface:
            self.say(C, PREFACE + settings())
            self.say(S, settings())

    def say(self, direction: Direction, *frames: bytes) -> "Talk":
        self.packet += 1
        octets = b"".join(frames)
        item = chunk(octets, direction, self.offsets[direction], self.packet)
        self.offsets[direction] += len(octets)
        return self.take(item)

    def block(self, direction: Direction, lines: Lines) -> bytes:
        return self.encoders[direction].encode(list(lines))

    def head(self, direction: Direction, stream: int, lines: Lines, *, last: bool = False) -> bytes:
        return frame(1, self.block(direction, lines), flags=4 | last, stream=stream)

    def ask(self, stream: int = 1, *, last: bool = True, path: str = "/x") -> "Talk":
        return self.say(C, self.head(C, stream, asked({":path": path}), last=last))

    def connect(self, stream: int = 1) -> "Talk":
        return self.say(C, self.head(C, stream, asked(SOCKET)))

    def answer(
        self, stream: int = 1, status: int = 200, *, last: bool = True, lines: Lines = ()
    ) -> "Talk":
        every = [(":status", str(status)), *lines]
        return self.say(S, self.head(S, stream, every, last=last))

    def lose(self, direction: Direction, length: int | None) -> "Talk":
        offset = self.offsets[direction]
        self.offsets[direction] += length or 0
        return self.take(gap(direction, offset, length))

    def take(self, item: Item) -> "Talk":
        self.items.append(item)
        self.events += self.http.feed(item)
        return self

    def close(self) -> "Talk":
        return self.take(CONNECTION)

    # What was told

    def told(self) -> list[tuple[str | None, int | None]]:
        """URL and status of each exchange."""
        return told(self.events)

    def anomalies(self) -> list[Anomaly]:
        return [event for event in self.events if isinstance(event, Anomaly)]

    def problems(self) -> list[str | int]:
        return [a.values.get("problem", a.code.value) for a in self.anomalies()]

    def streamed(self, stream: int = 1) -> list[Event]:
        return streamed(self.events, stream)

    def one(self) -> Exchange:
        (exchange,) = [event for event in self.events if isinstance(event, Exchange)]
        return exchange

    def upgrades(self, stream: int = 1) -> list[Upgrade]:
        return [event for event in self.streamed(stream) if isinstance(event, Upgrade)]


def asked(fields: dict[str, str]) -> list[tuple[str, str]]:
    """Fields of a request, the usual ones filled in."""
    usual = {":method": "GET", ":scheme": "https", ":authority": "a:1", ":path": "/x"}
    return [*(usual | fields).items()]


def told(events: Iterable[Event]) -> list[tuple[str | None, int | None]]:
    found: list[tuple[str | None, int | None]] = []
    for event in events:
        if isinstance(event, Exchange):
            request, response = event.request, event.response
            found.append((request.url if request else None, response.status if response else None))
    return found


def streamed(events: Iterable[Event], stream: int = 1) -> list[Event]:
    """Events of one stream."""
    return [
        inner
        for event in events
        if isinstance(event, Streamed) and event.stream == stream
        for inner in event.events
    ]


def food(events: Iterable[Event], direction: Direction) -> list[tuple[int, bytes]]:
    """Octets handed on in one direction, those that follow each other joined."""
    joined: list[tuple[int, bytes]] = []
    for event in events:
        if isinstance(event, Chunk) and event.direction is direction:
            if joined and joined[-1][0] + len(joined[-1][1]) == event.offset:
                joined[-1] = (joined[-1][0], joined[-1][1] + event.octets)
            else:
                joined.append((event.offset, event.octets))
    return joined


def holes(events: Iterable[Event]) -> list[tuple[Direction, int, int | None]]:
    return [(e.direction, e.offset, e.length) for e in events if isinstance(e, Gap)]


def ends(events: Iterable[Event]) -> list[tuple[Direction, int, EndCause]]:
    return [(e.direction, e.offset, e.cause) for e in events if isinstance(e, End)]


def cut(items: Sequence[Item], sizes: Sequence[int]) -> list[Item]:
    """The same items, octets cut into other pieces; a piece keeps its packet."""
    pieces: list[Item] = []
    size = itertools.cycle(sizes)
    for item in items:
        if not isinstance(item, Chunk):
            pieces.append(item)
            continue
        at = 0
        while at < len(item.octets):
            count = next(size)
            packet = item.provenance.packets[0]
            octets = item.octets[at : at + count]
            pieces.append(chunk(octets, item.direction, item.offset + at, packet))
            at += count
    return pieces
