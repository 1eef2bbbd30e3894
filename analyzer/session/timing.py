"""How fast a session was, in the few numbers that its report shows."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import pairwise
from statistics import median_low

from msgspec.structs import replace

from ..model.session import Iq, PingTrip
from ..model.source import Direction, Side
from ..model.timing import RestTrip, SlowIq, Timing
from ..model.xmpp import OtherPayload, Pubsub, SessionRequest, Stanza
from .story import Story

SLOWEST = 3
"""Requests that are named."""


def timing_of(story: Story) -> Timing | None:
    """The numbers of a session; None where none of its stanzas could be read."""
    if not story.stanzas:
        return None
    pings = [p for p in story.pings if p.by is Side.CLIENT and not p.framed]
    trips = sorted(ping.trip_ns for ping in pings if ping.trip_ns is not None)
    return Timing(
        pings=len(pings),
        answered=sum(ping.answer is not None for ping in pings),
        trip_median_ns=median_low(trips) if trips else None,
        trip_95_ns=trips[len(trips) * 95 // 100] if trips else None,
        trip_longest_ns=trips[-1] if trips else None,
        cadence_ns=_cadence(pings),
        client_silence_ns=_silence(story.stanzas, Direction.TO_SERVER, story.until_ns),
        server_silence_ns=_silence(story.stanzas, Direction.TO_CLIENT, story.until_ns),
        slowest=tuple(_slowest(story.iqs)),
    )


def with_calls(timing: Timing, trips: Sequence[RestTrip]) -> Timing:
    """The numbers of the REST calls beside it, too."""
    took = sorted(trip.trip_ns for trip in trips if trip.trip_ns is not None)
    return replace(
        timing,
        calls=len(trips),
        events=sum(trip.event is not None for trip in trips),
        event_median_ns=median_low(took) if took else None,
        event_longest_ns=took[-1] if took else None,
    )


def _cadence(pings: Iterable[PingTrip]) -> int | None:
    times = [ping.asked_ns for ping in pings if ping.asked_ns is not None]
    pauses = [after - before for before, after in pairwise(times)]
    return median_low(pauses) if pauses else None


def _silence(stanzas: Iterable[Stanza], direction: Direction, until_ns: int) -> int | None:
    times = [
        stanza.source.time_ns
        for stanza in stanzas
        if stanza.direction is direction and stanza.source.time_ns is not None
    ]
    if not times:
        return None
    times.append(max(until_ns, times[-1]))
    return max(after - before for before, after in pairwise(times))


def _slowest(iqs: Iterable[Iq]) -> Iterator[SlowIq]:
    timed = ((iq.latency_ns, -n, iq) for n, iq in enumerate(iqs) if iq.latency_ns is not None)
    for latency_ns, _, iq in nlargest(SLOWEST, timed, key=lambda row: row[:2]):
        request = iq.request
        yield SlowIq(
            by=request.direction.sender,
            type=request.type or "",
            what=_what(request),
            latency_ns=latency_ns,
            source=request.source,
        )


def _what(request: Stanza) -> str:
    """What it asks for, by the name of its child; what is subscribed to with its node."""
    payload = request.payload
    if isinstance(payload, Pubsub):
        return " ".join(word for word in (payload.action.value, payload.node) if word)
    if isinstance(payload, OtherPayload):
        return " ".join(name.rpartition("}")[2] for name in payload.names)
    if isinstance(payload, SessionRequest):
        return "session"
    return "" if payload is None else type(payload).__name__.lower()
