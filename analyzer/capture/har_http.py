"""Requests and responses of a HAR as the words that the decoders of packets use, too."""

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from msgspec import Raw, Struct

from ..model.flow import Endpoint
from ..model.http import Exchange, Headers, Request, Response
from ..model.limits import EXCHANGE_BODY_OCTETS
from ..model.source import HarSource
from . import har_json, har_time
from .har_json import Body, Entry

Attached = Callable[[str], memoryview | None]
"""Gives the file that stands beside a HAR in its zip under a name."""


def nothing_attached(_name: str) -> memoryview | None:
    """No file stands beside this recording."""
    return None


MS_NS = 1_000_000

UNEXPECTED_STATUS = re.compile(r"Unexpected response code: (\d{3})")
"""Where Chrome hides the status of a refused upgrade: `response.status` is 0 then."""

UNAUTHORIZED = "HTTP Authentication failed"
"""How the text of Chrome begins that stands for 401."""

PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}

DAY_MS = 86_400_000
YEARS_MS = 3650 * DAY_MS
"""A longer entry counts from a broken clock: Chrome writes 2.8e8 ms for a socket never opened."""


class Head(Struct, frozen=True, kw_only=True):
    """
    What an entry says before its bodies are looked at.

    Attributes:
        source: The entry, with the time it started.
        url: As written.
        method: As written.
        status: 0 where none is written.
        request: The request's fields.
        response: The response's fields.
        request_headers: Its field lines.
        response_headers: Its field lines.
        end_ns: When it ended; None if that cannot be told.
        error: What the producer says went wrong; empty if nothing.
    """

    source: HarSource
    url: str
    method: str
    status: int
    request: har_json.Request
    response: har_json.Response
    request_headers: Headers
    response_headers: Headers
    end_ns: int | None
    error: str


def head(entry: Entry, capture: int, index: int) -> Head:
    """Read an entry's request and response, not their bodies."""
    request = har_json.struct(entry.request, har_json.Request)
    response = har_json.struct(entry.response, har_json.Response)
    started_ns = har_time.instant_ns(har_json.text(entry.started))
    status = har_json.number(response.status)
    return Head(
        source=HarSource(capture, index, None, started_ns),
        url=har_json.text(request.url),
        method=har_json.text(request.method),
        status=int(status) if status is not None and 100 <= status <= 999 else 0,
        request=request,
        response=response,
        request_headers=har_json.headers(request.headers),
        response_headers=har_json.headers(response.headers),
        end_ns=_end_ns(started_ns, har_json.number(entry.time)),
        error=har_json.text(response.error) or har_json.text(response.failure),
    )


def _end_ns(started_ns: int | None, took_ms: float | None) -> int | None:
    if started_ns is None or took_ms is None or not 0 <= took_ms < YEARS_MS:
        return None
    return started_ns + round(took_ms * MS_NS)


def exchange(head: Head, attached: Attached, *, most: int = EXCHANGE_BODY_OCTETS) -> Exchange:
    """The request and response; a body longer than `most` is not kept."""
    sent, sent_length = _body(head.request.body, attached, most)
    got, got_length = _body(head.response.content, attached, most)
    return _exchange(head, head.error, (sent, sent_length), (got, got_length))


def handshake(head: Head, error: str) -> Exchange:
    """An upgrade's request and response; `error` may hold the status."""
    return _exchange(head, error, (b"", 0), (b"", 0))


def _exchange(head: Head, error: str, sent: tuple[bytes, int], got: tuple[bytes, int]) -> Exchange:
    status = head.status or _status_of(error)
    request = Request(
        method=head.method,
        url=head.url,
        version=har_json.text(head.request.version),
        headers=head.request_headers,
        body=sent[0],
        body_length=sent[1],
        source=head.source,
    )
    response = Response(
        status=status,
        reason=har_json.text(head.response.reason),
        version=har_json.text(head.response.version),
        headers=head.response_headers,
        body=got[0],
        body_length=got[1],
        source=HarSource(head.source.capture, head.source.entry, None, head.end_ns),
    )
    answered = status or response.headers or response.body
    return Exchange(request=request, response=response if answered else None, error=error or None)


def _status_of(error: str) -> int:
    """The status that a text of Chrome stands for; 0 if for none."""
    told = UNEXPECTED_STATUS.search(error)
    if told is not None:
        return int(told[1])
    return 401 if error.startswith(UNAUTHORIZED) else 0


def _body(raw: Raw, attached: Attached, most: int) -> tuple[bytes, int]:
    """A body as far as it is kept, and its length."""
    octets = body_octets(raw, attached)
    if octets is None:
        size = har_json.number(har_json.struct(raw, Body).size)
        return b"", max(0, int(size or 0))
    return (bytes(octets) if len(octets) <= most else b""), len(octets)


def body_octets(raw: Raw, attached: Attached) -> bytes | memoryview | None:
    """The octets of `postData` or `content`; None if the HAR does not hold them."""
    body = har_json.struct(raw, Body)
    file = har_json.text(body.file) or har_json.text(body.digest)
    if file:
        return attached(file)
    if not bytes(body.text):
        return None
    octets = har_json.text(body.text).encode()
    if har_json.text(body.encoding) == "base64":
        try:
            return base64.b64decode(octets, validate=True)
        except binascii.Error:
            return octets
    return octets


def endpoint(url: str, address: str) -> Endpoint:
    """Whom a URL names, as the engineer knows it; else the address that the producer noted."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        host = parts.hostname or ""
    except ValueError:
        host, port = "", 0
    return Endpoint(host or address.strip("[]"), port)
