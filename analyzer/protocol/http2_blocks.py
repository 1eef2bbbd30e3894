"""Field blocks of HTTP/2, put together from their frames, one direction (RFC 9113 section 4.3)."""

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.http import Headers
from ..model.limits import H2_HEADER_OCTETS
from ..model.source import Direction, PacketSource, Source
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
    source: Source


class _Open:
    """A block whose last frame has not come."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.target = frame.stream
        self.octets: bytearray | None = bytearray()
        self.dropped = 0
        self.source = frame.source

    def add(self, fragment: bytes | None, source: Source) -> None:
        self.source = _joined(self.source, source)
        if fragment is None or self.octets is None:
            self.octets = None
        elif len(self.octets) + len(fragment) > H2_HEADER_OCTETS:
            self.dropped += len(fragment)
        else:
            self.octets += fragment


class BlockReader:
    """Puts blocks together and decodes them, in the order sent."""

    def __init__(self, direction: Direction) -> None:
        self._direction = direction
        self._fields = FieldReader()
        self._open: _Open | None = None

    def lose(self) -> list[Block | Anomaly]:
        """Frames are missing, and with them fields that later blocks refer to."""
        self._fields.lose()
        return self._abandon("gap")

    def feed(self, frame: Frame) -> list[Block | Anomaly]:
        """What a frame completes; every frame that is not DATA must come here."""
        told: list[Block | Anomaly] = []
        if frame.kind == FrameType.CONTINUATION:
            if self._open is None or self._open.frame.stream != frame.stream:
                self._fields.lose()
                told += self._abandon("continuation")
                told.append(self._flaw("continuation", frame.stream, frame.source))
                return told
            self._open.add(frame.payload, frame.source)
        elif frame.kind in _BEGINNINGS:
            told += self.interrupt(frame.stream, frame.source)
            self._begin(frame)
        else:
            return self.interrupt(frame.stream, frame.source)
        if frame.flags & END_HEADERS:
            told += self._finish()
        return told

    def interrupt(self, stream: int, source: Source) -> list[Block | Anomaly]:
        """Another frame: nothing may stand between those of a block."""
        if self._open is None:
            return []
        self._fields.lose()
        return [*self._abandon("unfinished"), self._flaw("unfinished header block", stream, source)]

    def _begin(self, frame: Frame) -> None:
        opened = self._open = _Open(frame)
        payload = frame.payload
        if payload is None:
            opened.octets = None
            return
        begin, end = 0, len(payload)
        if frame.flags & PADDED:
            begin, end = 1, max(end - payload[0], 1)
        if frame.kind == FrameType.PUSH_PROMISE:
            opened.target = int.from_bytes(payload[begin : begin + 4], "big") & 0x7FFF_FFFF
            begin += 4
        elif frame.flags & PRIORITY:
            begin += 5
        opened.add(payload[begin:end], frame.source)

    def _finish(self) -> list[Block | Anomaly]:
        opened, self._open = self._open, None
        if opened is None:
            return []
        if opened.octets is None or opened.dropped:
            self._fields.lose()
        if opened.octets is None:
            self._open = opened
            return self._abandon("gap")
        fields = self._fields.decode(bytes(opened.octets))
        told: list[Block | Anomaly] = []
        if opened.dropped:
            self._fields.lose()
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

    def _abandon(self, problem: str) -> list[Block | Anomaly]:
        """A block that will not be whole: only its stream is known, and whether that ends."""
        opened, self._open = self._open, None
        if opened is None:
            return []
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

    def _flaw(self, problem: str, stream: int, source: Source) -> Anomaly:
        values: dict[str, str | int] = {"problem": problem, "stream": stream}
        return self._anomaly(AnomalyCode.H2_FRAME, values, 0, source)

    def _anomaly(
        self, code: AnomalyCode, values: dict[str, str | int], length: int, source: Source
    ) -> Anomaly:
        return Anomaly(
            code=code, values=values, direction=self._direction, length=length, source=source
        )


_BEGINNINGS = frozenset({FrameType.HEADERS, FrameType.PUSH_PROMISE})


def _joined(one: Source, other: Source) -> Source:
    """From the first packet of both to the last."""
    if not isinstance(one, PacketSource) or not isinstance(other, PacketSource):
        return one
    times = [time for time in (one.time_ns, other.time_ns) if time is not None]
    return PacketSource(
        one.capture,
        min(one.first, other.first),
        max(one.last, other.last),
        max(times, default=None),
        one.offset,
    )
