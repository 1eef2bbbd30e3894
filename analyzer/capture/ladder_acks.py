"""
Acknowledgments of a ladder, which nobody writes down: all is acknowledged at once.

Only what a line `[resent]` sends again was not; and whatever a side sends acknowledges what it got.
"""

from msgspec import Struct
from msgspec.structs import replace

from ..model.flow import Silence, Unacknowledged
from ..model.limits import SILENCE_NS
from ..model.source import Direction, PacketSource


class _Flight(Struct, frozen=True):
    """Octets sent last, the packet, how often it was sent again, and when for the last time."""

    octets: int
    first: PacketSource
    last: PacketSource
    resent: int = 0


class Acks:
    """What each side of a connection acknowledged, and when it was silent."""

    def __init__(self) -> None:
        self._flights: dict[Direction, _Flight] = {}
        self._owed: dict[Direction, int] = {}
        self._last: dict[Direction, int] = {}
        self._resent_ns: dict[Direction, int] = {}
        self._resent = dict.fromkeys(Direction, 0)
        self._silences: dict[Direction, list[Silence]] = {way: [] for way in Direction}

    def take(self, way: Direction, source: PacketSource, octets: int) -> None:
        """Take a packet of a side, with so many octets."""
        self._settle()
        self._alive(way, source.time_ns or 0)
        self._flights.pop(way.other, None)
        if octets:
            self._flights[way] = _Flight(octets, source, source)
            self._owed[way.other] = source.time_ns or 0

    def again(self, way: Direction, source: PacketSource) -> None:
        """What a side sent last goes once more: nobody has acknowledged it."""
        self._owed.pop(way.other, None)
        self._settle()
        self._alive(way, source.time_ns or 0)
        flight = self._flights.get(way)
        if flight is not None:
            self._resent[way] += flight.octets
            self._resent_ns[way] = source.time_ns or 0
            again = replace(flight, last=source, resent=flight.resent + 1)
            self._flights[way] = again

    def last_ns(self, way: Direction) -> int | None:
        """The last packet of a side, acknowledgments counted."""
        self._settle()
        return self._last.get(way)

    def resent(self, way: Direction) -> int:
        """Octets of a side that went once more."""
        return self._resent[way]

    def resent_ns(self, way: Direction) -> int | None:
        """When a side last sent something again."""
        return self._resent_ns.get(way)

    def silences(self, way: Direction) -> tuple[Silence, ...]:
        """As a capture has them."""
        self._settle()
        return tuple(self._silences[way])

    def unacknowledged(self, way: Direction) -> Unacknowledged | None:
        """As a capture has it."""
        flight = self._flights.get(way)
        if flight is None or not flight.resent:
            return None
        return Unacknowledged(flight.octets, flight.resent, flight.first, flight.last)

    def _settle(self) -> None:
        """Whoever owed an acknowledgment has sent it by now."""
        for way, time_ns in self._owed.items():
            self._alive(way, time_ns)
        self._owed.clear()

    def _alive(self, way: Direction, time_ns: int) -> None:
        before = self._last.get(way, time_ns)
        if time_ns - before >= SILENCE_NS:
            self._silences[way].append(Silence(before, time_ns))
        self._last[way] = max(before, time_ns)
