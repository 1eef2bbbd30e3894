"""Records of one direction, cut out of its octets (RFC 8446 section 5.1)."""

import re
from struct import Struct
from typing import NamedTuple

from ...model.flow import Chunk, Gap
from ..byte_queue import ByteQueue

CHANGE_CIPHER_SPEC = 20
ALERT = 21
HANDSHAKE = 22
APPLICATION_DATA = 23
HEARTBEAT = 24
OLD_HELLO = 1
"""A ClientHello in the form of SSL 2.0, from clients that spoke that, too (RFC 5246 E.2)."""

HEADER_OCTETS = 5
LONGEST = (1 << 14) + 2048
"""Octets of a protected record (RFC 5246 section 6.2.3)."""

SHORTEST = 22
"""Octets of a record of application data that any cipher makes, header included."""

_HEADER = Struct(">BHH")
_OLD_HELLO = re.compile(rb"[\x80-\xbf].\x01\x03[\x00-\x03]", re.DOTALL)
_BEGINNING = re.compile(rb"[\x14-\x18]\x03[\x00-\x04][\x00-\x48]", re.DOTALL)


class Record(NamedTuple):
    """
    A whole record.

    Attributes:
        kind: Content type.
        header: Its first five octets.
        payload: What follows them.
        begin: Offset in the direction of its first octet.
        end: Offset behind its last one.
    """

    kind: int
    header: bytes
    payload: bytes
    begin: int
    end: int


class Loss(NamedTuple):
    """
    Records that a hole took.

    Attributes:
        fewest: So many at least.
        most: So many at most; None if that cannot be told.
        octets: Length of the payload of the only one; None if it is not known.
    """

    fewest: int
    most: int | None
    octets: int | None


class Records:
    """
    Cuts records, and finds where the next one begins behind a hole or damage.

    A beginning that is looked for is one if another record, or nothing, begins where it ends.

    Attributes:
        queue: What has come and is not cut.
    """

    def __init__(self, capture: int) -> None:
        self.queue = ByteQueue(capture)
        self._boundary: int | None = None
        self._searching = False
        self._holed = False
        self._begun = 0
        self._exact: int | None = None
        self._missing: int | None = 0

    def __len__(self) -> int:
        """Octets held."""
        return len(self.queue)

    @property
    def is_searching(self) -> bool:
        """It is not known where the next record begins."""
        return self._searching

    def push(self, chunk: Chunk) -> None:
        """Take in octets; they follow what is held."""
        self.queue.push(chunk)

    def hole(self, gap: Gap) -> tuple[int, int] | None:
        """
        Octets are missing behind what is held.

        Returns:
            Content type and payload length of the record that the hole cuts, if its header is
            there.
        """
        queue = self.queue
        cut: tuple[int, int] | None = None
        behind = queue.end
        if len(queue) and self._boundary is None and not self._searching:
            self._begun += 1
            if len(queue) >= HEADER_OCTETS:
                kind, _, length = _HEADER.unpack_from(queue.octets, queue.at)
                cut = kind, length
                self._exact = length
                self._boundary = queue.position + HEADER_OCTETS + length
        elif self._searching:
            self._miss(len(queue))
        queue.clear()
        self._holed = True
        end = None if gap.length is None else gap.offset + gap.length
        if end is None:
            self._missing = None
        elif self._boundary is None:
            self._miss(end - behind)
        elif self._boundary < end:
            self._miss(end - self._boundary)
        else:
            return cut
        self._boundary = None
        self._searching = True
        return cut

    def _miss(self, octets: int) -> None:
        if self._missing is not None:
            self._missing += max(octets, 0)

    def loss(self) -> Loss | None:
        """What was lost before the record that came last; None if nothing was. Tells it once."""
        if not self._holed:
            return None
        begun, missing, exact = self._begun, self._missing, self._exact
        self._holed = False
        self._begun = self._missing = 0
        self._exact = None
        if missing is None:
            return Loss(begun, None, None)
        most = begun + -(-missing // SHORTEST)
        return Loss(begun, most, exact if most == 1 else None)

    def next(self, *, final: bool = False) -> Record | None:
        """
        The next record; None if it is not complete.

        Args:
            final: Nothing follows what is held.
        """
        queue = self.queue
        if self._boundary is not None:
            if queue.end < self._boundary:
                queue.clear()
                return None
            queue.at = self._boundary - queue.base
            self._boundary = None
        if self._searching and not self._find(final=final):
            return None
        at = queue.at
        octets = queue.octets
        if len(octets) - at < HEADER_OCTETS:
            return None
        if self._is_old_hello():
            kind, head = OLD_HELLO, 2
            length = int.from_bytes(octets[:2], "big") & 0x7FFF
        else:
            head = HEADER_OCTETS
            kind, _, length = _HEADER.unpack_from(octets, at)
        end = at + head + length
        if end > len(octets):
            return None
        header = bytes(octets[at : at + head])
        payload = bytes(octets[at + head : end])
        return Record(kind, header, payload, queue.base + at, queue.base + end)

    def consume(self, record: Record) -> None:
        """Go on behind a record."""
        self.queue.at = record.end - self.queue.base

    def _is_old_hello(self) -> bool:
        queue = self.queue
        return not queue.position and _OLD_HELLO.match(queue.octets) is not None

    def is_damaged(self) -> bool:
        """What comes next is no record; from now on the next one is looked for."""
        queue = self.queue
        if self._searching or self._boundary is not None or len(queue) < HEADER_OCTETS:
            return False
        kind, version, length = _HEADER.unpack_from(queue.octets, queue.at)
        if CHANGE_CIPHER_SPEC <= kind <= HEARTBEAT and 0x0300 <= version <= 0x0304:
            return bool(length > LONGEST and self._damage())
        return not self._is_old_hello() and self._damage()

    def _damage(self) -> bool:
        self._searching = self._holed = True
        return True

    def _find(self, *, final: bool) -> bool:
        """Go to where a record begins."""
        queue = self.queue
        octets = queue.octets
        begin = at = queue.at
        found = False
        while match := _BEGINNING.search(octets, at):
            at = match.start()
            if len(octets) - at < HEADER_OCTETS:
                break
            behind = at + HEADER_OCTETS + _HEADER.unpack_from(octets, at)[2]
            if len(octets) - behind < 4 and not final:
                break
            found = behind <= len(octets) < behind + 4 or bool(_BEGINNING.match(octets, behind))
            if found:
                break
            at += 1
        else:
            at = max(len(octets) - 3, at)
        queue.at = at
        self._miss(at - begin)
        self._searching = not found
        return found
