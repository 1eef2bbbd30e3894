"""Latencies, pauses and REST trips in the report for machines."""

from collections.abc import Sequence

from ...model.recording import Recording
from ...model.session import Session
from ...model.source import Source
from ...model.timing import Pause, RestTrip, SlowIq, Timing
from ..facts.evidence import place
from .json_values import Json, milliseconds, moment


def session_timing(session: Session, recordings: Sequence[Recording] = ()) -> Json:
    """Fields of a session, added in version 1.2 of the schema."""
    return {
        "timing": None if session.timing is None else _timing(session.timing, recordings),
        "pauses": [_pause(pause, recordings) for pause in session.pauses],
        "rest_trips": [_trip(trip, recordings) for trip in session.rest_trips],
    }


def _timing(timing: Timing, recordings: Sequence[Recording]) -> Json:
    return {
        "pings": timing.pings,
        "answered": timing.answered,
        "trip_median_ms": milliseconds(timing.trip_median_ns),
        "trip_95_ms": milliseconds(timing.trip_95_ns),
        "trip_longest_ms": milliseconds(timing.trip_longest_ns),
        "cadence_ms": milliseconds(timing.cadence_ns),
        "client_silence_ms": milliseconds(timing.client_silence_ns),
        "server_silence_ms": milliseconds(timing.server_silence_ns),
        "slowest": [_slow(iq, recordings) for iq in timing.slowest],
        "calls": timing.calls,
        "events": timing.events,
        "event_median_ms": milliseconds(timing.event_median_ns),
        "event_longest_ms": milliseconds(timing.event_longest_ns),
    }


def _slow(iq: SlowIq, recordings: Sequence[Recording]) -> Json:
    return {
        "by": iq.by.value,
        "type": iq.type,
        "what": iq.what,
        "latency_ms": milliseconds(iq.latency_ns),
        "place": place(iq.source, recordings),
        "time": moment(iq.source.time_ns),
    }


def _pause(pause: Pause, recordings: Sequence[Recording]) -> Json:
    return {
        "kind": pause.kind.value,
        "begin": moment(pause.begin_ns),
        "end": moment(pause.end_ns),
        "lasted_ms": milliseconds(pause.end_ns - pause.begin_ns),
        "resumed": pause.resumed,
        "heard": pause.heard,
        "before": place(pause.before, recordings),
        "after": _place(pause.after, recordings),
    }


def _trip(trip: RestTrip, recordings: Sequence[Recording]) -> Json:
    return {
        "request_id": trip.request_id,
        "method": trip.method,
        "path": trip.path,
        "asked": moment(trip.asked_ns),
        "accepted": moment(trip.accepted_ns),
        "event": moment(trip.event_ns),
        "latency_ms": milliseconds(trip.trip_ns),
        "place": place(trip.source, recordings),
        "event_place": _place(trip.event, recordings),
    }


def _place(source: Source | None, recordings: Sequence[Recording]) -> str | None:
    return None if source is None else place(source, recordings)
