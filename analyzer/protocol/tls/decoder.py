"""
Records in, plaintext out (RFC 5246 section 6, RFC 8446 section 5).

Both directions go on by themselves, in whatever order they are delivered; what one needs from the
other it waits for.
"""

from ...model.events import Event, Item
from ...model.flow import Chunk, Connection, End, Gap
from ...model.limits import ALL_TLS_WAITING_OCTETS, TLS_WAITING_OCTETS
from ...model.source import Direction
from .keyring import KeyRing
from .lane import Lane
from .talk import Talk


class Tls:
    """TLS of one connection."""

    def __init__(self, capture: int, keys: KeyRing) -> None:
        """Take the index of the input, and what opens records."""
        self._keys = keys
        self._waiting = 0
        self._talk = Talk(keys)
        self._lanes = {way: Lane(way, capture, self._talk) for way in Direction}

    def feed(self, item: Item) -> list[Event]:
        """Plaintext as Chunk, Gap and End, oddities; at the end TlsFacts and the Connection."""
        if isinstance(item, Chunk | Gap | End):
            lane = self._lanes[item.direction]
            lane.push(item)
            events = self._advance(lane)
            full = self._is_full(lane)
            if full is not None:
                lane.limit(*full)
                self._talk.arrive(item.direction.other)
                events += self._advance(lane)
                self._is_full(lane)
            return events
        if isinstance(item, Connection):
            for way in Direction:
                self._talk.arrive(way)
            events = self._advance(self._lanes[Direction.TO_SERVER])
            self._is_full(self._lanes[Direction.TO_SERVER])
            return [*events, self._talk.ledger.facts(), item]
        return [item]

    def _is_full(self, lane: Lane) -> tuple[str, int] | None:
        """Which cap is reached by what waits in this direction, or everywhere."""
        waiting = sum(lane.waiting() for lane in self._lanes.values())
        self._keys.waiting += waiting - self._waiting
        self._waiting = waiting
        if lane.waiting() > TLS_WAITING_OCTETS:
            return "TLS_WAITING_OCTETS", TLS_WAITING_OCTETS
        if self._keys.waiting > ALL_TLS_WAITING_OCTETS and lane.waiting():
            return "ALL_TLS_WAITING_OCTETS", ALL_TLS_WAITING_OCTETS
        return None

    def _advance(self, first: Lane) -> list[Event]:
        """Let the directions go on in turn until neither can."""
        other = self._lanes[first.way.other]
        while first.advance() | other.advance() | first.advance():
            pass
        return [*first.events(), *other.events()]
