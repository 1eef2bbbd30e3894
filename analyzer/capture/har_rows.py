"""
Read `_webSocketMessages` in batches: a busy socket's list is tens of megabytes long.

Two rows of a list are parted by the same octets as the first two, an unescaped quotation mark among
them, so these octets never stand within a string. A batch that does not decode is read row by row;
a row that does not decode is mended or skipped, and the others stay.
"""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from . import har_json
from .har_json import Row

BATCH_OCTETS = 512 << 10
"""Octets decoded in one go."""

RETRIES = 8
"""Times the length of a batch that may be read in vain before its rest is given up."""

PARTING = re.compile(rb'\}\s*,\s*\{\s*"(?:type|time|opcode|data)"')
"""Between two rows, in every producer's order of keys."""

BETWEEN = re.compile(rb"[\s,]*")

_rows = msgspec.json.Decoder(list[Row]).decode
_row = msgspec.json.Decoder(Row).decode


class Batch(Struct):
    """
    Some rows.

    Attributes:
        first: Index of the first one.
        rows: The rows; None for one that cannot be read.
    """

    first: int
    rows: list[Row | None]


def batches(octets: memoryview) -> Iterator[Batch]:
    """
    All rows, and nothing if there are none.

    Args:
        octets: A JSON array, whose end may be missing, or one row a line (Playwright).
    """
    mark = bytes(octets[:1])
    if mark not in (b"[", b"{"):
        return
    lines = mark == b"{"
    first = 0
    for chunk in _lines(octets) if lines else _chunks(octets):
        rows = _decoded(chunk.strip(b" \t\r\n,"))
        yield Batch(first, rows)
        first += len(rows)


def _chunks(octets: memoryview) -> Iterator[bytes]:
    """The rows, some at a time, without the brackets of the array."""
    begin, behind = 1, len(octets)
    if bytes(octets[-1:]) == b"]":
        behind -= 1
    first = PARTING.search(octets)
    parting = b"" if first is None else first[0]
    length = BATCH_OCTETS
    while begin < behind:
        chunk = bytes(octets[begin : min(begin + length, behind)])
        if begin + len(chunk) < behind:
            cut = chunk.rfind(parting, 1) if parting else -1
            if cut < 0:
                length *= 2
                continue
            chunk = chunk[: cut + 1]
        yield chunk
        begin += len(chunk)
        length = BATCH_OCTETS


def _lines(octets: memoryview) -> Iterator[bytes]:
    """Rows that stand one a line, as members of an array: no JSON string holds a raw newline."""
    begin, length = 0, BATCH_OCTETS
    while begin < len(octets):
        chunk = bytes(octets[begin : begin + length])
        cut = chunk.rfind(b"\n") + 1
        if begin + len(chunk) < len(octets) and not cut:
            length *= 2
            continue
        chunk = chunk[: cut or None]
        begin += len(chunk)
        length = BATCH_OCTETS
        yield chunk.strip().replace(b"\n", b",\n")


def _decoded(rows: bytes) -> list[Row | None]:
    try:
        return list(_rows(b"[" + rows + b"]"))
    except har_json.UNDECODABLE:
        return list(_one_by_one(memoryview(rows)))


def _one_by_one(octets: memoryview) -> Iterator[Row | None]:
    at = wasted = 0
    while at < len(octets):
        length, read = har_json.end_of_value(octets[at:])
        if length is None:
            wasted += read
            parting = PARTING.search(octets, at) if wasted <= RETRIES * len(octets) else None
            length = (len(octets) if parting is None else parting.start() + 1) - at
        yield _mended(octets[at : at + length])
        at = BETWEEN.match(octets, at + length).end()  # type: ignore[union-attr] # matches nothing


def _mended(octets: memoryview) -> Row | None:
    for attempt in (octets, har_json.mended(octets)):
        try:
            return None if attempt is None else _row(attempt)
        except har_json.UNDECODABLE:
            continue
    return None
