"""
Find the members of a tar (POSIX ustar, with the long names of GNU and pax).

Python's `tarfile` of 3.11.2 can be made to search a header for hours and to go round in circles
(CVE-2024-6232, CVE-2025-8194), and knows much that is not wanted here: names are for people only,
and only plain files count.
"""

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from ..model.limits import ARCHIVE_MEMBERS
from .members import Buffer, Member
from .signature import TAR_BLOCK, is_tar

GNU_NAME = b"L"
PAX = b"x"

EXTRA_OCTETS = 64 << 10
"""Octets looked at of a long name or an extended header."""

NAME_OCTETS = 4 << 10
"""Octets kept of a name; Linux opens no longer path."""

PAX_PATH = re.compile(rb"(?:\A|\n)\d{1,20} path=([^\n]{1,4096})\n")
PAX_SIZE = re.compile(rb"(?:\A|\n)\d{1,20} size=(\d{1,19})\n")


class Tar:
    """
    A tar.

    Attributes:
        kind: What it is called.
        members: Its plain files, at most `ARCHIVE_MEMBERS`.
        more: It holds more than these.
        damaged: Octet from which on it cannot be read; None if it ends as it should.
    """

    kind = "tar"

    def __init__(self, data: Buffer) -> None:
        """Take the whole file."""
        self._data = data
        self.members: list[Member] = []
        self.more = False
        self.damaged: int | None = None
        self._begin: list[int] = []
        for name, begin, octets in self._files():
            if len(self.members) == ARCHIVE_MEMBERS:
                self.more = True
                break
            self.members.append(Member(len(self.members), name, octets))
            self._begin.append(begin)

    def open(self, member: Member) -> "_Slice":
        """A member's octets."""
        return _Slice(self._data, self._begin[member.index], member.packed)

    def attached(self, name: str) -> memoryview | None:  # noqa: ARG002 - what a zip can do
        """Nothing stands beside the recording."""
        return None

    def _files(self) -> Iterator[tuple[str, int, int]]:
        """Name, first octet and length of every plain file."""
        at, end = 0, len(self._data)
        name, size = b"", -1
        while at < end:
            head = bytes(self._data[at : at + TAR_BLOCK])
            if not head.strip(b"\0"):
                return
            if not is_tar(head):
                self.damaged = at
                return
            kind, octets = head[156:157], _number(head[124:136])
            begin = at + TAR_BLOCK
            if kind in (GNU_NAME, PAX):
                extra = bytes(self._data[begin : begin + min(octets, EXTRA_OCTETS)])
                if kind == GNU_NAME:
                    name = extra.rstrip(b"\0")[:NAME_OCTETS]
                elif found := PAX_PATH.search(extra):
                    name = found[1]
                if kind == PAX and (stated := PAX_SIZE.search(extra)):
                    size = int(stated[1])
            else:
                octets = size if size >= 0 else octets
                if kind in (b"0", b"\0", b"7"):
                    yield _text(name or _name(head)), begin, max(0, min(octets, end - begin))
                name, size = b"", -1
            at = begin + octets + -octets % TAR_BLOCK
        self.damaged = end if at > end else None


def _number(field: bytes) -> int:
    """An octal number, or a binary one with the uppermost bit set, as GNU writes large ones."""
    if field[0] & 0x80:
        return int.from_bytes(bytes((field[0] & 0x3F, *field[1:])), "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if re.fullmatch(rb"[0-7]+", digits) else 0


def _name(head: bytes) -> bytes:
    name = head[:100].split(b"\0")[0]
    prefix = head[345:500].split(b"\0")[0] if head[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


class _Slice:
    """A part of a file, for reading once."""

    def __init__(self, data: Buffer, begin: int, octets: int) -> None:
        self._data = data
        self._at = begin
        self._end = begin + octets

    def read(self, size: int) -> bytes:
        until = min(self._end, self._at + size)
        octets = bytes(self._data[self._at : until])
        self._at = until
        return octets

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
        /,
    ) -> None:
        """Nothing is held."""
