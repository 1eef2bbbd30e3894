"""Uploads under way: a folder of this server alone, emptied when it starts."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from ...model.errors import UsageError
from ..records import Received
from .folder import PRIVATE

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: OSError) -> bool:
    """Whether a disk took no more, which is nobody's fault."""
    return error.errno in _FULL


class IncomingFile:
    """
    A file that comes in.

    Attributes:
        path: Where it is written.
        octets: Written so far.
    """

    def __init__(self, path: Path) -> None:
        """Begin an empty file that nobody else may read."""
        self.path: Final = path
        self.octets = 0
        self._digest = hashlib.sha256()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = open(descriptor, "wb", buffering=0)  # noqa: SIM115, PTH123 - closed below

    @property
    def sha256(self) -> str:
        """Of what was written so far, hexadecimal."""
        return self._digest.hexdigest()

    def write(self, octets: bytes | bytearray | memoryview) -> None:
        """
        Add octets.

        Raises:
            OSError: The disk does not take them.
        """
        left = memoryview(octets)
        while left:
            left = left[self._file.write(left) :]
        self._digest.update(octets)
        self.octets += len(octets)

    def finish(self) -> None:
        """Have it on the disk, and close it."""
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Close and remove it, however far it has come."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Incoming:
    """
    The folder of uploads under way, and the proof that no other server works beside this one.

    Attributes:
        folder: Where the files are written, under names of ours.
    """

    def __init__(self, folder: Path) -> None:
        """
        Take hold of the folder, and remove what an earlier server left.

        Args:
            folder: In the data folder of the server; made where there is none.

        Raises:
            UsageError: Another server has it, or it cannot be written.
        """
        self.folder: Final = folder
        try:
            folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            folder.chmod(PRIVATE)
            self._lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise UsageError(f"{folder} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise UsageError(
                f"another server works with {folder.parent}; stop it, or give another folder"
            ) from error
        self.sweep(None)

    def file(self) -> IncomingFile:
        """
        A new file.

        Raises:
            OSError: It cannot be made.
        """
        return IncomingFile(self.folder / token_hex(16))

    def free(self) -> int:
        """Octets that the disk has left."""
        return shutil.disk_usage(self.folder).free

    def sweep(self, before_ns: int | None) -> int:
        """
        Remove what was left behind.

        Args:
            before_ns: Only what was last written before then; None: everything.

        Returns:
            How many files went.
        """
        gone = 0
        for path in self.folder.iterdir():
            # Requests take their files away meanwhile.
            with suppress(FileNotFoundError):
                if before_ns is None or path.lstat().st_mtime_ns < before_ns:
                    _remove(path)
                    gone += 1
        return gone

    def discard(self, received: Iterable[Received]) -> None:
        """Remove files that came in whole, as far as nobody has taken them."""
        for file in received:
            Path(file.path).unlink(missing_ok=True)

    def close(self) -> None:
        """Let another server have the folder."""
        os.close(self._lock)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
