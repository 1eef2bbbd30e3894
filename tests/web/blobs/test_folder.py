import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.web.blobs import folder
from analyzer.web.blobs.folder import Folder

KEY = hashlib.sha256(b"captured").hexdigest()


def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(b"captured")
    path.chmod(0o644)
    return path


def names(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_all_is_for_its_owner_alone(tmp_path: Path) -> None:
    root = tmp_path / "a" / "blobs"
    Folder(root).put("case", KEY, upload(tmp_path))
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE((root / "case").stat().st_mode) == 0o700
    assert stat.S_IMODE((root / "case" / KEY).stat().st_mode) == 0o600


def test_a_file_is_moved_and_not_copied(tmp_path: Path) -> None:
    path = upload(tmp_path)
    node = path.stat().st_ino
    Folder(tmp_path / "blobs").put("case", KEY, path)
    assert (tmp_path / "blobs" / "case" / KEY).stat().st_ino == node


def test_octets_and_names_are_on_the_disk_before_anybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "blobs"
    place = Folder(root)
    synced: list[str] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    place.put("case", KEY, upload(tmp_path))
    assert synced == ["upload", "case", "blobs"]
    synced.clear()
    place.put("case", "other", upload(tmp_path))
    assert synced == ["upload", "case"]
    synced.clear()
    place.delete("case", KEY)
    place.delete_case("case")
    assert synced == ["case", "blobs"]


class TestFromAnotherDisk:
    @pytest.fixture(autouse=True)
    def other_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = Path.replace

        def replace(path: Path, target: Path) -> Path:
            if path.parent != target.parent:
                raise OSError(errno.EXDEV, "Invalid cross-device link")
            return real(path, target)

        monkeypatch.setattr(Path, "replace", replace)

    def test_a_file_is_copied(self, tmp_path: Path) -> None:
        path = upload(tmp_path)
        Folder(tmp_path / "blobs").put("case", KEY, path)
        assert not path.exists()
        assert names(tmp_path / "blobs") == ["case", f"case/{KEY}"]
        blob = tmp_path / "blobs" / "case" / KEY
        assert blob.read_bytes() == b"captured"
        assert stat.S_IMODE(blob.stat().st_mode) == 0o600

    def test_a_copy_that_fails_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(shutil, "copyfileobj", full)
        path = upload(tmp_path)
        with pytest.raises(OSError, match="No space"):
            Folder(tmp_path / "blobs").put("case", KEY, path)
        assert names(tmp_path / "blobs") == ["case"]
        assert path.exists()


def test_a_reader_goes_on_while_the_case_is_deleted(tmp_path: Path) -> None:
    place = Folder(tmp_path / "blobs")
    place.put("case", KEY, upload(tmp_path))
    with place.open("case", KEY) as file:
        place.delete_case("case")
        assert file.read() == b"captured"
    assert names(tmp_path / "blobs") == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    place = Folder(tmp_path / "blobs")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_bytes(b"x")
    place.put("case", KEY, upload(tmp_path))
    (tmp_path / "blobs" / "case" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "blobs" / "linked").symlink_to(tmp_path / "outside")
    assert list(place.cases()) == ["case"]
    place.delete_case("case")
    assert (tmp_path / "outside" / "kept").exists()


def test_a_folder_is_synced_and_closed(tmp_path: Path) -> None:
    opened = Path("/proc/self/fd")
    before = len(list(opened.iterdir()))
    folder.sync_folder(tmp_path)
    assert len(list(opened.iterdir())) == before


@pytest.mark.parametrize(
    "ask",
    [
        lambda place, _: place.open("case", KEY),
        lambda place, path: place.fetch("case", KEY, path),
        lambda place, _: place.size("case", KEY),
        lambda place, _: place.delete("case", KEY),
        lambda place, _: place.delete_case("case"),
        lambda place, _: list(place.cases()),
    ],
    ids=["open", "fetch", "size", "delete", "delete_case", "cases"],
)
def test_a_folder_that_is_gone_is_no_file_that_is_missing(
    tmp_path: Path, ask: Callable[[Folder, Path], object]
) -> None:
    place = Folder(tmp_path / "blobs")
    place.put("case", KEY, upload(tmp_path))
    shutil.move(tmp_path / "blobs", tmp_path / "unmounted")
    with pytest.raises(OSError, match="the store is gone") as raised:
        ask(place, tmp_path / "to")
    assert raised.value.errno == errno.EIO
    assert (tmp_path / "unmounted" / "case" / KEY).exists()
