"""
Field blocks of HTTP/2, one direction (HPACK, RFC 7541).

The Huffman code and the static table are those of the `hpack` package. The walk and the dynamic
table are ours: an endpoint gives a connection up at the first flaw, where an observer goes on. The
dynamic table is counted from its newest entry, so that a table begun anew behind a gap is right for
every entry that comes behind it; what refers to an older one is an unknown field, not an error.
"""

from collections import deque

from hpack.exceptions import HPACKDecodingError
from hpack.huffman_table import decode_huffman
from hpack.table import HeaderTable
from msgspec import Struct

from ..model.http import Headers
from ..model.limits import H2_HEADER_OCTETS, H2_TABLE_OCTETS

_DEFAULT_TABLE_OCTETS = 4096  # RFC 9113 section 6.5.2
_ENTRY_OCTETS = 32  # RFC 7541 section 4.1: what an entry takes beside its octets
_INTEGER_OCTETS = 6  # a prefix and 35 bits

Field = tuple[str, str]

_STATIC: tuple[Field, ...] = tuple(
    (name.decode("latin-1"), value.decode("latin-1")) for name, value in HeaderTable.STATIC_TABLE
)
_UNKNOWN: Field = ("", "")


class Fields(Struct, frozen=True):
    """
    A field block, decoded.

    Attributes:
        headers: Field lines in the order sent, pseudo-header fields among them.
        unknown: Fields that could not be told.
        dropped: Octets of fields for which there was no room.
        problem: What broke the coding; None if nothing did.
    """

    headers: Headers
    unknown: int = 0
    dropped: int = 0
    problem: str | None = None


class _Malformed(Exception):  # noqa: N818 - never leaves this file
    """What comes cannot be read on."""


class FieldReader:
    """Decodes the field blocks of one direction, which must come in the order sent."""

    def __init__(self) -> None:
        self._table: deque[tuple[Field, int]] = deque()
        self._size = 0
        self._room = _DEFAULT_TABLE_OCTETS
        self._block = b""
        self._at = 0
        self._unknown = 0
        self._problem: str | None = None

    def lose(self) -> None:
        """A block was missed: what the table held has moved to where nobody knows."""
        self._table.clear()
        self._size = 0
        # It may have been made larger in what was missed; too large does no harm.
        self._room = H2_TABLE_OCTETS

    def decode(self, block: bytes) -> Fields:
        """Field lines of a whole block."""
        self._block, self._at = block, 0
        self._unknown, self._problem = 0, None
        headers: list[Field] = []
        size = dropped = 0
        try:
            while self._at < len(block):
                field = self._field()
                if field is None:
                    continue
                octets = len(field[0]) + len(field[1]) + _ENTRY_OCTETS
                if size + octets > H2_HEADER_OCTETS:
                    dropped += octets
                else:
                    size += octets
                    headers.append(field)
        except _Malformed as error:
            self._problem = str(error)
            self.lose()
        self._block = b""
        return Fields(tuple(headers), self._unknown, dropped, self._problem)

    def _field(self) -> Field | None:
        """The next field line (RFC 7541 section 6); None for a change of the table's size."""
        first = self._block[self._at]
        if first & 0x80:
            return self._known(self._entry(self._integer(0x7F)))
        if first & 0xE0 == 0x20:
            self._room = min(self._integer(0x1F), H2_TABLE_OCTETS)
            self._evict()
            return None
        kept = bool(first & 0x40)
        index = self._integer(0x3F if kept else 0x0F)
        name = self._entry(index)[0] if index else self._string()
        field = (name, self._string())
        if kept:
            self._add(field)
        return self._known(field)

    def _known(self, field: Field) -> Field | None:
        if field[0]:
            return field
        self._unknown += 1
        return None

    def _entry(self, index: int) -> Field:
        """An entry of both tables (RFC 7541 section 2.3.3)."""
        if 0 < index <= len(_STATIC):
            return _STATIC[index - 1]
        index -= len(_STATIC) + 1
        return self._table[index][0] if 0 <= index < len(self._table) else _UNKNOWN

    def _add(self, field: Field) -> None:
        octets = len(field[0]) + len(field[1]) + _ENTRY_OCTETS
        self._table.appendleft((field, octets))
        self._size += octets
        self._evict()

    def _evict(self) -> None:
        """Let the oldest go until the rest has room (RFC 7541 sections 4.3 and 4.4)."""
        while self._size > self._room:
            self._size -= self._table.pop()[1]

    def _integer(self, mask: int) -> int:
        """RFC 7541 section 5.1."""
        block, at = self._block, self._at
        if at >= len(block):
            raise _Malformed("truncated")
        value = block[at] & mask
        at += 1
        if value == mask:
            shift = 0
            for octet in block[at : at + _INTEGER_OCTETS - 1]:
                at += 1
                value += (octet & 0x7F) << shift
                shift += 7
                if octet < 0x80:
                    break
            else:
                raise _Malformed("truncated" if at == len(block) else "integer")
        self._at = at
        return value

    def _string(self) -> str:
        """RFC 7541 section 5.2; empty if its Huffman code is broken."""
        coded = self._at < len(self._block) and self._block[self._at] & 0x80
        length = self._integer(0x7F)
        octets = self._block[self._at : self._at + length]
        if len(octets) < length:
            raise _Malformed("truncated")
        self._at += length
        if coded:
            try:
                octets = decode_huffman(octets)
            except HPACKDecodingError:
                self._problem = "huffman"
                return ""
        return octets.decode("latin-1")
