"""WebSocket messages, one direction: frames in, `Message`s out (RFC 6455 section 5.4)."""

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event
from ..model.limits import MESSAGE_OCTETS
from ..model.source import Direction, PacketSource, Source
from ..model.websocket import Frame, Message, MessageKind, Opcode
from .deflate import Inflater
from .websocket_flaws import close_flaws, flaw

_TEXT = int(Opcode.TEXT)  # looking an enum's member up costs as much as the comparison
_KINDS = {_TEXT: MessageKind.TEXT, int(Opcode.BINARY): MessageKind.BINARY}
_CONTINUATION = int(Opcode.CONTINUATION)
_CLOSE = int(Opcode.CLOSE)


class MessageAssembler:
    """
    Puts messages together.

    Attributes:
        closed: A Close frame went in this direction.
        compressed: Messages may be compressed.
    """

    def __init__(self, inflater: Inflater | None) -> None:
        self._inflater = inflater
        self.compressed = inflater is not None
        self.closed = False
        self._open: _OpenMessage | None = None
        self._unsure = False  # frames are missing: a message may have begun in them

    def take(self, frame: Frame, events: list[Event]) -> None:
        """Take in a frame; one whose payload is cut makes its message incomplete."""
        opcode = frame.opcode
        kind = _KINDS.get(opcode)
        if kind is not None:
            if self._open is not None:
                events.append(flaw(AnomalyCode.WS_INTERRUPTED, frame, opcode=opcode))
                self._give(self._open, events, complete=False)
            self._unsure = False
            payload = frame.payload
            if not frame.fin or frame.rsv & 4 or len(payload) != frame.length:
                self._begin(frame, kind, events)
                return
            if opcode == _TEXT and not payload.isascii():
                _check_text(payload, True, frame.direction, frame.source, events)
            message = Message(
                direction=frame.direction, kind=kind, payload=payload, frames=1, source=frame.source
            )
            events.append(message)
        elif opcode == _CONTINUATION:
            self._continue(frame, events)
        elif opcode == _CLOSE:
            self.closed = True
            if len(frame.payload) == frame.length:
                events += close_flaws(frame)

    def lose(self, events: list[Event]) -> None:
        """Frames are missing from here on, nobody knows how many."""
        if self._open is not None:
            self._give(self._open, events, complete=False)
        self._unsure = True
        if self._inflater is not None:
            self._inflater.lose()

    def end(self, cause: str, events: list[Event]) -> None:
        """No more frames come."""
        message = self._open
        if message is not None:
            values: dict[str, str | int] = {"frames": message.frames, "cause": cause}
            anomaly = Anomaly(
                code=AnomalyCode.WS_UNFINISHED,
                values=values,
                direction=message.direction,
                length=message.length,
                source=message.source,
            )
            events.append(anomaly)
            self._give(message, events, complete=False)

    def _begin(self, frame: Frame, kind: MessageKind, events: list[Event]) -> None:
        compressed = bool(frame.rsv & 4) and self._inflater is not None
        self._open = _OpenMessage(frame, kind, compressed=compressed)
        self._add(self._open, frame, events)

    def _continue(self, frame: Frame, events: list[Event]) -> None:
        message = self._open
        if message is not None:
            message.frames += 1
            message.source = _joined(message.source, frame.source)
            self._add(message, frame, events)
        elif self._unsure:
            self._unsure = not frame.fin
        else:
            events.append(flaw(AnomalyCode.WS_CONTINUATION, frame))

    def _add(self, message: "_OpenMessage", frame: Frame, events: list[Event]) -> None:
        payload = frame.payload
        message.length += len(payload)
        if message.whole:
            room = MESSAGE_OCTETS - message.kept
            if len(payload) > room:
                values: dict[str, str | int] = {"limit": "MESSAGE_OCTETS", "value": MESSAGE_OCTETS}
                events.append(flaw(AnomalyCode.LIMIT, frame, **values))
            message.whole = len(payload) == frame.length and len(payload) <= room
            message.kept += min(len(payload), room)
            message.fragments.append(payload[:room])
        if frame.fin:
            self._give(message, events, complete=message.whole)

    def _give(self, message: "_OpenMessage", events: list[Event], *, complete: bool) -> None:
        self._open = None
        payload = b"".join(message.fragments)
        direction, source = message.direction, message.source
        if message.compressed and self._inflater is not None:
            inflate = self._inflater.inflate if complete else self._inflater.prefix
            inflated = inflate(payload)
            payload, complete = inflated.payload, inflated.complete and complete
            if inflated.anomaly is not None:
                code, values = inflated.anomaly
                anomaly = Anomaly(
                    code=code,
                    values=values,
                    direction=direction,
                    length=message.length,
                    source=source,
                )
                events.append(anomaly)
        if message.kind is MessageKind.TEXT and not payload.isascii():
            _check_text(payload, complete, direction, source, events)
        events.append(
            Message(
                direction=direction,
                kind=message.kind,
                payload=payload,
                frames=message.frames,
                compressed_length=message.length if message.compressed else None,
                complete=complete,
                source=source,
            )
        )


class _OpenMessage:
    """A message whose last frame has not come."""

    def __init__(self, frame: Frame, kind: MessageKind, *, compressed: bool) -> None:
        self.direction = frame.direction
        self.kind = kind
        self.compressed = compressed
        self.fragments: list[bytes] = []
        self.kept = 0
        self.length = 0
        self.frames = 1
        self.whole = True
        self.source = frame.source


def _joined(one: Source, other: Source) -> Source:
    """From the first packet of one to the last of the other, complete with the later."""
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


def _check_text(
    payload: bytes,
    complete: bool,  # noqa: FBT001 - called for every text that is not ASCII
    direction: Direction,
    source: Source,
    events: list[Event],
) -> None:
    """Text is UTF-8 (RFC 6455 section 8.1); one that is cut may end inside a character."""
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        if complete or error.reason != "unexpected end of data":
            anomaly = Anomaly(
                code=AnomalyCode.WS_UTF8,
                values={"offset": error.start, "octets": len(payload)},
                direction=direction,
                length=len(payload),
                source=source,
            )
            events.append(anomaly)
