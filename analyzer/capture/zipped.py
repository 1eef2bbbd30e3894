"""Find the members of a zip (APPNOTE)."""

import mmap
import zipfile
from contextlib import suppress
from typing import BinaryIO

from ..model.errors import CaptureError
from ..model.limits import ARCHIVE_MEMBERS
from .members import TORN, Budget, Member, Spool, Stream, copy

DIRECTORY_OCTETS = ARCHIVE_MEMBERS * 400
"""A zip's directory is read into memory as a whole before its members can be counted."""

PLAYWRIGHT_HAR = "har.har"
"""What Playwright calls the HAR among its attachments."""


class Zip:
    """
    A zip.

    Attributes:
        kind: What it is called.
        members: Its files, at most `ARCHIVE_MEMBERS`; of Playwright's the HAR alone, as all else
            stands beside it.
        more: It holds more than these.
        damaged: None: its directory stands at its end, and is there as a whole or not at all.
    """

    kind = "zip"
    damaged: int | None = None

    def __init__(self, file: BinaryIO, name: str) -> None:
        """
        Read the directory.

        Args:
            file: Open for reading at any place, as long as members are read.
            name: For errors.

        Raises:
            CaptureError: It is damaged, or its directory is too long.
        """
        try:
            _weigh_directory(file, name)
            self._archive = zipfile.ZipFile(file)
        except (*TORN, RuntimeError) as error:
            raise CaptureError(name, why(error)) from error
        infos = [info for info in self._archive.infolist() if not info.filename.endswith("/")]
        playwright = [info for info in infos if info.filename == PLAYWRIGHT_HAR]
        self._infos = playwright or infos[:ARCHIVE_MEMBERS]
        self.more = len(infos) > ARCHIVE_MEMBERS and not playwright
        self.members = [
            Member(index, info.filename, info.compress_size)
            for index, info in enumerate(self._infos)
        ]
        self._budget = Budget()

    def open(self, member: Member) -> Stream:
        """A member's octets; of the methods only those that need little memory."""
        info = self._infos[member.index]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError
        return self._archive.open(info)

    def attached(self, name: str) -> memoryview | None:
        """A file's octets as far as they can be read; None if there is none of that name."""
        try:
            info = self._archive.getinfo(name)
        except KeyError:
            return None
        member = Member(len(self._infos), name, info.compress_size)
        self._infos.append(info)
        spool = Spool(self._budget)
        with spool.file:
            if self._budget.left > 0:
                # Encrypted, or packed by another method: as if it were empty.
                with suppress(RuntimeError):
                    copy(self, member, spool)
            # Empty blocks cost time, too, and a HAR may name a file in every entry.
            self._budget.left -= max(0, member.packed - spool.octets)
            self._infos.pop()
            spool.done()
            if not spool.octets:
                return memoryview(b"")
            return memoryview(mmap.mmap(spool.file.fileno(), 0, access=mmap.ACCESS_READ))


def why(error: Exception) -> str:
    """What is wrong with a zip that `zipfile` does not read."""
    reason = "is cut off or damaged"
    if isinstance(error, NotImplementedError):
        reason = "is packed by an unusual method"
    elif "encrypted" in str(error):
        reason = "is encrypted"
    return f"the zip {reason}; unpack it, then give the recording"


def _weigh_directory(file: BinaryIO, name: str) -> None:
    """Refuse a directory that would fill memory (APPNOTE 4.3.16)."""
    length = file.seek(0, 2)
    file.seek(max(0, length - (64 << 10) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > DIRECTORY_OCTETS:
        raise CaptureError(name, "the zip holds too many files; unpack it, then give the recording")
