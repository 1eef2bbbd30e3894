"""Latencies, pauses and REST trips in the report for machines."""

from collections.abc import Sequence
from typing import Any

from ..model.recording import Recording
from ..model.session import Session
from ..model.source import Source
from ..model.timing import Pause, RestTrip, SlowIq, Timing
from .evidence import place, timestamp

_Json = dict[str, Any]


def session_timing(session: Session, recordings: Sequence[Recording] = ()) -> _Json:
    """Fields of a session, added in version 1.2 of the schema."""
    return {
        "timing": None if session.timing is None else _timing(session.timing, recordings),
        "pauses": [_pause(pause, recordings) for pause in session.pauses],
        "rest_trips": [_trip(trip, recordings) for trip in session.rest_trips],
    }


def _timing(timing: Timing, recordings: Sequence[Recording]) -> _Json:
    return {
        "pings": timing.pings,
        "answered": timing.answered,
        "trip_median_ms": _ms(timing.trip_median_ns),
        "trip_95_ms": _ms(timing.trip_95_ns),
        "trip_longest_ms": _ms(timing.trip_longest_ns),
        "cadence_ms": _ms(timing.cadence_ns),
        "client_silence_ms": _ms(timing.client_silence_ns),
        "server_silence_ms": _ms(timing.server_silence_ns),
        "slowest": [_slow(iq, recordings) for iq in timing.slowest],
        "calls": timing.calls,
        "events": timing.events,
        "event_median_ms": _ms(timing.event_median_ns),
        "event_longest_ms": _ms(timing.event_longest_ns),
    }


def _slow(iq: SlowIq, recordings: Sequence[Recording]) -> _Json:
    return {
        "by": iq.by.value,
        "type": iq.type,
        "what": iq.what,
        "latency_ms": _ms(iq.latency_ns),
        "place": place(iq.source, recordings),
        "time": _time(iq.source.time_ns),
    }


def _pause(pause: Pause, recordings: Sequence[Recording]) -> _Json:
    return {
        "kind": pause.kind.value,
        "begin": _time(pause.begin_ns),
        "end": _time(pause.end_ns),
        "lasted_ms": _ms(pause.end_ns - pause.begin_ns),
        "resumed": pause.resumed,
        "heard": pause.heard,
        "before": place(pause.before, recordings),
        "after": _place(pause.after, recordings),
    }


def _trip(trip: RestTrip, recordings: Sequence[Recording]) -> _Json:
    return {
        "request_id": trip.request_id,
        "method": trip.method,
        "path": trip.path,
        "asked": _time(trip.asked_ns),
        "accepted": _time(trip.accepted_ns),
        "event": _time(trip.event_ns),
        "latency_ms": _ms(trip.trip_ns),
        "place": place(trip.source, recordings),
        "event_place": _place(trip.event, recordings),
    }


def _place(source: Source | None, recordings: Sequence[Recording]) -> str | None:
    return None if source is None else place(source, recordings)


def _time(time_ns: int | None) -> str | None:
    return None if time_ns is None else timestamp(time_ns)


def _ms(time_ns: int | None) -> float | None:
    return None if time_ns is None else round(time_ns / 1e6, 3)
