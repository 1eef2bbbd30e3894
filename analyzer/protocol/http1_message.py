"""
Messages of HTTP/1.1, one direction: heads, and bodies by their framing (RFC 9112).

What cannot be a message is named, and reading goes on at the next place that looks like the
beginning of one.
"""

import re
from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.flow import EndCause, Gap, GapReason
from ..model.http import Headers
from ..model.limits import HTTP_BODY_OCTETS, HTTP_HEAD_OCTETS
from ..model.source import Direction, Source
from .byte_queue import ByteQueue
from .http1_lines import CUT_START, REQUEST_LINE, START, STATUS_LINE, field_lines

_LINE_OCTETS = 8 << 10
_TRAILERS = 1_000

_NEXT = {Direction.TO_SERVER: (REQUEST_LINE, 9 << 10), Direction.TO_CLIENT: (STATUS_LINE, 16)}
_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")


class Head(Struct, frozen=True, kw_only=True):
    """
    Start line and field lines of a message.

    Attributes:
        start: Method, target, version; or version, status, reason.
        headers: Field lines.
        whole: False if its end is missing; its body is not known then, and none is to be expected.
        source: Its packets.
    """

    start: tuple[str, str, str]
    headers: Headers
    whole: bool
    source: Source


class Body(Struct, frozen=True, kw_only=True):
    """
    The end of a message.

    Attributes:
        octets: Kept, decoded from the transfer coding.
        length: Octets in all, missing ones included.
        trailers: Field lines behind a chunked body (RFC 9112 section 7.1.2).
    """

    octets: bytes = b""
    length: int = 0
    trailers: Headers = ()


Part = Head | Body | Anomaly | Gap


class _State(Enum):
    START = auto()
    FIELDS = auto()
    LENGTH = auto()
    UNTIL_CLOSE = auto()
    CHUNK_SIZE = auto()
    CHUNK_DATA = auto()
    CHUNK_END = auto()
    TRAILERS = auto()
    LOST = auto()


_BODY = frozenset(_State) - {_State.START, _State.FIELDS, _State.LOST}


class MessageReader:
    """
    Reads the messages of one direction.

    Whoever reads calls `next` until it gives None, and `expect` behind each whole `Head`.

    Attributes:
        queue: Octets that have come.
    """

    def __init__(self, direction: Direction, capture: int) -> None:
        self.queue = ByteQueue(capture)
        self._direction = direction
        self._state = _State.START
        self._parts: list[Part] = []
        self._searched = 0
        self._lost_at = 0
        self._reset()

    def _reset(self) -> None:
        self._kept: list[bytes] = []
        self._trailers: list[bytes] = []
        self._room = HTTP_BODY_OCTETS
        self._left = 0
        self._length = 0
        self._over = 0
        self._cut = False

    def next(self) -> Part | None:
        """What comes next; None if more octets are needed."""
        while not self._parts and _STEPS[self._state](self):
            pass
        return self._parts.pop(0) if self._parts else None

    def expect(self, length: int | None, *, chunked: bool = False) -> None:
        """How the body of the head just given is framed; None: it reaches to the end."""
        if chunked:
            self._state = _State.CHUNK_SIZE
        elif length is None:
            self._state = _State.UNTIL_CLOSE
        elif length:
            self._state, self._left = _State.LENGTH, length
        else:
            self._finish()

    def lose(self, offset: int) -> None:
        """From this offset on it is not known where the next message begins."""
        self._state = _State.LOST
        self._lost_at = offset
        self._searched = 0

    def reject(self, problem: str) -> None:
        """The head just given does not tell how its body is framed."""
        self._malformed(problem, 0)

    def gap(self, gap: Gap) -> None:
        """Octets are missing behind what has come."""
        length = gap.length or 0
        if self._state is _State.FIELDS or self._state is _State.START:
            self._cut_head()
        elif self._state is _State.UNTIL_CLOSE or (
            self._state in {_State.LENGTH, _State.CHUNK_DATA}
            and gap.length is not None
            and length <= self._left
        ):
            self._cut = True
            self._length += length
            self._left -= min(length, self._left)
            if self._state is _State.LENGTH and not self._left:
                self._finish()
            return
        elif self._state in _BODY:
            self._cut_body()
        self._forget()
        self.lose(gap.offset + length)

    def end(self, cause: EndCause) -> None:
        """No more octets come."""
        if self._state is _State.FIELDS or self._state is _State.START:
            self._cut_head()
        elif self._state is _State.UNTIL_CLOSE and cause in {EndCause.FIN, EndCause.CLOSED}:
            self._finish()
        elif self._state in _BODY:
            self._cut_body()
        self._forget()
        self.lose(self.queue.end)

    def _forget(self) -> None:
        """Name what is held and means nothing; consume it."""
        queue = self.queue
        self._skip(self._lost_at if self._state is _State.LOST else queue.position, queue.end)
        queue.clear()

    def _skip(self, begin: int, end: int) -> None:
        if end > begin:
            source = self.queue.source(begin, end)
            gap = Gap(self._direction, begin, end - begin, GapReason.OPAQUE, source)
            self._parts.append(gap)

    def _report(
        self, code: AnomalyCode, values: dict[str, str | int], length: int, source: Source
    ) -> None:
        anomaly = Anomaly(
            code=code, values=values, direction=self._direction, length=length, source=source
        )
        self._parts.append(anomaly)

    def _here(self) -> Source:
        """Packets of what comes next, or came last."""
        position = self.queue.position
        return self.queue.source(position, position + 1)

    def _malformed(self, problem: str, length: int) -> None:
        self._report(AnomalyCode.HTTP_MALFORMED, {"problem": problem}, length, self._here())
        self.lose(self.queue.position)

    def _too_long(self) -> bool:
        values: dict[str, str | int] = {"limit": "HTTP_HEAD_OCTETS", "value": HTTP_HEAD_OCTETS}
        self._report(AnomalyCode.LIMIT, values, HTTP_HEAD_OCTETS, self._here())
        return self._give_up()

    def _give_up(self) -> bool:
        """What begins here is no message, however much it may look like one."""
        self.lose(self.queue.position)
        self.queue.at += 1
        return True

    # One step a state: whether another may follow.

    def _resync(self) -> bool:
        queue = self.queue
        pattern, overlap = _NEXT[self._direction]
        found = pattern.search(queue.octets, queue.at)
        if found is None:
            queue.at = max(queue.at, len(queue.octets) - overlap)
            return False
        queue.at = found.start()
        self._skip(self._lost_at, queue.position)
        self._state = _State.START
        return True

    def _start(self) -> bool:
        queue = self.queue
        octets = queue.octets
        while not self._searched and queue.at < len(octets) and octets[queue.at] in b"\r\n":
            queue.at += 1  # RFC 9112 section 2.2: ignore an empty line before a message
        newline = octets.find(b"\n", queue.at + self._searched)
        length = (newline if newline >= 0 else len(octets)) - queue.at
        if length > HTTP_HEAD_OCTETS:
            return self._too_long()
        self._searched = length
        if newline < 0:
            return False
        if START[self._direction].match(octets, queue.at, newline) is None:
            self._malformed("start line", length)
            return self._give_up()
        self._state = _State.FIELDS
        return True

    def _fields(self) -> bool:
        queue = self.queue
        # Three octets back: the line end before the empty line may have been searched already.
        found = _HEAD_END.search(queue.octets, queue.at + max(self._searched - 3, 0))
        length = (found.end() if found else len(queue.octets)) - queue.at
        if length > HTTP_HEAD_OCTETS:
            return self._too_long()
        self._searched = length
        if found is not None:
            self._give_head(length, whole=True)
        return False

    def _give_head(self, length: int, *, whole: bool) -> None:
        queue = self.queue
        source = queue.source(queue.position, queue.position + length)
        first, *lines = queue.take(length).split(b"\n")
        patterns = START if whole or lines else CUT_START
        found = patterns[self._direction].match(first)
        start = found.groups(b"") if found else ()
        headers, flawed = field_lines(lines)
        if flawed:
            self._report(AnomalyCode.HTTP_MALFORMED, {"problem": "field line"}, flawed, source)
        one, two, three = (part.decode("latin-1") for part in start)
        head = Head(start=(one, two, three), headers=headers, whole=whole, source=source)
        self._parts.append(head)
        self._searched = 0

    def _cut_head(self) -> None:
        """A head whose end is missing: its whole lines still tell something."""
        queue = self.queue
        if self._state is _State.START and not CUT_START[self._direction].match(
            queue.octets, queue.at
        ):
            return
        values: dict[str, str | int] = {"part": "head", "octets": len(queue)}
        source = queue.source(queue.position, queue.end)
        self._report(AnomalyCode.HTTP_BODY_INCOMPLETE, values, len(queue), source)
        lines = queue.octets.rfind(b"\n", queue.at) + 1 - queue.at
        self._give_head(lines if self._state is _State.FIELDS else len(queue), whole=False)
        self._parts.append(Body())
        queue.clear()

    def _cut_body(self) -> None:
        self._cut = True
        self._length += self._left
        self._finish()

    def _finish(self) -> None:
        octets = b"".join(self._kept)
        if self._cut or self._over:
            source = self._here()
            if self._over:
                cap: dict[str, str | int] = {"limit": "HTTP_BODY_OCTETS", "value": HTTP_BODY_OCTETS}
                self._report(AnomalyCode.LIMIT, cap, self._over, source)
            if self._cut:
                code = AnomalyCode.HTTP_BODY_INCOMPLETE
                part: dict[str, str | int] = {"part": "body", "octets": len(octets)}
                part["length"] = self._length
                self._report(code, part, self._length - len(octets), source)
        trailers, _ = field_lines(self._trailers)
        self._parts.append(Body(octets=octets, length=self._length, trailers=trailers))
        self._reset()
        self._state = _State.START
        self._searched = 0

    def _keep(self, count: int) -> int:
        """Take octets of the body, keeping those there is room for."""
        queue = self.queue
        count = min(count, len(queue))
        kept = 0 if self._cut else min(count, self._room)
        if kept:
            self._kept.append(queue.take(kept))
            self._room -= kept
        if kept < count:
            queue.at += count - kept
            self._over += 0 if self._cut else count - kept
        self._length += count
        return count

    def _until_length(self) -> bool:
        self._left -= self._keep(self._left)
        if not self._left:
            self._finish()
        return False

    def _until_close(self) -> bool:
        self._keep(len(self.queue))
        return False

    def _line(self, problem: str) -> bytes | None:
        """A line of the chunked coding without its end; None if there is none."""
        queue = self.queue
        newline = queue.octets.find(b"\n", queue.at + self._searched)
        length = (newline if newline >= 0 else len(queue.octets)) - queue.at
        if length > _LINE_OCTETS:
            self._broken(problem, length)
            return None
        if newline < 0:
            self._searched = length
            return None
        self._searched = 0
        return queue.take(length + 1).rstrip(b"\r\n")

    def _broken(self, problem: str, length: int) -> None:
        """The chunked coding is broken (RFC 9112 section 7.1): what is there is what there is."""
        self._cut_body()
        self._malformed(problem, length)

    def _chunk_size(self) -> bool:
        line = self._line("chunk size")
        if line is None:
            return False
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            self._broken("chunk size", len(line))
            return False
        self._left = int(found[1], 16)
        self._state = _State.CHUNK_DATA if self._left else _State.TRAILERS
        return True

    def _chunk_data(self) -> bool:
        self._left -= self._keep(self._left)
        if self._left:
            return False
        self._state = _State.CHUNK_END
        return True

    def _chunk_end(self) -> bool:
        line = self._line("chunk end")
        if line is None:
            return False
        if line:
            self._broken("chunk end", len(line))
            return False
        self._state = _State.CHUNK_SIZE
        return True

    def _trailer(self) -> bool:
        line = self._line("trailer")
        if line and len(self._trailers) < _TRAILERS:
            self._trailers.append(line)
            return True
        if line is not None:
            self._finish()
        return False


# ruff: noqa: SLF001 - the table belongs to the class
_STEPS: dict[_State, Callable[[MessageReader], bool]] = {
    _State.START: MessageReader._start,
    _State.FIELDS: MessageReader._fields,
    _State.LENGTH: MessageReader._until_length,
    _State.UNTIL_CLOSE: MessageReader._until_close,
    _State.CHUNK_SIZE: MessageReader._chunk_size,
    _State.CHUNK_DATA: MessageReader._chunk_data,
    _State.CHUNK_END: MessageReader._chunk_end,
    _State.TRAILERS: MessageReader._trailer,
    _State.LOST: MessageReader._resync,
}
