import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest

from analyzer.model.errors import UsageError
from analyzer.web.blobs.store import BlobStore

OCTETS = b"captured"
KEY = hashlib.sha256(OCTETS).hexdigest()
CASE = "Case_1-x"


@pytest.fixture(params=["file", "path", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStore]:
    """One in a folder with a name that a URL must escape, one that is no folder."""
    folder = tmp_path / "blobs ü#%41?"
    urls = {
        "file": folder.as_uri(),
        "path": str(folder),
        "memory": f"memory://{tmp_path}/bucket/prefix/",
    }
    yield BlobStore(urls[request.param])
    if request.param == "memory":
        system = fsspec.filesystem("memory")
        system.rm(f"{tmp_path}", recursive=True) if system.exists(f"{tmp_path}") else None
    else:
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [folder.name]


def upload(tmp_path: Path, octets: bytes = OCTETS) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(octets)
    return path


def read(store: BlobStore, case_id: str, key: str) -> bytes:
    with store.open(case_id, key) as file:
        return file.read()


def test_put_moves(store: BlobStore, tmp_path: Path) -> None:
    path = upload(tmp_path)
    assert store.put(CASE, path) == KEY
    assert not path.exists()
    assert read(store, CASE, KEY) == OCTETS
    assert store.size(CASE, KEY) == len(OCTETS)
    store.fetch(CASE, KEY, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == OCTETS


def test_a_hash_that_is_known_is_believed(store: BlobStore, tmp_path: Path) -> None:
    known = "0" * 64
    assert store.put(CASE, upload(tmp_path), known) == known
    assert read(store, CASE, known) == OCTETS


def test_the_same_twice_is_once(store: BlobStore, tmp_path: Path) -> None:
    assert [store.put(CASE, upload(tmp_path)) for _ in range(2)] == [KEY, KEY]
    assert read(store, CASE, KEY) == OCTETS


def test_cases_share_nothing(store: BlobStore, tmp_path: Path) -> None:
    for case_id in ("one", "two"):
        store.put(case_id, upload(tmp_path))
    assert sorted(store.cases()) == ["one", "two"]
    store.delete_case("one")
    assert list(store.cases()) == ["two"]
    assert list(store.keys("one")) == []
    assert read(store, "two", KEY) == OCTETS


def test_what_is_deleted_is_gone(store: BlobStore, tmp_path: Path) -> None:
    store.put(CASE, upload(tmp_path))
    for _ in range(2):
        store.delete(CASE, KEY)
    assert list(store.keys(CASE)) == []
    for _ in range(2):
        store.delete_case(CASE)
    assert list(store.cases()) == []
    with pytest.raises(FileNotFoundError):
        store.open(CASE, KEY)


def test_one_that_was_deleted_may_come_again(store: BlobStore, tmp_path: Path) -> None:
    for _ in range(2):
        store.put(CASE, upload(tmp_path))
        store.delete_case(CASE)
    store.put(CASE, upload(tmp_path))
    assert list(store.cases()) == [CASE]


def test_what_is_not_there(store: BlobStore, tmp_path: Path) -> None:
    assert list(store.cases()) == []
    assert store.changed_ns(CASE) is None
    for ask in (
        lambda: store.open(CASE, KEY),
        lambda: store.size(CASE, KEY),
        lambda: store.fetch(CASE, KEY, tmp_path / "fetched"),
    ):
        with pytest.raises(FileNotFoundError):
            ask()
    store.delete(CASE, KEY)
    store.delete_case(CASE)


def test_when_something_came(store: BlobStore, tmp_path: Path) -> None:
    before = upload(tmp_path).stat().st_mtime_ns
    store.put(CASE, tmp_path / "upload")
    changed = store.changed_ns(CASE)
    assert changed is not None
    # The clock of a file system is coarser than the other.
    assert -20_000_000 <= changed - before < 60 * 10**9


def test_what_lies_in_a_case(store: BlobStore, tmp_path: Path) -> None:
    assert list(store.keys(CASE)) == []
    assert store.changed_ns(CASE, KEY) is None
    old = upload(tmp_path)
    os.utime(old, ns=(0, 0))
    store.put(CASE, old)
    store.put(CASE, upload(tmp_path, b"other"), "0" * 64)
    assert sorted(store.keys(CASE)) == ["0" * 64, KEY]
    # Its age begins when it comes, however long it waited for that.
    came = store.changed_ns(CASE, KEY)
    assert came is not None
    assert came > time.time_ns() - 60 * 10**9
    store.delete(CASE, KEY)
    assert list(store.keys(CASE)) == ["0" * 64]
    assert store.changed_ns(CASE, KEY) is None


def test_what_never_came_whole_lies_there_too(tmp_path: Path) -> None:
    store = BlobStore(str(tmp_path))
    (tmp_path / CASE).mkdir()
    torn = f".{'0' * 32}"
    for name in (torn, "README", KEY):
        (tmp_path / CASE / name).write_bytes(b"")
    (tmp_path / CASE / ("f" * 64)).mkdir()
    assert sorted(store.keys(CASE)) == [torn, KEY]
    assert store.changed_ns(CASE, torn) is not None
    store.delete(CASE, torn)
    assert list(store.keys(CASE)) == [KEY]


HOSTILE = [
    "",
    ".",
    "..",
    "../other",
    "a/b",
    "a\\b",
    "/etc",
    "a\0",
    "x" * 65,
    "ü",
    "a\n",
    "C:",
    "%2e",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_id_leads_out_of_the_store(store: BlobStore, tmp_path: Path, hostile: str) -> None:
    store.put(CASE, upload(tmp_path))
    for case_id, key in ((hostile, KEY), (CASE, hostile)):
        for ask in (
            lambda case_id=case_id, key=key: store.open(case_id, key),
            lambda case_id=case_id, key=key: store.local_path(case_id, key),
            lambda case_id=case_id, key=key: store.size(case_id, key),
            lambda case_id=case_id, key=key: store.fetch(case_id, key, tmp_path / "x"),
            lambda case_id=case_id, key=key: store.delete(case_id, key),
            lambda case_id=case_id, key=key: store.changed_ns(case_id, key or "x"),
        ):
            with pytest.raises(FileNotFoundError):
                ask()
    for refuse in (store.delete_case, store.changed_ns, store.keys):
        with pytest.raises(FileNotFoundError):
            refuse(hostile)
    with pytest.raises(FileNotFoundError):
        store.put(hostile, upload(tmp_path))
    assert (tmp_path / "upload").exists()
    assert read(store, CASE, KEY) == OCTETS


@pytest.mark.parametrize("key", [KEY.upper(), KEY[:-1], f"{KEY}\n", f"{KEY}0", f".{KEY[1:]}"])
def test_what_is_no_key(store: BlobStore, tmp_path: Path, key: str) -> None:
    with pytest.raises(FileNotFoundError):
        store.put(CASE, upload(tmp_path), key)


def test_many_at_once(store: BlobStore, tmp_path: Path) -> None:
    def work(number: int) -> None:
        for turn in range(20):
            path = tmp_path / f"upload-{number}-{turn}"
            path.write_bytes(OCTETS)
            store.put("shared", path)
            assert read(store, "shared", KEY) == OCTETS
            other = tmp_path / f"other-{number}"
            other.write_bytes(bytes([number, turn]))
            store.put(f"own-{number}", other)
            store.delete_case(f"own-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert list(store.cases()) == ["shared"]


def test_only_a_folder_has_local_paths(tmp_path: Path) -> None:
    local = BlobStore((tmp_path / "blobs").as_uri())
    key = local.put(CASE, upload(tmp_path))
    path = local.local_path(CASE, key)
    assert path is not None
    assert path.read_bytes() == OCTETS
    assert BlobStore(f"memory://{tmp_path}/x").local_path(CASE, key) is None


@pytest.mark.parametrize(
    "url", ["nosuchscheme://bucket", "file:///proc/nowhere/blobs", "/dev/null/blobs", ""]
)
def test_a_url_that_leads_nowhere(url: str) -> None:
    with pytest.raises(UsageError, match="the store cannot be opened"):
        BlobStore(url)


def test_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(UsageError, match=r"Install s3fs.*pip install 'stanzascope\[s3\]'"):
        BlobStore("s3://bucket/prefix")


def test_of_what_is_not_ours_nothing_is_told(tmp_path: Path) -> None:
    store = BlobStore(str(tmp_path))
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "README").write_bytes(b"")
    (tmp_path / "link").symlink_to("/etc")
    assert list(store.cases()) == []
