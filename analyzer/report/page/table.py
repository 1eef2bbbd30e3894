"""
The table of what was said: the telling rows for everybody, all rows for the script of the page.

A row of HTML takes a kilobyte, and 100,000 of them no browser lays out. So all rows go into chunks,
compressed, which the script decodes when they are looked at or searched.
"""

import base64
import gzip
from collections.abc import Container, Sequence
from itertools import islice

from msgspec import Struct, json
from msgspec.structs import replace

from ...model.limits import TABLE_OCTETS
from ...model.session import Session
from ...model.source import Direction
from ..language.visible import visible, visible_lines
from ..view.timeline import Row, Timelines

STATIC = 150
"""Rows up to which a table is written as HTML alone."""

_TEXTS = 80
"""Rows of a longer one whose XML is written as HTML."""

_ROWS = 2_000
"""Rows in one chunk: a few milliseconds to decode."""


class Table(Struct, frozen=True, kw_only=True):
    """
    Rows of one session.

    Attributes:
        rows: Those written as HTML.
        opened: Keys of those of them whose text is written, too.
        chunks: All rows: base64 of gzip of JSON (`_Chunk`); none where `rows` are all.
        count: How many rows that is.
        stanzas: How many of them are stanzas; the others are frames, holes and the like.
        cut: There was no room for the XML of some of them.
        origin_ns: What times count from.
    """

    rows: tuple[Row, ...]
    opened: frozenset[str]
    chunks: tuple[str, ...] = ()
    count: int
    stanzas: int
    cut: bool = False
    origin_ns: int


class _Chunk(Struct, frozen=True, kw_only=True):
    """
    What the script reads (static/table.js), a column each: alike values lie side by side.

    Attributes:
        key: Name of each row's anchor.
        time: Milliseconds since the first row; None if unknown.
        side: "c" sent by the client, "s" by the server, "-" by neither.
        name: What it is.
        detail: And more of it.
        place: Where it stands, in words.
        find: How to find it there.
        octets: Length; None for what is no stanza.
        text: XML.
        cited: Row in the chunk → rules that point at it.
        bad: Rows in the chunk that failed.
    """

    key: list[str] = []
    time: list[int | None] = []
    side: list[str] = []
    name: list[str] = []
    detail: list[str] = []
    place: list[str] = []
    find: list[str] = []
    octets: list[int | None] = []
    text: list[str] = []
    cited: dict[str, tuple[str, ...]] = {}
    bad: list[int] = []


class Tables:
    """Makes the tables of a page, which share the room for chunks."""

    def __init__(self, timelines: Timelines, room: int = TABLE_OCTETS) -> None:
        self._timelines = timelines
        self._room = room

    def of(self, session: Session, rows: Sequence[Row], drawn: Container[str]) -> Table:
        """
        The table of a session.

        Args:
            session: Whose.
            rows: Its telling rows.
            drawn: Keys of the rows that its ladder links to.
        """
        origin = next((row.time_ns for row in rows if row.time_ns is not None), 0)
        telling = [row for row in rows if row.cited or row.failed or row.label.fault]
        if len(rows) <= STATIC and not session.packed:
            return Table(
                rows=tuple(rows),
                opened=frozenset(row.key for row in rows),
                count=len(rows),
                stanzas=len(session.stanzas),
                origin_ns=origin,
            )
        opened = frozenset(row.key for row in (*telling, *rows)[:_TEXTS])
        kept = opened.union(row.key for row in telling)
        return self._long(
            session,
            Table(
                rows=tuple(row for row in rows if row.key in kept or row.key in drawn),
                opened=opened,
                count=0,
                stanzas=0,
                origin_ns=origin,
            ),
        )

    def _long(self, session: Session, table: Table) -> Table:
        """The table with all rows in its chunks."""
        rows = self._timelines.all_rows(session)
        chunks = []
        count = stanzas = 0
        cut = False
        while some := tuple(islice(rows, _ROWS)):
            chunk = _compressed(_chunk(some, table.origin_ns, texts=True))
            if len(chunk) > self._room:
                chunk = _compressed(_chunk(some, table.origin_ns, texts=False))
                cut = True
            self._room -= len(chunk)
            count += len(some)
            stanzas += sum(row.octets is not None for row in some)
            chunks.append(chunk)
        return replace(table, chunks=tuple(chunks), count=count, stanzas=stanzas, cut=cut)


def _chunk(rows: Sequence[Row], origin: int, *, texts: bool) -> _Chunk:
    chunk = _Chunk()
    for number, row in enumerate(rows):
        chunk.key.append(row.key)
        chunk.time.append(None if row.time_ns is None else (row.time_ns - origin) // 1_000_000)
        chunk.side.append(_SIDES[row.direction])
        chunk.name.append(visible(row.label.name))
        chunk.detail.append(visible(row.label.detail))
        chunk.place.append(visible(row.place))
        chunk.find.append(visible(row.look_up))
        chunk.octets.append(row.octets)
        chunk.text.append(visible_lines(row.text) if texts else "")
        if row.cited:
            chunk.cited[str(number)] = row.cited
        if row.failed or row.label.fault:
            chunk.bad.append(number)
    return chunk


_SIDES = {Direction.TO_SERVER: "c", Direction.TO_CLIENT: "s", None: "-"}


def _compressed(chunk: _Chunk) -> str:
    # A time in the header would make each report another.
    return base64.b64encode(gzip.compress(json.encode(chunk), 6, mtime=0)).decode()
