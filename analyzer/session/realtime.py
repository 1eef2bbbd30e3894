"""
Which real-time transport a page uses: told from its traffic.

A WebSocket says so in its handshake, BOSH in its bodies, server-sent events in the media type of an
answer. Polling is known by its rhythm alone: answers that are held back and asked for again at once
are long polling, quick answers at a steady interval are short polling.
"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from msgspec.structs import replace

from ..model.bosh import Turn
from ..model.events import Event
from ..model.flow import Connection
from ..model.http import Exchange, field
from ..model.limits import POLLED_URLS
from ..model.network import RealTime, RealTimeUse
from ..model.source import Source
from ..model.websocket import Upgrade

CALLS = 64
"""Calls of one URL that are looked at."""

LONG_POLLS = 3
SHORT_POLLS = 5

HELD_NS = 3_000_000_000
"""An answer that takes longer was held back on purpose, if it is the rule."""

AGAIN_NS = 2_000_000_000
"""Who polls long asks again within this."""

LEAST_NS, MOST_NS = 500_000_000, 120_000_000_000
"""Interval of short polling."""

STEADY = 0.25
"""How far the interval of four in five short polls may lie from the middle one."""


class _Call(NamedTuple):
    number: int
    asked_ns: int
    answered_ns: int
    source: Source


class RealTimes:
    """The real-time transports of one recording."""

    def __init__(self) -> None:
        self._uses: dict[tuple[RealTime, str, int], RealTimeUse] = {}
        self._calls: dict[str, list[_Call]] = {}
        self._clients: dict[int, str] = {}

    def feed(self, number: int, events: list[Event]) -> None:
        """Look at the events of a connection."""
        for event in events:
            if isinstance(event, Exchange):
                self._take_exchange(number, event)
            elif isinstance(event, Upgrade):
                request = event.exchange.request
                if request is not None:
                    refused = not event.accepted
                    self._note(
                        number, RealTime.WEBSOCKET, request.url, request.source, refused=refused
                    )
            elif isinstance(event, Turn) and event.request is not None and event.asked is not None:
                self._note(number, RealTime.BOSH, event.url, event.asked)

    def end(self, number: int, connection: Connection, *, speaks_xmpp: bool) -> None:
        """A connection has ended: its client, and whether it was XMPP without anything below."""
        if connection.client is not None:
            self._clients[number] = connection.client.host
        if speaks_xmpp and connection.opened_source is not None:
            self._note(number, RealTime.XMPP, str(connection.server), connection.opened_source)
            self._note_time(number, RealTime.XMPP, str(connection.server), connection.closed_ns)

    def uses(self) -> tuple[RealTimeUse, ...]:
        """What was found, in the order it began; of one client and URL once."""
        found: dict[tuple[RealTime, str, str | None], RealTimeUse] = {}
        bosh = {url for kind, url, _ in self._uses if kind is RealTime.BOSH}
        told = [(key[:2], self._clients.get(key[2]), use) for key, use in self._uses.items()]
        told += [
            ((use.kind, use.url), use.client, use)
            for url, calls in self._calls.items()
            if url not in bosh
            for use in self._polling(url, calls)
        ]
        for (kind, url), client, use in told:
            before = found.get((kind, url, client))
            found[kind, url, client] = (
                replace(use, client=client) if before is None else _joined(before, use)
            )
        return tuple(sorted(found.values(), key=lambda use: use.first_ns or 0))

    def _take_exchange(self, number: int, exchange: Exchange) -> None:
        request, response = exchange.request, exchange.response
        if request is None or response is None or not request.url:
            return
        url = _bare(request.url)
        if (field(response.headers, "Content-Type") or "").startswith("text/event-stream"):
            self._note(number, RealTime.SSE, url, request.source)
            self._note_time(number, RealTime.SSE, url, response.source.time_ns)
            return
        asked_ns, answered_ns = request.source.time_ns, response.source.time_ns
        if asked_ns is None or answered_ns is None:
            return
        if url in self._calls or len(self._calls) < POLLED_URLS:
            calls = self._calls.setdefault(url, [])
            if len(calls) < CALLS:
                calls.append(_Call(number, asked_ns, answered_ns, request.source))

    def _note(
        self, number: int, kind: RealTime, url: str, source: Source, *, refused: bool = False
    ) -> None:
        url = _bare(url)
        use = RealTimeUse(
            kind=kind,
            url=url,
            requests=int(not refused),
            refused=int(refused),
            first_ns=source.time_ns,
            last_ns=source.time_ns,
            source=source,
        )
        before = self._uses.get((kind, url, number))
        if before is not None:
            use = _joined(before, use)
        elif len(self._uses) >= POLLED_URLS:
            return
        self._uses[kind, url, number] = use

    def _note_time(self, number: int, kind: RealTime, url: str, time_ns: int | None) -> None:
        use = self._uses.get((kind, url, number))
        if use is not None and time_ns is not None:
            last_ns = max(use.last_ns or time_ns, time_ns)
            self._uses[kind, url, number] = replace(use, last_ns=last_ns)

    def _polling(self, url: str, calls: list[_Call]) -> Iterator[RealTimeUse]:
        clients = {self._clients.get(call.number) for call in calls}
        for client in sorted(clients, key=str):
            own = sorted(
                (call for call in calls if self._clients.get(call.number) == client),
                key=lambda call: call.asked_ns,
            )
            kind = _rhythm(own)
            if kind is not None:
                yield RealTimeUse(
                    kind=kind,
                    url=url,
                    client=client,
                    requests=len(own),
                    first_ns=own[0].asked_ns,
                    last_ns=max(call.answered_ns for call in own),
                    source=own[0].source,
                )


def _rhythm(calls: list[_Call]) -> RealTime | None:
    if len(calls) < LONG_POLLS:
        return None
    held = median(call.answered_ns - call.asked_ns for call in calls)
    pauses = [after.asked_ns - before.answered_ns for before, after in pairwise(calls)]
    if held >= HELD_NS:
        return RealTime.LONG_POLLING if 0 <= median(pauses) <= AGAIN_NS else None
    if len(calls) < SHORT_POLLS:
        return None
    intervals = [after.asked_ns - before.asked_ns for before, after in pairwise(calls)]
    middle = median(intervals)
    steady = sum(abs(interval - middle) <= STEADY * middle for interval in intervals)
    if LEAST_NS <= middle <= MOST_NS and steady * 5 >= len(intervals) * 4:
        return RealTime.SHORT_POLLING
    return None


def _joined(one: RealTimeUse, other: RealTimeUse) -> RealTimeUse:
    first = one if (one.first_ns or 0) <= (other.first_ns or 0) else other
    return replace(
        first,
        client=one.client,
        requests=one.requests + other.requests,
        refused=one.refused + other.refused,
        last_ns=max(one.last_ns or 0, other.last_ns or 0) or None,
    )


def _bare(url: str) -> str:
    """Without query and fragment: they change with each call, and may hold a token."""
    return url.partition("#")[0].partition("?")[0]
