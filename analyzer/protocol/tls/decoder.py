"""Records in, plaintext out (RFC 5246 section 6, RFC 8446 section 5)."""

from ...model.anomaly import Anomaly
from ...model.events import Event, Item
from ...model.flow import Chunk, Connection, End, Gap, GapReason
from ...model.source import Direction
from ...model.tls import Locked, TlsFacts
from ..opaque import source_of
from .keyring import KeyRing


class Tls:
    """TLS of one connection."""

    def __init__(self, capture: int, keys: KeyRing) -> None:
        self._capture = capture
        self._keys = keys
        self._named: set[Direction] = set()

    def feed(self, item: Item) -> list[Event]:
        """Plaintext as Chunk, Gap and End; at the end TlsFacts, then the Connection."""
        if isinstance(item, Chunk):
            if item.direction in self._named:
                return []
            self._named.add(item.direction)
            source = source_of(item, self._capture)
            return [Gap(item.direction, 0, None, GapReason.ENCRYPTED, source)]
        if isinstance(item, End):
            return [End(item.direction, 0, item.cause, item.source)]
        if isinstance(item, Connection):
            return [TlsFacts(locked=Locked.NO_KEYS), item]
        return [item] if isinstance(item, Anomaly) else []
