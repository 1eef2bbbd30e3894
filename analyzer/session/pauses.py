"""
When the client fell silent though it should have pinged, and why.

A desktop pings at a steady pace (10 s). Where it did not, other signs tell the reason: what else
the client said, whether its side of TCP still acknowledged what came, whether all that it had
missed came at once, whether the pauses are minutes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, takewhile
from operator import attrgetter, itemgetter
from statistics import median_low
from typing import NamedTuple

from ..model.flow import Connection, DirectionFacts, Gap, GapReason
from ..model.limits import PAUSES
from ..model.session import Carrier, CloseKind, SessionClose
from ..model.source import Direction, PacketSource, Side, Source
from ..model.stream import Keepalive
from ..model.timing import Pause, PauseKind
from ..model.tls import Cadence
from ..model.websocket import Frame
from ..model.xmpp import Stanza
from .cadence import PING_SLACK_OCTETS, spoken
from .story import Story

LONG_NS = 50_000_000_000
"""Shorter pauses are those of a busy PC: browsers let timers of hidden pages run once a minute."""

MINUTE_NS = 60_000_000_000
NEAR_NS = 2_000_000_000
"""What is said this near to the begin or the end of a pause belongs to what stands there."""

WAKING_NS = 5_000_000_000
"""A socket that ends this soon behind a pause was dead before it."""

STEADY = 4
"""Pauses from which on the client's own pace is believed."""

PATIENCE_NS = 5_000_000_000
"""A server acknowledges within milliseconds; this long after a word the way is broken."""

_SUSPENDED = "ERR_NETWORK_IO_SUSPENDED"
_NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")
"""Chrome's words for a PC that goes to sleep, and for one without a network."""


class Word(NamedTuple):
    """Something said, and where it stands."""

    time_ns: int
    source: Source


_TIME = itemgetter(0)
_END = attrgetter("end_ns")


class _Talk(NamedTuple):
    """
    What a session gives to judge pauses by.

    Attributes:
        beats: Pings of the client; of an encrypted session the records that look like them.
        times: When each went.
        client: Times of all its words.
        server: Times of the server's.
        settled: The last beat was answered; else the client waits, or gave up.
        usual_ns: From one beat to the next.
        whole: All of the session was kept, to its end.
    """

    beats: Sequence[Word]
    times: Sequence[int]
    client: Sequence[int]
    server: Sequence[int]
    settled: bool
    usual_ns: int
    whole: bool


def pace(times_ns: Sequence[int], expected_ns: int) -> int:
    """
    The usual pause between two pings: what is expected, or what a steady client keeps.

    Never more than three times the expected: beyond that it is what throttling looks like.
    """
    pauses = [after - before for before, after in pairwise(times_ns)]
    if len(pauses) < STEADY:
        return expected_ns
    usual = median_low(pauses)
    steady = sum(abs(pause - usual) * 5 <= usual for pause in pauses)
    if 2 * steady <= len(pauses):
        return expected_ns
    return min(max(usual, expected_ns), 3 * expected_ns)


def pauses_of(story: Story, carrier: Carrier) -> tuple[Pause, ...]:
    """
    The pauses of a session, in order.

    Args:
        story: The session.
        carrier: What carries it.
    """
    talk, locked = _talk(story), story.cadence is not None and not story.stanzas
    if talk is None:
        return ()
    holes = _Holes(story.trace.gaps, Direction.TO_SERVER, locked=locked)
    sides = _Sides(story.trace.connection, carrier)
    stretches = _stretches(talk, story)
    found = [
        Pause(
            kind=_kind(talk, sides, story, (begin, end, resumed)),
            begin_ns=begin.time_ns,
            end_ns=end.time_ns,
            resumed=resumed,
            before=begin.source,
            after=end.source if resumed or story.close.source is not None else None,
            heard=_between(talk.server, begin.time_ns, end.time_ns),
        )
        for begin, end, resumed in islice(stretches, PAUSES)
        if not holes.hide(begin.time_ns, end.time_ns)
    ]
    holes = _Holes(story.trace.gaps, Direction.TO_CLIENT, locked=locked)
    found += [
        pause
        for pause in _outages(talk, story, sides)
        if not holes.hide(pause.begin_ns, pause.end_ns)
    ]
    if next(stretches, None) is not None:
        story.trace.reached("PAUSES", PAUSES)
    return tuple(sorted(found, key=lambda pause: pause.begin_ns))


def _talk(story: Story) -> _Talk | None:
    expected = story.profile.ping_interval_ms * 1_000_000
    if story.cadence is not None and not story.stanzas:
        return _encrypted(story, story.cadence, expected)
    trips = [p for p in story.pings if p.by is Side.CLIENT and not p.framed and p.asked_ns]
    if not trips:
        return None
    said: dict[Direction, list[int]] = {way: [] for way in Direction}
    trace = story.trace
    words: list[Stanza | Frame | Keepalive] = [*trace.control_frames, *trace.keepalives]
    for one in words + story.stanzas:
        if one.source.time_ns is not None:
            said[one.direction].append(one.source.time_ns)
    beats = sorted((Word(trip.asked_ns or 0, trip.source) for trip in trips), key=_TIME)
    return _Talk(
        beats=beats,
        times=[beat.time_ns for beat in beats],
        client=sorted(said[Direction.TO_SERVER]),
        server=sorted(said[Direction.TO_CLIENT]),
        settled=trips[-1].answered_ns is not None,
        usual_ns=pace([beat.time_ns for beat in beats], expected),
        whole=story.trace.stanza_count == len(story.stanzas),
    )


def _encrypted(story: Story, cadence: Cadence, expected_ns: int) -> _Talk | None:
    facts, connection = story.trace.tls, story.trace.connection
    if facts is None or connection is None or cadence.ping_interval_ns is None:
        return None
    sent, got = (spoken(facts, way) for way in Direction)
    alike = range(
        cadence.ping_octets - PING_SLACK_OCTETS, cadence.ping_octets + PING_SLACK_OCTETS + 1
    )
    beats = [
        Word(time_ns, PacketSource(connection.capture, packet, packet, time_ns))
        for time_ns, length, packet in zip(sent.times, sent.lengths, sent.packets, strict=False)
        if length in alike
    ]
    # Packets may have come out of order.
    beats.sort(key=_TIME)
    if not beats:
        return None
    server = sorted(got.times)
    return _Talk(
        beats=beats,
        times=[beat.time_ns for beat in beats],
        client=sorted(sent.times),
        server=server,
        settled=bool(server) and server[-1] >= beats[-1].time_ns,
        usual_ns=min(max(cadence.ping_interval_ns, expected_ns), 3 * expected_ns),
        whole=not sent.is_cut and not got.is_cut,
    )


def _stretches(talk: _Talk, story: Story) -> Iterator[tuple[Word, Word, bool]]:
    """Stretches without a beat for twice the usual time: from, to, and whether it went on."""
    least = 2 * talk.usual_ns
    for before, after in pairwise(talk.beats):
        if after.time_ns - before.time_ns > least:
            yield before, after, True
    last = talk.beats[-1]
    until_ns = story.until_ns
    if not talk.settled or not talk.whole or until_ns - last.time_ns <= least:
        return
    spoke = bisect_left(talk.client, last.time_ns + least)
    source = story.close.source or last.source
    if spoke < len(talk.client):
        yield last, Word(talk.client[spoke], _said_at(story, talk.client[spoke]) or source), True
    else:
        yield last, Word(until_ns, source), False


def _said_at(story: Story, time_ns: int) -> Source | None:
    said = (stanza.source for stanza in story.stanzas if stanza.source.time_ns == time_ns)
    return next(said, None)


class _Holes:
    """When octets of a side were found to be missing, what nobody can read left out."""

    def __init__(self, gaps: Sequence[Gap], direction: Direction, *, locked: bool) -> None:
        sources = [
            gap.source
            for gap in gaps
            if gap.direction is direction and not (locked and gap.reason is GapReason.ENCRYPTED)
        ]
        self._times = sorted(s.time_ns for s in sources if s is not None and s.time_ns is not None)
        self._anywhere = len(self._times) < len(sources)

    def hide(self, begin_ns: int, end_ns: int) -> bool:
        """Whether words may be missing from a stretch: a hole shows at what follows it."""
        first = bisect_right(self._times, begin_ns)
        return self._anywhere or first < bisect_right(self._times, end_ns + NEAR_NS)


class _Sides:
    """Whether packets of either side are known, and when there were none of them."""

    def __init__(self, connection: Connection | None, carrier: Carrier) -> None:
        self.client = self.server = None
        # Of BOSH each connection is but a part.
        if connection is not None and carrier is not Carrier.BOSH:
            self.client = _known(connection.to_server)
            self.server = _known(connection.to_client)

    def were_dark(self, begin_ns: int, end_ns: int) -> bool:
        """Whether nobody acknowledged what the server said in a stretch: it said it again."""
        if self.client is None or self.server is None or not self.server.retransmitted:
            return False
        return _is_dark(self.client, begin_ns, end_ns)


def _known(facts: DirectionFacts | None) -> DirectionFacts | None:
    return facts if facts is not None and facts.last_ns is not None else None


def _is_dark(facts: DirectionFacts, begin_ns: int, end_ns: int) -> bool:
    """Whether hardly a packet of a side was captured in a stretch."""
    first = bisect_right(facts.silences, begin_ns, key=_END)
    inside = takewhile(lambda silence: silence.begin_ns < end_ns, facts.silences[first:])
    quiet = [min(end_ns, one.end_ns) - max(begin_ns, one.begin_ns) for one in inside]
    longest = max(*quiet, end_ns - max(begin_ns, facts.last_ns or 0), 0)
    return longest * 5 >= (end_ns - begin_ns) * 4


def _between(times: Sequence[int], begin_ns: int, end_ns: int) -> int:
    """How much was said inside a stretch, not at its begin or end."""
    inside = bisect_left(times, end_ns - NEAR_NS) - bisect_right(times, begin_ns + NEAR_NS)
    return max(inside, 0)


def _kind(talk: _Talk, sides: _Sides, story: Story, stretch: tuple[Word, Word, bool]) -> PauseKind:
    begin_ns, end_ns, resumed = stretch[0].time_ns, stretch[1].time_ns, stretch[2]
    lasted = end_ns - begin_ns
    told = _told_by_browser(story) if not resumed else None
    if told is not None:
        return told
    queued = bisect_right(talk.times, end_ns + NEAR_NS // 2) - bisect_left(talk.times, end_ns)
    if queued > 1:
        # Its timer ran: what it said meanwhile waited for the network.
        return PauseKind.OFFLINE
    alive = _between(talk.client, begin_ns, end_ns) > 0
    heard = _between(talk.server, begin_ns, end_ns) > 0
    awake = PauseKind.THROTTLED if lasted >= LONG_NS else PauseKind.BUSY
    if alive:
        return awake
    if heard and sides.were_dark(begin_ns, end_ns):
        return PauseKind.ASLEEP if resumed and lasted >= LONG_NS else PauseKind.UNKNOWN
    if heard and (resumed or sides.client is not None):
        return awake
    if lasted < LONG_NS:
        return PauseKind.BUSY if resumed else PauseKind.UNKNOWN
    # Of a client that pings once a minute minutes tell nothing.
    if resumed and talk.usual_ns < MINUTE_NS and _is_minutes(lasted):
        return PauseKind.THROTTLED
    return PauseKind.ASLEEP if resumed and _woke(talk, story, end_ns) else PauseKind.UNKNOWN


def _told_by_browser(story: Story) -> PauseKind | None:
    error = story.trace.socket_end.error if story.trace.socket_end is not None else None
    if error is None:
        return None
    if _SUSPENDED in error:
        return PauseKind.ASLEEP
    return PauseKind.OFFLINE if any(word in error for word in _NO_NETWORK) else None


def _is_minutes(lasted_ns: int) -> bool:
    off = lasted_ns % MINUTE_NS
    return min(off, MINUTE_NS - off) <= NEAR_NS


def _woke(talk: _Talk, story: Story, end_ns: int) -> bool:
    """Whether all that was missed came at once, or the socket was found dead."""
    came = bisect_right(talk.server, end_ns + NEAR_NS) - bisect_left(talk.server, end_ns - NEAR_NS)
    # One of them is the answer to the ping.
    return came > 2 or _is_end(story.close, end_ns)


def _is_end(close: SessionClose, end_ns: int) -> bool:
    ended = close.time_ns
    return (
        close.kind is not CloseKind.OPEN
        and not close.orderly
        and ended is not None
        and 0 <= ended - end_ns <= WAKING_NS
    )


def _outages(talk: _Talk, story: Story, sides: _Sides) -> Iterator[Pause]:
    """Stretches in which the client spoke, again and again, and not a packet of the server came."""
    if sides.server is None or sides.client is None or not sides.client.retransmitted:
        return
    asked = [Word(s.time_ns, s) for s in _sent(story) if s.time_ns is not None]
    asked.sort(key=_TIME)
    times = [word.time_ns for word in asked] or talk.client
    for silence in sides.server.silences:
        first = bisect_right(times, silence.begin_ns)
        if first == len(times) or silence.end_ns - times[first] < PATIENCE_NS:
            continue
        spoke = asked or talk.beats
        before = spoke[min(bisect_right(spoke, silence.begin_ns, key=_TIME), len(spoke) - 1)]
        yield Pause(
            kind=PauseKind.OFFLINE,
            begin_ns=silence.begin_ns,
            end_ns=silence.end_ns,
            resumed=True,
            before=before.source,
        )


def _sent(story: Story) -> Iterator[Source]:
    return (s.source for s in story.stanzas if s.direction is Direction.TO_SERVER)
