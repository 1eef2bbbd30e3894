"""How fast a session was, and when it paused, as label and value."""

from collections.abc import Iterator

from ...model.session import PingTrip, Session
from ...model.source import Side
from ...model.timing import Pause, SlowIq, Timing
from ..language.texts import Piece, listed, phrases, say
from ..language.words import Words
from .evidence import duration, timestamp
from .tls import Keyed

SHOWN = 5
"""Of many alike the first few."""


def timing_facts(session: Session, words: Words) -> Iterator[Keyed]:
    """What times tell of a session; the keys of labels with values."""
    timing = session.timing
    yield "pings", _pings(session, words)
    yield "pauses", _pauses(session.pauses, words)
    if timing is not None:
        yield "silence", _silence(timing, words)
        yield "slowest", listed(words, (_slow(iq, words) for iq in timing.slowest))
        yield "calls", _calls(timing, words)


def _pings(session: Session, words: Words) -> str:
    timing = session.timing
    told = [_client_pings(timing, words)] if timing is not None and timing.pings else []
    kinds: dict[str, list[PingTrip]] = {}
    for ping in session.pings:
        if ping.framed or ping.by is Side.SERVER or timing is None:
            by = ".server" if ping.by is Side.SERVER else ""
            kinds.setdefault(f"{by}{'.frames' if ping.framed else ''}", []).append(ping)
    for kind, pings in kinds.items():
        answered = _answered(pings, words)
        key = f"pings.of{kind}"
        told.append(say(words, key, pings=Piece(answered)) if kind else answered)
    return phrases(words, told)


def _answered(pings: list[PingTrip], words: Words) -> str:
    answered = [ping for ping in pings if ping.answered_ns is not None]
    trips = [ping.trip_ns for ping in answered if ping.trip_ns is not None]
    counts = {"answered": len(answered), "count": len(pings)}
    if not trips:
        return say(words, "pings.answered", **counts)
    return say(words, "pings.slowest", duration=duration(max(trips), words), **counts)


def _client_pings(timing: Timing, words: Words) -> str:
    measured = {
        "median": timing.trip_median_ns,
        "95": timing.trip_95_ns,
        "slowest": timing.trip_longest_ns,
        "every": timing.cadence_ns,
    }
    answered = say(words, "pings.answered", answered=timing.answered, count=timing.pings)
    return listed(words, [answered, *_times(measured, words)])


def _times(measured: dict[str, int | None], words: Words) -> Iterator[str]:
    for key, time_ns in measured.items():
        if time_ns is not None:
            yield say(words, f"times.{key}", duration=duration(time_ns, words))


def _silence(timing: Timing, words: Words) -> str:
    longest = {Side.CLIENT: timing.client_silence_ns, Side.SERVER: timing.server_silence_ns}
    told = (
        say(words, f"silence.{side.value}", duration=duration(ns, words))
        for side, ns in longest.items()
        if ns is not None
    )
    return listed(words, told)


def _slow(iq: SlowIq, words: Words) -> str:
    what = " ".join(word for word in (iq.type, iq.what) if word)
    took = duration(iq.latency_ns, words)
    if iq.by is Side.SERVER:
        return say(words, "slow.server", what=what, duration=took)
    return f"{what} {took}"


def _calls(timing: Timing, words: Words) -> str:
    if not timing.calls:
        return ""
    measured = {"median": timing.event_median_ns, "slowest": timing.event_longest_ns}
    told = say(words, "calls.told", told=timing.events, count=timing.calls)
    return listed(words, [told, *_times(measured, words)])


def _pauses(pauses: tuple[Pause, ...], words: Words) -> str:
    if not pauses:
        return ""
    told = [pause_words(pause, words) for pause in pauses[:SHOWN]]
    if len(pauses) > SHOWN:
        told.append(say(words, "more", count=len(pauses) - SHOWN))
    return say(words, "named", name=words.number(len(pauses)), value=Piece(phrases(words, told)))


def pause_words(pause: Pause, words: Words) -> str:
    """When, how long, why, and what the server said meanwhile."""
    lasted = duration(pause.end_ns - pause.begin_ns, words)
    told = [f"{timestamp(pause.begin_ns)} {words[f'paused.{pause.kind.value}']} {lasted}"]
    if not pause.resumed:
        told.append(words["pauses.to the end"])
    if pause.heard:
        told.append(say(words, "pauses.heard", count=pause.heard))
    return listed(words, told)
