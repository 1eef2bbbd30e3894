"""
What a connection speaks, told by its octets.

Most begin with what names them. A capture that began late holds the middle of something: then the
first packets are looked at for what could begin there.
"""

import re

from ..model.events import Event, Item
from ..model.flow import Chunk, Connection, End, Gap
from ..model.http import Switched
from ..model.source import Direction
from .byte_queue import ByteQueue
from .http1_lines import REQUEST_LINE, STATUS_LINE
from .websocket_sync import Look, judge

SNIFF_OCTETS = 64 << 10
"""Octets of one direction after which a connection that nothing recognises is given up."""

FIRST_LOOK = 256
PACKETS = 64
"""Packets of a direction whose beginning is looked at."""

_TLS = rb"[\x14-\x17]\x03[\x00-\x04][\x00-\x48]"  # RFC 8446 section 5.1: at most 2^14 + 2,048
_RECORD = re.compile(_TLS)
_XMPP = rb"\s*<(?:\?xml\s|stream:|[\w.-]+:stream\s)"
_BEGINNINGS = {
    Direction.TO_SERVER: (
        ("http/1.1", rb"(?:\r?\n)*(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|TRACE) "),
        ("h2", rb"PRI \* HTTP/2\.0\r\n"),  # RFC 9113 section 3.4
        ("http/1.1", rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} [^\s]{1,8000} HTTP/1\.\d\r?\n"),
        ("tls", _TLS),
        ("xmpp", _XMPP),
    ),
    Direction.TO_CLIENT: (
        ("http/1.1", rb"HTTP/1\.\d \d"),
        ("tls", _TLS),
        ("xmpp", _XMPP),
    ),
}
_PATTERNS = {
    direction: tuple((protocol, re.compile(pattern)) for protocol, pattern in beginnings)
    for direction, beginnings in _BEGINNINGS.items()
}
_LINES = {Direction.TO_SERVER: REQUEST_LINE, Direction.TO_CLIENT: STATUS_LINE}


class Sniffer:
    """Holds what comes until it is clear who is to decode it."""

    def __init__(self, capture: int) -> None:
        self._held: list[Event] = []
        self._lanes = {direction: _Lane(direction, capture) for direction in Direction}

    def feed(self, item: Item) -> list[Event]:
        """Nothing until it is clear; then `Switched`, and behind it all that has come."""
        if not isinstance(item, Chunk | Gap | End | Connection):
            return [item]
        self._held.append(item)
        found: Switched | None = None
        if isinstance(item, Chunk):
            found = self._lanes[item.direction].feed(item)
        elif isinstance(item, Gap):
            found = self._lanes[item.direction].gap(item.length or 0)
        elif isinstance(item, Connection):
            lanes = self._lanes.values()
            found = next((seen for lane in lanes if (seen := lane.gap(0))), None)
            if found is None:
                found = next((lane.unknown() for lane in lanes if lane.octets), None)
            if found is None:
                return self._release()
        return [] if found is None else [found, *self._release()]

    def _release(self) -> list[Event]:
        held, self._held = self._held, []
        return held


class _Lane:
    """
    The first octets of one direction.

    Attributes:
        octets: How many there were.
    """

    def __init__(self, direction: Direction, capture: int) -> None:
        self.octets = 0
        self._direction = direction
        self._queue = ByteQueue(capture)
        self._starts: list[int] = []
        self._next_look = 0

    def feed(self, chunk: Chunk) -> Switched | None:
        """What the octets begin with, or hold."""
        self._starts += chunk.provenance.offsets[: PACKETS - len(self._starts)]
        self._queue.push(chunk)
        self.octets += len(chunk.octets)
        octets = self._queue.octets
        for protocol, pattern in _PATTERNS[self._direction]:
            if pattern.match(octets):
                return self._found(protocol, 0)
        # Every look costs the same for one octet more as for thousands, so they get rare.
        if self.octets >= self._next_look:
            self._next_look = max(2 * self.octets, FIRST_LOOK)
            found = self._look(None)
            if found is None and self.octets > SNIFF_OCTETS:
                return self.unknown()
            return found
        return None

    def unknown(self) -> Switched:
        """Nothing is recognised."""
        return self._found("unknown", 0)

    def gap(self, missing: int) -> Switched | None:
        """What is held ends here; what comes next begins anew."""
        found = self._look(missing)
        self._queue.clear()
        self._starts = []
        return found

    def _look(self, missing: int | None) -> Switched | None:
        """Look where packets begin for what could begin there."""
        queue = self._queue
        for offset in self._starts:
            at = max(offset - queue.base, 0)
            if _LINES[self._direction].match(queue.octets, at):
                return self._found("http/1.1", at)
            if _RECORD.match(queue.octets, at):
                return self._found("tls", at)
            look = judge(queue, self._direction, at, compressed=True, missing=missing)
            if look is Look.FRAME:
                return self._found("websocket", at)
        return None

    def _found(self, protocol: str, at: int) -> Switched:
        begin = self._queue.base + at
        return Switched(protocol=protocol, source=self._queue.source(begin, begin + 1))
