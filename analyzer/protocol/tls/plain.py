"""What comes out of one direction: plaintext, with the packets that completed it."""

from ...model.anomaly import Anomaly, AnomalyCode
from ...model.events import Event
from ...model.flow import Chunk, End, Gap, GapReason, Provenance
from ...model.source import Direction, Source


class Plain:
    """
    Collects plaintext of many records into one chunk.

    Attributes:
        way: Direction.
        position: Octets delivered or waiting to be.
        events: What is ready to be delivered.
    """

    def __init__(self, way: Direction) -> None:
        self.way = way
        self.position = 0
        self.events: list[Event] = []
        self._begin = 0
        self._pieces: list[bytes] = []
        self._offsets: list[int] = []
        self._packets: list[int] = []
        self._times: list[int] = []
        self._named = False

    def add(self, octets: bytes, packet: int, time_ns: int) -> None:
        """Plaintext of a record that this packet completed."""
        if not octets:
            return
        if not self._packets or self._packets[-1] != packet:
            self._offsets.append(self.position)
            self._packets.append(packet)
            self._times.append(time_ns)
        self._pieces.append(octets)
        self.position += len(octets)
        self._named = False

    def flush(self) -> None:
        """Make a chunk of what has been added."""
        if self._pieces:
            provenance = Provenance(self._offsets, self._packets, self._times)
            octets = b"".join(self._pieces)
            self.events.append(Chunk(self.way, self._begin, octets, provenance))
            self._pieces, self._offsets, self._packets, self._times = [], [], [], []
        self._begin = self.position

    def miss(self, reason: GapReason, source: Source | None) -> None:
        """Plaintext is missing here; how much is hidden. Told once, until there is more."""
        if not self._named:
            self._named = True
            self.flush()
            self.events.append(Gap(self.way, self.position, None, reason, source))

    def report(
        self, code: AnomalyCode, values: dict[str, str | int], source: Source | None = None
    ) -> None:
        """Say what was odd."""
        self.flush()
        found = Anomaly(code=code, values=values, direction=self.way, source=source)
        self.events.append(found)

    def end(self, item: End) -> None:
        """No more comes."""
        self.flush()
        self.events.append(End(self.way, self.position, item.cause, item.source))

    def take(self) -> list[Event]:
        """What is ready, once."""
        self.flush()
        events, self.events = self.events, []
        return events
