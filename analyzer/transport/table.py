"""An exact hash table in numpy: many keys of 128 bits at once, each gets a number from 0 up."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.packet import Int64

U64 = NDArray[np.uint64]

EMPTY = -1

FIRST_SLOTS = 1 << 12


def _odd(word: str) -> np.uint64:
    # Python seeds the hash of text anew in each process (PYTHONHASHSEED), so nobody can write a
    # capture whose addresses all fall into one slot. What comes out does not depend on it.
    return np.uint64(hash(word) & 0xFFFFFFFFFFFFFFFF | 1)


_FIRST, _SECOND, _LAST = _odd("first"), _odd("second"), _odd("last")
_HALF = np.uint64(32)


def longer(column: NDArray[Any], upto: int, fill: int) -> NDArray[Any]:
    """A column with room for at least `upto` values, the new ones being `fill`."""
    found = np.full(max(upto, 2 * len(column)), fill, column.dtype)
    found[: len(column)] = column
    return found


class Table:
    """Numbers keys as they come; open addressing, half full at most."""

    def __init__(self) -> None:
        self._bits = FIRST_SLOTS.bit_length() - 1
        self._slots = np.full(FIRST_SLOTS, EMPTY, np.int32)
        self._first = np.zeros(FIRST_SLOTS // 2, np.uint64)
        self._second = np.zeros(FIRST_SLOTS // 2, np.uint64)
        self.count = 0

    def numbers(self, first: U64, second: U64) -> Int64:
        """The number of each key, whose two halves stand in two columns; new keys are added."""
        self._make_room(len(first))
        found = np.full(len(first), EMPTY, np.int64)
        slot = self._slot(first, second)
        rows = np.arange(len(first))
        while len(rows):
            here = self._slots[slot].astype(np.int64)
            empty = here == EMPTY
            if empty.any():
                self._add(rows[empty], slot[empty], first, second)
                here = self._slots[slot].astype(np.int64)
            same = (self._first[here] == first[rows]) & (self._second[here] == second[rows])
            found[rows[same]] = here[same]
            other = ~same
            rows = rows[other]
            slot = (slot[other] + 1) & (len(self._slots) - 1)
        return found

    def keys(self) -> tuple[U64, U64]:
        """The keys by number."""
        return self._first[: self.count], self._second[: self.count]

    def _slot(self, first: U64, second: U64) -> Int64:
        mixed = first * _FIRST ^ second * _SECOND
        mixed ^= mixed >> _HALF
        mixed *= _LAST
        return (mixed >> np.uint64(64 - self._bits)).astype(np.int64)

    def _add(self, rows: Int64, slot: Int64, first: U64, second: U64) -> None:
        """Give the empty slots to the first row that asks for each; others compare and go on."""
        # Assigned backwards: of several rows for one slot the first one stands in the end.
        self._slots[slot[::-1]] = rows[::-1]
        winner = self._slots[slot] == rows
        rows, slot = rows[winner], slot[winner]
        upto = self.count + len(rows)
        self._slots[slot] = np.arange(self.count, upto)
        self._first[self.count : upto] = first[rows]
        self._second[self.count : upto] = second[rows]
        self.count = upto

    def _make_room(self, more: int) -> None:
        if self.count + more <= len(self._first):
            return
        size = 1 << (2 * (self.count + more) - 1).bit_length()
        self._bits = size.bit_length() - 1
        first, second = self.keys()
        self._first = np.zeros(size // 2, np.uint64)
        self._second = np.zeros(size // 2, np.uint64)
        self._slots = np.full(size, EMPTY, np.int32)
        count, self.count = self.count, 0
        self._first[:count] = first
        self._second[:count] = second
        self._place(count)

    def _place(self, count: int) -> None:
        """Find slots for keys that are known to differ."""
        first, second = self._first[:count], self._second[:count]
        slot = self._slot(first, second)
        rows = np.arange(count)
        while len(rows):
            empty = self._slots[slot] == EMPTY
            self._slots[slot[empty]] = rows[empty]
            other = self._slots[slot] != rows
            rows = rows[other]
            slot = (slot[other] + 1) & (len(self._slots) - 1)
        self.count = count
