"""
Choose the connections worth following.

A connection is followed if it touches one of the given ports or begins as `pick` knows it. Until
its first payload that cannot be told, so segments without payload wait: that is mostly a handshake.
"""

from collections.abc import Collection

import numpy as np
from msgspec import Struct

from ..model.limits import WAITING_SEGMENTS
from ..model.packet import Int64, PacketWindow
from .batch import Rows, joined, rows_of
from .columns import ACK, RST, SYN, Segments
from .numbering import Numbered, Numbering
from .pick import CLIENT, NOTHING, SERVER, first_octets
from .table import longer

UNDECIDED = 0
IGNORED = 1
CHOSEN = 2
FOLLOWED = 3

FIRST_ROOM = 1 << 10

PORTS = 1 << 16


class Selected(Struct, frozen=True):
    """
    What a window holds of followed connections.

    Attributes:
        rows: Their segments, those that waited first.
        client: Side of the client of each row's connection.
        chosen: Numbers of the connections that are followed from now on.
        rows_of_chosen: A row of each in the window.
    """

    rows: Rows
    client: Int64
    chosen: Int64
    rows_of_chosen: Int64


class Selection:
    """Which connections of a capture are followed, and who is the client of each."""

    def __init__(self, ports: Collection[int]) -> None:
        self._ports = np.zeros(PORTS, np.bool_)
        self._ports[[port for port in ports if 0 <= port < PORTS]] = True
        self._state = np.zeros(FIRST_ROOM, np.uint8)
        self._client = np.zeros(FIRST_ROOM, np.int8)
        self._waiting: Rows | None = None

    def let_go(self, connection: int) -> None:
        """Look at no more segments of a connection."""
        self._state[connection] = IGNORED

    def client(self, connection: int) -> int:
        """The side of the client."""
        return int(self._client[connection])

    def select(
        self, window: PacketWindow, segments: Segments, numbered: Numbered, numbering: Numbering
    ) -> Selected:
        """Decide about the connections of a window, and take out what is followed."""
        self._open(segments, numbered, numbering.count)
        connection, side = numbered.connection, numbered.side
        open_ = np.flatnonzero((self._state[connection] & 1) == 0)
        self._decide(window, segments, numbered, numbering, open_)
        # Most rows of a capture belong to connections that are not followed.
        index = np.flatnonzero(self._state[connection] >= CHOSEN)
        rows = rows_of(segments, index, connection, side)
        undecided = open_[self._state[connection[open_]] == UNDECIDED]
        rows = self._wait(rows, rows_of(segments, undecided, connection, side))
        chosen, at = np.unique(
            connection[open_[self._state[connection[open_]] == CHOSEN]], return_index=True
        )
        rows_of_chosen = open_[self._state[connection[open_]] == CHOSEN][at]
        self._state[chosen] = FOLLOWED
        return Selected(
            rows, self._client[rows.connection].astype(np.int64), chosen, rows_of_chosen
        )

    def _open(self, segments: Segments, numbered: Numbered, count: int) -> None:
        """Take in the connections that begin: their ports choose them and tell the client."""
        if count > len(self._state):
            self._state = longer(self._state, count, UNDECIDED)
            self._client = longer(self._client, count, 0)
        rows = numbered.opening
        numbers = numbered.connection[rows]
        source, destination = segments.source_port[rows], segments.destination_port[rows]
        from_known, to_known = self._ports[source], self._ports[destination]
        from_server = np.where(from_known == to_known, source < destination, from_known)
        self._client[numbers] = numbered.side[rows] ^ from_server
        self._state[numbers] = np.where(from_known | to_known, CHOSEN, UNDECIDED)

    def _decide(
        self,
        window: PacketWindow,
        segments: Segments,
        numbered: Numbered,
        numbering: Numbering,
        rows: Int64,
    ) -> None:
        """Look at the first payload of connections, and at who sent SYN."""
        connection, side = numbered.connection[rows], numbered.side[rows]
        flags = segments.flags[rows]
        payload = np.flatnonzero((segments.length[rows] > 0) & ((flags & RST) == 0))
        own = connection[payload] * 2 + side[payload]
        first = np.zeros(len(payload), np.bool_)
        if len(payload):
            first[np.unique(own, return_index=True)[1]] = True
            begins = (numbering.base[own] + np.uint32(1)) == segments.sequence[rows[payload]]
            first |= begins & numbering.based[own]
        payload = payload[first]
        at = rows[payload]
        kind = first_octets(window.data, segments.at[at], segments.captured[at])
        numbers = connection[payload]
        undecided = self._state[numbers] == UNDECIDED
        self._state[numbers[undecided]] = IGNORED
        self._state[numbers[undecided & (kind != NOTHING)]] = CHOSEN
        told = (kind == CLIENT) | (kind == SERVER)
        self._tell(numbers[told], side[payload][told] ^ (kind[told] == SERVER))
        answer = (flags & (SYN | ACK)) == SYN | ACK
        self._tell(connection[answer], side[answer] ^ 1)
        syn = (flags & (SYN | ACK)) == SYN
        self._tell(connection[syn], side[syn])

    def _tell(self, connection: Int64, client: Int64) -> None:
        # Assigned backwards: the first one that tells stands in the end.
        self._client[connection[::-1]] = client[::-1]

    def _wait(self, rows: Rows, undecided: Rows) -> Rows:
        """Let segments of undecided connections wait; those of chosen ones wait no longer."""
        waiting = undecided
        if self._waiting is not None and len(self._waiting):
            state = self._state[self._waiting.connection]
            rows = joined(self._waiting.take(state == CHOSEN), rows)
            waiting = joined(self._waiting.take(state == UNDECIDED), undecided)
        self._waiting = waiting.take(slice(-WAITING_SEGMENTS, None))
        return rows
