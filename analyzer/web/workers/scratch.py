"""Folders in which processes work: what they read is laid out there, what they write is fetched."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Final

from ..records import File, FileKind, FileState, Job, JobKind
from ..stores import Stores
from .order import AnalyzeOrder, Bounds, CompareOrder, Given, Order

NAME_OCTETS: Final = 200
"""Of the name of a file; file systems take 255, and a number may have to be added."""

REPORT_OCTETS: Final = 1 << 30
"""Octets of the longest report; a HAR without its secrets may be as long as the one with them."""


class NotKeptError(OSError):
    """A file that a job needs is not kept."""

    def __init__(self) -> None:
        """Say it as the system does of files that are not there."""
        super().__init__(0, "the files are not kept any more")


class Scratch:
    """A folder of this server alone; below it one for each process at work."""

    def __init__(self, stores: Stores) -> None:
        """
        Take it.

        Args:
            stores: Hold the files; their data folder holds this one.
        """
        self._stores = stores
        self.folder = stores.settings.data / "scratch"

    def left_behind(self) -> Iterator[Path]:
        """What a server that died has left; removed once it has been looked at."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(self.folder.iterdir()):
            try:
                yield path
            finally:
                _remove(path)

    @contextlib.contextmanager
    def new(self) -> Iterator[Path]:
        """A folder that is gone afterwards, with `out` in it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            (path / "out").mkdir()
            yield path
        finally:
            _remove(path)

    def order_of(self, job: Job, files: Iterable[File], folder: Path) -> Order:
        """
        What a process is to do for a job, its files laid out.

        Args:
            job: What is wanted.
            files: Of the case.
            folder: As of `new`.

        Raises:
            OSError: A file is gone, or cannot be read.
        """
        held = [*files]
        kept = [file for file in held if file.blob is not None]
        settings = self._stores.settings
        if job.kind is JobKind.COMPARE:
            good, bad = (self._side(kept, job, role, folder) for role in ("good", "bad"))
            return CompareOrder(
                good=good,
                bad=bad,
                profile=job.profile,
                redact=settings.redact,
                out=str(folder / "out"),
            )
        twins, derived = _twins(held), _outdated(held)
        wanted = [file for file in kept if file.id not in {*twins, *derived}]
        given = tuple(self._laid_out(wanted, folder / "case"))
        if not given:
            raise NotKeptError
        return AnalyzeOrder(
            folder=str(folder / "case"),
            files=given,
            profile=job.profile,
            redact=settings.redact,
            keep=settings.keep,
            language=job.language,
            out=str(folder / "out"),
            twins=twins,
            derived=derived,
        )

    def bounds(self) -> Bounds:
        """What a process may use."""
        settings = self._stores.settings
        return Bounds(
            memory=settings.job_memory,
            seconds=settings.job_s,
            file_octets=max(REPORT_OCTETS, 2 * settings.max_file),
        )

    def _side(self, kept: list[File], job: Job, role: str, folder: Path) -> str:
        """A file to be compared; with keys in the case, a folder of it and them."""
        wanted = job.good if role == "good" else job.bad
        files = [file for file in kept if file.id == wanted]
        if not files:
            raise NotKeptError
        keys = [file for file in kept if file.kind is FileKind.KEYS and file.id != wanted]
        (first, *_) = self._laid_out([*files, *keys], folder / role)
        return str(folder / role if keys else folder / role / first.name)

    def _laid_out(self, files: Iterable[File], folder: Path) -> Iterator[Given]:
        folder.mkdir()
        taken: set[str] = set()
        for file in files:
            name = fitting(file.name, taken)
            self.lay(file.case_id, file.blob or "", folder / name)
            clean = file.state is FileState.REDACTED
            yield Given(file_id=file.id, name=name, kind=file.kind, clean=clean)

    def lay(self, case_id: str, key: str, path: Path) -> None:
        """
        Lay out a blob, by a link if the store is on the same disk.

        Raises:
            OSError: It is gone, or cannot be read.
        """
        local = self._stores.blobs.local_path(case_id, key)
        if local is not None:
            with contextlib.suppress(OSError):
                os.link(local, path)
                return
        self._stores.blobs.fetch(case_id, key, path)


def _twins(files: list[File]) -> dict[str, str]:
    """Redacted files, and the same as they came, where they were added again."""
    present = {file.sha256: file.id for file in files if file.state is FileState.PRESENT}
    return {
        file.id: present[file.sha256]
        for file in files
        if file.state is FileState.REDACTED and file.sha256 in present
    }


def _outdated(files: list[File]) -> tuple[str, ...]:
    """
    Derived files, once all that they may have been made of is there again.

    A session would else stand there twice. Which file one was made of is not known; while any of
    them is gone, it may hold what nothing else does any more. So it may without the keys.
    """
    lost = {file.sha256 for file in files if _was_packed(file) and file.state is FileState.GONE}
    present = {file.sha256 for file in files if file.state is FileState.PRESENT}
    keys = {file.state for file in files if file.kind is FileKind.KEYS}
    opened = FileState.GONE not in keys or FileState.PRESENT in keys
    again = lost and lost <= present and opened
    return tuple(file.id for file in files if again and file.derived)


def _was_packed(file: File) -> bool:
    return file.kind in (FileKind.PACKETS, FileKind.ARCHIVE, FileKind.PACKED)


def fitting(name: str, taken: set[str]) -> str:
    """
    A name for a file in a folder: short enough, not hidden, none of those taken; it is added there.

    Its end stays, as it tells what is in the file.
    """
    plain = "".join("_" if c in "/\\\0" else c for c in name)
    plain = f"_{plain[1:]}" if plain.startswith(".") else plain or "_"
    octets = plain.encode(errors="replace")
    if len(octets) > NAME_OCTETS:
        end = octets[-NAME_OCTETS // 4 :]
        octets = octets[: NAME_OCTETS - len(end)] + end
    fit = octets.decode(errors="ignore")
    stem, suffix = PurePath(fit).stem, PurePath(fit).suffix
    number = 1
    while fit in taken:
        number += 1
        fit = f"{stem} ({number}){suffix}"
    taken.add(fit)
    return fit


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
