"""Octets and items as the transport would deliver them."""

import itertools
import struct
import zlib
from collections.abc import Iterable, Sequence

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event, Item
from analyzer.model.flow import (
    Chunk,
    Connection,
    End,
    EndCause,
    Endpoint,
    Gap,
    GapReason,
    Provenance,
)
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.source import Direction, PacketSource
from analyzer.model.websocket import Frame, Message, Upgrade

C, S = Direction.TO_SERVER, Direction.TO_CLIENT
KEY = b"\x37\xfa\x21\x3d"  # RFC 6455 section 5.7
START_NS = 1_700_000_000_000_000_000


def source(packet: int, last: int | None = None, offset: int | None = None) -> PacketSource:
    last = packet if last is None else last
    return PacketSource(0, packet, last, START_NS + last, offset)


def xor(payload: bytes, key: bytes) -> bytes:
    return bytes(octet ^ key[i % 4] for i, octet in enumerate(payload))


def frame(
    payload: bytes,
    opcode: int = 1,
    *,
    fin: bool = True,
    rsv: int = 0,
    key: bytes | None = None,
    form: int | None = None,
) -> bytes:
    """A frame; `form` forces 7, 16 or 64 bits of length."""
    form = form or (7 if len(payload) < 126 else 16 if len(payload) < 1 << 16 else 64)
    bits = 0x80 if key is not None else 0
    first = fin << 7 | rsv << 4 | opcode
    head = {
        7: bytes([first, bits | len(payload)]) if form == 7 else b"",
        16: bytes([first, bits | 126]) + struct.pack(">H", len(payload) & 0xFFFF),
        64: bytes([first, bits | 127]) + struct.pack(">Q", len(payload)),
    }[form]
    return head + (key + xor(payload, key) if key is not None else payload)


def chunk(octets: bytes, direction: Direction, offset: int = 0, packet: int = 1) -> Chunk:
    """Octets of one packet."""
    provenance = Provenance([offset], [packet], [START_NS + packet])
    return Chunk(direction, offset, octets, provenance)


def chunks(
    packets: Iterable[bytes], direction: Direction, first: int = 1, step: int = 1, offset: int = 0
) -> list[Item]:
    """A chunk a packet, numbered from `first` on."""
    items: list[Item] = []
    for number, octets in zip(itertools.count(first, step), packets):
        items.append(chunk(octets, direction, offset, number))
        offset += len(octets)
    return items


def run_of(packets: Sequence[bytes], direction: Direction, first: int = 1, step: int = 1) -> Chunk:
    """One chunk of many packets."""
    ends = list(itertools.accumulate(map(len, packets)))
    numbers = [first + step * i for i in range(len(packets))]
    provenance = Provenance([0, *ends[:-1]], numbers, [START_NS + n for n in numbers])
    return Chunk(direction, 0, b"".join(packets), provenance)


def gap(direction: Direction, offset: int, length: int | None, packet: int = 50) -> Gap:
    reason = GapReason.LOST if length is not None else GapReason.LATE_START
    return Gap(direction, offset, length, reason, source(packet))


def end(direction: Direction, cause: EndCause = EndCause.FIN, packet: int = 90) -> End:
    return End(direction, 0, cause, source(packet))


CONNECTION = Connection(
    capture=0, number=0, server=Endpoint("192.0.2.1", 80), opened_ns=START_NS, closed_ns=None
)


def upgrade(extensions: str | None = None, subprotocol: str | None = None) -> Upgrade:
    """An accepted handshake."""
    headers = (("Sec-WebSocket-Extensions", extensions),) if extensions else ()
    exchange = Exchange(
        request=Request(method="GET", url="ws://a/ws", headers=headers, source=source(1)),
        response=Response(status=101, headers=headers, source=source(2)),
    )
    return Upgrade(exchange=exchange, accepted=True, extensions=extensions, subprotocol=subprotocol)


def codes(events: Iterable[Event]) -> list[AnomalyCode]:
    return [event.code for event in events if isinstance(event, Anomaly)]


def frames(events: Iterable[Event]) -> list[Frame]:
    return [event for event in events if isinstance(event, Frame)]


def messages(events: Iterable[Event]) -> list[Message]:
    return [event for event in events if isinstance(event, Message)]


def gaps(events: Iterable[Event]) -> list[tuple[Direction, int, int | None, GapReason]]:
    return [(e.direction, e.offset, e.length, e.reason) for e in events if isinstance(e, Gap)]


class Deflater:
    """What a sender does (RFC 7692 section 7.2.1)."""

    def __init__(self, *, takeover: bool = True, level: int = 6) -> None:
        self._takeover, self._level = takeover, level
        self._object = zlib.compressobj(level, zlib.DEFLATED, -15)

    def __call__(self, payload: bytes) -> bytes:
        if not self._takeover:
            self._object = zlib.compressobj(self._level, zlib.DEFLATED, -15)
        octets = self._object.compress(payload) + self._object.flush(zlib.Z_SYNC_FLUSH)
        return octets.removesuffix(b"\x00\x00\xff\xff")
