"""
The streams of an HTTP/2 connection, from their first frame to their end (RFC 9113 section 5.1).

Directions come in any order: an answer may be read before its request. Octets of which it is not
yet known whether they are a body or a tunnel are held, up to a bound.
"""

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event, Streamed
from ..model.flow import Chunk, End, EndCause, Gap, GapReason, Provenance
from ..model.limits import H2_OPEN_OCTETS, H2_STREAMS
from ..model.source import Direction, Source
from .byte_queue import ByteQueue
from .http2_blocks import Block
from .http2_layout import Data
from .http2_streams import Half, Stream, Texts
from .websocket_handshake import upgrade_of
from .websocket_sync import Look

_TO_SERVER = Direction.TO_SERVER
_TO_CLIENT = Direction.TO_CLIENT

CLOSED = 1_000
"""Streams remembered that are over: frames for them may still be under way."""


class Streams:
    """
    Streams that are not over, and what becomes of them.

    Attributes:
        events: What was told since somebody took it.
    """

    def __init__(self, queues: dict[Direction, ByteQueue], *, secure: bool) -> None:
        """Take the octets of both directions, and whether TLS is below."""
        self.events: list[Event] = []
        self._queues = queues
        self._secure = secure
        self._texts = Texts()
        self._losses = dict.fromkeys(Direction, 0)
        self._gaps: dict[Direction, Gap | None] = dict.fromkeys(Direction)
        self._streams: dict[int, Stream] = {}
        self._tunnels: dict[int, Stream] = {}
        self._opened = 0  # tunnels in all
        self._closed: dict[int, bool] = {}  # True: reset
        self._latest = 0  # stream that the client opened last
        self._kept = 0

    # What frames tell

    def lose(self, direction: Direction, gap: Gap | None) -> None:
        """Frames are missing, of whatever stream."""
        self._losses[direction] += 1
        self._gaps[direction] = gap

    def take_block(self, direction: Direction, block: Block) -> None:
        """A header or trailer section."""
        stream = self._stream(block.stream, direction, block.source)
        if stream is None:
            return
        asks = block.promised or direction is _TO_SERVER
        octets = stream.take(
            _TO_SERVER if asks else direction, block, self._texts, secure=self._secure
        )
        if block.promised:
            stream.halves[_TO_SERVER].ended = True
        if stream.switches and not stream.open and self._opened >= H2_STREAMS:
            self._tell_limit("H2_STREAMS", H2_STREAMS)
            stream.protocol = None
        if self._keep(stream, octets):
            self._decide(stream)
            if block.last:
                self._end(stream, direction, EndCause.FIN, block.source)

    def take_data(self, direction: Direction, data: Data) -> None:
        """Octets of a body or a tunnel, or word that they are missing."""
        stream = self._stream(data.stream, direction, data.source)
        if stream is None:
            return
        half = stream.halves[direction]
        if direction is _TO_CLIENT and stream.switches and not half.headed and not stream.open:
            self._accept(stream)  # the answer was missed: nothing else sends here before one
        if stream.open:
            self._pass_on(stream, direction, data)
        elif data.missing:
            self._settle(stream)
            half.miss(data.missing)
        elif data.octets and not self._add(stream, direction, half, data):
            return
        if data.last:
            self._end(stream, direction, EndCause.FIN, data.source)

    def reset(self, number: int, flaw: Anomaly | None, source: Source) -> None:
        """RST_STREAM (RFC 9113 section 6.4): both sides are over."""
        tunnel = self._tunnels.get(number)
        if flaw is not None:
            self.events.append(flaw if tunnel is None else Streamed(number, (flaw,)))
        stream = tunnel or self._streams.get(number)
        if stream is not None:
            self._finish(stream, source)

    def end(self, end: End) -> None:
        """No more octets of a direction come."""
        for stream in [*self._tunnels.values()]:
            self._end(stream, end.direction, end.cause, end.source)

    def close(self) -> None:
        """The connection is over."""
        for stream in [*self._tunnels.values(), *self._streams.values()]:
            self._finish(stream)

    # Their life

    def _stream(self, number: int, direction: Direction, source: Source) -> Stream | None:
        """The stream of a frame; None if that is over, or was never possible."""
        stream = self._tunnels.get(number) or self._streams.get(number)
        if stream is not None and not stream.halves[direction].ended:
            return stream
        if not number or stream is not None or number in self._closed:
            # When one side resets a stream, frames of the other may be under way (section 5.1).
            if not self._closed.get(number):
                values: dict[str, str | int] = {"problem": "closed stream", "stream": number}
                code = AnomalyCode.H2_FRAME
                self.events.append(
                    Anomaly(code=code, values=values, direction=direction, source=source)
                )
            return None
        if len(self._streams) >= H2_STREAMS:
            self._let_go("H2_STREAMS", H2_STREAMS)
        if direction is _TO_SERVER:
            self._latest = max(self._latest, number)
        stream = self._streams[number] = Stream(number, self._losses)
        return stream

    def _let_go(self, limit: str, value: int) -> None:
        """Finish the oldest stream, whatever it waits for."""
        self._tell_limit(limit, value)
        self._finish(next(iter(self._streams.values())))

    def _tell_limit(self, limit: str, value: int) -> None:
        values: dict[str, str | int] = {"limit": limit, "value": value}
        self.events.append(Anomaly(code=AnomalyCode.LIMIT, values=values))

    def _keep(self, stream: Stream, octets: int) -> bool:
        """Count what a stream keeps; whether it is still there when the bound is held."""
        if stream.open:
            return True
        stream.size += octets
        self._kept += octets
        while self._kept > H2_OPEN_OCTETS:
            self._let_go("H2_OPEN_OCTETS", H2_OPEN_OCTETS)
        return self._streams.get(stream.number) is stream

    def _finish(self, stream: Stream, reset: Source | None = None) -> None:
        """Nothing more comes on a stream, or nothing more is waited for."""
        if not stream.open and self._was_open(stream):
            self._accept(stream)
        number = stream.number
        if stream.open:
            del self._tunnels[number]
            cause = EndCause.UNKNOWN if reset is None else EndCause.RST
            for direction in Direction:
                self._end(stream, direction, cause, reset)
        else:
            del self._streams[number]
            self._settle(stream)
            self._kept -= stream.size
            self._give(stream, reset=reset is not None)
        self._closed[number] = reset is not None
        if len(self._closed) > CLOSED:
            del self._closed[next(iter(self._closed))]

    def _was_open(self, stream: Stream) -> bool:
        """Whether what is held tells that the server agreed, though its answer was missed."""
        if stream.switches:
            return bool(stream.halves[_TO_SERVER].held)  # a client sends nothing before it
        return self._missed_request(stream) and any(
            half.look(way, 0) is Look.FRAME for way, half in stream.halves.items()
        )

    def _give(self, stream: Stream, *, reset: bool) -> None:
        told: list[Event] = [*stream.flaws(self._losses, reset=reset)]
        exchange = stream.exchange()
        if stream.protocol == "websocket":
            told.append(upgrade_of(exchange, accepted=False))
            self.events.append(Streamed(stream.number, tuple(told)))
            return
        if exchange.request is not None or exchange.response is not None:
            told.append(exchange)
        self.events += told

    def _end(
        self, stream: Stream, direction: Direction, cause: EndCause, source: Source | None
    ) -> None:
        """One side sends no more."""
        half = stream.halves[direction]
        if half.ended:
            return
        half.ended = True
        if stream.open:
            end = End(direction, half.offset, cause, source)
            told = (*self._missed(direction, half), end)
            self.events.append(Streamed(stream.number, told))
        alive = self._tunnels if stream.open else self._streams
        if stream.over and stream.number in alive:
            self._finish(stream)

    # Body or tunnel

    def _add(self, stream: Stream, direction: Direction, half: Half, data: Data) -> bool:
        """Octets of a body, or of what may turn out to be none; whether the stream lives on."""
        begin, count = data.begin, len(data.octets)
        source = self._queues[direction].source(begin, begin + count)
        if not self._is_open_question(stream, half):
            return self._keep(stream, half.keep(data.octets, source))
        at = half.held_octets
        chunk = Chunk(direction, at, data.octets, self._provenance(direction, data, at))
        more = half.hold(chunk, source)
        if not self._keep(stream, count):
            return False
        look = Look.UNCLEAR
        if not stream.switches and self._missed_request(stream):
            look = half.look(direction, None)
        if look is Look.FRAME or (not more and stream.switches):
            self._accept(stream)
        elif look is Look.OTHER or not more:
            self._settle(stream)
        return True

    def _provenance(self, direction: Direction, data: Data, offset: int) -> Provenance:
        """The packets of DATA, counted in the stream."""
        begin, end = data.begin, data.begin + len(data.octets)
        return self._queues[direction].provenance(begin, end, offset - begin)

    def _is_open_question(self, stream: Stream, half: Half) -> bool:
        """Whether octets may belong to another decoder."""
        if stream.switches:
            return stream.response is None or stream.agreed
        if half.length or stream.halves[_TO_SERVER].headed or stream.number % 2 == 0:
            return False
        # The request may still be read; if it was missed, what comes may look like a WebSocket.
        return not self._missed_request(stream) or not stream.halves[_TO_CLIENT].headed

    def _missed_request(self, stream: Stream) -> bool:
        """No request of this stream will be read: a later one has been, or some were lost."""
        headed = stream.halves[_TO_SERVER].headed
        return not headed and (stream.number <= self._latest or self._losses[_TO_SERVER] > 0)

    def _decide(self, stream: Stream) -> None:
        """Once request and answer are known, so is what the stream carries."""
        known = stream.halves[_TO_SERVER].headed or self._missed_request(stream)
        if stream.open or not known:
            return
        if stream.switches and stream.agreed:
            self._accept(stream)
        elif not stream.switches or stream.response is not None:
            self._settle(stream)

    def _settle(self, stream: Stream) -> None:
        """What was held is a body."""
        for half in stream.halves.values():
            for chunk, source in half.release():
                less = len(chunk.octets) - half.keep(chunk.octets, source)
                stream.size -= less
                self._kept -= less

    def _accept(self, stream: Stream) -> None:
        """The stream is a tunnel from here on."""
        number = stream.number
        self._tunnels[number] = self._streams.pop(number)
        self._opened += 1
        self._kept -= stream.size
        stream.open = True
        exchange = stream.exchange()
        if stream.protocol == "websocket":
            upgrade = upgrade_of(exchange, accepted=True)
            self.events.append(Streamed(number, (upgrade,)))
        elif stream.switches:
            self.events.append(exchange)
        else:  # nothing is known of it but what it looks like
            for direction, half in stream.halves.items():
                half.losses = -1
                self.events.append(Streamed(number, tuple(self._missed(direction, half))))
        for direction, half in stream.halves.items():
            told: list[Event] = []
            for chunk, _ in half.release():
                told.append(chunk)
                half.offset += len(chunk.octets)
            if half.ended:
                told.append(End(direction, half.offset, EndCause.FIN, None))
            if told:
                self.events.append(Streamed(number, tuple(told)))

    def _pass_on(self, stream: Stream, direction: Direction, data: Data) -> None:
        """Octets for the decoder above."""
        half = stream.halves[direction]
        told: list[Event] = self._missed(direction, half)
        if data.gap is not None:
            gap = data.gap
            told.append(Gap(direction, half.offset, data.missing, gap.reason, gap.source))
            half.offset += data.missing
        elif data.octets:
            provenance = self._provenance(direction, data, half.offset)
            told.append(Chunk(direction, half.offset, data.octets, provenance))
            half.offset += len(data.octets)
        if told:
            self.events.append(Streamed(stream.number, tuple(told)))

    def _missed(self, direction: Direction, half: Half) -> list[Event]:
        """Frames were lost since the stream's last octets: nobody knows how many of its own."""
        if half.losses == self._losses[direction]:
            return []
        half.losses = self._losses[direction]
        gap = self._gaps[direction] or self._gaps[direction.other]
        if gap is None:
            return [Gap(direction, half.offset, None, GapReason.OPAQUE, None)]
        return [Gap(direction, half.offset, None, gap.reason, gap.source)]
