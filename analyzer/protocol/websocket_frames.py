"""
WebSocket frames, one direction: octets in, `Frame`s out (RFC 6455 section 5).

A frame that breaks the protocol is still a frame: it is named, and reading goes on behind it.
"""

from enum import Enum, auto

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event
from ..model.flow import Chunk, End, Gap, GapReason
from ..model.limits import MESSAGE_OCTETS
from ..model.source import Direction, Source
from ..model.websocket import Frame
from . import websocket_sync
from .byte_queue import ByteQueue
from .websocket_flaws import SHORTEST, flaw, flaws_of, regular_first_octets
from .websocket_messages import MessageAssembler

VECTOR = 512
"""Octets from which on numpy unmasks faster than one large integer does."""

_TOO_LONG = 1 << 63
"""RFC 6455 section 5.2: the most significant bit of a 64-bit length is 0."""


def unmask(payload: bytes, key: bytes) -> bytes:
    """Apply a masking key (RFC 6455 section 5.3)."""
    length = len(payload)
    if length >= VECTOR:
        import numpy as np  # noqa: PLC0415 - 100 ms, and a HAR holds no frames

        padded = np.frombuffer(payload + bytes(-length % 4), "<u4")
        return (padded ^ np.uint32(int.from_bytes(key, "little"))).tobytes()[:length]
    stretched = (key * (length // 4 + 1))[:length]
    masked = int.from_bytes(payload, "little")
    return (masked ^ int.from_bytes(stretched, "little")).to_bytes(length, "little")


class _Mode(Enum):
    SYNCED = auto()
    """The next octet begins a frame."""
    SKIPPING = auto()
    """So many octets on, one does."""
    LOST = auto()
    """Nobody knows."""


class FrameReader:
    """Reads the frames of one direction; what they make goes through its assembler."""

    def __init__(self, direction: Direction, capture: int, assembler: MessageAssembler) -> None:
        self._direction = direction
        self._masked = direction is Direction.TO_SERVER
        self._queue = ByteQueue(capture)
        self._assembler = assembler
        self._regular = regular_first_octets(compressed=assembler.compressed)
        self._mode = _Mode.SYNCED
        self._needed = 2
        self._boundary = -1  # offset behind the frame that was cut
        # Octets passed over: where they begin (None: with the next chunk), how many are to come.
        self._passed: int | None = None
        self._passed_source: Source | None = None
        self._left = 0
        self._reason = GapReason.OPAQUE

    def feed(self, chunk: Chunk, events: list[Event]) -> None:
        """Read the frames that the octets complete."""
        self._queue.push(chunk)
        if self._passed is None:
            self._pass_from(chunk.offset)
        self._advance(events, None)

    def lose(self, events: list[Event]) -> None:
        """It is not known where the next frame begins."""
        self._mode, self._reason = _Mode.LOST, GapReason.OPAQUE
        self._pass_from(None)
        self._assembler.lose(events)

    def gap(self, gap: Gap, events: list[Event]) -> None:
        """Octets are missing behind what has come."""
        boundary = self._cut(events, gap.length or 0)
        behind = gap.offset + gap.length if gap.length is not None else None
        if boundary is None or behind is None or behind > boundary:
            self.lose(events)
        else:
            # The gap lies within one frame: the next one begins where its length says.
            self._skip(boundary - behind)

    def end(self, end: End, events: list[Event]) -> None:
        """No more octets come."""
        self._advance(events, 0)
        held, queue = len(self._queue), self._queue
        if held:
            anomaly = Anomaly(
                code=AnomalyCode.WS_TRUNCATED,
                values={"octets": held, "cause": end.cause.value},
                direction=self._direction,
                length=held,
                source=queue.source(queue.position, queue.end),
            )
            events.append(anomaly)
        self._cut(events, 0)
        self._assembler.end(end.cause.value, events)

    def _cut(self, events: list[Event], missing: int) -> int | None:
        """Nothing follows what is held; gives the offset behind the frame that was cut by it."""
        self._advance(events, missing)
        queue = self._queue
        if self._mode is _Mode.SKIPPING:
            self._give_passed(events)
            return self._boundary
        self._boundary = -1
        if self._mode is _Mode.SYNCED:
            self._pass_from(queue.position)
            self._read(events, cut=True)
            if self._boundary >= 0:
                self._pass_from(None)
        queue.clear()
        self._give_passed(events)
        return self._boundary if self._boundary >= 0 else None

    def _skip(self, count: int) -> None:
        self._mode = _Mode.SKIPPING if count else _Mode.SYNCED
        self._left, self._needed = count, 2
        self._pass_from(self._queue.position if len(self._queue) else None)

    def _pass_from(self, offset: int | None) -> None:
        """From this offset on octets are passed over, for now; None: from the next that come."""
        self._passed, self._passed_source = offset, None
        if offset is not None and offset < self._queue.end:
            self._passed_source = self._queue.source(offset, offset + 1)

    def _give_passed(self, events: list[Event]) -> None:
        """Name octets that were passed over."""
        begin, end = self._passed, self._queue.position
        if begin is not None and end > begin:
            gap = Gap(self._direction, begin, end - begin, self._reason, self._passed_source)
            events.append(gap)
        self._reason = GapReason.OPAQUE

    def _advance(self, events: list[Event], missing: int | None) -> None:
        queue = self._queue
        while True:
            if self._mode is _Mode.SKIPPING:
                passed = min(self._left, len(queue))
                queue.at += passed
                self._left -= passed
                if self._left:
                    return
            elif self._mode is _Mode.LOST:
                look = websocket_sync.find(
                    queue, self._direction, compressed=self._assembler.compressed, missing=missing
                )
                if look is not websocket_sync.Look.FRAME:
                    return
            if self._mode is not _Mode.SYNCED:
                self._give_passed(events)
                self._mode, self._needed = _Mode.SYNCED, 2
            if len(queue) < self._needed or self._read(events):
                return

    def _read(self, events: list[Event], *, cut: bool = False) -> bool:
        """Read frames while there are; False where something else comes before the next one."""
        queue, octets, needed = self._queue, self._queue.octets, 2
        at, base, end = queue.at, queue.base, len(octets)
        while at + 2 <= end:
            first, second = octets[at], octets[at + 1]
            length, form, body = second & 0x7F, 7, at + 2
            if length > 125:
                form = 16 if length == 126 else 64
                body += form >> 3
                length = int.from_bytes(octets[at + 2 : body], "big")
            key = bytes(octets[body : body + 4]) if second >= 0x80 else None
            body += 4 if second >= 0x80 else 0
            if body > end:
                needed = body - at
                break
            if length >= _TOO_LONG:
                return self._refuse(at, events)
            stop = body + length
            held = min(stop, end, body + MESSAGE_OCTETS)
            if held < stop and not cut and held - body < MESSAGE_OCTETS:
                needed = min(stop, body + MESSAGE_OCTETS) - at
                break
            payload = bytes(octets[body:held])
            frame = Frame(
                direction=self._direction,
                opcode=first & 0xF,
                fin=first >= 0x80,
                rsv=first >> 4 & 7,
                masking_key=key,
                length_form=form,
                length=length,
                payload=unmask(payload, key) if key is not None else payload,
                offset=base + at,
                source=queue.source(base + at, base + held),
            )
            at = queue.at = held
            if (
                first not in self._regular
                or (second >= 0x80) is not self._masked
                or (form > 7 and (first & 8 or length < SHORTEST[form]))
            ):
                events += flaws_of(frame, compressed=self._assembler.compressed)
            if self._assembler.closed:
                events.append(flaw(AnomalyCode.WS_AFTER_CLOSE, frame, opcode=frame.opcode))
            events.append(frame)
            self._assembler.take(frame, events)
            if held < stop:
                return self._let_go(base + stop, frame, events, cut=cut)
        queue.at, self._needed = at, needed
        return True

    def _refuse(self, at: int, events: list[Event]) -> bool:
        """A length that no frame may have: this is none, look for the next."""
        self._queue.at = at
        position = self._queue.position
        anomaly = Anomaly(
            code=AnomalyCode.WS_LENGTH,
            values={"bits": 64},
            direction=self._direction,
            source=self._queue.source(position, position + 2),
        )
        events.append(anomaly)
        self.lose(events)
        self._pass_from(position)
        return False

    def _let_go(self, stop: int, frame: Frame, events: list[Event], *, cut: bool) -> bool:
        """The rest of a payload, up to `stop`, is missing, or is too long to be kept."""
        self._boundary = stop
        if not cut:
            values: dict[str, str | int] = {"limit": "MESSAGE_OCTETS", "value": MESSAGE_OCTETS}
            events.append(flaw(AnomalyCode.LIMIT, frame, **values))
            self._skip(stop - self._queue.position)
            self._reason = GapReason.LIMIT
        return cut
