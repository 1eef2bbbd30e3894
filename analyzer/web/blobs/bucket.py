"""Blobs somewhere else: whatever fsspec reaches, S3 above all."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, cast

from fsspec.spec import AbstractFileSystem

WHOLE_PUTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl"})
"""Protocols that show an object only once all of it has come; to move one costs a copy there."""

NS_PER_S = 1_000_000_000


@contextmanager
def reaching() -> Iterator[None]:
    """
    Ask a store; what its library calls a connection that fails is none of our callers' concern.

    Raises:
        OSError: It cannot be reached.
    """
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(errno.EIO, type(error).__name__) from error


class Bucket:
    """`ROOT/CASE/KEY`; ids and keys have been looked at before they come here."""

    def __init__(self, system: AbstractFileSystem, root: str) -> None:
        """Take a file system, and the path in it."""
        self._system = system
        self._root = root.rstrip("/")
        protocols = system.protocol
        names = {protocols} if isinstance(protocols, str) else set(protocols)
        self._whole_puts = bool(names & WHOLE_PUTS)

    @reaching()
    def put(self, case_id: str, key: str, path: Path) -> None:
        """Move a file in; a reader sees nothing of it or all."""
        to = self._at(case_id, key)
        if self._whole_puts:
            self._system.put_file(str(path), to)
        else:
            self._put_and_rename(case_id, path, to)
        path.unlink()

    def _put_and_rename(self, case_id: str, path: Path, to: str) -> None:
        passing = self._at(case_id, f".{token_hex(16)}")
        self._system.makedirs(self._at(case_id), exist_ok=True)
        try:
            self._system.put_file(str(path), passing)
            self._system.mv(passing, to)
        except BaseException:
            with suppress(OSError), reaching():
                self._system.rm_file(passing)
            raise

    @reaching()
    def open(self, case_id: str, key: str) -> BinaryIO:
        """For reading."""
        return cast("BinaryIO", self._system.open(self._at(case_id, key), "rb"))

    @reaching()
    def fetch(self, case_id: str, key: str, to: Path) -> None:
        """Copy it out."""
        self._system.get_file(self._at(case_id, key), str(to))

    @reaching()
    def size(self, case_id: str, key: str) -> int:
        """Octets of it."""
        return int(self._system.info(self._at(case_id, key))["size"])

    @reaching()
    def delete(self, case_id: str, key: str) -> None:
        """Remove it; that it is missing is fine."""
        with suppress(FileNotFoundError):
            self._system.rm_file(self._at(case_id, key))

    @reaching()
    def delete_case(self, case_id: str) -> None:
        """Remove all of a case; that it is missing is fine."""
        with suppress(FileNotFoundError):
            self._system.rm(self._at(case_id), recursive=True)

    def cases(self) -> Iterator[str]:
        """Names of what is a folder, or looks like one."""
        # A bucket has no folders as long as nothing is in it.
        yield from self._listed(self._root, "directory")

    def names(self, case_id: str) -> Iterator[str]:
        """Of all objects of a case, those too that never came whole."""
        yield from self._listed(self._at(case_id), "file")

    @reaching()
    def _listed(self, path: str, kind: str) -> list[str]:
        try:
            entries = self._system.ls(path, detail=True)
        except FileNotFoundError:
            return []
        names = (entry["name"] for entry in entries if entry["type"] == kind)
        return [name.rstrip("/").rpartition("/")[2] for name in names]

    @reaching()
    def changed_ns(self, case_id: str, name: str = "") -> int | None:
        """When an object came, or anything came last; None if there is no such thing."""
        try:
            found = [self._at(case_id, name)] if name else self._system.find(self._at(case_id))
            times = [self._system.modified(path).timestamp() for path in found]
        except FileNotFoundError:
            return None
        return int(max(times) * NS_PER_S) if times else None

    def _at(self, *parts: str) -> str:
        return "/".join((self._root, *parts))
