"""One stream of HTTP/2: a request and its response, or a tunnel (RFC 9113 section 8, RFC 8441)."""

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.flow import Chunk
from ..model.http import Exchange, Headers, Request, Response, field
from ..model.limits import HTTP_BODY_OCTETS
from ..model.source import Direction, PacketSource, Source
from .byte_queue import ByteQueue, joined
from .http1_lines import content_length
from .http2_blocks import Block
from .websocket_sync import Look, judge

VERSION = "HTTP/2"

HELD_OCTETS = 64 << 10
"""Octets kept of each direction until it is clear what a stream is."""

HELD_CHUNKS = 1_000
"""Pieces they may come in."""

_COOKIE_OCTETS = 8 << 10
_FIELD_OCTETS = 32
_TEXTS = 1_000

_TO_SERVER = Direction.TO_SERVER
_TO_CLIENT = Direction.TO_CLIENT


class Texts:
    """Texts made of header fields: a field of one octet can stand for thousands, each time."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def one(self, text: str) -> str:
        """The same text, once in memory."""
        if len(self._seen) >= _TEXTS:
            self._seen.clear()
        return self._seen.setdefault(text, text)


class Half:
    """
    What one side sent on a stream.

    Attributes:
        headed: Its header section has come, be it readable or not.
        ended: It sends no more.
        cut: Octets of its body are missing.
        length: Octets of its body, missing ones included.
        kept: Its body, as far as there is room.
        dropped: Octets of the body there was no room for.
        source: Packets of what was kept.
        offset: Octets handed on, missing ones included.
        held: Octets of which it is not known yet what they are, with their packets.
        held_octets: How many.
        probe: The same octets, to look at; None before any were held.
        losses: Times the direction had lost frames when this was last looked at.
    """

    def __init__(self, losses: int) -> None:
        self.headed = False
        self.ended = False
        self.cut = False
        self.length = 0
        self.kept = bytearray()
        self.dropped = 0
        self.source: PacketSource | None = None
        self.offset = 0
        self.held: list[tuple[Chunk, PacketSource]] = []
        self.held_octets = 0
        self.probe: ByteQueue | None = None
        self.losses = losses

    def keep(self, octets: bytes, source: PacketSource) -> int:
        """Count octets of the body; how many of them were kept. Behind missing ones none is."""
        self.length += len(octets)
        kept = 0 if self.cut else min(len(octets), HTTP_BODY_OCTETS - len(self.kept))
        if kept:
            self.kept += octets[:kept]
            self.source = source if self.source is None else joined(self.source, source)
        if not self.cut:
            self.dropped += len(octets) - kept
        return kept

    def miss(self, length: int) -> None:
        """Octets of the body are missing."""
        self.cut = True
        self.length += length

    def hold(self, chunk: Chunk, source: PacketSource) -> bool:
        """Keep octets for whoever will read them; whether there is room for more."""
        self.held.append((chunk, source))
        if self.probe is None:
            self.probe = ByteQueue(0)
        self.probe.push(chunk)
        self.held_octets += len(chunk.octets)
        return self.held_octets <= HELD_OCTETS and len(self.held) <= HELD_CHUNKS

    def release(self) -> list[tuple[Chunk, PacketSource]]:
        """What was held."""
        held, self.held, self.held_octets, self.probe = self.held, [], 0, None
        return held

    def look(self, direction: Direction, missing: int | None) -> Look:
        """What the octets held look like; `missing` as for `websocket_sync.judge`."""
        if self.probe is None:
            return Look.UNCLEAR
        return judge(self.probe, direction, 0, compressed=True, missing=missing)[0]


class Stream:
    """
    A stream that is not over.

    Attributes:
        number: Its identifier.
        halves: What each side sent.
        request: As far as it has come, without its body.
        response: Likewise.
        protocol: What the client wants to speak: "websocket", "tunnel" for a plain CONNECT, the
            `:protocol` of another extended one; None for a request.
        open: The server agreed: what follows is for another decoder.
        size: Octets kept.
    """

    def __init__(self, number: int, losses: dict[Direction, int]) -> None:
        self.number = number
        self.halves = {direction: Half(losses[direction]) for direction in Direction}
        self.request: Request | None = None
        self.response: Response | None = None
        self.protocol: str | None = None
        self.open = False
        self.size = 0
        self._interim: list[int] = []

    @property
    def over(self) -> bool:
        """Both sides have ended."""
        return self.halves[_TO_SERVER].ended and self.halves[_TO_CLIENT].ended

    @property
    def switches(self) -> bool:
        """The client asks for something that another decoder reads."""
        return self.protocol in {"websocket", "tunnel"}

    @property
    def agreed(self) -> bool:
        """The server answered yes."""
        return self.response is not None and 200 <= self.response.status < 300

    def take(self, direction: Direction, block: Block, texts: Texts, *, secure: bool) -> int:
        """A header or trailer section; octets it takes."""
        half = self.halves[direction]
        if direction is _TO_SERVER:
            if not half.headed and block.known:
                self._ask(block, texts, secure=secure)
            elif self.request is not None:
                headers = self.request.headers + _plain(block.headers, texts)
                self.request = replace(self.request, headers=headers)
            half.headed = True
        elif self.response is None:
            half.headed = self._answer(block, texts)
        else:
            headers = self.response.headers + _plain(block.headers, texts)
            self.response = replace(self.response, headers=headers)
        return sum(len(name) + len(value) + _FIELD_OCTETS for name, value in block.headers)

    def _ask(self, block: Block, texts: Texts, *, secure: bool) -> None:
        """RFC 9113 section 8.3.1, RFC 8441 section 4."""
        pseudo = {name: value for name, value in block.headers if name.startswith(":")}
        method, path = pseudo.get(":method", ""), pseudo.get(":path", "")
        headers = _plain(block.headers, texts)
        host = field(headers, "host")
        authority = pseudo.get(":authority") or host or ""
        if authority and host is None:
            headers = (("host", authority), *headers)
        scheme = pseudo.get(":scheme") or "http" + "s" * secure
        if method == "CONNECT":
            self.protocol = pseudo.get(":protocol", "tunnel").lower()
        if self.protocol == "websocket":
            scheme = "wss" if scheme == "https" else "ws"
        whole = authority and path.startswith("/")
        self.request = Request(
            method=method,
            url=texts.one(f"{scheme}://{authority}{path}") if whole else path or authority,
            version=VERSION,
            headers=headers,
            source=block.source,
        )

    def _answer(self, block: Block, texts: Texts) -> bool:
        """Status and fields (RFC 9113 section 8.3.2); whether the final ones have come."""
        status = field(block.headers, ":status") or ""
        if not (len(status) == 3 and status.isascii() and status.isdigit()):
            return not block.known
        if status.startswith("1") and not block.last:
            self._interim.append(int(status))
            return False
        self.response = Response(
            status=int(status),
            version=VERSION,
            headers=_plain(block.headers, texts),
            source=block.source,
        )
        if self.request is None and self.agreed and _is_of_websocket(self.response.headers):
            self.protocol = "websocket"  # even if the request is never read
        return True

    def exchange(self) -> Exchange:
        """What there is of both, bodies included."""
        request, response = self.request, self.response
        if request is not None:
            half = self.halves[_TO_SERVER]
            request = replace(
                request, body=bytes(half.kept), body_length=half.length, body_source=half.source
            )
        if response is not None:
            half = self.halves[_TO_CLIENT]
            response = replace(
                response, body=bytes(half.kept), body_length=half.length, body_source=half.source
            )
        return Exchange(request=request, response=response, interim=tuple(self._interim))

    def flaws(self, losses: dict[Direction, int], *, reset: bool) -> list[Anomaly]:
        """What is missing of the messages, once the stream is over; `reset` if one broke it off."""
        found: list[Anomaly] = []
        request, response = self.request, self.response
        for direction, message in ((_TO_SERVER, request), (_TO_CLIENT, response)):
            half = self.halves[direction]
            if message is None:
                if half.length:
                    values: dict[str, str | int] = {"problem": "missing", "stream": self.number}
                    code = AnomalyCode.H2_HEADERS
                    found.append(_anomaly(code, values, direction, half.length, half.source))
                continue
            if half.dropped:
                values = {"limit": "HTTP_BODY_OCTETS", "value": HTTP_BODY_OCTETS}
                code = AnomalyCode.LIMIT
                found.append(_anomaly(code, values, direction, half.dropped, message.source))
            due = content_length(message.headers) or 0
            if half.cut or half.losses != losses[direction] or not half.ended:
                missing = not reset
            else:
                missing = 0 < half.length < due  # an answer to HEAD has a length and no body
            if missing:
                length = max(half.length, due)
                values = {"part": "body", "octets": len(half.kept), "length": length}
                code, octets = AnomalyCode.HTTP_BODY_INCOMPLETE, length - len(half.kept)
                found.append(_anomaly(code, values, direction, octets, message.source))
        return found


def _is_of_websocket(headers: Headers) -> bool:
    """Whether an answer has a field that only a WebSocket handshake has (RFC 6455 section 11.3)."""
    return any(name.startswith("sec-websocket-") for name, _ in headers)


def _anomaly(
    code: AnomalyCode,
    values: dict[str, str | int],
    direction: Direction,
    length: int,
    source: Source | None,
) -> Anomaly:
    return Anomaly(code=code, values=values, direction=direction, length=length, source=source)


def _plain(headers: Headers, texts: Texts) -> Headers:
    """Field lines without pseudo-header fields, a divided cookie made whole (section 8.2.3)."""
    cookies = [value for name, value in headers if name == "cookie"]
    divided = len(cookies) > 1 and sum(map(len, cookies)) <= _COOKIE_OCTETS
    plain = [
        line
        for line in headers
        if not line[0].startswith(":") and not (divided and line[0] == "cookie")
    ]
    if divided:
        plain.append(("cookie", texts.one("; ".join(cookies))))
    return tuple(plain)
