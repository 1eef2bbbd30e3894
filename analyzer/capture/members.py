"""Members of an archive: read as streams into nameless temporary files, never put under a name."""

import mmap
import struct
import tempfile
import zipfile
import zlib
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import zstandard
from isal import igzip_lib
from msgspec import Struct

from ..model import limits
from ..model.anomaly import Anomaly, AnomalyCode

ISAL_ERROR: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment] # wrong in its stubs
UNDECODABLE = (ISAL_ERROR, zlib.error, zstandard.ZstdError)

TORN = (
    zipfile.BadZipFile,
    LookupError,
    ValueError,
    OverflowError,
    OSError,
    EOFError,
    struct.error,
)
"""What `zipfile` raises on a damaged archive, by the octet that is damaged."""

OUT_OCTETS = 1 << 20

Buffer = memoryview | mmap.mmap
"""A file, whole."""


class Member(Struct, frozen=True):
    """
    A file in an archive.

    Attributes:
        index: Among the members of its archive.
        name: As the archive says, for people only.
        packed: Octets it takes in the archive.
    """

    index: int
    name: str
    packed: int


class Stream(Protocol):
    """Octets to be read once."""

    def read(self, size: int, /) -> bytes:
        """The next octets, at most so many; none at the end."""

    def __enter__(self) -> Self:
        """Itself."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
        /,
    ) -> None:
        """Close."""


class Archive(Protocol):
    """An archive of several files."""

    @property
    def kind(self) -> str:
        """What it is called: "zip", "tar"."""

    @property
    def members(self) -> list[Member]:
        """Its files, without folders and links; a bounded number."""

    @property
    def more(self) -> bool:
        """It holds more than these."""

    @property
    def damaged(self) -> int | None:
        """Octet from which on it cannot be read; None if it can to its end."""

    def open(self, member: Member) -> Stream:
        """
        A member's octets.

        Raises:
            NotImplementedError: It is packed by a method that is not read.
            RuntimeError: It is encrypted.
            OSError, ValueError, …: One of `TORN`, if the archive is damaged.
        """

    def attached(self, name: str) -> memoryview | None:
        """A member that stands beside a recording."""


class Budget:
    """
    Octets that may still come out of one input, whatever is packed in whatever.

    Attributes:
        left: How many.
        members: Files that were looked at.
    """

    def __init__(self) -> None:
        self.members = 0
        self.refill()

    def refill(self) -> None:
        """Begin anew: to look into an archive does not count against reading it."""
        self.left = limits.ARCHIVE_OCTETS


class Spool:
    """A temporary file that takes no more than the limits allow."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - the recording closes it
        self.octets = 0
        self._budget = budget or Budget()

    def take(self, octets: bytes, consumed: int) -> Anomaly | None:
        """Write; an anomaly once `consumed` octets have given more than is allowed."""
        self.file.write(octets)
        self.octets += len(octets)
        self._budget.left -= len(octets)
        if self._budget.left < 0:
            return limited("ARCHIVE_OCTETS", limits.ARCHIVE_OCTETS, consumed)
        if self.octets > max(limits.ARCHIVE_FREE_OCTETS, limits.ARCHIVE_RATIO * consumed):
            return limited("ARCHIVE_RATIO", limits.ARCHIVE_RATIO, consumed)
        return None

    def done(self) -> BinaryIO:
        """The file, readable from its beginning."""
        self.file.flush()
        self.file.seek(0)
        return self.file


def limited(name: str, value: int, at: int) -> Anomaly:
    """A cap was reached at an octet."""
    return Anomaly(code=AnomalyCode.LIMIT, values={"limit": name, "value": value, "offset": at})


def copy(archive: Archive, member: Member, spool: Spool) -> Anomaly | None:
    """
    Write what a member holds; an anomaly if it is damaged or too much.

    Raises:
        NotImplementedError: It is packed by a method that is not read.
        RuntimeError: It is encrypted.
    """
    try:
        with archive.open(member) as stream:
            while octets := stream.read(OUT_OCTETS):
                limit = spool.take(octets, member.packed)
                if limit is not None:
                    return limit
    except (*UNDECODABLE, *TORN):
        return Anomaly(code=AnomalyCode.DAMAGED, values={"offset": spool.octets})
    return None


def head(archive: Archive, member: Member, octets: int) -> bytes:
    """
    The first octets of a member; none if it is damaged.

    Raises:
        RuntimeError: It is encrypted, or packed by a method that is not read.
    """
    try:
        with archive.open(member) as stream:
            return stream.read(octets)
    except (*UNDECODABLE, *TORN):
        return b""
