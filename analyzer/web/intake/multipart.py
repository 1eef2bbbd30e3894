"""Bodies of type multipart/form-data (RFC 7578), taken apart as they come."""

import logging
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ..problems import Problem, ProblemCode

HEADERS: Final = 16
"""Fields of the header of one part; browsers send two."""

HEADER_OCTETS: Final = 8 << 10
"""Octets of one of them: a file name may be long."""

_PLAIN = frozenset({b"7bit", b"8bit", b"binary"})
"""Encodings that change nothing (RFC 2045 section 6.2)."""

# Its warnings quote what came.
logging.getLogger(MultipartParser.__module__).setLevel(logging.ERROR)


class PartBegins(Struct, frozen=True):
    """
    A part begins.

    Attributes:
        name: Of the field.
        filename: As the client says; None: this is no file.
    """

    name: str
    filename: str | None


class PartEnds(Struct, frozen=True):
    """The part that began last is whole."""


Piece = PartBegins | PartEnds | bytes
"""What comes out: a part begins, octets of it, it ends."""


class Multipart:
    """Takes the octets of a body in pieces of any length."""

    def __init__(self, content_type: str) -> None:
        """
        Begin a body.

        Args:
            content_type: Value of the header field of the request.

        Raises:
            Problem: It is no multipart/form-data.
        """
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise Problem(ProblemCode.BAD_FORM, "the body is no multipart/form-data")
        self._pieces: list[Piece] = []
        self._headers: dict[bytes, bytes] = {}
        self._field = bytearray()
        self._value = bytearray()
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_field,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers,
                    "on_part_data": self._on_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
                max_header_count=HEADERS,
                max_header_size=HEADER_OCTETS,
            )
        except FormParserError:
            raise Problem(ProblemCode.BAD_FORM, "the boundary is too long") from None

    def feed(self, octets: bytes) -> Iterator[Piece]:
        """
        What the next octets of the body hold.

        Raises:
            Problem: They are not as RFC 7578 has them.
        """
        try:
            self._parser.write(octets)
        except FormParserError:
            raise Problem(ProblemCode.BAD_FORM, "the body breaks the format") from None
        pieces, self._pieces = self._pieces, []
        yield from pieces

    def finish(self) -> None:
        """
        Say that the body is over.

        Raises:
            Problem: It ended before the form did.
        """
        if not self._ended:
            raise Problem(ProblemCode.CUT_OFF, "the body ended before the form did")

    def _on_field(self, octets: bytes, start: int, end: int) -> None:
        self._field += octets[start:end]

    def _on_value(self, octets: bytes, start: int, end: int) -> None:
        self._value += octets[start:end]

    def _on_header_end(self) -> None:
        name = bytes(self._field).lower()
        if name in self._headers:
            raise Problem(ProblemCode.BAD_FORM, "a part says the same twice")
        self._headers[name] = bytes(self._value)
        self._field.clear()
        self._value.clear()

    def _on_headers(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"").decode("latin-1")
        kind, options = parse_options_header(disposition)
        name, filename = options.get(b"name"), options.get(b"filename")
        if kind != b"form-data" or name is None:
            raise Problem(ProblemCode.BAD_FORM, "a part has no name")
        # RFC 7578 section 4.7: nobody uses it; what it means may not be kept as if it said nothing.
        if self._headers.get(b"content-transfer-encoding", b"binary").lower() not in _PLAIN:
            raise Problem(ProblemCode.BAD_FORM, "a part is encoded")
        self._pieces.append(
            PartBegins(
                name.decode("utf-8", "replace"),
                None if filename is None else filename.decode("utf-8", "replace"),
            )
        )

    def _on_data(self, octets: bytes, start: int, end: int) -> None:
        self._pieces.append(octets[start:end])

    def _on_part_end(self) -> None:
        self._pieces.append(PartEnds())

    def _on_end(self) -> None:
        self._ended = True
