"""
permessage-deflate: what was agreed, and inflating by it (RFC 7692).

A message is one piece of a deflate stream (RFC 1951) whose last four octets, 00 00 FF FF, were left
out. With context takeover, the default, a message may refer to the 32 KiB before it; where some of
those were not captured, `Inflater` finds out which octets of a message are known all the same.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.http import Exchange, fields
from ..model.limits import (
    CONNECTION_INFLATED_OCTETS,
    INFLATE_FREE_OCTETS,
    INFLATE_RATIO,
    MESSAGE_OCTETS,
)
from ..model.source import Direction

EXTENSION = "permessage-deflate"

_TAIL = b"\x00\x00\xff\xff"  # RFC 7692 section 7.2.2
_WINDOW = 32 << 10  # RFC 1951 section 2
_FINAL_BLOCKS = 64
"""Final blocks in one message: each needs a new decompressor (RFC 7692 section 7.2.3.4)."""


class Agreement(Struct, frozen=True, kw_only=True):
    """
    What the response says of permessage-deflate (RFC 7692 section 7.1).

    Attributes:
        server_takeover: The server's messages may refer to earlier ones.
        client_takeover: The client's may.
    """

    server_takeover: bool = True
    client_takeover: bool = True

    def takeover(self, direction: Direction) -> bool:
        """Whether messages of a direction may refer to earlier ones."""
        return self.client_takeover if direction is Direction.TO_SERVER else self.server_takeover


def agreement_of(exchange: Exchange) -> tuple[Agreement | None, list[Anomaly]]:
    """What an upgrade agreed on, None if no compression; and what is wrong with the parameters."""
    response = exchange.response
    if response is None:
        return None, []
    agreed = [p for name, p in extensions(response.headers) if name == EXTENSION]
    if not agreed:
        return None, []
    request = exchange.request
    offers = extensions(request.headers) if request is not None else ()
    offered = [parameters for name, parameters in offers if name == EXTENSION]
    values = list(_flaws(agreed[0], offered if request is not None else None))
    if len(agreed) > 1:
        values.append({"parameter": EXTENSION, "problem": "repeated"})
    anomalies = [
        Anomaly(
            code=AnomalyCode.DEFLATE_PARAMETER,
            values=value,
            direction=Direction.TO_CLIENT,
            source=response.source,
        )
        for value in values
    ]
    names = {name for name, _ in agreed[0]}
    agreement = Agreement(
        server_takeover="server_no_context_takeover" not in names,
        client_takeover="client_no_context_takeover" not in names,
    )
    return agreement, anomalies


Parameters = tuple[tuple[str, str | None], ...]
Values = dict[str, str | int]


def extensions(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, Parameters], ...]:
    """Members of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1), names in lower case."""
    found = []
    for value in fields(headers, "Sec-WebSocket-Extensions"):
        for member in value.split(","):
            name, *rest = (part.strip() for part in member.split(";"))
            if name:
                found.append((name.lower(), tuple(_parameter(part) for part in rest)))
    return tuple(found)


def _parameter(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"') if equals else None


_FLAGS = frozenset({"server_no_context_takeover", "client_no_context_takeover"})
_BITS = frozenset({"server_max_window_bits", "client_max_window_bits"})


def _flaws(agreed: Parameters, offers: list[Parameters] | None) -> Iterator[dict[str, str | int]]:
    """What RFC 7692 section 7.1 forbids a response; None for offers that were not captured."""
    seen: set[str] = set()
    for name, value in agreed:
        if name in seen:
            yield {"parameter": name, "problem": "repeated"}
        seen.add(name)
        if name not in _FLAGS | _BITS:
            yield {"parameter": name, "problem": "unknown"}
        elif (name in _FLAGS) != (value is None) or (name in _BITS and not _is_bits(value)):
            yield {"parameter": name, "problem": "value", "value": value or ""}
        elif name == "client_max_window_bits" and offers:
            # Section 7.1.2.2: only in answer to an offer that has it.
            if not any(name == offered for offer in offers for offered, _ in offer):
                yield {"parameter": name, "problem": "not offered", "value": value or ""}
        elif name == "server_max_window_bits" and offers and not _fits(value, offers):
            # Section 7.1.2.1: the same or a smaller value.
            yield {"parameter": name, "problem": "above the offer", "value": value or ""}


def _is_bits(value: str | None) -> bool:
    # 8 to 15, no leading zero (section 7.1.2).
    return value in {"8", "9", "10", "11", "12", "13", "14", "15"}


def _fits(value: str | None, offers: list[Parameters]) -> bool:
    bounds = [dict(offer).get("server_max_window_bits") or "15" for offer in offers]
    return any(not _is_bits(bound) or int(value or 15) <= int(bound) for bound in bounds)


class Inflated(Struct, frozen=True, kw_only=True):
    """
    An inflated message.

    Attributes:
        payload: Octets known from the beginning on.
        complete: Whether that is all of the message.
        anomaly: What stopped it.
    """

    payload: bytes
    complete: bool = True
    anomaly: tuple[AnomalyCode, Values] | None = None


class Budget:
    """
    What a connection may still inflate, both directions together.

    Attributes:
        left: Octets.
    """

    def __init__(self, octets: int = CONNECTION_INFLATED_OCTETS) -> None:
        self.left = octets


class Inflater:
    """
    One direction's decompression.

    While octets that a message may refer to are unknown, each message is inflated twice, over two
    windows that differ in every unknown octet: what comes out alike does not depend on them. Once
    32 KiB in a row are known, nothing unknown can be referred to any more.
    """

    def __init__(self, budget: Budget, *, takeover: bool, known: bool = True) -> None:
        """
        Begin with an empty window.

        Args:
            budget: Of the connection.
            takeover: Messages may refer to earlier ones.
            known: Nothing came before; False where that was not captured.
        """
        self._budget = budget
        self._takeover = takeover
        self._known = known
        self._streams: list[_Stream] = []  # made when needed: a window takes 40 KiB

    def lose(self) -> None:
        """A message was not captured whole: all that may be referred to is unknown from here."""
        self._known = False
        self._streams = []

    def inflate(self, compressed: bytes) -> Inflated:
        """A whole message."""
        return self._inflate(compressed + _TAIL)

    def prefix(self, compressed: bytes) -> Inflated:
        """What a message whose end is missing begins with; the window is lost behind it."""
        found = self._inflate(compressed)
        self.lose()
        return Inflated(payload=found.payload, complete=False)

    def _inflate(self, data: bytes) -> Inflated:
        if not self._streams or not self._takeover:
            self._begin()
        limit, cap = self._limit(len(data))
        stream = self._streams[0]
        payload, problem = stream.inflate(data, limit)
        self._budget.left -= len(payload)
        if problem is None and len(self._streams) == 1:
            return Inflated(payload=payload)
        return self._irregular(data, limit, cap, payload, problem)

    def _begin(self) -> None:
        if self._known or not self._takeover:
            self._streams = [_Stream(b"")]
        else:
            self._streams = [_Stream(b"\x00" * _WINDOW), _Stream(b"\xff" * _WINDOW)]

    def _limit(self, octets: int) -> tuple[int, str]:
        """Octets that may come out, and the name of the cap that says so."""
        caps = (
            (MESSAGE_OCTETS, "MESSAGE_OCTETS"),
            (max(INFLATE_FREE_OCTETS, octets * INFLATE_RATIO), "INFLATE_RATIO"),
            (max(self._budget.left, 0), "CONNECTION_INFLATED_OCTETS"),
        )
        return min(caps)

    def _irregular(
        self, data: bytes, limit: int, cap: str, payload: bytes, problem: str | None
    ) -> Inflated:
        known = len(payload)
        if len(self._streams) > 1:
            other, other_problem = self._streams[1].inflate(data, limit)
            problem = problem or other_problem
            known = _alike(payload, other)
            if problem is None and self._streams[0].window == self._streams[1].window:
                del self._streams[1]
        code, values = AnomalyCode.DEFLATE_CONTEXT, Values(octets=len(payload) - known)
        if problem == "limit":
            self.lose()
            code, values = AnomalyCode.LIMIT, Values(limit=cap, value=_CAPS[cap])
        elif problem is not None:
            self.lose()
            code, values = AnomalyCode.DEFLATE_DATA, Values(octets=len(data) - len(_TAIL))
        elif known == len(payload):
            return Inflated(payload=payload)
        return Inflated(payload=payload[:known], complete=False, anomaly=(code, values))


_CAPS = {
    "MESSAGE_OCTETS": MESSAGE_OCTETS,
    "INFLATE_RATIO": INFLATE_RATIO,
    "CONNECTION_INFLATED_OCTETS": CONNECTION_INFLATED_OCTETS,
}


def _alike(one: bytes, other: bytes) -> int:
    """Octets from the beginning that are the same in both."""
    if one == other:
        return len(one)
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


_PIECE = 4 << 10


class _Stream:
    """A deflate stream that may go on behind a final block."""

    def __init__(self, window: bytes) -> None:
        self._object = zlib.decompressobj(-15, window)
        self._recent = [window]
        self._length = len(window)

    @property
    def window(self) -> bytes:
        """The last 32 KiB that came out."""
        joined = b"".join(self._recent)[-_WINDOW:]
        self._recent, self._length = [joined], len(joined)
        return joined

    def inflate(self, data: bytes, limit: int) -> tuple[bytes, str | None]:
        """Payload, and what stopped it: None, "limit" or "data"."""
        try:
            payload = self._object.decompress(data, limit + 1)
        except zlib.error:
            return self._rescue(data, limit), "data"
        if len(payload) > limit:
            return payload[:limit], "limit"
        self._keep(payload)
        if self._object.eof:
            return self._behind_final(payload, limit)
        return payload, None

    def _keep(self, payload: bytes) -> None:
        self._recent.append(payload)
        self._length += len(payload)
        if self._length > 4 * _WINDOW or len(self._recent) > 512:
            _ = self.window

    def _behind_final(self, payload: bytes, limit: int) -> tuple[bytes, str | None]:
        """Go on behind a block that says it is the last (RFC 7692 section 7.2.3.4)."""
        for _ in range(_FINAL_BLOCKS):
            rest = self._object.unused_data
            self._object = zlib.decompressobj(-15, self.window)
            if rest == _TAIL:  # not even the octet that the sender should have put behind it
                return payload, None
            try:
                more = self._object.decompress(rest, limit - len(payload) + 1)
            except zlib.error:
                return payload, "data"
            payload += more
            if len(payload) > limit:
                return payload[:limit], "limit"
            self._keep(more)
            if not self._object.eof:
                return payload, None
        return payload, "data"

    def _rescue(self, data: bytes, limit: int) -> bytes:
        """What comes out before the octet that cannot be inflated."""
        # Messages begin at an octet and a block, so a new stream with the same window will do.
        stream = zlib.decompressobj(-15, self.window)
        payload = bytearray()
        before, piece = stream, data
        with suppress(zlib.error):
            for begin in range(0, len(data), _PIECE):
                before, piece = stream.copy(), data[begin : begin + _PIECE]
                payload += stream.decompress(piece)
            piece = b""
        with suppress(zlib.error):
            for octet in piece:
                payload += before.decompress(bytes((octet,)))
        return bytes(payload[:limit])
