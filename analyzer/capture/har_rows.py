"""
Read `_webSocketMessages` in batches: a busy socket's list is tens of megabytes long.

Two rows of a list are parted by the same octets as the first two, an unescaped quotation mark among
them, so these octets never stand within a string. A batch that does not decode is read row by row;
a row that does not decode is mended or skipped, and the others stay.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from ..model.har import Tree
from . import har_json
from .har_json import Row

BATCH_OCTETS = 512 << 10
"""Octets decoded in one go."""

BLANKS = b" \t\r\n,"

GROUP_ROWS = 1_000
"""Rows of a batch where they are found one by one."""

RETRIES = 8
"""Times the length of a batch that may be read in vain before its rest is given up."""

PARTING = re.compile(rb'\}\s*,\s*\{\s*"(?:type|time|opcode|data)"')
"""Between two rows, in every producer's order of keys."""

BETWEEN = re.compile(rb"[\s,]*")

_rows: Callable[[bytes], list[Any]] = msgspec.json.Decoder(list[Row]).decode
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


class _Reading(NamedTuple):
    """What rows are decoded to: an array of them, or one by itself, which raises nothing."""

    array: Callable[[bytes], list[Any]]
    one: Callable[[memoryview], Any]


def batches(octets: memoryview) -> Iterator[Batch]:
    """
    All rows, and nothing if there are none.

    Args:
        octets: A JSON array, whose end may be missing, or one row a line (Playwright).
    """
    first = 0
    for rows in _read(octets, _Reading(_rows, _mended)):
        yield Batch(first, rows)
        first += len(rows)


def trees(octets: memoryview) -> Iterator[list[Tree | None]]:
    """All rows as `batches` gives them, with every field that they have."""
    return _read(octets, _Reading(_row_trees, _mended_tree))


def _read(octets: memoryview, reading: _Reading) -> Iterator[list[Any]]:
    match bytes(octets[:1]):
        case b"{":
            return _by_lines(octets, reading)
        case b"[":
            return _by_parting(octets, reading)
        case _:
            return iter(())


def _by_parting(octets: memoryview, reading: _Reading) -> Iterator[list[Any]]:
    """The rows of an array, in batches cut at what parts the first two."""
    begin, behind = 1, len(octets)
    if bytes(octets[-1:]) == b"]":
        behind -= 1
    found = PARTING.search(octets, 0, BATCH_OCTETS)
    parting = b"}{" if found is None else found[0]  # }{ stands between no two rows
    length = BATCH_OCTETS
    while begin < behind:
        chunk = bytes(octets[begin : min(begin + length, behind)])
        if begin + len(chunk) < behind:
            cut = chunk.rfind(parting, 1)
            if cut < 0 and _is_cut(chunk):
                length *= 2
                continue
            if cut < 0:
                yield from _by_ones(octets[begin:behind], reading)
                return
            chunk = chunk[: cut + 1]
        yield _decoded(chunk.strip(BLANKS), reading)
        begin += len(chunk)
        length = BATCH_OCTETS


def _is_cut(chunk: bytes) -> bool:
    """Whether a chunk holds but a part of its first row."""
    length, read = har_json.end_of_value(memoryview(chunk.lstrip(BLANKS)))
    return length is None and read >= len(chunk.lstrip(BLANKS))


def _by_ones(octets: memoryview, reading: _Reading) -> Iterator[list[Any]]:
    """Rows that no known octets part, found one by one."""
    rows = _one_by_one(octets, reading)
    while group := list(islice(rows, GROUP_ROWS)):
        yield group


def _by_lines(octets: memoryview, reading: _Reading) -> Iterator[list[Any]]:
    """Rows that stand one a line: no JSON string holds a raw newline."""
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
        yield _decoded(chunk.strip().replace(b"\n", b",\n"), reading)


def _decoded(rows: bytes, reading: _Reading) -> list[Any]:
    try:
        return reading.array(b"[" + rows + b"]")
    except har_json.UNDECODABLE:
        return list(_one_by_one(memoryview(rows), reading))


def _one_by_one(octets: memoryview, reading: _Reading) -> Iterator[Any]:
    wasted = 0
    at = _behind(octets, 0)
    while at < len(octets):
        length, read = har_json.end_of_value(octets[at:])
        if length is None:
            wasted += read
            parting = PARTING.search(octets, at) if wasted <= RETRIES * len(octets) else None
            length = (len(octets) if parting is None else parting.start() + 1) - at
        yield reading.one(octets[at : at + length])
        at = _behind(octets, at + length)


def _behind(octets: memoryview, at: int) -> int:
    """The next octet that is neither blank nor a comma."""
    match = BETWEEN.match(octets, at)
    return at if match is None else match.end()


def _mended(octets: memoryview) -> Row | None:
    with suppress(*har_json.UNDECODABLE):
        return _row(octets)
    clean = har_json.mended(octets)
    if clean is not None:
        with suppress(*har_json.UNDECODABLE):
            return _row(clean)
    return None


def _row_trees(octets: bytes) -> list[Any]:
    _rows(octets)  # what the analysis reads in one go, and nothing else, is read so here
    return har_json.trees(octets)


def _mended_tree(octets: memoryview) -> Tree | None:
    return None if _mended(octets) is None else har_json.tree(octets)
