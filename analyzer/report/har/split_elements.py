"""Messages of a HAR that together hold one element, which RFC 7395 forbids and some send."""

import re
from typing import Final

from ...model.har import Tree

Place = tuple[int, Tree]
"""A message with its number."""

Run = list[Place]
"""Messages of one direction that are read as one."""

_TEXTS: Final = (None, "1")
"""Opcodes of messages that are text, as they are written."""

_SPOKEN: Final = ("send", "receive")
"""Types of messages; others tell of errors."""

_ROWS = 256
_LENGTH = 1 << 20
"""How much waits, at most, for the end of an element."""

_BEGINS = re.compile(r"\s*<([\w:.-]{1,80})")
_GOES_ON = re.compile(r"\s*(?:[^\s<]|</)")


def is_text(row: Tree) -> bool:
    """Whether the data of a message is text, not base64."""
    return row.get("opcode") in _TEXTS


def is_spoken(row: Tree) -> bool:
    """Whether a row is a message of either side."""
    return row.get("type") in _SPOKEN


class Joined:
    """Finds such messages; all others are runs of one."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._open: dict[str, Run] = {}
        self._rows = 0
        self._length = 0

    def add(self, row: Tree) -> list[Run]:
        """Runs that are complete; a later one holds later messages only."""
        place = self._rows, row
        self._rows += 1
        kind, data = row.get("type"), row.get("data")
        if type(data) is str and type(kind) is str and is_spoken(row) and is_text(row):
            self._take(place, kind, data)  # a Numeral is none of either
        else:
            self._runs.append([place])
        if not self._open or len(self._runs) > _ROWS or self._length > _LENGTH:
            return self.rest()
        return []

    def rest(self) -> list[Run]:
        """All that is left."""
        runs, self._runs = self._runs, []
        self._open.clear()
        self._length = 0
        return runs

    def _take(self, place: Place, kind: str, data: str) -> None:
        self._length += len(data)
        run = self._open.get(kind)
        if run is None or not _GOES_ON.match(data):
            self._runs.append([place])
            if data.strip():
                run = self._open[kind] = self._runs[-1]
        else:
            run.append(place)
        if run is not None and _is_complete(run[0][1]["data"], data):
            self._open.pop(kind, None)


def _is_complete(first: str, last: str) -> bool:
    """Whether an element that begins with one message may have ended with another."""
    begins = _BEGINS.match(first)
    if begins is None:
        return True
    end = last.rstrip()
    return end.endswith(("/>", f"</{begins[1]}>"))
