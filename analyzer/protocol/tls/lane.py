"""One direction of a TLS connection: its records in order, opened where that can be done."""

from collections import deque

from ...model.anomaly import AnomalyCode
from ...model.events import Event
from ...model.flow import Chunk, End, Gap, GapReason
from ...model.limits import TLS_ALERTS, TLS_HANDSHAKE_OCTETS
from ...model.source import Direction, PacketSource, Source
from ...model.tls import Locked
from . import handshake
from .cipher import Header
from .guard import NO_KEY, Guard, Stages
from .handshake import Assembly, MalformedError, Message
from .negotiation import Wait
from .plain import Plain
from .record import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    HEARTBEAT,
    OLD_HELLO,
    Record,
    Records,
)
from .talk import Talk

GIVE_UP = 64
"""First records of a direction behind which keys that open none of them are the wrong ones."""

ANYTHING = 1 << 20
"""Records that may have been lost where nothing tells how many."""

UNSEEN = 64
"""Records that may have been lost together with a ChangeCipherSpec."""

_ITEM_OCTETS = 512
"""What an item that waits takes beside its octets."""

_PROTECTED = (APPLICATION_DATA, CHANGE_CIPHER_SPEC)


class Lane:
    """Takes in ciphertext of one direction, delivers plaintext."""

    def __init__(self, way: Direction, capture: int, talk: Talk) -> None:
        self.way = way
        self._talk = talk
        self._tally = talk.ledger.tallies[way]
        self._plain = Plain(way)
        self._items: deque[Chunk | Gap | End] = deque()
        self._held = 0
        self._records = Records(capture)
        self._assembly = Assembly()
        self._guard: Guard | None = None
        self._locked: Locked | None = None
        self._turning = False
        self._holed = False
        self._failures = 0
        self._last: tuple[int, int] | None = None

    def push(self, item: Chunk | Gap | End) -> None:
        """Take in an item; `advance` works on it."""
        self._items.append(item)
        if isinstance(item, Chunk):
            self._held += len(item.octets) + _ITEM_OCTETS

    def advance(self) -> bool:
        """
        Go on as far as what has come allows.

        Returns:
            Whether anything was done; then the other direction may be able to go on, too.
        """
        before = self._tally.records, len(self._items)
        while self._drain() and self._items:
            item = self._items[0]
            if isinstance(item, Chunk):
                self._held -= len(item.octets) + _ITEM_OCTETS
                self._records.push(item)
            elif not self._drain(final=True):
                break
            elif isinstance(item, Gap):
                self._hole(item)
            else:
                self._end(item)
            self._items.popleft()
        if self._last is not None:
            self._tally.last_source = self._records.queue.source(*self._last)
            self._last = None
        return before != (self._tally.records, len(self._items))

    def events(self) -> list[Event]:
        """What has come out since the last time."""
        return self._plain.take()

    def waiting(self) -> int:
        """Octets that cannot be worked on yet."""
        return self._held + len(self._records)

    def limit(self, name: str, value: int, source: Source | None = None) -> None:
        """Say that a cap was reached."""
        self._plain.report(AnomalyCode.LIMIT, {"limit": name, "value": value}, source)

    def _drain(self, *, final: bool = False) -> bool:
        """Work on whole records; False if one has to wait for the other direction."""
        records = self._records
        while True:
            if records.is_damaged():
                source = records.queue.source(records.queue.position, records.queue.end)
                self._plain.report(AnomalyCode.TLS_RECORD, {"reason": "header"}, source)
                self._break(GapReason.OPAQUE, source)
            record = records.next(final=final)
            if record is None:
                return True
            if not self._take(record):
                return False
            records.consume(record)
            self._tally.records += 1

    def _take(self, record: Record) -> bool:
        if self._turning and not self._protect():
            return False
        if self._guard is None and self._locked is None and self._is_protected(record):
            if record.kind == CHANGE_CIPHER_SPEC and self._talk.is_modern(self.way):
                return True
            if not self._talk.arrive(self.way):
                return False
            if record.kind == CHANGE_CIPHER_SPEC:
                self._change()
                return True
            if not self._protect():
                return False
            self._start_late(record)
        self._lose()
        if self._guard is not None:
            self._open(self._guard, record)
        elif self._locked is not None:
            self._pass_over(record)
        else:
            self._content(record, record.kind, record.payload)
        return True

    def _is_protected(self, record: Record) -> bool:
        if record.kind in _PROTECTED:
            return True
        # Behind a hole a Finished may come whose ChangeCipherSpec was lost.
        behind = self._holed and record.kind == HANDSHAKE
        return behind and not handshake.is_whole(record.payload)

    def _change(self) -> None:
        """A ChangeCipherSpec; in TLS 1.3 it means nothing (RFC 8446 appendix D.4)."""
        if not self._talk.is_modern(self.way):
            self._talk.change(self.way)
            self._turning = True

    def _protect(self) -> bool:
        """Find what opens the records from here on; False if that has to wait."""
        found = self._talk.protection(self.way)
        if isinstance(found, Wait):
            return False
        self._turning = False
        if isinstance(found, Locked):
            self._seal(found)
        else:
            self._guard = found
        return True

    def _start_late(self, record: Record) -> None:
        """Keys are in use, and nothing has said so."""
        if self._locked is Locked.NO_HANDSHAKE and record.kind == APPLICATION_DATA:
            self._guard = self._talk.guess(self.way, _header(record), record.payload)
            self._locked = self._locked if self._guard is None else None
        elif self._guard is not None and not isinstance(self._guard, Stages):
            # The ChangeCipherSpec was lost, and perhaps what came behind it.
            self._guard.lose(0, UNSEEN, None)

    def _seal(self, reason: Locked) -> None:
        self._guard = None
        self._locked = reason
        self._talk.ledger.locked = self._talk.ledger.locked or reason

    def _lose(self) -> None:
        loss = self._records.loss()
        if loss is not None and self._guard is not None:
            most = ANYTHING if loss.most is None else loss.most
            self._guard.lose(loss.fewest, most, loss.octets)

    def _open(self, guard: Guard, record: Record) -> None:
        if isinstance(guard, Stages) and record.kind != APPLICATION_DATA:
            self._content(record, record.kind, record.payload)
            return
        opened = guard.open(_header(record), record.payload)
        if isinstance(opened, str):
            self._fail(guard, record, opened)
            return
        self._tally.opened += 1
        self._failures = 0
        self._content(record, *opened)

    def _fail(self, guard: Guard, record: Record, reason: str) -> None:
        """A record that cannot be opened."""
        self._failures += 1
        source = self._source(record)
        if self._failures == 1:
            values: dict[str, str | int] = {"reason": reason, "record": self._tally.records}
            self._plain.report(AnomalyCode.TLS_DECRYPT, values, source)
        self._tally.failed += 1
        shake = isinstance(guard, Stages) and reason == NO_KEY and guard.stage == "handshake"
        if record.kind == APPLICATION_DATA and not shake:
            self._count(record)
            self._plain.miss(GapReason.ENCRYPTED, source)
        locked = guard.locked() if isinstance(guard, Stages) else None
        if locked is None and not self._tally.opened and self._failures >= GIVE_UP:
            locked = Locked.WRONG_KEYS
        if locked is not None:
            self._seal(locked)

    def _pass_over(self, record: Record) -> None:
        """A record that nothing opens."""
        if record.kind == APPLICATION_DATA:
            self._count(record)
            self._plain.miss(GapReason.ENCRYPTED, self._source(record))
        elif record.kind == ALERT:
            plain = record.payload if len(record.payload) == 2 else None
            self._alert(record, plain)
        elif record.kind == HANDSHAKE and self._tally.finished is None:
            self._tally.finished = self._source(record)

    def _content(self, record: Record, kind: int, content: bytes) -> None:
        """What a record held."""
        if kind == APPLICATION_DATA:
            packet, time_ns = self._count(record)
            self._tally.plaintext_octets += len(content)
            self._plain.add(content, packet, time_ns)
            if isinstance(self._guard, Stages) and self._guard.stage == "early":
                self._talk.ledger.early = True
        elif kind == HANDSHAKE:
            for message in self._assembly.feed(content):
                self._message(message, self._source(record))
            if self._assembly.oversized:
                self._assembly.oversized = 0
                self.limit("TLS_HANDSHAKE_OCTETS", TLS_HANDSHAKE_OCTETS, self._source(record))
        elif kind == ALERT:
            self._alert(record, content if len(content) == 2 else None)
        elif kind == CHANGE_CIPHER_SPEC:
            self._change()
        elif kind == OLD_HELLO:
            self._old_hello(content, self._source(record))
        elif kind != HEARTBEAT:
            values: dict[str, str | int] = {"reason": "content type", "type": kind}
            self._plain.report(AnomalyCode.TLS_RECORD, values, self._source(record))

    def _old_hello(self, content: bytes, source: Source) -> None:
        try:
            self._message(handshake.from_old_hello(content), source)
        except MalformedError:
            values: dict[str, str | int] = {"type": handshake.CLIENT_HELLO}
            self._plain.report(AnomalyCode.TLS_HANDSHAKE, values, source)

    def _message(self, message: Message, source: Source) -> None:
        try:
            self._talk.take(self.way, message, source)
        except MalformedError:
            values: dict[str, str | int] = {"type": message.kind}
            self._plain.report(AnomalyCode.TLS_HANDSHAKE, values, source)
        if isinstance(self._guard, Stages):
            if message.kind == handshake.FINISHED:
                self._guard.go_to("application")
            elif message.kind == handshake.END_OF_EARLY_DATA:
                self._guard.go_to("handshake")
            elif message.kind == handshake.KEY_UPDATE:
                self._guard.update()

    def _alert(self, record: Record, octets: bytes | None) -> None:
        source = self._source(record)
        if not self._talk.ledger.take_alert(self.way, octets, source):
            self.limit("TLS_ALERTS", TLS_ALERTS, source)

    def _count(self, record: Record) -> tuple[int, int]:
        """Count application data; gives packet and time of its last octet."""
        packet, time_ns = self._records.queue.latest(record.begin, record.end)
        self._last = record.begin, record.end
        if self._tally.count(packet, time_ns, len(record.payload)):
            self._tally.place(self._source(record))
        return packet, time_ns

    def _source(self, record: Record) -> Source:
        return self._records.queue.source(record.begin, record.end)

    def _hole(self, gap: Gap) -> None:
        cut = self._records.hole(gap)
        if cut is not None:
            self._tally.records += 1
            if cut[0] == APPLICATION_DATA and isinstance(gap.source, PacketSource):
                self._tally.count(gap.source.last, gap.source.time_ns or 0, cut[1])
        begun = self._guard is not None or self._locked is not None
        if begun or cut is None or cut[0] != HANDSHAKE or self._records.is_searching:
            self._plain.miss(gap.reason, gap.source)
        self._break()

    def _break(self, reason: GapReason | None = None, source: Source | None = None) -> None:
        """What is cut here does not go on."""
        self._holed = True
        self._assembly.clear()
        self._talk.hole(self.way)
        if reason is not None:
            self._plain.miss(reason, source)

    def _end(self, item: End) -> None:
        self._talk.arrive(self.way)
        if len(self._records) and (self._guard is not None or self._locked is not None):
            self._plain.miss(GapReason.OPAQUE, item.source)
        self._plain.end(item)


def _header(record: Record) -> Header:
    return Header(record.kind, record.header[1:3], record.header)
