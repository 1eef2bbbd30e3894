"""Bodies of HTTP/1.1 messages, by their framing (RFC 9112 sections 6 and 7)."""

import re
from enum import Enum, auto

from ..model.http import Headers
from ..model.limits import HTTP_BODY_OCTETS
from ..model.source import PacketSource
from .byte_queue import ByteQueue, joined
from .http1_lines import LINE_OCTETS, field_lines

_TRAILERS = 1_000
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")


class _State(Enum):
    LENGTH = auto()
    UNTIL_CLOSE = auto()
    CHUNK_SIZE = auto()
    CHUNK_DATA = auto()
    CHUNK_END = auto()
    TRAILERS = auto()


class BodyReader:
    """
    Reads one body.

    Attributes:
        length: Octets in all so far, missing ones included; decoded from the transfer coding.
        dropped: Octets for which there was no room.
        cut: Some are missing.
        problem: What broke the chunked coding, if anything did.
        source: Packets of what was kept; None as long as nothing was.
    """

    def __init__(self, queue: ByteQueue, length: int | None, *, chunked: bool) -> None:
        """
        Begin behind the head.

        Args:
            queue: Octets of the direction.
            length: Of the body; None if it reaches to the end of the connection.
            chunked: It has the chunked coding, and `length` does not count.
        """
        self.length = 0
        self.dropped = 0
        self.cut = False
        self.problem: str | None = None
        self.source: PacketSource | None = None
        self._queue = queue
        self._state = _State.UNTIL_CLOSE if length is None else _State.LENGTH
        if chunked:
            self._state = _State.CHUNK_SIZE
        self._left = 0 if length is None or chunked else length
        self._kept: list[bytes] = []
        self._room = HTTP_BODY_OCTETS
        self._trailers: list[bytes] = []
        self._searched = 0

    def read(self) -> bool:
        """Take what is there; whether that is the end of the body."""
        while self._state not in {_State.LENGTH, _State.UNTIL_CLOSE}:
            if self._state is _State.CHUNK_DATA:
                self._left -= self._keep(self._left)
                if self._left:
                    return False
                self._state = _State.CHUNK_END
                continue
            line = self._line()
            if line is None or self._take_line(line):
                return self.problem is not None or line is not None
        if self._state is _State.UNTIL_CLOSE:
            self._keep(len(self._queue))
            return False
        self._left -= self._keep(self._left)
        return not self._left

    def miss(self, length: int | None) -> bool:
        """Octets are missing behind what was read; whether the body goes on behind them."""
        if self._state is not _State.UNTIL_CLOSE and (
            self._state not in {_State.LENGTH, _State.CHUNK_DATA}
            or length is None
            or length > self._left
        ):
            return False
        missing = length or 0
        self.cut = True
        self.length += missing
        self._left -= min(missing, self._left)
        return True

    def end(self, *, orderly: bool) -> None:
        """Nothing follows; `orderly` if the sender closed the connection."""
        if self._state is not _State.UNTIL_CLOSE or not orderly:
            self.cut = True
            self.length += self._left

    def octets(self) -> bytes:
        """Those kept."""
        return b"".join(self._kept)

    def trailers(self) -> Headers:
        """Field lines behind a chunked body (RFC 9112 section 7.1.2)."""
        return field_lines(self._trailers)[0]

    def _keep(self, count: int) -> int:
        """Take octets, keeping those there is room for; behind missing ones none is kept."""
        queue = self._queue
        count = min(count, len(queue))
        kept = 0 if self.cut else min(count, self._room)
        if kept:
            piece = queue.source(queue.position, queue.position + kept)
            self.source = piece if self.source is None else joined(self.source, piece)
            self._kept.append(queue.take(kept))
            self._room -= kept
        if kept < count:
            queue.at += count - kept
            self.dropped += 0 if self.cut else count - kept
        self.length += count
        return count

    def _line(self) -> bytes | None:
        """A line without its end; None if it is not there, or too long."""
        queue = self._queue
        newline = queue.octets.find(b"\n", queue.at + self._searched)
        length = (newline if newline >= 0 else len(queue.octets)) - queue.at
        if length > LINE_OCTETS:
            self._break(_PROBLEMS[self._state])
        elif newline >= 0:
            self._searched = 0
            return queue.take(length + 1).rstrip(b"\r\n")
        else:
            self._searched = length
        return None

    def _take_line(self, line: bytes) -> bool:
        """A line of the chunked coding (RFC 9112 section 7.1); whether the body ends with it."""
        if self._state is _State.CHUNK_SIZE:
            found = _SIZE.fullmatch(line)
            if found is None:
                return self._break("chunk size")
            self._left = int(found[1], 16)
            self._state = _State.CHUNK_DATA if self._left else _State.TRAILERS
        elif self._state is _State.CHUNK_END:
            if line:
                return self._break("chunk end")
            self._state = _State.CHUNK_SIZE
        elif line and len(self._trailers) < _TRAILERS:
            self._trailers.append(line)
        else:
            return True
        return False

    def _break(self, problem: str) -> bool:
        """What is there is what there is."""
        self.problem = problem
        self.cut = True
        return True


_PROBLEMS = {
    _State.CHUNK_SIZE: "chunk size",
    _State.CHUNK_END: "chunk end",
    _State.TRAILERS: "trailer",
}
