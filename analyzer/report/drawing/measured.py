"""What a timeline shows of a session: who spoke when, how long answers took, from ping to ping."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from ...model.packed import unpack
from ...model.session import CloseKind, Session
from ...model.source import Direction, Source
from ...model.xmpp import Ping, Stanza, StanzaKind
from ..facts.labels import of_stanza
from ..language.visible import clipped, visible
from ..language.words import Words

LATE = 1.5
"""Times the expected interval from which on a ping is late: timers of a browser are not exact."""

SILENCE_NS = 30_000_000_000
"""A longer time without a word is a silence: a desktop pings every 20 s."""

_WHAT_LENGTH = 60


class Answer(Struct, frozen=True, kw_only=True):
    """
    A request, and how long its answer took.

    Attributes:
        kind: "iq", "ping" or "rest".
        asked_ns: When it was asked.
        took_ns: Until the answer; None if none came.
        what: What was asked, in words.
        source: The request.
    """

    kind: str
    asked_ns: int
    took_ns: int | None
    what: str
    source: Source


class Interval(Struct, frozen=True, kw_only=True):
    """
    From one ping of the client to the next.

    Attributes:
        begin_ns: The one.
        end_ns: The next, or the end of the session.
        late: It is much longer than expected.
        last: No ping came behind it.
        source: The one, if it is known.
    """

    begin_ns: int
    end_ns: int
    late: bool
    last: bool = False
    source: Source | None = None


class Spoken(Struct, frozen=True, kw_only=True):
    """
    Who spoke when.

    Attributes:
        client: Times of the client's stanzas, in order.
        server: Times of the server's.
        pings: Times of the client's pings, with their places.
        answers: Its requests with how long their answers took, and its REST calls until the event
            that tells their result; in order.
    """

    client: tuple[int, ...]
    server: tuple[int, ...]
    pings: tuple[tuple[int, Source], ...]
    answers: tuple[Answer, ...]


def spoken(session: Session, words: Words) -> Spoken:
    """All of its stanzas that are kept, those that are packed away too."""
    times: dict[Direction, list[int]] = {direction: [] for direction in Direction}
    pings: list[tuple[int, Source]] = []
    asked = _Asked(words)
    for stanza in unpack(session.packed) if session.packed else session.stanzas:
        time_ns = stanza.source.time_ns
        if time_ns is None:
            continue
        times[stanza.direction].append(time_ns)
        asked.hear(stanza, time_ns)
        asks = isinstance(stanza.payload, Ping) and stanza.type == "get"
        if asks and stanza.direction is Direction.TO_SERVER:
            pings.append((time_ns, stanza.source))
    # What was asked shortly before the end may still be answered.
    until_ns = (end_of(session) or 0) - session.profile.iq_timeout_ms * 1_000_000
    answers = [
        *asked.answers,
        *asked.unanswered(session, until_ns),
        *(
            call
            for call in _calls(session)
            if call.took_ns is not None or call.asked_ns <= until_ns
        ),
    ]
    return Spoken(
        client=tuple(sorted(times[Direction.TO_SERVER])),
        server=tuple(sorted(times[Direction.TO_CLIENT])),
        pings=tuple(sorted(pings, key=lambda ping: ping[0])),
        answers=tuple(sorted(answers, key=lambda answer: answer.asked_ns)),
    )


class _Asked:
    """Matches answers to the client's requests (RFC 6120 section 8.2.3)."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._open: dict[str, tuple[Stanza, int]] = {}
        self.answers: list[Answer] = []

    def hear(self, stanza: Stanza, time_ns: int) -> None:
        """Take a stanza in, in order."""
        if stanza.kind is not StanzaKind.IQ or stanza.id is None:
            return
        if stanza.type in ("get", "set"):
            if stanza.direction is Direction.TO_SERVER:
                self._open[stanza.id] = (stanza, time_ns)
        elif stanza.direction is Direction.TO_CLIENT and stanza.id in self._open:
            request, asked_ns = self._open.pop(stanza.id)
            # A HAR's clock may be set back between the two.
            self.answers.append(self._answer(request, asked_ns, max(0, time_ns - asked_ns)))

    def unanswered(self, session: Session, until_ns: int) -> Iterator[Answer]:
        """What was asked in vain until a time, where nothing is missing."""
        if session.has_all_stanzas() and not session.gaps:
            for request, asked_ns in self._open.values():
                if asked_ns <= until_ns:
                    yield self._answer(request, asked_ns, None)

    def _answer(self, request: Stanza, asked_ns: int, took_ns: int | None) -> Answer:
        what = of_stanza(request, self._words).words
        return Answer(
            kind="ping" if isinstance(request.payload, Ping) else "iq",
            asked_ns=asked_ns,
            took_ns=took_ns,
            what=clipped(what, _WHAT_LENGTH),
            source=request.source,
        )


def _calls(session: Session) -> Iterator[Answer]:
    for trip in session.rest_trips:
        if trip.asked_ns is not None:
            yield Answer(
                kind="rest",
                asked_ns=trip.asked_ns,
                took_ns=trip.trip_ns,
                what=clipped(visible(f"{trip.method} {trip.path}"), _WHAT_LENGTH),
                source=trip.source,
            )


def intervals(session: Session, pings: Sequence[tuple[int, Source]]) -> Iterator[Interval]:
    """
    From ping to ping, and from the last one to the end.

    Args:
        session: What they belong to.
        pings: Of the client, in order.
    """
    expected_ns = session.profile.ping_interval_ms * 1_000_000
    lasted = sorted(after - before for (before, _), (after, _) in pairwise(pings))
    # A client that keeps a slower pace than the profile's is late by its own.
    usual_ns = lasted[len(lasted) // 2] if lasted else 0
    late_ns = LATE * max(expected_ns, usual_ns)
    for (begin_ns, source), (end_ns, _) in pairwise(pings):
        late = end_ns - begin_ns > late_ns
        yield Interval(begin_ns=begin_ns, end_ns=end_ns, late=late, source=source)
    until_ns = end_of(session)
    if pings and until_ns is not None and until_ns > pings[-1][0]:
        begin_ns, source = pings[-1]
        late = until_ns - begin_ns > late_ns
        yield Interval(begin_ns=begin_ns, end_ns=until_ns, late=late, last=True, source=source)


def silences(session: Session, said: Spoken) -> Iterator[tuple[int, int]]:
    """
    Stretches in which nobody said anything, as long as a silence is drawn, and that before the end.

    Those with a cause are told by that (`Session.pauses`).
    """
    if not session.has_all_stanzas():
        return
    end_ns = end_of(session)
    times = sorted({*said.client, *said.server})
    stretches = [(a, b) for a, b in pairwise(times) if b - a >= SILENCE_NS]
    if times and end_ns is not None:
        # Of a short session a short silence tells how it ended.
        most = min(SILENCE_NS, max((end_ns - times[0]) // 4, _SHORTEST_NS))
        stretches += [(times[-1], end_ns)] if end_ns - times[-1] >= most else []
    for begin_ns, until_ns in stretches:
        if all(p.end_ns <= begin_ns or p.begin_ns >= until_ns for p in session.pauses):
            yield begin_ns, until_ns


_SHORTEST_NS = 2_000_000_000


def end_of(session: Session) -> int | None:
    """When a session ended, or the recording of it."""
    open_still = session.close.kind is CloseKind.OPEN
    known = (session.recorded_until_ns if open_still else None, session.close.time_ns)
    return max((ns for ns in (*known, session.ended_ns) if ns is not None), default=None)
