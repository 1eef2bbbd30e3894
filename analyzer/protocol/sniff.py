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
from .http2_layout import PLAUSIBLE
from .opaque import source_of
from .websocket_sync import Look, judge

SNIFF_OCTETS = 64 << 10
"""Octets of one direction after which a connection that nothing recognises is given up."""

PACKETS = 64
"""Packets of a direction whose beginning is looked at."""

_ENOUGH = 16
"""Octets that tell a message of HTTP, or a TLS record."""

_TLS = rb"[\x14-\x17]\x03[\x00-\x04][\x00-\x48]"  # RFC 8446 section 5.1: at most 2^14 + 2,048
_XMPP = rb"\s{0,64}<(?:\?xml\s|stream:|[\w.-]+:stream\s)"
_STANZA = rb"<(?:iq|message|presence)[\s/>]|</?stream:(?:stream|features|error)[\s>]"
_BEGINNINGS = {
    Direction.TO_SERVER: (
        ("http/1.1", rb"(?:\r?\n){0,8}(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|TRACE) "),
        ("h2", rb"PRI \* HTTP/2\.0\r\n"),  # RFC 9113 section 3.4
        ("http/1.1", rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} [^\s]{1,8000} HTTP/1\.\d\r?\n"),
        ("tls", _TLS),
        ("xmpp", _XMPP),
        ("tls", rb"[\x80-\xbf][\s\S]\x01\x03[\x00-\x03]"),  # RFC 5246 appendix E.2
    ),
    Direction.TO_CLIENT: (
        ("http/1.1", rb"HTTP/1\.\d \d"),
        ("h2", rb"\x00\x00[\x00\x06\x0c\x12\x18\x1e\x24\x2a\x30]\x04\x00\x00{4}"),  # SETTINGS
        ("tls", _TLS),
        ("xmpp", _XMPP),
    ),
}
_PATTERNS = {
    direction: tuple((protocol, re.compile(pattern)) for protocol, pattern in beginnings)
    for direction, beginnings in _BEGINNINGS.items()
}
# What may begin in the middle of a connection, where a packet begins.
_MIDDLES = {
    Direction.TO_SERVER: (
        ("http/1.1", re.compile(rb"(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH) [/*h]")),
        ("tls", re.compile(_TLS)),
        ("h2", PLAUSIBLE),
        ("xmpp", re.compile(_STANZA)),
    ),
    Direction.TO_CLIENT: (
        ("http/1.1", re.compile(rb"HTTP/1\.\d [1-5]\d\d")),
        ("tls", re.compile(_TLS)),
        ("h2", PLAUSIBLE),
        ("xmpp", re.compile(_STANZA)),
    ),
}


class Sniffer:
    """Holds what comes until it is clear who is to decode it."""

    def __init__(self, capture: int) -> None:
        self._capture = capture
        self._held: list[Event] = []
        self._first: Chunk | None = None
        self._lanes = {direction: _Lane(direction, capture) for direction in Direction}

    def feed(self, item: Item) -> list[Event]:
        """Nothing until it is clear; then `Switched`, and behind it all that has come."""
        if not isinstance(item, Chunk | Gap | End | Connection):
            return [item]
        self._held.append(item)
        found: str | None = None
        if isinstance(item, Chunk):
            self._first = self._first or item
            found = self._lanes[item.direction].feed(item)
        elif isinstance(item, Gap):
            found = self._lanes[item.direction].gap(item.length or 0)
        elif isinstance(item, Connection):
            lanes = self._lanes.values()
            found = next((seen for lane in lanes if (seen := lane.gap(0))), None)
            if self._first is None:
                return self._release()
            found = found or "unknown"
        if found is None or self._first is None:
            return []
        source = source_of(self._first, self._capture)
        return [Switched(protocol=found, source=source), *self._release()]

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
        self._packet = -1
        self._packets = 0
        # Places where packets begin, each with the index of the octet needed to tell more.
        self._places: dict[int, int] = {}

    def feed(self, chunk: Chunk) -> str | None:
        """What the octets begin with, or hold."""
        self._queue.push(chunk)
        provenance = chunk.provenance
        for offset, packet in zip(provenance.offsets, provenance.packets, strict=True):
            if packet != self._packet and self._packets < PACKETS:
                at = max(offset - self._queue.base, 0)
                self._places[at] = at + _ENOUGH
                self._packets += 1
            self._packet = packet
        self.octets += len(chunk.octets)
        for protocol, pattern in _PATTERNS[self._direction]:
            if pattern.match(self._queue.octets):
                return protocol
        found = self._look(None)
        if self.octets > SNIFF_OCTETS:
            found.append((SNIFF_OCTETS, "unknown"))
        # What is told by the fewest octets is told first, however many have come at once.
        return min(found)[1] if found else None

    def gap(self, missing: int) -> str | None:
        """What is held ends here; what comes next begins anew."""
        found = self._look(missing)
        self._queue.clear()
        self._places = {}
        return found[0][1] if found else None

    def _look(self, missing: int | None) -> list[tuple[int, str]]:
        """Look where packets begin for what may begin there."""
        queue = self._queue
        found: list[tuple[int, str]] = []
        for at, needed in list(self._places.items()):
            if missing is None and needed > len(queue.octets):
                continue
            for protocol, pattern in _MIDDLES[self._direction]:
                if pattern.match(queue.octets, at):
                    found.append((at + _ENOUGH, protocol))
            look, stop = judge(queue, self._direction, at, compressed=True, missing=missing)
            if look is Look.FRAME:
                found.append((max(stop, at + _ENOUGH), "websocket"))
            elif look is Look.OTHER:
                del self._places[at]
            else:
                self._places[at] = stop
        return found
