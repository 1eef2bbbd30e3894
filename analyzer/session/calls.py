"""REST calls of a recording: kept until it is known to which session they belong."""

from collections import deque
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from msgspec.structs import replace

from ..model.flow import Connection
from ..model.http import Exchange, Request, Response
from ..model.limits import EXCHANGE_BODY_OCTETS, EXCHANGES, OPEN_STANZA_OCTETS
from ..model.session import Session

BEFORE_NS = 60_000_000_000
"""What is read for a login (GET SystemInfo) stands at most this long before it."""


class Call(NamedTuple):
    """
    A call that waits.

    Attributes:
        number: Of its connection.
        host: Server that it names.
        time_ns: Of its request.
        exchange: The call.
        octets: Length of both bodies.
    """

    number: int
    host: str
    time_ns: int
    exchange: Exchange
    octets: int


class Calls:
    """The latest REST calls of a recording, over all connections."""

    def __init__(self) -> None:
        self._kept: deque[Call] = deque()
        self._octets = 0
        self._clients: dict[int, str | None] = {}

    def take(self, number: int, exchange: Exchange) -> None:
        """
        Keep a call of an interface; pages, scripts and pictures are none.

        Args:
            number: Of the connection.
            exchange: Any HTTP exchange of it.
        """
        request = exchange.request
        if request is None or request.source.time_ns is None or "/api/" not in _path(request.url):
            return
        request, response = _shortened(request), exchange.response
        octets = len(request.body)
        if response is not None:
            response = _shortened(response)
            octets += len(response.body)
        call = replace(exchange, request=request, response=response)
        time_ns = request.source.time_ns
        self._kept.append(Call(number, host_of(request.url), time_ns or 0, call, octets))
        self._octets += octets
        while len(self._kept) > EXCHANGES or self._octets > OPEN_STANZA_OCTETS:
            self._octets -= self._kept.popleft().octets

    def end(self, number: int, connection: Connection) -> None:
        """Learn whose calls the connection's were: only its last event tells."""
        self._clients[number] = connection.client.host if connection.client is not None else None

    def beside(self, session: Session) -> tuple[Exchange, ...]:
        """
        Calls of the session's client to its server while it lasted, in order of time.

        Reads shortly before it belong to it as well; a change belongs to the session in which its
        event should come.
        """
        if not self._kept or session.started_ns is None or session.ended_ns is None:
            return ()
        client = session.connection.client if session.connection is not None else None
        address = client.host if client is not None else None
        hosts = {host_of(f"//{session.server}"), host_of(session.url or "")}
        found = [
            call
            for call in self._kept
            if call.host in hosts
            and self._clients.get(call.number, "") == address
            and session.started_ns - _early(call) <= call.time_ns <= session.ended_ns
        ]
        return tuple(call.exchange for call in sorted(found, key=lambda call: call.time_ns))


def host_of(url: str) -> str:
    """The host of a URL, lower-cased; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # a bracket without its partner, as captured
        return ""


def _path(url: str) -> str:
    return url.partition("?")[0]


def _early(call: Call) -> int:
    request = call.exchange.request
    return BEFORE_NS if request is not None and request.method == "GET" else 0


_Part = TypeVar("_Part", Request, Response)


def _shortened(part: _Part) -> _Part:
    return replace(part, body=b"") if len(part.body) > EXCHANGE_BODY_OCTETS else part
