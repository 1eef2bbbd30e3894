"""
HTTP/2 on one connection: requests with their responses, and WebSocket (RFC 9113, RFC 8441).

The directions are read apart from each other and meet in the streams, so that it does not matter
which of them comes first.
"""

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event, Item, Streamed
from ..model.flow import Chunk, Connection, End, EndCause, Gap, GapReason
from ..model.limits import H2_OPEN_OCTETS, H2_STREAMS
from ..model.source import Direction, Source
from .http2_blocks import Block, BlockReader
from .http2_frames import FrameReader
from .http2_layout import Data, Frame, FrameType, Lost, Part
from .http2_streams import Half, Stream
from .websocket_handshake import upgrade_of

_TO_SERVER = Direction.TO_SERVER
_TO_CLIENT = Direction.TO_CLIENT

_CLOSED = 1_000  # streams remembered that are over: frames for them may be under way

ERRORS = (
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
)
"""RFC 9113 section 7."""


class Http2:
    """The decoder of a connection that speaks HTTP/2."""

    def __init__(self, capture: int, *, secure: bool = False) -> None:
        """Take the index of the input, and whether TLS is below."""
        self._secure = secure
        self._readers = {direction: FrameReader(direction, capture) for direction in Direction}
        self._blocks = {direction: BlockReader(direction) for direction in Direction}
        self._losses = dict.fromkeys(Direction, 0)
        self._gaps: dict[Direction, Gap | None] = dict.fromkeys(Direction)
        self._streams: dict[int, Stream] = {}
        self._open: dict[int, Stream] = {}
        self._closed: dict[int, bool] = {}  # whether they were reset
        self._latest = 0  # stream the client opened last
        self._kept = 0
        self._ended: set[Direction] = set()

    def feed(self, item: Item) -> list[Event]:
        """Exchanges that the item completes, and what is for the decoders above streams."""
        events: list[Event] = []
        if isinstance(item, Chunk):
            self._take_parts(item.direction, self._readers[item.direction].feed(item), events)
            return events
        if isinstance(item, Gap):
            self._take_parts(item.direction, self._readers[item.direction].gap(item), events)
        elif isinstance(item, End):
            self._end(item, events)
        elif isinstance(item, Connection):
            for direction in Direction:
                self._end(End(direction, 0, EndCause.UNKNOWN, None), events)
            for stream in [*self._streams.values()]:
                self._finish(stream, events)
        return [*events, item]

    def _end(self, end: End, events: list[Event]) -> None:
        direction = end.direction
        if direction in self._ended:
            return
        self._ended.add(direction)
        self._take_parts(direction, self._readers[direction].end(), events)
        for stream in [*self._open.values()]:
            self._end_half(stream, direction, end.cause, end.source, events)

    def _take_parts(self, direction: Direction, parts: list[Part], events: list[Event]) -> None:
        blocks = self._blocks[direction]
        for part in parts:
            if isinstance(part, Data):
                self._tell(direction, blocks.interrupt(part.stream, part.source), events)
                self._take_data(direction, part, events)
            elif isinstance(part, Frame):
                self._tell(direction, blocks.feed(part), events)
                if part.payload is not None:
                    self._take_frame(direction, part, part.payload, events)
            elif isinstance(part, Lost):
                self._losses[direction] += 1
                self._gaps[direction] = part.gap
                self._tell(direction, blocks.lose(), events)
            else:
                events.append(part)

    def _tell(self, direction: Direction, told: list[Block | Anomaly], events: list[Event]) -> None:
        for one in told:
            if isinstance(one, Block):
                self._take_block(direction, one, events)
            else:
                events.append(one)

    def _take_frame(
        self, direction: Direction, frame: Frame, payload: bytes, events: list[Event]
    ) -> None:
        kind = frame.kind
        if kind == FrameType.RST_STREAM:
            self._reset(direction, frame, int.from_bytes(payload, "big"), events)
        elif kind == FrameType.GOAWAY:
            error = int.from_bytes(payload[4:8], "big")
            if error:
                last = int.from_bytes(payload[:4], "big") & 0x7FFF_FFFF
                values: dict[str, str | int] = {"error": _name(error), "last": last}
                self._report(AnomalyCode.H2_GOAWAY, values, direction, frame.source, events)
        elif kind == FrameType.WINDOW_UPDATE and not int.from_bytes(payload, "big") & 0x7FFF_FFFF:
            self._flaw("window increment", frame, direction, events)

    def _reset(self, direction: Direction, frame: Frame, error: int, events: list[Event]) -> None:
        stream = self._streams.get(frame.stream)
        if error:
            values: dict[str, str | int] = {"error": _name(error), "stream": frame.stream}
            told: list[Event] = []
            self._report(AnomalyCode.H2_RESET, values, direction, frame.source, told)
            opened = stream is not None and stream.open
            events += [Streamed(frame.stream, tuple(told))] if opened else told
        if stream is not None:
            self._finish(stream, events, reset=frame.source)

    # Streams

    def _stream(self, number: int, direction: Direction, events: list[Event]) -> Stream:
        stream = self._streams.get(number)
        if stream is None:
            if len(self._streams) >= H2_STREAMS:
                self._let_go("H2_STREAMS", H2_STREAMS, events)
            stream = self._streams[number] = Stream(number, self._losses)
            if direction is _TO_SERVER and number % 2:
                self._latest = max(self._latest, number)
        return stream

    def _let_go(self, limit: str, value: int, events: list[Event]) -> None:
        """Finish the oldest stream, whatever it waits for."""
        stream = next(iter(self._streams.values()))
        values: dict[str, str | int] = {"limit": limit, "value": value}
        events.append(Anomaly(code=AnomalyCode.LIMIT, values=values))
        self._finish(stream, events)

    def _keep(self, stream: Stream, octets: int, events: list[Event]) -> None:
        stream.size += octets
        self._kept += octets
        while self._kept > H2_OPEN_OCTETS:
            self._let_go("H2_OPEN_OCTETS", H2_OPEN_OCTETS, events)

    def _finish(self, stream: Stream, events: list[Event], reset: Source | None = None) -> None:
        """Nothing more is to come on a stream, or nothing more is waited for."""
        if not stream.open and stream.switches and stream.halves[_TO_SERVER].held:
            self._accept(stream, events)  # a client sends nothing before it is answered
        del self._streams[stream.number]
        self._open.pop(stream.number, None)
        if stream.open:
            cause = EndCause.UNKNOWN if reset is None else EndCause.RST
            for way in Direction:
                self._end_half(stream, way, cause, reset, events)
        else:
            self._settle(stream)
            self._give(stream, events, reset=reset is not None)
        self._kept -= stream.size
        self._closed[stream.number] = reset is not None
        if len(self._closed) > _CLOSED:
            del self._closed[next(iter(self._closed))]

    def _give(self, stream: Stream, events: list[Event], *, reset: bool) -> None:
        flaws = stream.flaws(self._losses, reset=reset)
        exchange = stream.exchange()
        if stream.protocol == "websocket":
            upgrade = upgrade_of(exchange, accepted=False)
            events.append(Streamed(stream.number, (*flaws, upgrade)))
        elif exchange.request is not None or exchange.response is not None:
            events += [*flaws, exchange]

    def _take_block(self, direction: Direction, block: Block, events: list[Event]) -> None:
        number = block.stream
        if self._is_closed(number, direction, block.source, events):
            return
        stream = self._stream(number, direction, events)
        half = stream.halves[direction]
        if half.ended:
            self._late(number, direction, block.source, events)
            return
        size = stream.size
        way = _TO_SERVER if block.promised else direction
        stream.take(way, block, secure=self._secure)
        if block.promised:
            stream.halves[_TO_SERVER].ended = True
        grown, stream.size = stream.size - size, size
        self._keep(stream, grown, events)
        self._decide(stream, events)
        if block.last:
            self._end_half(stream, direction, EndCause.FIN, block.source, events)

    def _take_data(self, direction: Direction, data: Data, events: list[Event]) -> None:
        number = data.stream
        if self._is_closed(number, direction, data.source, events):
            return
        stream = self._stream(number, direction, events)
        half = stream.halves[direction]
        if half.ended:
            self._late(number, direction, data.source, events)
            return
        if direction is _TO_CLIENT and stream.switches and not half.headed and not stream.open:
            self._accept(stream, events)  # the answer was missed
        if stream.open:
            self._pass_on(stream, direction, data, events)
            return
        if data.missing:
            self._settle(stream)
            half.cut = True
            half.length += data.missing
        elif data.octets:
            self._add(stream, direction, half, data, events)
        if data.last:
            self._end_half(stream, direction, EndCause.FIN, data.source, events)

    def _add(
        self, stream: Stream, direction: Direction, half: Half, data: Data, events: list[Event]
    ) -> None:
        """Octets of a body, or of what may turn out to be none."""
        if not self._is_open_question(stream, direction):
            self._keep(stream, half.keep(data.octets), events)
            return
        queue = self._readers[direction].queue
        begin = half.held_octets
        shift = begin - data.begin
        provenance = queue.provenance(data.begin, data.begin + len(data.octets), shift)
        more = half.hold(Chunk(direction, begin, data.octets, provenance))
        self._keep(stream, len(data.octets), events)
        if not more:
            if stream.switches:
                self._accept(stream, events)
            else:
                self._settle(stream)

    def _is_open_question(self, stream: Stream, direction: Direction) -> bool:
        """Whether octets may belong to another decoder."""
        if stream.switches:
            return stream.response is None
        missed = stream.number <= self._latest or self._losses[_TO_SERVER] > 0
        half = stream.halves[_TO_SERVER]
        held = stream.halves[direction].held or not stream.halves[direction].length
        return not half.headed and not missed and bool(held) and stream.number % 2 == 1

    def _decide(self, stream: Stream, events: list[Event]) -> None:
        """Once request and answer are known, so is what the stream carries."""
        answer = stream.response
        if stream.open or not stream.halves[_TO_SERVER].headed:
            return
        if stream.switches and answer is None:
            return
        if stream.switches and answer is not None and 200 <= answer.status < 300:
            self._accept(stream, events)
        else:
            self._settle(stream)

    def _settle(self, stream: Stream) -> None:
        """What was held is a body after all."""
        for half in stream.halves.values():
            for chunk in half.release():
                kept = half.keep(chunk.octets)
                stream.size += kept - len(chunk.octets)
                self._kept += kept - len(chunk.octets)

    def _accept(self, stream: Stream, events: list[Event]) -> None:
        """The stream is a tunnel from here on."""
        stream.open = True
        self._open[stream.number] = stream
        exchange = stream.exchange()
        if stream.protocol == "websocket":
            events.append(Streamed(stream.number, (upgrade_of(exchange, accepted=True),)))
        else:
            events.append(exchange)
        for direction, half in stream.halves.items():
            held = half.release()
            half.offset = sum(len(chunk.octets) for chunk in held)
            stream.size -= half.offset
            self._kept -= half.offset
            if held:
                events.append(Streamed(stream.number, tuple(held)))
            if half.ended:
                end = End(direction, half.offset, EndCause.FIN, None)
                events.append(Streamed(stream.number, (end,)))

    def _pass_on(
        self, stream: Stream, direction: Direction, data: Data, events: list[Event]
    ) -> None:
        """Octets for the decoder above."""
        half = stream.halves[direction]
        told: list[Event] = self._missed(direction, half)
        if data.missing:
            reason = data.gap.reason if data.gap is not None else GapReason.LOST
            source = data.gap.source if data.gap is not None else None
            told.append(Gap(direction, half.offset, data.missing, reason, source))
            half.offset += data.missing
        elif data.octets:
            end = data.begin + len(data.octets)
            queue = self._readers[direction].queue
            provenance = queue.provenance(data.begin, end, half.offset - data.begin)
            told.append(Chunk(direction, half.offset, data.octets, provenance))
            half.offset += len(data.octets)
        if told:
            events.append(Streamed(stream.number, tuple(told)))
        if data.last:
            self._end_half(stream, direction, EndCause.FIN, data.source, events)

    def _missed(self, direction: Direction, half: Half) -> list[Event]:
        """Frames were lost since the stream's last octets: nobody knows how many of its own."""
        if half.losses == self._losses[direction]:
            return []
        half.losses = self._losses[direction]
        gap = self._gaps[direction]
        reason = gap.reason if gap is not None else GapReason.OPAQUE
        return [Gap(direction, half.offset, None, reason, gap.source if gap is not None else None)]

    def _end_half(
        self,
        stream: Stream,
        direction: Direction,
        cause: EndCause,
        source: Source | None,
        events: list[Event],
    ) -> None:
        half = stream.halves[direction]
        if half.ended:
            return
        half.ended = True
        if stream.open:
            end = End(direction, half.offset, cause, source)
            events.append(Streamed(stream.number, (*self._missed(direction, half), end)))
        if stream.over and stream.number in self._streams:
            self._finish(stream, events)

    # Flaws

    def _is_closed(
        self, number: int, direction: Direction, source: Source, events: list[Event]
    ) -> bool:
        """Whether a stream is over; frames may be under way when the other side resets it."""
        if number not in self._closed:
            return False
        if not self._closed[number]:
            self._late(number, direction, source, events)
        return True

    def _late(self, number: int, direction: Direction, source: Source, events: list[Event]) -> None:
        values: dict[str, str | int] = {"problem": "closed stream", "stream": number}
        self._report(AnomalyCode.H2_FRAME, values, direction, source, events)

    def _flaw(self, problem: str, frame: Frame, direction: Direction, events: list[Event]) -> None:
        values: dict[str, str | int] = {"problem": problem, "stream": frame.stream}
        self._report(AnomalyCode.H2_FRAME, values, direction, frame.source, events)

    def _report(
        self,
        code: AnomalyCode,
        values: dict[str, str | int],
        direction: Direction,
        source: Source,
        events: list[Event],
    ) -> None:
        events.append(Anomaly(code=code, values=values, direction=direction, source=source))


def _name(error: int) -> str | int:
    return ERRORS[error] if error < len(ERRORS) else error
