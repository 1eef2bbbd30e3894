"""
How far the clocks of two recordings of one session are apart.

What both hold, told by two clocks: the stanzas, the handshakes of TCP and TLS, the upgrade. A HAR
and a capture of one PC saw it at the same time, so the median difference is that of their clocks.
Two captures at different points saw it one after the other: the smallest difference of each
direction holds the offset and the shortest delay of the way, once with each sign (RFC 5905 section
8), as long as both delays are alike.
"""

from collections.abc import Iterator
from itertools import count
from statistics import median
from typing import NamedTuple

from ..model.session import SeenIn, Session
from ..model.source import Direction, Source

_TO_SERVER = Direction.TO_SERVER
_TO_CLIENT = Direction.TO_CLIENT

Mark = tuple[str, object, int]
"""What it is, what tells it from others like it, the how many-th of those."""


class Sighting(NamedTuple):
    """
    When a recording saw something that another one may hold, too.

    Attributes:
        direction: Which way it went.
        time_ns: When.
    """

    direction: Direction
    time_ns: int


class Clock(NamedTuple):
    """
    A clock against another.

    Attributes:
        offset_ns: What is to be added to its times to get those of the other one.
        spread_ns: How far off that may be; None if it is not known.
        compared: Sightings that tell it; 0 if it is not known, and taken for equal.
    """

    offset_ns: int = 0
    spread_ns: int | None = None
    compared: int = 0


class Sightings:
    """What sessions hold that others may hold, too; looked up once of each."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Session, dict[Mark, Sighting]]] = {}

    def of(self, session: Session) -> dict[Mark, Sighting]:
        """The sightings of a session, which is kept as long as this."""
        known = self._known.get(id(session))
        if known is None:
            known = self._known[id(session)] = session, sightings(session)
        return known[1]


def clock_against(other: Session, first: Session, known: Sightings | None = None) -> Clock:
    """
    The clock of a recording against that of another one of the same session.

    Args:
        other: Of the one.
        first: Of the other.
        known: Sightings of sessions that are compared with several others.
    """
    there, back = _ahead(other, first, known or Sightings())
    at_one_point = SeenIn.HAR in (other.seen_in, first.seen_in)
    if at_one_point or not there or not back:
        return _at_one_point([*there, *back])
    # The one way a packet is late by the delay, the other way early by it.
    if median(there) > median(back):
        there, back = back, there
    low, high = max(there), min(back)
    return Clock((low + high) // 2, abs(high - low), len(there) + len(back))


def is_nearer(other: Session, first: Session, known: Sightings | None = None) -> bool | None:
    """
    Whether a capture was made nearer to the client than another one of the same session.

    What the client sends comes by there earlier, what the server sends later; None if nothing of
    both directions can be compared.
    """
    there, back = _ahead(other, first, known or Sightings())
    if not there or not back:
        return None
    return median(there) > median(back)


def _ahead(other: Session, first: Session, known: Sightings) -> tuple[list[int], list[int]]:
    """How much later the first saw what both saw, to the server and to the client."""
    mine, theirs = known.of(first), known.of(other)
    found: dict[Direction, list[int]] = {direction: [] for direction in Direction}
    for mark in mine.keys() & theirs.keys():
        seen = mine[mark]
        found[seen.direction].append(seen.time_ns - theirs[mark].time_ns)
    return found[_TO_SERVER], found[_TO_CLIENT]


def _at_one_point(ahead: list[int]) -> Clock:
    if not ahead:
        return Clock()
    middle = int(median(ahead))
    spread = max(abs(one - middle) for one in ahead) if len(ahead) > 1 else None
    return Clock(middle, spread, len(ahead))


def sightings(session: Session) -> dict[Mark, Sighting]:
    """All that another recording may hold, too, with when it went."""
    found: dict[Mark, Sighting] = {}
    numbers: dict[tuple[str, object], Iterator[int]] = {}
    for stanza in session.stanzas:
        time_ns = stanza.source.time_ns
        if stanza.octets and stanza.complete and time_ns is not None:
            key = "stanza", (stanza.direction, stanza.octets)
            mark = (*key, next(numbers.setdefault(key, count())))
            found[mark] = Sighting(stanza.direction, time_ns)
    if session.seen_in is not SeenIn.HAR:
        # A HAR tells of these when the browser began to think of them.
        found.update(_below(session))
    elif not found and session.upgrade is not None and session.upgrade.time_ns is not None:
        found["upgrade", None, 0] = Sighting(_TO_CLIENT, session.upgrade.time_ns)
    return found


def _below(session: Session) -> Iterator[tuple[Mark, Sighting]]:
    """The handshakes, as packets show them."""
    connection, tls, upgrade = session.connection, session.tls, session.upgrade
    if connection is not None and connection.syn_seen and connection.opened_ns is not None:
        yield ("syn", None, 0), Sighting(_TO_SERVER, connection.opened_ns)
        if connection.connect_ns is not None:
            answered = connection.opened_ns + connection.connect_ns
            yield ("syn", None, 1), Sighting(_TO_CLIENT, answered)
    if tls is not None:
        yield from _sighting("hello", tls.client_hello, _TO_SERVER)
        yield from _sighting("hello", tls.server_hello, _TO_CLIENT)
    if upgrade is not None and upgrade.time_ns is not None:
        yield ("upgrade", None, 0), Sighting(_TO_CLIENT, upgrade.time_ns)


def _sighting(
    what: str, source: Source | None, direction: Direction
) -> Iterator[tuple[Mark, Sighting]]:
    if source is not None and source.time_ns is not None:
        yield (what, direction, 0), Sighting(direction, source.time_ns)
