"""What times and lengths of encrypted records tell of a connection (RFC 8446 appendix E.3)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median_low
from typing import NamedTuple

from ..model.profile import Profile
from ..model.source import Direction, Side, Source
from ..model.tls import Cadence, RecordFacts, Sign, TlsFacts

SMALL_OCTETS = 512
"""Longest record of a ping or its answer, protection included."""

MESSAGE_OCTETS = 200
"""A browser's HTTP request is longer than this; most stanzas of a login are not."""

PING_SLACK_OCTETS = 8
"""Pings differ in the digits of their ids."""

PING_LENGTHS = 16
"""Pings are among the lengths that come most often."""

ANSWER_NS = 2_000_000_000
"""The answer to a ping comes within this time, or is not taken for one."""

UNASKED_NS = 150_000_000
"""Pause behind a record of the server after which its next one is not part of the same answer."""

LONG_NS = 600_000_000_000
BREAK_NS = 60_000_000_000
"""A connection in use this long without such a break is not one of single calls."""

ENOUGH = 3
"""Fewer pings, or unasked records, may be chance."""

_ALERT_OCTETS = 19
"""TLS 1.3 hides alerts among application data, but not their length: two octets, type and tag."""


def cadence_of(facts: TlsFacts, profile: Profile) -> Cadence:
    """
    What the records of a connection tell that nobody opened.

    Args:
        facts: With the times and lengths of its records.
        profile: Tells the interval of pings.
    """
    lanes = [_lane(facts, direction) for direction in Direction]
    # Packets may have come out of order.
    records = sorted(record for lane in lanes for record in lane.records())
    whole = not any(lane.is_cut for lane in lanes)
    last_ns, last_by = max((lane.last_ns, lane.side) for lane in lanes)
    pings = _pings(records, profile.ping_interval_ms * 1_000_000)
    unasked = _unasked(records)
    closed = _closing(facts, lanes)
    return Cadence(
        signs=tuple(_signs(facts, len(pings), unasked, records)),
        pings=len(pings),
        ping_octets=pings[0].length if pings else 0,
        ping_interval_ns=_interval(pings),
        ping_longest_ns=_longest(pings, last_ns if whole else 0),
        unasked=unasked,
        messages=sum(length <= MESSAGE_OCTETS for length in lanes[0].lengths),
        silence_ns=max((b.time_ns - a.time_ns for a, b in pairwise(records)), default=0),
        last_ns=last_ns or None,
        last_by=last_by if last_ns else None,
        last_client_ns=lanes[0].last_ns or None,
        closed_by=None if closed is None else closed[0],
        closed_source=None if closed is None else closed[1],
    )


class Record(NamedTuple):
    """A record of application data."""

    time_ns: int
    length: int
    by: Side


class Spoken(NamedTuple):
    """
    Application data of one side, record by record, without what closes TLS.

    Attributes:
        times: When each came.
        lengths: Octets of each.
        packets: What brought each.
        is_cut: There were more.
    """

    times: Sequence[int]
    lengths: Sequence[int]
    packets: Sequence[int]
    is_cut: bool


def spoken(facts: TlsFacts, direction: Direction) -> Spoken:
    """The records of one side."""
    lane = _lane(facts, direction)
    found = facts.to_server if direction is Direction.TO_SERVER else facts.to_client
    count = len(lane.times)
    return Spoken(lane.times, lane.lengths, found.packets[:count], lane.is_cut)


class _Lane(NamedTuple):
    """
    Application data of one side, without what closes TLS.

    Attributes:
        last_ns: Of the last one; 0 if there is none.
        alert: The record taken for close_notify.
        is_cut: Only the beginning of the records is known one by one.
    """

    side: Side
    times: Sequence[int]
    lengths: Sequence[int]
    last_ns: int
    alert: Source | None
    is_cut: bool

    def records(self) -> Iterable[Record]:
        for time_ns, length in zip(self.times, self.lengths, strict=False):
            yield Record(time_ns, length, self.side)


def _lane(facts: TlsFacts, direction: Direction) -> _Lane:
    to_server = direction is Direction.TO_SERVER
    found: RecordFacts = facts.to_server if to_server else facts.to_client
    side = direction.sender
    is_cut = found.application > len(found.times_ns)
    times, lengths = found.times_ns, found.lengths
    if facts.version not in {None, "TLS 1.3"} or found.last_octets != _ALERT_OCTETS:
        return _Lane(side, times, lengths, found.last_ns or 0, None, is_cut)
    if not is_cut:
        times, lengths = times[:-1], lengths[:-1]
    return _Lane(side, times, lengths, found.previous_ns or 0, found.last_source, is_cut)


def is_alert(facts: RecordFacts) -> bool:
    """Whether the first protected record of TLS 1.3 is an alert: nothing else is as short."""
    return facts.lengths[:1] == (_ALERT_OCTETS,)


def _closing(facts: TlsFacts, lanes: Sequence[_Lane]) -> tuple[Side, Source] | None:
    """Who closed TLS first, and where: close_notify, or an alert nobody can read at the end."""
    found = [(lane.side, lane.alert) for lane in lanes if lane.alert is not None]
    closes = (alert for alert in facts.alerts if alert.description in {None, "close_notify"})
    found += [(alert.direction.sender, alert.source) for alert in closes]
    return min(found, key=lambda told: told[1].time_ns or 0, default=None)


def _pings(records: Sequence[Record], interval_ns: int) -> list[Record]:
    """The client's records that come and are answered like pings, all of about one length."""
    asked: dict[int, list[Record]] = {}
    for record, answer in pairwise(records):
        if (
            record.by is Side.CLIENT
            and answer.by is Side.SERVER
            and max(record.length, answer.length) <= SMALL_OCTETS
            and answer.time_ns - record.time_ns <= ANSWER_NS
        ):
            asked.setdefault(record.length, []).append(record)
    best: list[Record] = []
    often = sorted(asked, key=lambda length: (-len(asked[length]), length))
    for length in often[:PING_LENGTHS]:
        near = range(length - PING_SLACK_OCTETS, length + PING_SLACK_OCTETS + 1)
        alike = sorted(record for other in near for record in asked.get(other, ()))
        found = _at_interval(alike, interval_ns)
        if len(found) > len(best):
            best = found
    return best if len(best) >= ENOUGH else []


def _at_interval(alike: Sequence[Record], interval_ns: int) -> list[Record]:
    """Those that come about an interval behind the one before, or before the one behind."""
    steady = [
        interval_ns * 4 // 5 <= b.time_ns - a.time_ns <= interval_ns * 13 // 10
        for a, b in pairwise(alike)
    ]
    sides = zip([False, *steady], [*steady, False], strict=True)
    return [record for record, near in zip(alike, sides, strict=False) if any(near)]


def _interval(pings: Sequence[Record]) -> int | None:
    pauses = [b.time_ns - a.time_ns for a, b in pairwise(pings)]
    return median_low(pauses) if pauses else None


def _longest(pings: Sequence[Record], until_ns: int) -> int | None:
    if not pings:
        return None
    pauses = [b.time_ns - a.time_ns for a, b in pairwise(pings)]
    return max(*pauses, until_ns - pings[-1].time_ns)


def _unasked(records: Sequence[Record]) -> int:
    """The server spoke, paused and spoke again, though the client had said nothing."""
    return sum(
        a.by is b.by is Side.SERVER
        and b.time_ns - a.time_ns >= UNASKED_NS
        and b.length <= SMALL_OCTETS * 8
        for a, b in pairwise(records)
    )


def _signs(facts: TlsFacts, pings: int, unasked: int, records: Sequence[Record]) -> Iterator[Sign]:
    if "xmpp-client" in facts.alpn_offered:
        yield Sign.XMPP
    if facts.alpn_offered == ("http/1.1",):
        yield Sign.HTTP_1
    if pings:
        yield Sign.PINGS
    if unasked >= ENOUGH:
        yield Sign.UNASKED
    if _is_long(records):
        yield Sign.LONG


def _is_long(records: Sequence[Record]) -> bool:
    if not records or records[-1].time_ns - records[0].time_ns < LONG_NS:
        return False
    both = {record.by for record in records} == {*Side}
    return both and all(b.time_ns - a.time_ns < BREAK_NS for a, b in pairwise(records))
