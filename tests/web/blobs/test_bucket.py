import errno
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from analyzer.web.blobs.bucket import Bucket

KEY = hashlib.sha256(b"captured").hexdigest()


class Objects(MemoryFileSystem):  # type: ignore[misc] # fsspec carries no types
    """A store of objects as S3 is one: an object is there whole or not."""

    protocol = ("s3", "s3a")
    store: dict[str, Any] = {}
    pseudo_dirs: list[str] = [""]
    cachable = False

    def mv(self, *_: object, **__: object) -> None:
        raise AssertionError("costs a copy")


class Files(LocalFileSystem):  # type: ignore[misc] # fsspec carries no types
    """A file system that is far away: what is written shows while it is."""

    cachable = False

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails
        self.written: list[str] = []

    def put_file(self, path1: str, path2: str, *_: object, **__: object) -> None:
        self.written.append(Path(path2).name)
        Path(path2).write_bytes(b"half")
        if self.fails:
            raise OSError("connection lost")
        super().put_file(path1, path2)


def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(b"captured")
    return path


def test_objects_are_put_under_their_name_at_once(tmp_path: Path) -> None:
    system = Objects()
    place = Bucket(system, "bucket/prefix/")
    place.put("case", KEY, upload(tmp_path))
    assert list(system.find("bucket")) == [f"/bucket/prefix/case/{KEY}"]
    assert list(place.cases()) == ["case"]
    assert not (tmp_path / "upload").exists()
    place.delete_case("case")
    assert list(place.names("case")) == []


def test_files_are_put_aside_and_renamed(tmp_path: Path) -> None:
    system = Files()
    root = tmp_path / "blobs"
    place = Bucket(system, str(root))
    place.put("case", KEY, upload(tmp_path))
    assert [path.name for path in (root / "case").iterdir()] == [KEY]
    assert (root / "case" / KEY).read_bytes() == b"captured"
    (aside,) = system.written
    assert aside.startswith(".")
    assert len(aside) == 33


def test_a_transfer_that_breaks_off_leaves_nothing_and_takes_nothing(tmp_path: Path) -> None:
    system = Files(fails=True)
    root = tmp_path / "blobs"
    path = upload(tmp_path)
    with pytest.raises(OSError, match="connection lost"):
        Bucket(system, str(root)).put("case", KEY, path)
    assert list((root / "case").iterdir()) == []
    assert path.read_bytes() == b"captured"


def test_what_lies_between_cases_is_none(tmp_path: Path) -> None:
    root = tmp_path / "blobs"
    place = Bucket(Files(), str(root))
    place.put("case", KEY, upload(tmp_path))
    (root / "file").write_bytes(b"")
    assert list(place.cases()) == ["case"]


class EndpointConnectionError(Exception):
    """As botocore's errors, it is no OSError."""


class Away(Files):
    """A store that cannot be reached."""

    def away(self, *_: object, **__: object) -> None:
        raise EndpointConnectionError("https://key:secret@endpoint")

    put_file = mv = open = get_file = info = rm_file = rm = ls = find = modified = away


@pytest.mark.parametrize(
    "ask",
    [
        lambda place, path: place.put("case", KEY, path),
        lambda place, _: place.open("case", KEY),
        lambda place, path: place.fetch("case", KEY, path),
        lambda place, _: place.size("case", KEY),
        lambda place, _: place.delete("case", KEY),
        lambda place, _: place.delete_case("case"),
        lambda place, _: list(place.cases()),
        lambda place, _: list(place.names("case")),
        lambda place, _: place.changed_ns("case"),
        lambda place, _: place.changed_ns("case", KEY),
    ],
    ids=[
        "put",
        "open",
        "fetch",
        "size",
        "delete",
        "delete_case",
        "cases",
        "names",
        "changed",
        "changed_key",
    ],
)
def test_a_store_that_cannot_be_reached_is_an_error_of_the_system(
    tmp_path: Path, ask: Callable[[Bucket, Path], object]
) -> None:
    path = upload(tmp_path)
    with pytest.raises(OSError, match="EndpointConnectionError") as raised:
        ask(Bucket(Away(), str(tmp_path / "blobs")), path)
    assert raised.value.errno == errno.EIO
    assert "secret" not in str(raised.value)
    assert path.read_bytes() == b"captured"
