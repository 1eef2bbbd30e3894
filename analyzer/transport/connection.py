"""One followed connection: who, when, how it ended (RFC 9293 sections 3.5 and 3.6)."""

import numpy as np

from ..model.events import Item
from ..model.flow import Connection, EndCause, Endpoint
from ..model.source import Direction as Way
from ..model.source import PacketSource, Side
from .batch import HALF, MASK, Rows, Told
from .columns import FIN, RST
from .direction import Direction, Finish, Store

SIDES = (Side.CLIENT, Side.SERVER)

NO_TIME = -1


class Followed:
    """
    A connection whose octets are looked at.

    Attributes:
        number: As tshark's `tcp.stream`.
        ways: What the client sends, what the server sends.
        begun: Whether the first octet of both is known.
        closed: Nothing more is expected: a RST, or a FIN of both sides.
        last: Number of the last packet.
        last_ns: Time of the last packet; -1 if not known.
    """

    __slots__ = (
        "_acknowledged", "_cause", "_client", "_end", "_ended_side", "_first", "_first_ns",
        "_reset", "_server", "_store", "_syn_ns", "begun", "closed", "last", "last_ns",
        "number", "ways",
    )  # fmt: skip

    def __init__(self, store: Store, number: int, client: Endpoint, server: Endpoint) -> None:
        self.number = number
        self._store = store
        self._client = client
        self._server = server
        self.ways = (Direction(store, Way.TO_SERVER), Direction(store, Way.TO_CLIENT))
        self.begun = self.closed = False
        self._first = self.last = 0
        self._first_ns = self.last_ns = NO_TIME
        self._syn_ns: list[int | None] = [None, None]
        # The packet of each side that acknowledges something first.
        self._acknowledged: list[Told | None] = [None, None]
        self._cause: EndCause | None = None
        self._ended_side: Side | None = None
        self._end: PacketSource | None = None
        self._reset: PacketSource | None = None

    def note(self, first: int, first_ns: int, last: int, last_ns: int) -> None:
        """Take in number and time of the first and the last of some packets."""
        if not self._first or first < self._first:
            self._first, self._first_ns = first, first_ns
        if last > self.last:
            self.last, self.last_ns = last, last_ns

    def be_brief(self) -> None:
        """Want only the first octets of both sides."""
        for direction in self.ways:
            direction.brief = True

    def report_limit(self, name: str) -> None:
        """Say that a cap was reached that changes what is known of this connection."""
        self.ways[0].report_limit(name)

    def note_handshake(self, way: int, syn: Told | None, acknowledgment: Told | None) -> None:
        """Take in the first SYN and the first acknowledgment of some packets of one side."""
        if syn is not None and self._syn_ns[way] is None:
            self._syn_ns[way] = syn.time_ns
            self._begin_at(way, syn.sequence)
        if self._acknowledged[way] is None:
            self._acknowledged[way] = acknowledgment

    def begin(self, rows: tuple[Rows | None, Rows | None]) -> None:
        """Find out where the octets of either side begin without its SYN, if it can be told yet."""
        for way in (0, 1):
            told = self._acknowledged[1 - way]
            here = rows[way]
            lowest = None if here is None else _lowest(here, told)
            # What a side acknowledges first behind its own SYN is the other's SYN, unless there
            # was payload before it.
            known = told if self._syn_ns[1 - way] is not None else None
            if known is not None and (
                lowest is None or (lowest.sequence - known.acknowledgment) & MASK < HALF
            ):
                self._begin_at(way, known.acknowledgment)
            elif lowest is not None:
                self._begin_at(way, lowest.sequence, lowest)

    def _begin_at(self, way: int, sequence: int, late: Told | None = None) -> None:
        if self.ways[way].origin is None:
            source = None if late is None else self._store.source(late.number, late.time_ns)
            self.ways[way].begin(sequence, source)
            self.begun = self.ways[1 - way].origin is not None

    def end(self, way: int, flags: int, offset: int, packet: tuple[int, int]) -> None:
        """
        Take in a FIN or a RST, in the order of the packets.

        Args:
            way: Who sent it.
            flags: Of the packet.
            offset: Behind its payload.
            packet: Its number and time.
        """
        source = self._store.source(*packet)
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
        last = self._store.source(self.last, self.last_ns)
        items: list[Item] = []
        for direction in self.ways:
            items += direction.finish(last)
            if direction.fin is not None:
                items.append(direction.end(EndCause.FIN, direction.fin.source))
            elif self._reset is not None:
                items.append(direction.end(EndCause.RST, self._reset))
            else:
                items.append(direction.end(cause, last))
        items.append(self._connection(cause, last))
        return items

    def _connection(self, cause: EndCause, last: PacketSource) -> Connection:
        first = self._store.source(self._first, self._first_ns)
        syn, answer = self._syn_ns
        timed = syn is not None and answer is not None and min(syn, answer) > NO_TIME
        return Connection(
            capture=self._store.capture,
            number=self.number,
            client=self._client,
            server=self._server,
            opened_ns=first.time_ns,
            closed_ns=last.time_ns,
            syn_seen=syn is not None,
            syn_ack_seen=answer is not None,
            connect_ns=(answer or 0) - (syn or 0) if timed else None,
            ended_by=self._cause or cause,
            ended_side=self._ended_side,
            end_source=self._end,
            opened_source=first,
            to_server=self.ways[0].facts(),
            to_client=self.ways[1].facts(),
            sequence=self._sequence(),
        )

    def _sequence(self) -> tuple[int, int] | None:
        """Of the first octet of both sides, where both SYNs tell it."""
        client, server = (way.origin for way in self.ways)
        if None in self._syn_ns or client is None or server is None:
            return None
        return client, server


def _lowest(rows: Rows, acknowledged: Told | None) -> Told | None:
    """The payload or FIN that stands first; None without any."""
    kept = ((rows.length > 0) | ((rows.flags & FIN) != 0)) & ((rows.flags & RST) == 0)
    payload = np.flatnonzero(kept)
    if acknowledged is not None:
        # One octet that the peer had acknowledged before is a keep-alive.
        keep_alive = (rows.length[payload] == 1) & (rows.number[payload] > acknowledged.number)
        end = (rows.sequence[payload] + 1) & MASK
        payload = payload[~keep_alive | (end != acknowledged.acknowledgment)]
    if not len(payload):
        return None
    sequence = rows.sequence[payload]
    return rows.told(int(payload[np.argmin((sequence - sequence[0] + HALF) & MASK)]))
