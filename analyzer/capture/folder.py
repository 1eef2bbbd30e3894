"""The files of a folder, and the key logs beside a capture."""

import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from os import DirEntry, scandir
from pathlib import Path

from ..model.errors import CaptureError
from ..model.limits import FOLDER_DEPTH, FOLDER_FILES, KEY_OCTETS
from .formats import refused

KEY_NAMES = ("keys.log", "*keylog*", "sslkeylog*", "*.keys")
"""What key logs are called, in lower case."""


def files(folder: Path, name: str) -> Iterator[tuple[Path, str, str]]:
    """
    Files of a folder and those below it, sorted; what is hidden is passed over.

    Yields:
        Path, name relative to the folder's, and why it is not read: empty for a file to be read.

    Raises:
        CaptureError: The folder cannot be read.
    """
    seen = 0
    waiting = [(folder, name, 0)]
    while waiting:
        here, title, depth = waiting.pop()
        try:
            entries = _entries(here)
        except OSError as error:
            if here == folder:
                raise CaptureError(name, refused(error).replace("file", "folder")) from error
            yield here, title, refused(error).replace("file", "folder")
            continue
        below = []
        for entry in entries:
            inner = f"{title}/{entry.name}"
            why = _why_not(entry)
            if entry.is_dir(follow_symlinks=False):
                if depth < FOLDER_DEPTH:
                    below.append((Path(entry.path), inner, depth + 1))
                    continue
                why = f"folders are read {FOLDER_DEPTH} deep"
            seen += 1
            if seen > FOLDER_FILES:
                yield Path(entry.path), inner, f"only {FOLDER_FILES} files of a folder are read"
                return
            yield Path(entry.path), inner, why
        waiting += reversed(below)


def _entries(folder: Path) -> list["DirEntry[str]"]:
    with scandir(folder) as found:
        visible = [entry for entry, _ in zip(found, range(10 * FOLDER_FILES), strict=False)]
    visible = [entry for entry in visible if not entry.name.startswith(".")]
    return sorted(visible, key=lambda entry: entry.name)


def _why_not(entry: "DirEntry[str]") -> str:
    if entry.is_symlink():
        return "links are not followed"
    return "" if entry.is_file(follow_symlinks=False) else "this is no file"


def keys_beside(capture: Path) -> list[Path]:
    """Files in the folder of a capture that are called like key logs, sorted."""
    try:
        entries = _entries(capture.parent)
        return [
            Path(entry.path)
            for entry in entries
            if any(fnmatch(entry.name.lower(), name) for name in KEY_NAMES)
            and stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
            and 0 < entry.stat(follow_symlinks=False).st_size <= KEY_OCTETS
        ]
    except OSError:
        return []
