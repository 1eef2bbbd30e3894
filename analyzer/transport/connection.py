"""One followed connection: who, when, how it ended (RFC 9293 sections 3.5 and 3.6)."""

import numpy as np

from ..model.events import Item
from ..model.flow import Connection, EndCause, Endpoint
from ..model.source import Direction as Way
from ..model.source import PacketSource, Side
from .batch import HALF, MASK, Reference, Rows
from .columns import ACK, RST, SYN
from .direction import Direction, Finish, Store

SIDES = (Side.CLIENT, Side.SERVER)


class Followed:
    """
    A connection whose octets are looked at.

    Attributes:
        number: As tshark's `tcp.stream`.
        ways: What the client sends, what the server sends.
        closed: Nothing more is expected: a RST, or a FIN of both sides.
        last_ns: Time of the last packet; -1 if not known.
    """

    __slots__ = (
        "_cause", "_client", "_end", "_ended_side", "_first", "_last", "_reset", "_server",
        "_store", "_syn_ns", "_syn_seen", "closed", "last_ns", "number", "ways",
    )  # fmt: skip

    def __init__(self, store: Store, number: int, client: Endpoint, server: Endpoint) -> None:
        self.number = number
        self._store = store
        self._client = client
        self._server = server
        self.ways = (Direction(store, Way.TO_SERVER), Direction(store, Way.TO_CLIENT))
        self.closed = False
        self.last_ns = -1
        self._syn_seen = [False, False]
        self._syn_ns: list[int] = [-1, -1]
        self._first: PacketSource | None = None
        self._last = PacketSource(store.capture, 0, 0, None)
        self._cause: EndCause | None = None
        self._ended_side: Side | None = None
        self._end: PacketSource | None = None
        self._reset: PacketSource | None = None

    def reference(self, way: int) -> Reference:
        """Where a direction stands."""
        direction = self.ways[way]
        return Reference(
            direction.origin is not None, direction.expected, direction.next, direction.high
        )

    def note(self, way: int, rows: Rows) -> None:
        """Take in when one direction's packets were seen, and its SYN."""
        self.ways[way].packets += len(rows)
        first = self._source(int(rows.number[0]), int(rows.time_ns[0]))
        last = self._source(int(rows.number[-1]), int(rows.time_ns[-1]))
        if self._first is None or first.first < self._first.first:
            self._first = first
        if last.first > self._last.first:
            self._last = last
            self.last_ns = int(rows.time_ns[-1])
        direction = self.ways[way]
        if direction.first_acknowledgment is None:
            telling = np.flatnonzero((rows.flags & (ACK | RST)) == ACK)
            if len(telling):
                direction.first_acknowledgment = int(rows.acknowledgment[telling[0]])
                direction.first_acknowledged = int(rows.number[telling[0]])

    def begin(self, way: int, rows: Rows | None) -> None:
        """Find the sequence number of a direction's first octet, if it can be told yet."""
        direction, peer = self.ways[way], self.ways[1 - way]
        if direction.origin is not None:
            return
        if rows is not None:
            syn = np.flatnonzero((rows.flags & (SYN | RST)) == SYN)
            if len(syn):
                self._syn_seen[way] = True
                self._syn_ns[way] = int(rows.time_ns[syn[0]])
                direction.begin(int(rows.sequence[syn[0]]))
                return
        lowest = None if rows is None else self._lowest(rows, peer)
        told = peer.first_acknowledgment
        if told is not None and self._syn_seen[1 - way]:
            # What the peer acknowledges first behind its own SYN is this side's SYN.
            before = lowest is not None and (int(rows.sequence[lowest]) - told) & MASK > HALF
            if not before:
                direction.begin(told)
                return
        if rows is not None and lowest is not None:
            source = self._source(int(rows.number[lowest]), int(rows.time_ns[lowest]))
            direction.begin_late(int(rows.sequence[lowest]), source)

    def _lowest(self, rows: Rows, peer: Direction) -> int | None:
        """The row with payload that stands first in the sequence; None without any."""
        payload = np.flatnonzero((rows.length > 0) & ((rows.flags & RST) == 0))
        if peer.first_acknowledgment is not None:
            # One octet that the peer had acknowledged before is a keep-alive.
            keep_alive = (
                (rows.length[payload] == 1)
                & ((rows.sequence[payload] + 1) & MASK == peer.first_acknowledgment)
                & (rows.number[payload] > peer.first_acknowledged)
            )
            payload = payload[~keep_alive]
        if not len(payload):
            return None
        sequence = rows.sequence[payload]
        distance = ((sequence - sequence[0] + HALF) & MASK) - HALF
        return int(payload[np.argmin(distance)])

    def end(self, way: int, flags: int, offset: int, number: int, time_ns: int) -> None:
        """Take in a FIN, which stands at an offset, or a RST; in the order of the packets."""
        source = self._source(number, time_ns)
        if self._cause is None:
            self._cause = EndCause.RST if flags & RST else EndCause.FIN
            self._ended_side = SIDES[way]
            self._end = source
        if flags & RST:
            self._reset = self._reset or source
        elif self.ways[way].fin is None:
            self.ways[way].fin = Finish(offset, source)
        self.closed = self._reset is not None or all(side.fin for side in self.ways)

    def finish(self, cause: EndCause) -> list[Item]:
        """What is left, the two ends and the connection; `cause` holds if none was captured."""
        items: list[Item] = []
        for direction in self.ways:
            items += direction.finish(self._last)
            if direction.fin is not None:
                items.append(direction.end(EndCause.FIN, direction.fin.source))
            elif self._reset is not None:
                items.append(direction.end(EndCause.RST, self._reset))
            else:
                items.append(direction.end(cause, self._last))
        items.append(self._facts(cause))
        return items

    def _facts(self, cause: EndCause) -> Connection:
        syn, answer = self._syn_ns
        return Connection(
            capture=self._store.capture,
            number=self.number,
            client=self._client,
            server=self._server,
            opened_ns=self._first.time_ns if self._first else None,
            closed_ns=self._last.time_ns,
            syn_seen=self._syn_seen[0],
            syn_ack_seen=self._syn_seen[1],
            connect_ns=answer - syn if min(syn, answer) >= 0 else None,
            ended_by=self._cause or cause,
            ended_side=self._ended_side,
            end_source=self._end,
            opened_source=self._first,
            to_server=self.ways[0].facts(),
            to_client=self.ways[1].facts(),
        )

    def _source(self, number: int, time_ns: int) -> PacketSource:
        return PacketSource(self._store.capture, number, number, time_ns if time_ns >= 0 else None)
