"""What a capture holds beside TCP that tells why a connection came about or did not."""

from enum import StrEnum

from msgspec import Struct

from .flow import Connection, Endpoint
from .source import Source


class Resolution(Struct, frozen=True, kw_only=True, gc=False):
    """
    A DNS question with its answer (RFC 1035).

    Attributes:
        name: Asked for, lower-cased, without the last dot.
        kind: "A", "AAAA", "HTTPS", …
        client: Who asked (IP address).
        server: Who was asked (IP address).
        code: "NOERROR", "NXDOMAIN", "SERVFAIL", …; None if no answer came.
        addresses: Addresses of the answer.
        aliases: Names of CNAME records, in order.
        latency_ns: From question to answer; None if either is not there.
        asked: Place of the question; None if not captured.
        answered: Place of the answer; None if none came.
    """

    name: str
    kind: str
    client: str
    server: str
    code: str | None = None
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    latency_ns: int | None = None
    asked: Source | None = None
    answered: Source | None = None


class Unreachable(Struct, frozen=True, kw_only=True, gc=False):
    """
    An ICMP message that says a TCP segment did not arrive (RFC 792, RFC 4443).

    Attributes:
        reporter: Who says so (IP address).
        code: "host unreachable", "port unreachable", "administratively prohibited",
            "fragmentation needed", "time exceeded", …
        client: Source of the segment, with its port, as the message quotes it.
        server: Its destination.
        mtu: Of "fragmentation needed" and "packet too big"; None otherwise.
        source: Place of the message.
    """

    reporter: str
    code: str
    client: Endpoint
    server: Endpoint
    mtu: int | None = None
    source: Source


class AttemptEnd(StrEnum):
    """What became of an attempt to connect."""

    UNANSWERED = "unanswered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    """Reset by the server's side behind the handshake of TCP, before anything was said."""
    TLS_FAILED = "tls failed"


class Attempt(Struct, frozen=True, kw_only=True, gc=False):
    """
    A connection to a session's server that never became a session.

    Attributes:
        connection: The connection.
        end: What became of it.
        unreachable: The ICMP message that says so, if one does.
        detail: A protocol word that says more (alert, ICMP code); None if there is none.
    """

    connection: Connection
    end: AttemptEnd
    unreachable: Unreachable | None = None
    detail: str | None = None


class RealTime(StrEnum):
    """How a page gets news from its server."""

    WEBSOCKET = "WebSocket"
    BOSH = "BOSH"
    LONG_POLLING = "long polling"
    SHORT_POLLING = "short polling"
    SSE = "server-sent events"
    XMPP = "XMPP over TCP"


class RealTimeUse(Struct, frozen=True, kw_only=True, gc=False):
    """
    A real-time transport that a recording shows.

    Attributes:
        kind: Which.
        url: What it is spoken to, without query; host:port where there is no URL.
        client: IP address; None in a HAR.
        requests: HTTP requests of it, or sockets.
        refused: Sockets besides that were asked for in vain.
        first_ns: When it began; None if unknown.
        last_ns: When it was last seen.
        source: First place.
    """

    kind: RealTime
    url: str
    client: str | None = None
    requests: int = 1
    refused: int = 0
    first_ns: int | None = None
    last_ns: int | None = None
    source: Source
