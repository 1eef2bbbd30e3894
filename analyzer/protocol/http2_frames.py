"""
Frames of HTTP/2, one direction (RFC 9113 sections 4 and 6).

The walk is ours and not `hyperframe`'s: each octet of DATA must keep the packet it came in, DATA is
handed on before its frame is whole, and behind damage reading goes on at the next place where
frames follow each other.
"""

from collections.abc import Callable
from enum import Enum, auto

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.flow import Chunk, Gap, GapReason
from ..model.limits import H2_HEADER_OCTETS
from ..model.source import Direction, PacketSource, Source
from .byte_queue import ByteQueue
from .http2_layout import (
    END_STREAM,
    FRAME_OCTETS,
    HEAD_OCTETS,
    NAMES,
    PADDED,
    PLAUSIBLE,
    PREFACE,
    Data,
    Frame,
    FrameType,
    Lost,
    Part,
    flaw,
    follow,
)


class _State(Enum):
    PREFACE = auto()
    HEAD = auto()
    PAYLOAD = auto()
    PAD_LENGTH = auto()
    DATA = auto()
    SKIP = auto()
    LOST = auto()


class FrameReader:
    """
    Reads the frames of one direction.

    Attributes:
        queue: Octets that have come; knows the packets of the `Data` given last.
    """

    def __init__(self, direction: Direction, capture: int) -> None:
        self.queue = ByteQueue(capture)
        self._direction = direction
        self._state = _State.PREFACE if direction is Direction.TO_SERVER else _State.HEAD
        self._parts: list[Part] = []
        # The frame being read; `left` counts its octets still to come, `padding` those behind DATA.
        self._kind = self._flags = self._stream = self._left = self._padding = 0
        self._source = PacketSource(capture, 0, 0, None)
        self._lost_at = 0
        self._lost_source: Source | None = None

    def feed(self, chunk: Chunk) -> list[Part]:
        """What the octets complete."""
        self.queue.push(chunk)
        if self._state is _State.LOST and self._lost_source is None:
            self._lost_source = self._here()
        return self._read()

    def gap(self, gap: Gap) -> list[Part]:
        """Octets are missing behind what has come."""
        if gap.length is None or not self._bridge(gap, gap.length):
            self._cut()
            self._lose(gap.offset + (gap.length or 0), gap)
        return self._read()

    def end(self) -> list[Part]:
        """No more octets come."""
        self._cut()
        self._state, self._lost_at = _State.LOST, self.queue.end
        return self._read()

    def _read(self) -> list[Part]:
        while _STEPS[self._state](self):
            pass
        parts, self._parts = self._parts, []
        return parts

    # Damage

    def _bridge(self, gap: Gap, missing: int) -> bool:
        """Whether a hole ends in the frame it begins in."""
        if self._state is _State.DATA and missing <= self._left + self._padding:
            lost = min(missing, self._left)
            if lost:
                self._give_data(b"", lost, gap)
            self._left -= missing - lost
            return True
        held = len(self.queue)
        if self._state is _State.PAYLOAD and missing <= self._left - held:
            self._give(None)
            self._name_held()
            self._left -= held + missing
            self._state = _State.SKIP
            return True
        if self._state is _State.SKIP and missing <= self._left:
            self._left -= missing
            return True
        return False

    def _cut(self) -> None:
        """Nothing follows what is held, which may hold frames all the same."""
        if self._state is _State.LOST and self._resync(final=True):
            self._parts = self._read()
        if self._state is _State.LOST:
            self._name(self._lost_at, self.queue.end)
            self.queue.clear()
        self._name_held()

    def _lose(self, offset: int, gap: Gap | None) -> None:
        """From this offset on it is not known where the next frame begins."""
        self._state = _State.LOST
        self._lost_at = offset
        self._lost_source = None
        self._parts.append(Lost(gap))

    def _give_up(self, problem: str) -> bool:
        """What begins here is no frame."""
        source = self._here()
        self._report(problem, 0, source)
        self._lose(self.queue.position, None)
        self._lost_source = source
        self.queue.at += 1
        return True

    def _name_held(self) -> None:
        """Say that what is held means nothing."""
        self._name(self.queue.position, self.queue.end)
        self.queue.clear()

    def _name(self, begin: int, end: int) -> None:
        if end > begin:
            source = self._lost_source or self.queue.source(begin, begin + 1)
            gap = Gap(self._direction, begin, end - begin, GapReason.OPAQUE, source)
            self._parts.append(gap)
        self._lost_source = None

    def _report(self, problem: str, length: int, source: Source) -> None:
        values: dict[str, str | int] = {"problem": problem}
        if problem != "preface":
            values |= {"frame": NAMES.get(self._kind, self._kind), "stream": self._stream}
        self._parts.append(self._anomaly(AnomalyCode.H2_FRAME, values, length, source))

    def _anomaly(
        self, code: AnomalyCode, values: dict[str, str | int], length: int, source: Source
    ) -> Anomaly:
        return Anomaly(
            code=code, values=values, direction=self._direction, length=length, source=source
        )

    def _here(self) -> Source:
        """The packet of the next octet held."""
        position = self.queue.position
        return self.queue.source(position, position + 1)

    # What is read

    def _give(self, payload: bytes | None) -> None:
        """The frame at hand; without its payload where that is not to be had."""
        queue = self.queue
        position = queue.position
        whole = HEAD_OCTETS + len(payload) if payload is not None else 1
        source = queue.source(position, position + whole)
        self._parts.append(Frame(self._kind, self._flags, self._stream, payload, source))

    def _give_data(self, octets: bytes, missing: int = 0, gap: Gap | None = None) -> None:
        """Octets of the DATA frame at hand; behind the last of them comes its padding."""
        self._left -= len(octets) + missing
        last = not self._left and bool(self._flags & END_STREAM)
        begin = self.queue.position - len(octets)
        data = Data(self._stream, octets, begin, missing, gap, last, self._source)
        self._parts.append(data)
        if not self._left:
            self._state, self._left, self._padding = _State.SKIP, self._padding, 0

    # One step a state: whether another may follow.

    def _preface(self) -> bool:
        queue = self.queue
        held = bytes(queue.octets[queue.at : queue.at + len(PREFACE)])
        if not PREFACE.startswith(held):
            if PLAUSIBLE.match(held):  # a capture that began late, though nobody said so
                self._lose(queue.position, None)
                return True
            return len(held) >= HEAD_OCTETS and self._give_up("preface")
        if len(held) < len(PREFACE):
            return False
        queue.at += len(PREFACE)
        self._state = _State.HEAD
        return True

    def _head(self) -> bool:
        queue = self.queue
        if len(queue) < HEAD_OCTETS:
            return False
        head = queue.octets[queue.at : queue.at + HEAD_OCTETS]
        length = int.from_bytes(head[:3], "big")
        kind, self._flags = head[3], head[4]
        self._kind, self._left = kind, length
        self._stream = int.from_bytes(head[5:], "big") & 0x7FFF_FFFF
        known = kind in NAMES
        problem = flaw(kind, self._flags, self._stream, length) if known else None
        if length > FRAME_OCTETS and (problem is not None or not known):
            return self._give_up(problem or "frame type")
        if kind == FrameType.DATA and problem is None:
            self._begin_data()
            return True
        if problem is None and known and length <= H2_HEADER_OCTETS:
            self._state, self._left = _State.PAYLOAD, HEAD_OCTETS + length
            return True
        if problem is not None:
            self._report(problem, length, self._here())
        elif known:
            values: dict[str, str | int] = {"limit": "H2_HEADER_OCTETS", "value": H2_HEADER_OCTETS}
            self._parts.append(self._anomaly(AnomalyCode.LIMIT, values, length, self._here()))
        self._give(None)
        queue.at += HEAD_OCTETS
        self._state = _State.SKIP
        return True

    def _begin_data(self) -> None:
        queue = self.queue
        self._source = queue.source(queue.position, queue.position + HEAD_OCTETS)
        queue.at += HEAD_OCTETS
        self._padding = 0
        if self._flags & PADDED:
            self._state = _State.PAD_LENGTH
        elif self._left:
            self._state = _State.DATA
        else:
            self._give_data(b"")

    def _pad_length(self) -> bool:
        queue = self.queue
        if not len(queue):
            return False
        self._padding = queue.octets[queue.at]
        self._left -= 1
        if self._padding > self._left:  # RFC 9113 section 6.1
            self._report("padding", self._left, self._here())
            self._padding = self._left
        queue.at += 1
        self._left -= self._padding
        self._state = _State.DATA
        if not self._left:
            self._give_data(b"")
        return True

    def _data(self) -> bool:
        queue = self.queue
        count = min(self._left, len(queue))
        if not count:
            return False
        self._give_data(queue.take(count))
        return True

    def _payload(self) -> bool:
        queue = self.queue
        if len(queue) < self._left:
            return False
        begin = queue.at + HEAD_OCTETS
        self._give(bytes(queue.octets[begin : queue.at + self._left]))
        queue.at += self._left
        self._state = _State.HEAD
        return True

    def _skip(self) -> bool:
        queue = self.queue
        count = min(self._left, len(queue))
        queue.at += count
        self._left -= count
        if self._left:
            return False
        self._state = _State.HEAD
        return True

    def _lost(self) -> bool:
        return self._resync(final=False)

    def _resync(self, *, final: bool) -> bool:
        """Look for frames that follow each other; whether some were found."""
        queue, octets = self.queue, self.queue.octets
        while True:
            found = PLAUSIBLE.search(octets, queue.at)
            if found is None:
                queue.at = len(octets) if final else max(queue.at, len(octets) - HEAD_OCTETS + 1)
                return False
            queue.at = found.start()
            believed = follow(octets, queue.at, final=final)
            if believed is None:
                return False
            if believed:
                self._name(self._lost_at, queue.position)
                self._state = _State.HEAD
                return True
            queue.at += 1


# ruff: noqa: SLF001 - the table belongs to the class
_STEPS: dict[_State, Callable[[FrameReader], bool]] = {
    _State.PREFACE: FrameReader._preface,
    _State.HEAD: FrameReader._head,
    _State.PAYLOAD: FrameReader._payload,
    _State.PAD_LENGTH: FrameReader._pad_length,
    _State.DATA: FrameReader._data,
    _State.SKIP: FrameReader._skip,
    _State.LOST: FrameReader._lost,
}
