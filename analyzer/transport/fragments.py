"""
Put fragments of IP datagrams together (RFC 791 section 3.2, RFC 8200 section 4.5).

Where fragments overlap, the octets that came first stay. A datagram is handed on as if it had never
been cut, at its last missing fragment; one whose fragments do not all come is counted.
"""

from bisect import bisect_right

from msgspec import Struct

from ..model.limits import FRAGMENT_OCTETS, FRAGMENTED_DATAGRAMS

TIMEOUT_NS = 60_000_000_000
"""Until the last fragment, from the first (RFC 8200 section 4.5)."""

DATAGRAM_OCTETS = (1 << 16) - 1

MORE_4, OFFSET_4 = 0x2000, 0x1FFF
MORE_6, OFFSET_6 = 1, 0xFFF8

IPV6_HEADER = 40
FRAGMENT_HEADER = 8


class Fragment(Struct, frozen=True, gc=False):
    """
    A packet with a piece of a datagram.

    Attributes:
        head: IP header with its options or extension headers, and the fragment header of IPv6.
        body: Octets of the piece that were captured.
        lacking: Octets of it that were not.
        time_ns: As in `PacketWindow`.
    """

    head: bytes
    body: bytes
    lacking: int
    time_ns: int


class Whole(Struct, frozen=True, gc=False):
    """
    A datagram.

    Attributes:
        octets: From its IP header on.
        lacking: Octets behind them that were not captured.
    """

    octets: bytes
    lacking: int


class Fragments:
    """
    The datagrams of a capture of which fragments are missing.

    Attributes:
        together: Fragments that were put together.
        lost: Fragments that were not, because others never came.
        full: Whether datagrams were given up because there were too many.
    """

    def __init__(self) -> None:
        self.together = 0
        self.lost = 0
        self.full = False
        self._open: dict[bytes, _Datagram] = {}
        self._octets = 0

    @property
    def waiting(self) -> int:
        """Fragments that wait for others."""
        return sum(datagram.fragments for datagram in self._open.values())

    def take(self, fragment: Fragment) -> Whole | None:
        """Take the next fragment; a datagram if it is whole now."""
        self._expire(fragment.time_ns)
        key, offset, more = _place(fragment.head)
        if fragment.lacking and not offset:
            # The beginning still tells what it is, and there will be no more of it.
            return Whole(_rebuilt(fragment.head, fragment.body, fragment.lacking), fragment.lacking)
        end = offset + len(fragment.body)
        if fragment.lacking or end > DATAGRAM_OCTETS:
            self.lost += 1
            return None
        datagram = self._open.get(key)
        if datagram is None:
            datagram = self._open[key] = _Datagram(fragment.time_ns)
        datagram.fragments += 1
        before = datagram.octets
        datagram.add(offset, fragment.body, None if more else end)
        if not offset:
            datagram.head = datagram.head or fragment.head
        self._octets += datagram.octets - before
        if datagram.whole:
            self._close(key)
            self.together += datagram.fragments
            return Whole(_rebuilt(datagram.head, b"".join(datagram.pieces), 0), 0)
        while len(self._open) > FRAGMENTED_DATAGRAMS or self._octets > FRAGMENT_OCTETS:
            self.full = True
            self._give_up()
        return None

    def _expire(self, now_ns: int) -> None:
        while self._open and now_ns - next(iter(self._open.values())).time_ns > TIMEOUT_NS:
            self._give_up()

    def _give_up(self) -> None:
        """Wait no longer for the oldest one."""
        self.lost += self._close(next(iter(self._open))).fragments

    def _close(self, key: bytes) -> "_Datagram":
        datagram = self._open.pop(key)
        self._octets -= datagram.octets
        return datagram


class _Datagram:
    """
    Pieces of a datagram, without overlap.

    Attributes:
        time_ns: Of the fragment that came first.
        fragments: How many came.
        octets: In all pieces.
        head: Of the fragment with the first octet; empty until it came.
        pieces: Octets, in their order.
    """

    def __init__(self, time_ns: int) -> None:
        self.time_ns = time_ns
        self.fragments = 0
        self.octets = 0
        self.head = b""
        self.pieces: list[bytes] = []
        self._begins: list[int] = []
        self._total: int | None = None

    @property
    def whole(self) -> bool:
        """Whether every octet is there."""
        return self.octets == self._total

    def add(self, begin: int, octets: bytes, total: int | None) -> None:
        """
        Take what is new in a piece.

        Args:
            begin: Offset of its first octet.
            octets: All of it.
            total: Octets of the datagram, if this is the last piece.
        """
        if total is not None and self._total is None:
            self._total = total
            self._cut(total)
        end = begin + len(octets)
        if self._total is not None:
            end = min(end, self._total)
        at, origin = begin, begin
        index = bisect_right(self._begins, at)
        if index and self._begins[index - 1] + len(self.pieces[index - 1]) > at:
            at = self._begins[index - 1] + len(self.pieces[index - 1])
        while at < end:
            upto = min(end, self._begins[index]) if index < len(self._begins) else end
            if at < upto:
                self._begins.insert(index, at)
                self.pieces.insert(index, octets[at - origin : upto - origin])
                self.octets += upto - at
                index += 1
            if index == len(self._begins):
                break
            at = self._begins[index] + len(self.pieces[index])
            index += 1

    def _cut(self, total: int) -> None:
        """Drop what lies behind the end that is told now."""
        while self._begins and self._begins[-1] + len(self.pieces[-1]) > total:
            kept = self.pieces[-1][: max(0, total - self._begins[-1])]
            self.octets -= len(self.pieces[-1]) - len(kept)
            if kept:
                self.pieces[-1] = kept
            else:
                del self.pieces[-1], self._begins[-1]


def _place(head: bytes) -> tuple[bytes, int, bool]:
    """Which datagram a fragment belongs to, where in it, and whether others lie behind."""
    if head[0] >> 4 == 4:
        field = int.from_bytes(head[6:8], "big")
        # RFC 791: source, destination, protocol and identification.
        return head[12:20] + head[9:10] + head[4:6], (field & OFFSET_4) * 8, bool(field & MORE_4)
    field = int.from_bytes(head[-6:-4], "big")
    return head[8:IPV6_HEADER] + head[-4:], field & OFFSET_6, bool(field & MORE_6)


def _rebuilt(head: bytes, body: bytes, lacking: int) -> bytes:
    """The datagram without the traces of fragmentation."""
    length = len(body) + lacking
    if head[0] >> 4 == 4:
        total = min(len(head) + length, DATAGRAM_OCTETS).to_bytes(2, "big")
        return head[:2] + total + head[4:6] + bytes(2) + head[8:] + body
    following = head[-FRAGMENT_HEADER : 1 - FRAGMENT_HEADER]
    return (
        head[:4]
        + min(length, DATAGRAM_OCTETS).to_bytes(2, "big")
        + following
        + head[7:IPV6_HEADER]
        + body
    )
