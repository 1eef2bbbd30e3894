"""REST calls of a recording: kept until it is known to which session they belong."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from ..model.finesse import SystemInfo, asks_for_info
from ..model.flow import Connection
from ..model.history import Polling
from ..model.http import Exchange, Request, Response, host_of, path_of
from ..model.limits import EXCHANGE_BODY_OCTETS, EXCHANGES, OPEN_STANZA_OCTETS
from ..model.session import Session
from .polls import Polls

BEFORE_NS = 60_000_000_000
"""What is read for a login (GET SystemInfo) stands at most this long before it."""

TOLD = 256
"""Answers to GET SystemInfo that are kept: one every 20 s while a desktop waits for its server."""


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
    """
    The latest REST calls of a recording, over all connections.

    Attributes:
        polls: Those of them that ask for SystemInfo, the first ones.
    """

    def __init__(self, whose: Callable[[int], str | None] = lambda _: None) -> None:
        """Take what tells the client's address of a connection that has not ended."""
        self._whose = whose
        self._kept: deque[Call] = deque()
        self._octets = 0
        # Calls of each host by time: many sessions look for theirs.
        self._by_host: dict[str, list[Call]] = {}
        self._told: deque[tuple[int, str, SystemInfo]] = deque(maxlen=TOLD)
        self._clients: dict[int, str | None] = {}
        self.polls = Polls()

    def take(self, number: int, exchange: Exchange) -> None:
        """
        Keep a call of an interface; pages, scripts and pictures are none.

        Args:
            number: Of the connection.
            exchange: Any HTTP exchange of it.
        """
        request = exchange.request
        time_ns = request.source.time_ns if request is not None else None
        if request is None or time_ns is None or "/api/" not in path_of(request.url):
            return
        if asks_for_info(request.url):
            self.polls.asked(number, host_of(request.url), exchange)
        request, response = _shortened(request), exchange.response
        octets = len(request.body)
        if response is not None:
            response = _shortened(response)
            octets += len(response.body)
        call = replace(exchange, request=request, response=response)
        kept = Call(number, host_of(request.url), time_ns, call, octets)
        self._kept.append(kept)
        insort(self._by_host.setdefault(kept.host, []), kept, key=_TIME)
        self._octets += octets
        while len(self._kept) > EXCHANGES or self._octets > OPEN_STANZA_OCTETS:
            self._forget(self._kept.popleft())

    def _forget(self, call: Call) -> None:
        self._octets -= call.octets
        calls = self._by_host[call.host]
        del calls[calls.index(call, bisect_left(calls, call.time_ns, key=_TIME))]
        if not calls:
            del self._by_host[call.host]

    def take_info(self, number: int, info: SystemInfo) -> None:
        """Keep what a server said of its installation."""
        self._told.append((number, host_of(info.url), info))
        self.polls.told(info)

    def polling(self, capture: int) -> tuple[Polling, ...]:
        """Clients that asked for SystemInfo again and again; the input has that index."""
        return self.polls.runs(capture, self._clients)

    def end(self, number: int, connection: Connection) -> None:
        """Learn whose calls the connection's were: only its last event tells."""
        self._clients[number] = connection.client.host if connection.client is not None else None

    def beside(self, session: Session) -> tuple[Exchange, ...]:
        """
        Calls of the session's client to its server while it lasted, in order of time.

        Reads shortly before it belong to it as well; a change belongs to the session in which its
        event should come.
        """
        if session.started_ns is None or session.ended_ns is None:
            return ()
        address = _address(session)
        earliest = session.started_ns - BEFORE_NS
        found: list[Call] = []
        for host in _hosts(session):
            calls = self._by_host.get(host, [])
            begin = bisect_left(calls, earliest, key=_TIME)
            end = bisect_right(calls, session.ended_ns, key=_TIME)
            found += [
                call
                for call in calls[begin:end]
                if self._client(call.number) == address
                and session.started_ns - _early(call) <= call.time_ns
            ]
        return tuple(call.exchange for call in sorted(found, key=_TIME))

    def _client(self, number: int) -> str | None:
        """Address of a connection's client; None in a HAR, empty if it is not known."""
        if number in self._clients:
            return self._clients[number]
        return self._whose(number) or ""

    def info_of(self, session: Session) -> SystemInfo | None:
        """
        What the session's server said last of its installation, to this client or another.

        Of a session that never came about: what another server said that names this one as a node.
        """
        hosts, until_ns = _hosts(session), session.ended_ns
        told = [
            (self._client(number) == _address(session), host, info)
            for number, host, info in self._told
            if until_ns is None or (info.source.time_ns or 0) <= until_ns
        ]
        said = [(mine, info) for mine, host, info in told if host in hosts]
        if not said and not session.stanza_count:
            said = [(mine, info) for mine, _, info in told if mine and hosts & _nodes(info)]
        return max(said, key=lambda one: (one[0], one[1].source.time_ns or 0))[1] if said else None


_TIME = attrgetter("time_ns")


def _address(session: Session) -> str | None:
    client = session.connection.client if session.connection is not None else None
    return client.host if client is not None else None


def _nodes(info: SystemInfo) -> set[str]:
    return {name.lower() for name in (info.primary_node, info.secondary_node) if name}


def _hosts(session: Session) -> set[str]:
    return {host_of(f"//{session.server}"), host_of(session.url or "")} - {""}


def _early(call: Call) -> int:
    request = call.exchange.request
    return BEFORE_NS if request is not None and request.method == "GET" else 0


_Part = TypeVar("_Part", Request, Response)


def _shortened(part: _Part) -> _Part:
    return replace(part, body=b"") if len(part.body) > EXCHANGE_BODY_OCTETS else part
