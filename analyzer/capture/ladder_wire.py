"""The octets that a ladder's lines stand for (RFC 6455, RFC 7692, RFC 9112)."""

import re
import zlib
from urllib.parse import urlsplit

from ..model.http import Headers
from ..model.source import Direction
from ..model.websocket import Opcode
from .ladder_lines import Line
from .ladder_text import Conversation, Start

# RFC 6455 section 1.3: its own example of a key and the answer to it.
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

_FRAMING = re.compile(r"\sxmlns=(?:'[^']*'|\"[^\"]*\")")

_OPCODES = {
    "xml": Opcode.TEXT,
    "text": Opcode.TEXT,
    "continuation": Opcode.CONTINUATION,
    "binary": Opcode.BINARY,
    "ping": Opcode.PING,
    "pong": Opcode.PONG,
    "close": Opcode.CLOSE,
    "frame": Opcode.TEXT,
}

_MASKS = 0x9E3779B1
"""2^32 over the golden ratio: multiples of it differ in every octet."""

_CHANGE = bytes.fromhex("140303000101")

HELLO = {
    # RFC 5246 section 7.4.1: record and handshake headers, version, nothing of the rest but the
    # suite (ECDHE, AES-GCM); then ChangeCipherSpec.
    Direction.TO_SERVER: bytes.fromhex("160301002c010000280303") + bytes(38) + _CHANGE,
    Direction.TO_CLIENT: bytes.fromhex("160303002c020000280303")
    + bytes(33)
    + bytes.fromhex("c02f000000")
    + _CHANGE,
}
"""ClientHello and ServerHello, as far as they must be to be known for what they are."""


def target(url: str, *, absolute: bool) -> str:
    """The request target; in absolute form (RFC 9112 section 3.2.2) it tells the scheme."""
    parts = urlsplit(url)
    path = parts.path or "/"
    path += f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{path}" if absolute else path


def request_fields(conversation: Conversation) -> Headers:
    """Field lines of the opening handshake."""
    parts = urlsplit(conversation.url)
    scheme = "https" if parts.scheme == "wss" else "http"
    return _with(
        conversation.request,
        {
            "Host": parts.netloc,
            "Origin": f"{scheme}://{parts.netloc}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": KEY,
            "Sec-WebSocket-Protocol": "xmpp",
        },
    )


def response_fields(conversation: Conversation) -> Headers:
    """Field lines of the answer to it."""
    if conversation.start is Start.REFUSED:
        return _with(conversation.response, {"Content-Length": "0"})
    return _with(
        conversation.response,
        {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Accept": ACCEPT,
            "Sec-WebSocket-Protocol": "xmpp",
        },
    )


def _with(differing: dict[str, str | None], usual: dict[str, str]) -> Headers:
    names = {name.lower() for name in differing}
    kept = [(name, value) for name, value in usual.items() if name.lower() not in names]
    return (*kept, *((name, value) for name, value in differing.items() if value is not None))


def call_fields(talk: Conversation, line: Line) -> tuple[Headers, Headers]:
    """Field lines of a call: request, response."""
    host = ("Host", urlsplit(talk.url).netloc)
    request = [(n, v) for n, v in line.options.items() if not n.startswith("response.")]
    response = [
        (name.removeprefix("response."), value)
        for name, value in line.options.items()
        if name.startswith("response.")
    ]
    length = len(line.text.encode())
    return (host, *request), (("Content-Length", str(length)), *response)


def head(start: str, fields: Headers) -> bytes:
    """A start line with its fields (RFC 9112 section 2.1)."""
    lines = [start, *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def payload(line: Line) -> bytes:
    """What a line carries, unmasked and not compressed."""
    if "hex" in line.options:
        return bytes.fromhex(line.options["hex"])
    if line.word in {"ping", "pong", "binary", "octets"}:
        return bytes.fromhex("".join(line.words))
    if line.word == "close":
        code, *reason = line.words or ("",)
        return int(code).to_bytes(2, "big") + " ".join(reason).encode() if code else b""
    return line.text.encode()


def stream(line: Line) -> bytes:
    """What a line is on TCP: `<open …/>` is a stream header there (RFC 6120 section 4.2)."""
    if line.word != "xml" or not line.text.startswith(("<open", "<close")):
        return payload(line)
    if line.text.startswith("<close"):
        return b"</stream:stream>"
    said = _FRAMING.sub("", line.text).removeprefix("<open").partition(">")[0].rstrip("/ ")
    return (
        f"<?xml version='1.0'?><stream:stream{said} xmlns='jabber:client' "
        f"xmlns:stream='http://etherx.jabber.org/streams'>"
    ).encode()


def frame(line: Line, number: int) -> bytes:
    """
    One frame (RFC 6455 section 5.2).

    Args:
        line: What it holds.
        number: Makes the masking key.
    """
    options = line.options
    octets = payload(line)
    rsv = int(options.get("rsv", "0"))
    if options.get("deflate") == "1":
        octets, rsv = _deflated(octets), rsv | 4
    opcode = int(options.get("opcode", _OPCODES[line.word]))
    first = int(options.get("fin", "1")) << 7 | rsv << 4 | opcode
    length, form = _length(len(octets), int(options.get("form", "7")))
    key = _key(line, number)
    if key is None:
        return bytes((first, length)) + form + octets
    masked = bytes(octet ^ key[index % 4] for index, octet in enumerate(octets))
    return bytes((first, 0x80 | length)) + form + key + masked


def _key(line: Line, number: int) -> bytes | None:
    usual = "yes" if line.direction is Direction.TO_SERVER else "no"
    mask = line.options.get("mask", usual)
    if mask == "no":
        return None
    return (
        (number * _MASKS % (1 << 32)).to_bytes(4, "big") if mask == "yes" else bytes.fromhex(mask)
    )


def _length(length: int, form: int) -> tuple[int, bytes]:
    """The length in the header, and behind it; in a longer form than needed if asked to."""
    if form >= 64 or length > 0xFFFF:
        return 127, length.to_bytes(8, "big")
    if form >= 16 or length > 125:
        return 126, length.to_bytes(2, "big")
    return length, b""


def _deflated(octets: bytes) -> bytes:
    # RFC 7692 section 7.2.1: raw DEFLATE, flushed, without the last four octets.
    deflate = zlib.compressobj(wbits=-15)
    return (deflate.compress(octets) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]


def record(octets: bytes) -> bytes:
    """A TLS record of application data (RFC 8446 section 5.2) that hides its content."""
    length = min(len(octets) + 17, 0x4000)
    return b"\x17\x03\x03" + length.to_bytes(2, "big") + bytes(length)
