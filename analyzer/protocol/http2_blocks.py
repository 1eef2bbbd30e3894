"""Field blocks of HTTP/2, put together from their frames, one direction (RFC 9113 section 4.3)."""

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.http import Headers
from ..model.limits import H2_HEADER_OCTETS
from ..model.source import Direction, PacketSource
from .byte_queue import joined
from .http2_hpack import FieldReader, Fields
from .http2_layout import END_HEADERS, END_STREAM, PADDED, PRIORITY, Frame, FrameType


class Block(Struct, frozen=True):
    """
    A field section.

    Attributes:
        stream: Whose it is; the promised stream for PUSH_PROMISE.
        promised: It is the request of a pushed response.
        headers: Field lines that could be told, pseudo-header fields among them.
        known: Whether anything could be.
        last: The stream ends with it (END_STREAM).
        source: Its packets.
    """

    stream: int
    promised: bool
    headers: Headers
    known: bool
    last: bool
    source: PacketSource


class _Open:
    """A block whose last frame has not come."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.target = frame.stream
        self.octets: bytearray | None = bytearray()
        self.dropped = 0
        self.source = frame.source

    def add(self, fragment: bytes | None, source: PacketSource) -> None:
        self.source = joined(self.source, source)
        if fragment is None or self.octets is None:
            self.octets = None
        elif len(self.octets) + len(fragment) > H2_HEADER_OCTETS:
            self.dropped += len(fragment)
        else:
            self.octets += fragment


def _begun(frame: Frame) -> _Open:
    """The block that HEADERS or PUSH_PROMISE begins (RFC 9113 sections 6.2 and 6.6)."""
    opened = _Open(frame)
    payload = frame.payload
    if payload is None:
        opened.octets = None
        return opened
    begin, end = 0, len(payload)
    if frame.flags & PADDED:
        begin, end = 1, end - payload[0]
    if frame.kind == FrameType.PUSH_PROMISE:
        opened.target = int.from_bytes(payload[begin : begin + 4], "big") & 0x7FFF_FFFF
        begin += 4
    elif frame.flags & PRIORITY:
        begin += 5
    # More padding than there is room for leaves nothing that could be read.
    opened.add(payload[begin:end] if begin <= end else None, frame.source)
    return opened


class BlockReader:
    """Puts blocks together and decodes them, in the order sent."""

    def __init__(self, direction: Direction) -> None:
        self._direction = direction
        self._fields = FieldReader()
        self._open: _Open | None = None

    def lose(self, problem: str = "gap") -> list[Block | Anomaly]:
        """Frames are missing, and with them fields that later blocks refer to."""
        self._fields.lose()
        opened, self._open = self._open, None
        return [] if opened is None else self._abandon(opened, problem)

    def feed(self, frame: Frame) -> list[Block | Anomaly]:
        """What a frame completes; every frame that is not DATA must come here."""
        told: list[Block | Anomaly] = []
        opened = self._open
        if frame.kind == FrameType.CONTINUATION:
            if opened is None or opened.frame.stream != frame.stream:
                told += self.lose("continuation")
                told.append(self._flaw("continuation", frame.stream, frame.source))
                return told
            opened.add(frame.payload, frame.source)
        else:
            told += self.interrupt(frame.stream, frame.source)
            if frame.kind not in _BEGINNINGS:
                return told
            opened = self._open = _begun(frame)
        if frame.flags & END_HEADERS:
            self._open = None
            told += self._finish(opened)
        return told

    def interrupt(self, stream: int, source: PacketSource) -> list[Block | Anomaly]:
        """Another frame: nothing may stand between those of a block."""
        if self._open is None:
            return []
        flaw = self._flaw("unfinished header block", stream, source)
        return [*self.lose("unfinished"), flaw]

    def _finish(self, opened: _Open) -> list[Block | Anomaly]:
        if opened.octets is None:
            self._fields.lose()
            return self._abandon(opened, "gap")
        fields = self._fields.decode(bytes(opened.octets))
        if opened.dropped:
            self._fields.lose()
        told: list[Block | Anomaly] = []
        self._tell_flaws(fields, opened, told)
        known = bool(fields.headers) or not opened.octets
        told.append(self._block(opened, fields.headers, known=known))
        return told

    def _tell_flaws(self, fields: Fields, opened: _Open, told: list[Block | Anomaly]) -> None:
        dropped = fields.dropped + opened.dropped
        if dropped:
            values: dict[str, str | int] = {"limit": "H2_HEADER_OCTETS", "value": H2_HEADER_OCTETS}
            told.append(self._anomaly(AnomalyCode.LIMIT, values, dropped, opened.source))
        elif fields.problem is not None or fields.unknown:
            values = {"problem": fields.problem or "index", "stream": opened.target}
            values["fields"] = fields.unknown
            told.append(self._anomaly(AnomalyCode.H2_HEADERS, values, 0, opened.source))

    def _abandon(self, opened: _Open, problem: str) -> list[Block | Anomaly]:
        """A block that will not be whole: only its stream is known, and whether that ends."""
        values: dict[str, str | int] = {"problem": problem, "stream": opened.target}
        length = len(opened.octets or b"")
        return [
            self._anomaly(AnomalyCode.H2_HEADERS, values, length, opened.source),
            self._block(opened, (), known=False),
        ]

    def _block(self, opened: _Open, headers: Headers, *, known: bool) -> Block:
        promised = opened.frame.kind == FrameType.PUSH_PROMISE
        return Block(
            stream=opened.target,
            promised=promised,
            headers=headers,
            known=known,
            last=not promised and bool(opened.frame.flags & END_STREAM),
            source=opened.source,
        )

    def _flaw(self, problem: str, stream: int, source: PacketSource) -> Anomaly:
        values: dict[str, str | int] = {"problem": problem, "stream": stream}
        return self._anomaly(AnomalyCode.H2_FRAME, values, 0, source)

    def _anomaly(
        self, code: AnomalyCode, values: dict[str, str | int], length: int, source: PacketSource
    ) -> Anomaly:
        return Anomaly(
            code=code, values=values, direction=self._direction, length=length, source=source
        )


_BEGINNINGS = frozenset({FrameType.HEADERS, FrameType.PUSH_PROMISE})
