"""
Where captures and reports lie: by case, and there by a key.

What an analysis makes is called by its SHA-256: equal reports share their octets. Each file that is
uploaded has a random key of its own: it may be deleted while something equal stays.

Two cases never share octets, even equal ones: so a case that is deleted takes all of its own along,
and nobody has to count who else needs them.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import fsspec

from ...model.errors import UsageError
from .bucket import Bucket
from .folder import PIECE_OCTETS, Folder

_CASE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LYING = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{32}", re.ASCII)


class BlobStore:
    """
    `ROOT/CASE/KEY`; may be used by several threads at once.

    Every method that reads raises FileNotFoundError for what is not there, and OSError if the store
    cannot be reached.
    """

    def __init__(self, url: str) -> None:
        """
        Open it.

        Args:
            url: As of fsspec; of a folder also its path.

        Raises:
            UsageError: It leads nowhere.
        """
        place = _opened(url)
        self._place = place
        self._folder = place if isinstance(place, Folder) else None

    def put(self, case_id: str, path: Path, key: str | None = None) -> str:
        """
        Move a file in: it is gone from where it was, and a reader sees nothing of it or all.

        Args:
            case_id: Of its case.
            path: Of a file of ours on the local disk.
            key: 64 hexadecimal digits; else the file is read for its SHA-256.

        Returns:
            Its key.
        """
        key = key or _digest(path)
        self._place.put(*_looked_at(case_id, key), path)
        return key

    def open(self, case_id: str, key: str) -> BinaryIO:
        """A blob, open for reading; whoever asked closes it."""
        return self._place.open(*_looked_at(case_id, key))

    def local_path(self, case_id: str, key: str) -> Path | None:
        """Where it is on the local disk; None if it is elsewhere: `fetch` it."""
        _looked_at(case_id, key)
        return None if self._folder is None else self._folder.path(case_id, key)

    def fetch(self, case_id: str, key: str, to: Path) -> None:
        """Copy it to a local file."""
        self._place.fetch(*_looked_at(case_id, key), to)

    def size(self, case_id: str, key: str) -> int:
        """Octets of it."""
        return self._place.size(*_looked_at(case_id, key))

    def delete(self, case_id: str, key: str) -> None:
        """Remove one of `keys` for good; that it is missing is fine."""
        self._place.delete(*_lying(case_id, key))

    def delete_case(self, case_id: str) -> None:
        """Remove all of a case for good; that there is nothing is fine."""
        self._place.delete_case(_case(case_id))

    def cases(self) -> Iterator[str]:
        """Ids of cases that have blobs; what else lies there is none of ours."""
        return filter(_CASE.fullmatch, self._place.cases())

    def keys(self, case_id: str) -> Iterator[str]:
        """All that lies in a case: keys of blobs, and names of those that never came whole."""
        return filter(_LYING.fullmatch, self._place.names(_case(case_id)))

    def changed_ns(self, case_id: str, key: str = "") -> int | None:
        """
        When a blob of the case came or went last; None if it has none.

        Args:
            case_id: Of the case.
            key: One of `keys`: when that came; None if it is not there any more.
        """
        return self._place.changed_ns(*(_lying(case_id, key) if key else (_case(case_id), "")))


def _opened(url: str) -> Folder | Bucket:
    """
    What is behind a URL.

    Raises:
        UsageError: Nothing is.
    """
    if not url:
        raise UsageError("the store cannot be opened: no URL is given")
    try:
        if url.startswith("file:"):
            # fsspec takes the path as it stands, percent signs and all.
            return Folder(Path(unquote(urlsplit(url).path)))
        if "://" not in url:
            return Folder(Path(url).resolve())
        # Other servers write there, too: what was listed a minute ago is not what is there.
        system, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        raise UsageError(
            f"the store needs a library that is not installed ({error}); for S3: "
            "pip install 'stanzascope[s3]'"
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"the store cannot be opened: {error}") from error
    return Bucket(system, root)


def _looked_at(case_id: str, key: str) -> tuple[str, str]:
    """
    The same, fit for a path.

    Raises:
        FileNotFoundError: No case and no blob can be called so.
    """
    if not _KEY.fullmatch(key):
        raise FileNotFoundError("no such blob")
    return _case(case_id), key


def _lying(case_id: str, name: str) -> tuple[str, str]:
    """
    The same of what may never have come whole.

    Raises:
        FileNotFoundError: Nothing of ours can be called so.
    """
    if not _LYING.fullmatch(name):
        raise FileNotFoundError("no such blob")
    return _case(case_id), name


def _case(case_id: str) -> str:
    if not _CASE.fullmatch(case_id):
        raise FileNotFoundError("no such case")
    return case_id


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_OCTETS):
            digest.update(piece)
    return digest.hexdigest()
