"""
HTTP/2 on one connection: requests with their responses, and WebSocket (RFC 9113, RFC 8441).

The directions are read apart from each other and meet in the streams, so that it does not matter
which of them comes first.
"""

from itertools import groupby

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event, Item, Streamed
from ..model.flow import Chunk, Connection, End, EndCause, Gap
from ..model.source import Direction
from .http2_blocks import Block, BlockReader
from .http2_frames import FrameReader
from .http2_layout import Data, Frame, FrameType, Lost, Part
from .http2_table import Streams

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
        self._readers = {direction: FrameReader(direction, capture) for direction in Direction}
        self._blocks = {direction: BlockReader(direction) for direction in Direction}
        queues = {direction: reader.queue for direction, reader in self._readers.items()}
        self._streams = Streams(queues, secure=secure)
        self._ended: list[Direction] = []

    def feed(self, item: Item) -> list[Event]:
        """Exchanges that the item completes, and what is for the decoders above streams."""
        streams = self._streams
        if isinstance(item, Chunk):
            self._take(item.direction, self._readers[item.direction].feed(item))
        elif isinstance(item, Gap):
            self._take(item.direction, self._readers[item.direction].gap(item))
        elif isinstance(item, End):
            self._end(item)
        elif isinstance(item, Connection):
            for direction in Direction:
                self._end(End(direction, 0, EndCause.UNKNOWN, None))
            streams.close()
        events, streams.events = _grouped(streams.events), []
        if not isinstance(item, Chunk):
            events.append(item)
        return events

    def _end(self, end: End) -> None:
        if end.direction not in self._ended:
            self._ended.append(end.direction)
            self._take(end.direction, self._readers[end.direction].end())
            self._streams.end(end)

    def _take(self, direction: Direction, parts: list[Part]) -> None:
        blocks, streams = self._blocks[direction], self._streams
        for part in parts:
            if isinstance(part, Data):
                self._tell(direction, blocks.interrupt(part.stream, part.source))
                streams.take_data(direction, part)
            elif isinstance(part, Frame):
                self._tell(direction, blocks.feed(part))
                if part.payload is not None and part.kind in _TAKE:
                    self._take_frame(direction, part, part.payload)
            elif isinstance(part, Lost):
                streams.lose(direction, part.gap)
                self._tell(direction, blocks.lose())
            else:
                streams.events.append(part)

    def _tell(self, direction: Direction, told: list[Block | Anomaly]) -> None:
        for one in told:
            if isinstance(one, Block):
                self._streams.take_block(direction, one)
            else:
                self._streams.events.append(one)

    def _take_frame(self, direction: Direction, frame: Frame, payload: bytes) -> None:
        """Frames that break something off, and one that must not be empty (section 6.9)."""
        values: dict[str, str | int] = {}
        if frame.kind == FrameType.GOAWAY:
            code, error = AnomalyCode.H2_GOAWAY, int.from_bytes(payload[4:8], "big")
            values["error"], values["last"] = _name(error), _number(payload[:4])
        elif frame.kind == FrameType.RST_STREAM:
            code, error = AnomalyCode.H2_RESET, int.from_bytes(payload, "big")
            values["error"], values["stream"] = _name(error), frame.stream
        else:
            code, error = AnomalyCode.H2_FRAME, not _number(payload)
            values["problem"], values["stream"] = "window increment", frame.stream
        flaw = Anomaly(code=code, values=values, direction=direction, source=frame.source)
        if frame.kind == FrameType.RST_STREAM:
            self._streams.reset(frame.stream, flaw if error else None, frame.source)
        elif error:
            self._streams.events.append(flaw)


def _grouped(events: list[Event]) -> list[Event]:
    """What follows each other on one stream together: the decoder above is called less often."""
    grouped: list[Event] = []
    for stream, run in groupby(events, key=lambda e: e.stream if isinstance(e, Streamed) else -1):
        if stream < 0:
            grouped += run
        else:
            inner = (one for event in run if isinstance(event, Streamed) for one in event.events)
            grouped.append(Streamed(stream, tuple(inner)))
    return grouped


_TAKE = frozenset({FrameType.RST_STREAM, FrameType.GOAWAY, FrameType.WINDOW_UPDATE})


def _name(error: int) -> str | int:
    return ERRORS[error] if error < len(ERRORS) else error


def _number(octets: bytes) -> int:
    """31 bits behind a reserved one."""
    return int.from_bytes(octets, "big") & 0x7FFF_FFFF
