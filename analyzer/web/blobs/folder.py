"""Blobs in a folder of this machine: moved there whole, and on the disk before anybody is told."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

PRIVATE = 0o700
"""Mode of folders: captures hold what their owners would not show."""

PIECE_OCTETS = 1 << 20


class Folder:
    """`ROOT/CASE/KEY`; ids and keys have been looked at before they come here."""

    def __init__(self, root: Path) -> None:
        """
        Take a folder, or make it.

        Raises:
            OSError: It cannot be made.
        """
        self._root = root
        root.mkdir(mode=PRIVATE, parents=True, exist_ok=True)

    def put(self, case_id: str, key: str, path: Path) -> None:
        """Move a file in; a reader sees nothing of it or all."""
        folder = self._root / case_id
        new = not folder.exists()
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        _keep(path)
        try:
            path.replace(folder / key)
        except OSError:
            # On another disk, most likely; if it is anything else, the copy fails, too.
            _copy(path, folder / key)
            path.unlink()
        sync_folder(folder)
        if new:
            sync_folder(self._root)

    def open(self, case_id: str, key: str) -> BinaryIO:
        """For reading."""
        with self._standing():
            return self.path(case_id, key).open("rb")

    def path(self, case_id: str, key: str) -> Path:
        """Where it is, or would be."""
        return self._root / case_id / key

    def fetch(self, case_id: str, key: str, to: Path) -> None:
        """Copy it out."""
        with self._standing():
            shutil.copyfile(self.path(case_id, key), to)

    def size(self, case_id: str, key: str) -> int:
        """Octets of it."""
        with self._standing():
            return self.path(case_id, key).stat().st_size

    def delete(self, case_id: str, key: str) -> None:
        """Remove it; that it is missing is fine."""
        with suppress(FileNotFoundError), self._standing():
            self.path(case_id, key).unlink()
            sync_folder(self._root / case_id)

    def delete_case(self, case_id: str) -> None:
        """Remove all of a case, its folder too; that it is missing is fine."""
        with suppress(FileNotFoundError), self._standing():
            shutil.rmtree(self._root / case_id)
            sync_folder(self._root)

    def cases(self) -> Iterator[str]:
        """Names of the folders."""
        with self._standing(), os.scandir(self._root) as entries:
            yield from (entry.name for entry in entries if entry.is_dir(follow_symlinks=False))

    def names(self, case_id: str) -> Iterator[str]:
        """Of all files of a case, those too that never came whole."""
        with suppress(FileNotFoundError), os.scandir(self._root / case_id) as entries:
            yield from (entry.name for entry in entries if entry.is_file(follow_symlinks=False))

    def changed_ns(self, case_id: str, name: str = "") -> int | None:
        """When a file came, or anything came or went last; None if there is no such thing."""
        try:
            return (self._root / case_id / name).stat().st_mtime_ns
        except FileNotFoundError:
            return None

    @contextmanager
    def _standing(self) -> Iterator[None]:
        """
        Tell a store that is away from one in which a file is missing.

        Raises:
            OSError: The folder is gone.
        """
        try:
            yield
        except FileNotFoundError:
            if self._root.is_dir():
                raise
            raise OSError(errno.EIO, "the store is gone") from None


def sync_folder(folder: Path) -> None:
    """Have what came into a folder, or went, outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep(path: Path) -> None:
    """Have the octets of a file on the disk, for its owner alone, and its age begin now."""
    with path.open("rb") as file:
        os.fchmod(file.fileno(), 0o600)
        os.utime(file.fileno())
        os.fsync(file.fileno())


def _copy(path: Path, to: Path) -> None:
    passing = to.with_name(f".{token_hex(16)}")
    try:
        with path.open("rb") as source, passing.open("xb") as target:
            os.fchmod(target.fileno(), 0o600)
            shutil.copyfileobj(source, target, PIECE_OCTETS)
            target.flush()
            os.fsync(target.fileno())
        passing.replace(to)
    finally:
        passing.unlink(missing_ok=True)
