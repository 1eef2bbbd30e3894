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
from ..model.flow import Chunk, EndCause, Gap, GapReason
from ..model.http import Headers
from ..model.limits import HTTP_BODY_OCTETS, HTTP_HEAD_OCTETS
from ..model.source import Direction, Source
from .byte_queue import ByteQueue
from .http1_body import BodyReader
from .http1_lines import BEGINNING, CUT_START, LINE, LINE_OCTETS, START, field_lines

_BEGINNING_OCTETS = 8
"""One less than hold every beginning of a start line."""

_HEAD_END = re.compile(rb"\n\r?\n")


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
        source: Its packets; None if there is none of it.
    """

    octets: bytes = b""
    length: int = 0
    trailers: Headers = ()
    source: Source | None = None


Part = Head | Body | Anomaly | Gap


class _State(Enum):
    START = auto()
    FIELDS = auto()
    BODY = auto()
    LOST = auto()


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
        self._body = BodyReader(self.queue, 0, chunked=False)
        self._begun: Source | None = None  # of the message being read
        self._searched = 0
        self._lost_at = 0
        self._lost_source: Source | None = None  # packet of the first octet that means nothing

    def next(self) -> Part | None:
        """What comes next; None if more octets are needed."""
        while not self._parts and _STEPS[self._state](self):
            pass
        return self._parts.pop(0) if self._parts else None

    def expect(self, length: int | None, *, chunked: bool = False) -> None:
        """How the body of the head just given is framed; None: it reaches to the end."""
        self._body = BodyReader(self.queue, length, chunked=chunked)
        self._state = _State.BODY

    def reject(self, problem: str) -> None:
        """The head just given does not tell how its body is framed."""
        self._parts.append(Body())
        self._malformed(problem, 0, self._begun)

    def lose(self, offset: int) -> None:
        """From this offset on it is not known where the next message begins."""
        self._state = _State.LOST
        self._lost_at = offset
        self._lost_source = self._here() if len(self.queue) else None
        self._searched = 0

    def gap(self, gap: Gap) -> None:
        """Octets are missing behind what has come."""
        if self._state is _State.BODY and self._body.miss(gap.length):
            return
        self._cut(orderly=False)
        self.lose(gap.offset + (gap.length or 0))

    def end(self, cause: EndCause) -> None:
        """No more octets come."""
        self._cut(orderly=cause in {EndCause.FIN, EndCause.CLOSED})
        self.lose(self.queue.end)

    def leave(self) -> list[Chunk | Gap]:
        """What another decoder is to go on with; behind a gap, even an empty one, it is lost."""
        left: list[Chunk | Gap] = []
        if self._state is _State.LOST:
            length = max(self.queue.position - self._lost_at, 0)
            source = self._lost_source
            left.append(Gap(self._direction, self._lost_at, length, GapReason.OPAQUE, source))
        rest = self.queue.rest(self._direction)
        return left if rest is None else [*left, rest]

    def _cut(self, *, orderly: bool) -> None:
        """Nothing follows what is held."""
        if self._state is _State.FIELDS or self._state is _State.START:
            self._cut_head()
        elif self._state is _State.BODY:
            self._body.end(orderly=orderly)
            self._finish()
        queue = self.queue
        self._skip(self._lost_at if self._state is _State.LOST else queue.position, queue.end)
        queue.clear()

    def _skip(self, begin: int, end: int) -> None:
        """Name octets that mean nothing."""
        if end > begin:
            source = self._lost_source or self._here()
            gap = Gap(self._direction, begin, end - begin, GapReason.OPAQUE, source)
            self._parts.append(gap)

    def _report(
        self, code: AnomalyCode, values: dict[str, str | int], length: int, source: Source | None
    ) -> None:
        anomaly = Anomaly(
            code=code, values=values, direction=self._direction, length=length, source=source
        )
        self._parts.append(anomaly)

    def _here(self) -> Source:
        """The packet of the next octet held."""
        position = self.queue.position
        return self.queue.source(position, position + 1)

    def _malformed(self, problem: str, length: int, source: Source | None) -> None:
        self._report(AnomalyCode.HTTP_MALFORMED, {"problem": problem}, length, source)
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
        queue, octets = self.queue, self.queue.octets
        if self._lost_source is None and len(queue):
            self._lost_source = self._here()
        found = BEGINNING[self._direction].search(octets, queue.at)
        if found is None:
            queue.at = max(queue.at, len(octets) - _BEGINNING_OCTETS)
            return False
        if found.start() > queue.at:
            queue.at, self._searched = found.start(), 0
        newline = octets.find(b"\n", queue.at + self._searched, queue.at + LINE_OCTETS)
        self._searched = len(queue)
        if newline < 0 and len(queue) <= LINE_OCTETS:
            return False
        self._searched = 0
        if LINE[self._direction].match(octets, queue.at, queue.at + LINE_OCTETS) is None:
            queue.at += 1
        else:
            self._skip(self._lost_at, queue.position)
            self._lost_source = None
            self._state = _State.START
        return True

    def _start(self) -> bool:
        queue, octets = self.queue, self.queue.octets
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
            self._malformed("start line", length, self._here())
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

    def _read_body(self) -> bool:
        if self._body.read():
            self._finish()
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
        self._begun = source
        head = Head(start=(one, two, three), headers=headers, whole=whole, source=source)
        self._parts.append(head)
        self._searched = 0

    def _cut_head(self) -> None:
        """A head whose end is missing: its whole lines still tell something."""
        queue, start = self.queue, self._state is _State.START
        if start and not CUT_START[self._direction].match(queue.octets, queue.at):
            return
        values: dict[str, str | int] = {"part": "head", "octets": len(queue)}
        source = queue.source(queue.position, queue.end)
        self._report(AnomalyCode.HTTP_BODY_INCOMPLETE, values, len(queue), source)
        lines = queue.octets.rfind(b"\n", queue.at) + 1 - queue.at
        self._give_head(len(queue) if start else lines, whole=False)
        self._parts.append(Body())
        queue.clear()

    def _finish(self) -> None:
        """The body ends here, or what there is of it."""
        body, octets = self._body, self._body.octets()
        missing = body.length - len(octets)
        if body.dropped:
            limit: dict[str, str | int] = {"limit": "HTTP_BODY_OCTETS", "value": HTTP_BODY_OCTETS}
            self._report(AnomalyCode.LIMIT, limit, body.dropped, self._begun)
        if body.cut:
            values: dict[str, str | int] = {"part": "body", "octets": len(octets)}
            values["length"] = body.length
            self._report(AnomalyCode.HTTP_BODY_INCOMPLETE, values, missing, self._begun)
        self._parts.append(
            Body(octets=octets, length=body.length, trailers=body.trailers(), source=body.source)
        )
        self._state, self._searched = _State.START, 0
        if body.problem is not None:
            self._malformed(body.problem, 0, self._begun)


# ruff: noqa: SLF001 - the table belongs to the class
_STEPS: dict[_State, Callable[[MessageReader], bool]] = {
    _State.START: MessageReader._start,
    _State.FIELDS: MessageReader._fields,
    _State.BODY: MessageReader._read_body,
    _State.LOST: MessageReader._resync,
}
