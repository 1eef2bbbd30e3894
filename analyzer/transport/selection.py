"""
Choose the connections worth following.

A connection is followed if it touches one of the given ports or begins as `pick` knows it. Until
its first payload that cannot be told, so segments without payload wait: that is mostly a handshake.
"""

from collections.abc import Callable, Collection

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ..model.limits import WAITING_SEGMENTS
from ..model.packet import Int64
from .batch import Rows, joined, rows_of
from .columns import ACK, RST, SYN, Segments
from .numbering import Numbered, Numbering
from .pick import CLIENT, NOTHING, SERVER, TLS_CLIENT, TLS_SERVER, first_octets
from .table import longer

UNDECIDED = 0
IGNORED = 1
CHOSEN = 2
"""Followed from this window on."""
FOLLOWED = 3

FIRST_ROOM = 1 << 10

PORTS = 1 << 16


Opens = Callable[[bytes], bool]
"""Whether a key was given for the connection of a client random."""


class Selected(Struct, frozen=True):
    """
    What a window holds of followed connections.

    Attributes:
        rows: Their segments, those that waited first.
        client: Side of the client of each row's connection.
        chosen: Slots of the connections that are followed from now on.
        rows_of_chosen: A row of each in the window.
        incomplete: Slots of those of whom segments that waited were let go.
        tls: Slots of those that were chosen for their TLS only, which no key opens.
    """

    rows: Rows
    client: Int64
    chosen: Int64
    rows_of_chosen: Int64
    incomplete: frozenset[int]
    tls: frozenset[int]


class Selection:
    """Which connections of a capture are followed, and who is the client of each; by slot."""

    def __init__(self, ports: Collection[int], opens: Opens) -> None:
        self._opens = opens
        self._ports = np.zeros(PORTS, np.bool_)
        self._ports[[port for port in ports if 0 <= port < PORTS]] = True
        self._state = np.zeros(FIRST_ROOM, np.uint8)
        self._client = np.zeros(FIRST_ROOM, np.int8)
        self._incomplete = np.zeros(FIRST_ROOM, np.bool_)
        self._waiting: Rows | None = None

    def client(self, slot: int) -> int:
        """The side of the client."""
        return int(self._client[slot])

    def let_go(self, slot: int) -> None:
        """Look at no more segments of a connection."""
        self._state[slot] = IGNORED

    def forget(self, slots: int) -> Int64:
        """
        Forget all connections but those that are followed or have segments waiting.

        Args:
            slots: How many there are.

        Returns:
            Slots of the connections kept, ascending; they become 0, 1, 2 and so on.
        """
        keep = self._state[:slots] == FOLLOWED
        if self._waiting is not None:
            keep[self._waiting.slot] = True
        kept = np.flatnonzero(keep)
        self._state, self._client = self._state[kept], self._client[kept]
        self._incomplete = self._incomplete[kept]
        if self._waiting is not None:
            moved = np.cumsum(keep) - 1
            self._waiting.slot[:] = moved[self._waiting.slot]
        return kept

    def select(self, segments: Segments, numbered: Numbered, numbering: Numbering) -> Selected:
        """Decide about the connections of a window, and take out what is followed."""
        slot, side = numbered.slot, numbered.side
        self._open(segments, numbered, numbering.slots)
        # Most segments of a capture belong to connections that are not followed.
        state = self._state[slot]
        looked_at = np.flatnonzero((state == UNDECIDED) | (state == CHOSEN))
        tls = self._decide(segments, numbered, numbering, looked_at)
        rows = rows_of(segments, np.flatnonzero(self._state[slot] >= CHOSEN), slot, side)
        state = self._state[slot[looked_at]]
        undecided = rows_of(segments, looked_at[state == UNDECIDED], slot, side)
        rows = self._wait(rows, undecided)
        begun = looked_at[state == CHOSEN]
        chosen, first = np.unique(slot[begun], return_index=True)
        self._state[chosen] = FOLLOWED
        return Selected(
            rows=rows,
            client=self._client[rows.slot].astype(np.int64),
            chosen=chosen,
            rows_of_chosen=begun[first],
            incomplete=frozenset(chosen[self._incomplete[chosen]].tolist()),
            tls=frozenset(tls),
        )

    def _open(self, segments: Segments, numbered: Numbered, slots: int) -> None:
        """Take in the connections that begin: their ports choose them and tell the client."""
        self._state = longer(self._state, slots, UNDECIDED)
        self._client = longer(self._client, slots, 0)
        self._incomplete = longer(self._incomplete, slots, 0)
        rows = numbered.opening
        slot = numbered.slot[rows]
        source, destination = segments.source_port[rows], segments.destination_port[rows]
        from_known, to_known = self._ports[source], self._ports[destination]
        from_server = np.where(from_known == to_known, source < destination, from_known)
        self._client[slot] = numbered.side[rows] ^ from_server
        self._state[slot] = np.where(from_known | to_known, CHOSEN, UNDECIDED)

    def _decide(
        self,
        segments: Segments,
        numbered: Numbered,
        numbering: Numbering,
        rows: Int64,
    ) -> set[int]:
        """
        Look at the first payload of connections, and at who sent SYN.

        Returns:
            Slots of the connections chosen for their TLS, less those that a key opens.
        """
        slot, side, flags = numbered.slot[rows], numbered.side[rows], segments.flags[rows]
        payload = np.flatnonzero((segments.length[rows] > 0) & ((flags & RST) == 0))
        own = 2 * slot[payload] + side[payload]
        first = numbering.based[own] & (
            segments.sequence[rows[payload]] == numbering.base[own] + np.uint32(1)
        )
        first[np.unique(own, return_index=True)[1]] = True
        payload = payload[first]
        at = rows[payload]
        kind = first_octets(segments.data, segments.at[at], segments.captured[at])
        undecided = self._state[slot[payload]] == UNDECIDED
        self._state[slot[payload[undecided]]] = IGNORED
        self._state[slot[payload[undecided & (kind != NOTHING)]]] = CHOSEN
        is_server = (kind == SERVER) | (kind == TLS_SERVER)
        told = (kind == CLIENT) | (kind == TLS_CLIENT) | is_server
        self._tell(slot[payload[told]], side[payload[told]] ^ is_server[told])
        answer = (flags & (SYN | ACK)) == SYN | ACK
        self._tell(slot[answer], side[answer] ^ 1)
        syn = (flags & (SYN | ACK)) == SYN
        self._tell(slot[syn], side[syn])
        begun = slot[payload[undecided & (kind >= TLS_CLIENT)]].tolist()
        hellos = np.flatnonzero(undecided & (kind == TLS_CLIENT))
        return set(begun) - {
            int(slot[payload[hello]])
            for hello in hellos.tolist()
            if self._opens(_client_random(segments.data, int(segments.at[at[hello]])))
        }

    def _tell(self, slot: Int64, client: Int64) -> None:
        # Assigned backwards: the first one that tells stands in the end.
        self._client[slot[::-1]] = client[::-1]

    def _wait(self, rows: Rows, undecided: Rows) -> Rows:
        """Let segments of undecided connections wait; those of chosen ones wait no longer."""
        waiting = undecided
        if self._waiting is not None:
            state = self._state[self._waiting.slot]
            rows = joined(self._waiting.take(state == CHOSEN), rows)
            waiting = joined(self._waiting.take(state == UNDECIDED), undecided)
        if len(waiting) > WAITING_SEGMENTS:
            self._incomplete[waiting.slot[:-WAITING_SEGMENTS]] = True
            waiting = waiting.take(slice(-WAITING_SEGMENTS, None))
        self._waiting = waiting
        return rows


def _client_random(data: NDArray[np.uint8], at: int) -> bytes:
    """Behind the headers of record and handshake and the version (RFC 8446 section 4.1.2)."""
    return data[at + 11 : at + 43].tobytes()
