"""REST calls that Finesse accepted, and the events that tell their results (requestId)."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ..model.http import Exchange, Request, Response, field, path_of
from ..model.pubsub import Delivery
from ..model.session import Session
from ..model.source import Source
from ..model.timing import RestTrip
from .timing import with_calls

ACCEPTED = 202
"""What Finesse answers to a call whose result comes as an event."""

_MS = 1_000_000
"""A HAR tells times in milliseconds: an event may seem to come just before its call."""


class _Told:
    """Events that name a request, in order."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._sources: list[Source] = []

    def add(self, source: Source) -> None:
        """Take in an event; they come in order of time."""
        self._times.append(max(source.time_ns or 0, self._times[-1] if self._times else 0))
        self._sources.append(source)

    def after(self, time_ns: int | None) -> Source | None:
        """The first one behind a time."""
        at = bisect_left(self._times, (time_ns or 0) - _MS)
        return self._sources[at] if at < len(self._sources) else None


def with_exchanges(session: Session, exchanges: tuple[Exchange, ...]) -> Session:
    """A session with the REST calls made beside it: their trips, and how long these took."""
    trips, timing = rest_trips(exchanges, session.deliveries), session.timing
    if timing is not None and trips:
        timing = with_calls(timing, trips)
    return replace(session, exchanges=exchanges, rest_trips=trips, timing=timing)


def rest_trips(
    exchanges: Sequence[Exchange], deliveries: Sequence[Delivery]
) -> tuple[RestTrip, ...]:
    """
    Calls with a requestId that were accepted, each with the first event behind it that names it.

    Ids are compared without regard to case: what stands between may change it.
    """
    calls = list(_accepted(exchanges))
    told: dict[str, _Told] = {request_id.lower(): _Told() for request_id, *_ in calls}
    for one in deliveries if told else ():
        request_id = one.update.request_id if one.update is not None else None
        named = told.get((request_id or "").lower())
        if named is not None:
            named.add(one.source)
    return tuple(
        _trip(request_id, request, response, told[request_id.lower()])
        for request_id, request, response in calls
    )


def _accepted(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, Request, Response]]:
    for one in exchanges:
        if one.request is None or one.response is None or one.response.status != ACCEPTED:
            continue
        request_id = field(one.request.headers, "requestId")
        if request_id:
            yield request_id, one.request, one.response


def _trip(request_id: str, request: Request, response: Response, told: _Told) -> RestTrip:
    asked_ns = request.source.time_ns
    event = told.after(asked_ns)
    return RestTrip(
        request_id=request_id,
        method=request.method,
        path=path_of(request.url),
        asked_ns=asked_ns,
        accepted_ns=response.source.time_ns,
        event_ns=None if event is None else event.time_ns,
        source=request.source,
        event=event,
    )
