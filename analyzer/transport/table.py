"""An exact hash table in numpy: many keys of 128 bits at once, each gets a number from 0 up."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.packet import Int64
from .octets import U64

EMPTY = -1

FIRST_SLOTS = 1 << 12


def _odd(word: str) -> np.uint64:
    # Python seeds the hash of text anew in each process (PYTHONHASHSEED), so nobody can write a
    # capture whose addresses all fall into one slot. What comes out does not depend on it.
    return np.uint64(hash(word) & 0xFFFFFFFFFFFFFFFF | 1)


_FIRST, _SECOND, _LAST = _odd("first"), _odd("second"), _odd("last")
_HALF = np.uint64(32)


def longer(column: NDArray[Any], upto: int, fill: int) -> NDArray[Any]:
    """The column, or a longer one with room for `upto` values, the new ones being `fill`."""
    if upto <= len(column):
        return column
    found = np.full(max(upto, 2 * len(column)), fill, column.dtype)
    found[: len(column)] = column
    return found


class Table:
    """
    Numbers keys in the order in which they are first seen; open addressing, half full at most.

    Attributes:
        count: Keys.
    """

    def __init__(self) -> None:
        self._bits = FIRST_SLOTS.bit_length() - 1
        self._slots = np.full(FIRST_SLOTS, EMPTY, np.int32)
        self._first = np.zeros(FIRST_SLOTS // 2, np.uint64)
        self._second = np.zeros(FIRST_SLOTS // 2, np.uint64)
        self.count = 0

    def numbers(self, first: U64, second: U64) -> Int64:
        """The number of each key, whose two halves stand in two columns; new keys are added."""
        self._make_room(len(first))
        known = self.count
        found = np.full(len(first), EMPTY, np.int64)
        slot = self._slot(first, second)
        rows = np.arange(len(first))
        added: list[tuple[Int64, Int64]] = []
        while len(rows):
            here = self._slots[slot].astype(np.int64)
            empty = here == EMPTY
            if empty.any():
                added.append(self._add(rows[empty], slot[empty], first, second))
                here = self._slots[slot].astype(np.int64)
            same = (self._first[here] == first[rows]) & (self._second[here] == second[rows])
            found[rows[same]] = here[same]
            other = ~same
            rows = rows[other]
            slot = (slot[other] + 1) & (len(self._slots) - 1)
        if len(added) > 1:
            self._put_in_order(known, added, found)
        return found

    def halves(self) -> tuple[U64, U64]:
        """The keys by number."""
        return self._first[: self.count], self._second[: self.count]

    def _slot(self, first: U64, second: U64) -> Int64:
        mixed = first * _FIRST ^ second * _SECOND
        mixed ^= mixed >> _HALF
        mixed *= _LAST
        return (mixed >> np.uint64(64 - self._bits)).astype(np.int64)

    def _add(self, rows: Int64, slot: Int64, first: U64, second: U64) -> tuple[Int64, Int64]:
        """
        Give empty slots to the first row that asks for each; others will compare and go on.

        Returns:
            The rows whose keys are new, ascending, and their slots.
        """
        # Assigned backwards: of several rows for one slot the first one stands in the end.
        self._slots[slot[::-1]] = rows[::-1]
        winner = self._slots[slot] == rows
        rows, slot = rows[winner], slot[winner]
        upto = self.count + len(rows)
        self._slots[slot] = np.arange(self.count, upto)
        self._first[self.count : upto] = first[rows]
        self._second[self.count : upto] = second[rows]
        self.count = upto
        return rows, slot

    def _put_in_order(self, known: int, added: list[tuple[Int64, Int64]], found: Int64) -> None:
        """Number the keys added in several steps by the rows that brought them."""
        rows = np.concatenate([rows for rows, _ in added])
        slot = np.concatenate([slot for _, slot in added])
        order = np.argsort(rows)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        self._slots[slot] = known + rank
        for column in (self._first, self._second):
            column[known : self.count] = column[known : self.count][order]
        new = found >= known
        found[new] = known + rank[found[new] - known]

    def _make_room(self, more: int) -> None:
        if self.count + more <= len(self._first):
            return
        self._bits = (2 * (self.count + more) - 1).bit_length()
        room = 1 << self._bits - 1
        self._first = longer(self._first, room, 0)[:room]
        self._second = longer(self._second, room, 0)[:room]
        self._slots = np.full(2 * room, EMPTY, np.int32)
        slot = self._slot(*self.halves())
        rows = np.arange(self.count)
        while len(rows):
            empty = self._slots[slot] == EMPTY
            self._slots[slot[empty]] = rows[empty]
            other = self._slots[slot] != rows
            rows = rows[other]
            slot = (slot[other] + 1) & (len(self._slots) - 1)
