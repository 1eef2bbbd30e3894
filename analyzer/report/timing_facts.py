"""How fast a session was, and when it paused, as label and value."""

from collections.abc import Iterator

from ..model.session import PingTrip, Session
from ..model.source import Side
from ..model.timing import Pause, SlowIq, Timing
from .evidence import duration, timestamp
from .tls_facts import Keyed

SHOWN = 5
"""Of many alike the first few."""


def timing_facts(session: Session) -> Iterator[Keyed]:
    """What times tell of a session; the keys of labels with values."""
    timing = session.timing
    yield "pings", _pings(session)
    yield "pauses", _pauses(session.pauses)
    if timing is not None:
        yield "silence", _silence(timing)
        yield "slowest", ", ".join(map(_slow, timing.slowest))
        yield "calls", _calls(timing)


def _pings(session: Session) -> str:
    timing = session.timing
    told = [_client_pings(timing)] if timing is not None and timing.pings else []
    kinds: dict[str, list[PingTrip]] = {}
    for ping in session.pings:
        if ping.framed or ping.by is Side.SERVER or timing is None:
            by = "server" if ping.by is Side.SERVER else ""
            kind = " ".join(word for word in (by, "frames" if ping.framed else "") if word)
            kinds.setdefault(kind, []).append(ping)
    told += [f"{kind}{': ' if kind else ''}{_answered(pings)}" for kind, pings in kinds.items()]
    return "; ".join(told)


def _answered(pings: list[PingTrip]) -> str:
    answered = [ping for ping in pings if ping.answered_ns is not None]
    trips = [ping.trip_ns for ping in answered if ping.trip_ns is not None]
    slowest = f", slowest {duration(max(trips))}" if trips else ""
    return f"{len(answered)} of {len(pings)} answered{slowest}"


def _client_pings(timing: Timing) -> str:
    measured = {
        "median": timing.trip_median_ns,
        "95 %": timing.trip_95_ns,
        "slowest": timing.trip_longest_ns,
        "every": timing.cadence_ns,
    }
    words = [f"{name} {duration(ns)}" for name, ns in measured.items() if ns is not None]
    return ", ".join([f"{timing.answered} of {timing.pings} answered", *words])


def _silence(timing: Timing) -> str:
    longest = {Side.CLIENT: timing.client_silence_ns, Side.SERVER: timing.server_silence_ns}
    return ", ".join(
        f"{side.value} {duration(ns)}" for side, ns in longest.items() if ns is not None
    )


def _slow(iq: SlowIq) -> str:
    what = " ".join(word for word in (iq.type, iq.what) if word)
    return f"{what} {duration(iq.latency_ns)}{' (server)' if iq.by is Side.SERVER else ''}"


def _calls(timing: Timing) -> str:
    if not timing.calls:
        return ""
    measured = {"median": timing.event_median_ns, "slowest": timing.event_longest_ns}
    words = [f"{name} {duration(ns)}" for name, ns in measured.items() if ns is not None]
    return ", ".join([f"{timing.events} of {timing.calls} told by an event", *words])


def _pauses(pauses: tuple[Pause, ...]) -> str:
    if not pauses:
        return ""
    more = f"; {len(pauses) - SHOWN} more" if len(pauses) > SHOWN else ""
    return f"{len(pauses)}: {'; '.join(map(pause_words, pauses[:SHOWN]))}{more}"


def pause_words(pause: Pause) -> str:
    """When, how long, why, and what the server said meanwhile."""
    heard = f", {pause.heard} of the server meanwhile" if pause.heard else ""
    went_on = "" if pause.resumed else ", to the end"
    lasted = duration(pause.end_ns - pause.begin_ns)
    return f"{timestamp(pause.begin_ns)} {pause.kind.value} {lasted}{went_on}{heard}"
