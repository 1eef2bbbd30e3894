"""One stream of HTTP/2: a request and its response, or a tunnel (RFC 9113 section 8, RFC 8441)."""

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.flow import Chunk
from ..model.http import Exchange, Headers, Request, Response, field
from ..model.limits import HTTP_BODY_OCTETS
from ..model.source import Direction, Source
from .http1_lines import content_length
from .http2_blocks import Block

VERSION = "HTTP/2"

HELD_OCTETS = 64 << 10
"""Octets kept of each direction until it is clear what a stream is."""

HELD_CHUNKS = 1_000
"""Pieces they may come in."""

_COOKIE_OCTETS = 16 << 10
_FIELD_OCTETS = 32

_TO_SERVER = Direction.TO_SERVER


class Half:
    """
    What one side sent on a stream.

    Attributes:
        headed: Its header section has come, be it readable or not.
        ended: It sends no more.
        length: Octets of its body, missing ones included.
        offset: Octets handed on, missing ones included.
        held: Octets not handed on yet.
        losses: Times the direction had lost frames when this began.
    """

    def __init__(self, losses: int) -> None:
        self.headed = False
        self.ended = False
        self.cut = False
        self.length = 0
        self.offset = 0
        self.losses = losses
        self.held: list[Chunk] = []
        self.held_octets = 0
        self.kept = bytearray()
        self.dropped = 0

    def keep(self, octets: bytes) -> int:
        """Count octets of the body; how many of them were kept."""
        self.length += len(octets)
        if self.cut:
            return 0
        room = HTTP_BODY_OCTETS - len(self.kept)
        kept = min(len(octets), room)
        self.kept += octets[:kept]
        self.dropped += len(octets) - kept
        return kept

    def hold(self, chunk: Chunk) -> bool:
        """Keep octets for whoever will read them; whether there is room for more."""
        self.held.append(chunk)
        self.held_octets += len(chunk.octets)
        return self.held_octets <= HELD_OCTETS and len(self.held) <= HELD_CHUNKS

    def release(self) -> list[Chunk]:
        """What was held."""
        held, self.held, self.held_octets = self.held, [], 0
        return held


class Stream:
    """
    A stream that is not over.

    Attributes:
        number: Its identifier.
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
        self.interim: list[int] = []
        self.protocol: str | None = None
        self.open = False
        self.size = 0

    @property
    def over(self) -> bool:
        """Both sides have ended."""
        return all(half.ended for half in self.halves.values())

    @property
    def switches(self) -> bool:
        """The client asks for something that another decoder reads."""
        return self.protocol in {"websocket", "tunnel"}

    def take(self, direction: Direction, block: Block, *, secure: bool) -> None:
        """A header or trailer section."""
        half = self.halves[direction]
        self.size += sum(len(name) + len(value) + _FIELD_OCTETS for name, value in block.headers)
        if direction is _TO_SERVER:
            if not half.headed and block.known:
                self._ask(block, secure=secure)
            elif self.request is not None:
                headers = self.request.headers + _plain(block.headers)
                self.request = replace(self.request, headers=headers)
        elif self.response is None:
            self._answer(block)
        else:
            headers = self.response.headers + _plain(block.headers)
            self.response = replace(self.response, headers=headers)
        half.headed |= direction is _TO_SERVER or self.response is not None or not block.known

    def _ask(self, block: Block, *, secure: bool) -> None:
        """RFC 9113 section 8.3.1, RFC 8441 section 4."""
        pseudo = {name: value for name, value in block.headers if name.startswith(":")}
        method, path = pseudo.get(":method", ""), pseudo.get(":path", "")
        headers = _plain(block.headers)
        host = field(headers, "host")
        authority = pseudo.get(":authority") or host
        if authority and host is None:
            headers = (("host", authority), *headers)
        scheme = pseudo.get(":scheme") or "http" + "s" * secure
        if method == "CONNECT":
            self.protocol = pseudo.get(":protocol", "tunnel").lower()
        if self.protocol == "websocket":
            scheme = "wss" if scheme == "https" else "ws"
        url = f"{scheme}://{authority}{path}" if authority and path.startswith("/") else path
        self.request = Request(
            method=method,
            url=url or authority or "",
            version=VERSION,
            headers=headers,
            source=block.source,
        )

    def _answer(self, block: Block) -> None:
        """RFC 9113 section 8.3.2."""
        status = field(block.headers, ":status") or ""
        if not (len(status) == 3 and status.isascii() and status.isdigit()):
            return
        if status.startswith("1") and not block.last:
            self.interim.append(int(status))
            return
        self.response = Response(
            status=int(status),
            version=VERSION,
            headers=_plain(block.headers),
            source=block.source,
        )

    def exchange(self) -> Exchange:
        """What there is of both, bodies included."""
        request, response = self.request, self.response
        if request is not None:
            half = self.halves[_TO_SERVER]
            request = replace(request, body=bytes(half.kept), body_length=half.length)
        if response is not None:
            half = self.halves[Direction.TO_CLIENT]
            response = replace(response, body=bytes(half.kept), body_length=half.length)
        return Exchange(request=request, response=response, interim=tuple(self.interim))

    def flaws(self, losses: dict[Direction, int], *, reset: bool) -> list[Anomaly]:
        """What the bodies miss, once the stream is over."""
        found: list[Anomaly] = []
        messages = (self.request, self.response)
        for message, (direction, half) in zip(messages, self.halves.items(), strict=True):
            if message is None:
                continue
            if half.dropped:
                limit: dict[str, str | int] = {"limit": "HTTP_BODY_OCTETS"}
                limit["value"] = HTTP_BODY_OCTETS
                found.append(
                    _anomaly(AnomalyCode.LIMIT, limit, direction, half.dropped, message.source)
                )
            lost = half.cut or half.losses != losses[direction]
            if (lost or not half.ended) and not reset:
                length = max(half.length, content_length(message.headers) or 0)
                values: dict[str, str | int] = {"part": "body", "octets": len(half.kept)}
                values["length"] = length
                missing = length - len(half.kept)
                found.append(
                    _anomaly(
                        AnomalyCode.HTTP_BODY_INCOMPLETE, values, direction, missing, message.source
                    )
                )
        return found


def _anomaly(
    code: AnomalyCode,
    values: dict[str, str | int],
    direction: Direction,
    length: int,
    source: Source,
) -> Anomaly:
    return Anomaly(code=code, values=values, direction=direction, length=length, source=source)


def _plain(headers: Headers) -> Headers:
    """Field lines without pseudo-header fields, a divided cookie made whole (section 8.2.3)."""
    cookies = [value for name, value in headers if name == "cookie"]
    divided = len(cookies) > 1 and sum(map(len, cookies)) <= _COOKIE_OCTETS
    plain = [
        (name, value)
        for name, value in headers
        if not name.startswith(":") and not (divided and name == "cookie")
    ]
    if divided:
        plain.append(("cookie", "; ".join(cookies)))
    return tuple(plain)
