"""HTTP requests and responses as they were seen (RFC 9110, RFC 9112)."""

from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct

from .source import Source

Headers = tuple[tuple[str, str], ...]
"""Field lines in the order sent, names as spelled; values decoded as Latin-1, outer blanks off."""


def field(headers: Headers, name: str) -> str | None:
    """First value of a field; the name is compared without regard to case."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def fields(headers: Headers, name: str) -> tuple[str, ...]:
    """Every value of a field, in the order sent."""
    wanted = name.lower()
    return tuple(value for key, value in headers if key.lower() == wanted)


def tokens(headers: Headers, name: str) -> tuple[str, ...]:
    """Members of a comma-separated field (RFC 9110 section 5.6.1), lower-cased, none empty."""
    parts = ",".join(fields(headers, name)).split(",")
    return tuple(part.strip().lower() for part in parts if part.strip())


@lru_cache(64)
def host_of(url: str) -> str:
    """The host of a URL, lower-cased and without brackets; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # a bracket without its partner, as captured
        return ""


def path_of(url: str) -> str:
    """The path of a URL, without query and fragment; `/` where a host has none, else empty."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket without its partner, as captured
        return ""
    # RFC 9110 section 4.2.3: an empty path is the same as "/".
    return parts.path or ("/" if parts.netloc else "")


class Request(Struct, frozen=True, kw_only=True, gc=False):
    """
    A request.

    Attributes:
        method: As sent; empty where a HAR holds none.
        url: Absolute where it is known (HAR; or scheme, Host and target of a request seen).
        version: "HTTP/1.1"; empty if unknown.
        headers: Field lines.
        body: The octets kept, decoded from the transfer coding.
        body_length: Octets of the body in all.
        source: Where it stands; its time is that of the last octet of the head.
        body_source: Where the body stands; None if there is none, or if it stands where the head
            does.
    """

    method: str
    url: str
    version: str = ""
    headers: Headers = ()
    body: bytes = b""
    body_length: int = 0
    source: Source
    body_source: Source | None = None


class Response(Struct, frozen=True, kw_only=True, gc=False):
    """A response; fields as in `Request`. `status` is 0 where none came."""

    status: int
    reason: str = ""
    version: str = ""
    headers: Headers = ()
    body: bytes = b""
    body_length: int = 0
    source: Source
    body_source: Source | None = None


class Exchange(Struct, frozen=True, kw_only=True, gc=False):
    """
    A request with its response.

    Attributes:
        request: The request; None where the capture began behind it.
        response: The response; None if none was captured or none came.
        error: What the browser said went wrong (`net::ERR_…` or its sentence), HAR only.
        interim: Statuses of 1xx responses before the final one, 101 excepted.
    """

    request: Request | None
    response: Response | None
    error: str | None = None
    interim: tuple[int, ...] = ()


class Switched(Struct, frozen=True, kw_only=True, gc=False):
    """
    A decoder has done its part: from here on the connection speaks `protocol`.

    Attributes:
        protocol: A key of the tower's table: "http/1.1", "websocket", "xmpp", …
        exchange: The HTTP upgrade, where one led here.
        source: Where the switch was seen.
    """

    protocol: str
    exchange: Exchange | None = None
    source: Source | None = None
