import errno
import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.model.errors import UsageError
from analyzer.web.blobs.incoming import Incoming, is_full
from analyzer.web.records import FileKind, Received


@pytest.fixture
def incoming(tmp_path: Path) -> Iterator[Incoming]:
    one = Incoming(tmp_path / "data" / "incoming")
    yield one
    one.close()


def names(incoming: Incoming) -> list[str]:
    return sorted(path.name for path in incoming.folder.iterdir())


@pytest.mark.parametrize(
    ("number", "full"),
    [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EFBIG, True), (errno.EIO, False)],
)
def test_when_a_disk_is_full(number: int, full: bool) -> None:
    assert is_full(OSError(number, "")) is full


class TestTheFolder:
    def test_is_for_its_owner_alone(self, incoming: Incoming) -> None:
        assert stat.S_IMODE(incoming.folder.stat().st_mode) == 0o700

    def test_becomes_so_if_it_was_not(self, tmp_path: Path) -> None:
        (tmp_path / "incoming").mkdir(mode=0o777)
        Incoming(tmp_path / "incoming").close()
        assert stat.S_IMODE((tmp_path / "incoming").stat().st_mode) == 0o700

    def test_is_emptied_at_start(self, tmp_path: Path) -> None:
        folder = tmp_path / "incoming"
        (folder / "sub" / "folder").mkdir(parents=True)
        (folder / "half").write_bytes(b"secret")
        (tmp_path / "kept").write_bytes(b"x")
        (folder / "link").symlink_to(tmp_path / "kept")
        (folder / "links").symlink_to(tmp_path)
        one = Incoming(folder)
        assert names(one) == []
        assert (tmp_path / "kept").exists()
        one.close()

    def test_takes_no_second_server(self, incoming: Incoming) -> None:
        half = incoming.file()
        half.write(b"x")
        with pytest.raises(UsageError, match=r"another server works with .*data; stop it"):
            Incoming(incoming.folder)
        assert names(incoming) == [half.path.name]
        half.discard()

    def test_takes_the_next_one(self, incoming: Incoming) -> None:
        incoming.close()
        again = Incoming(incoming.folder)
        again.close()
        incoming._lock = os.open("/", os.O_RDONLY)  # the fixture closes it once more

    def test_is_free_when_its_server_is_killed(self, tmp_path: Path) -> None:
        program = (
            "import os, pathlib, signal\n"
            "from analyzer.web.blobs.incoming import Incoming\n"
            f"one = Incoming(pathlib.Path({str(tmp_path)!r}))\n"
            "one.file().write(b'half')\n"
            "os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        died = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
        assert died.returncode == -9
        assert len(list(tmp_path.iterdir())) == 1
        again = Incoming(tmp_path)
        assert names(again) == []
        again.close()

    @pytest.mark.parametrize("there", ["file", "file/incoming"])
    def test_that_cannot_be_made(self, tmp_path: Path, there: str) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(UsageError, match="cannot be used"):
            Incoming(tmp_path / there)

    def test_knows_how_much_is_free(self, incoming: Incoming) -> None:
        info = os.statvfs(incoming.folder)
        assert 0 < incoming.free() <= info.f_blocks * info.f_frsize


class TestFiles:
    def test_are_written_counted_and_hashed(self, incoming: Incoming) -> None:
        file = incoming.file()
        for octets in (b"first", bytearray(b"second"), memoryview(b"third"), b""):
            file.write(octets)
        assert file.octets == 16
        assert file.sha256 == hashlib.sha256(b"firstsecondthird").hexdigest()
        file.finish()
        assert file.path.read_bytes() == b"firstsecondthird"
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600

    def test_have_names_of_ours(self, incoming: Incoming) -> None:
        files = [incoming.file() for _ in range(3)]
        assert len({file.path for file in files}) == 3
        assert all(len(file.path.name) == 32 for file in files)
        for file in files:
            file.discard()

    @pytest.mark.parametrize("finished", [False, True])
    def test_can_be_dropped_at_any_time(self, incoming: Incoming, finished: bool) -> None:
        file = incoming.file()
        file.write(b"x")
        if finished:
            file.finish()
        file.discard()
        file.discard()
        assert names(incoming) == []

    def test_of_which_the_disk_takes_but_a_part(
        self, incoming: Incoming, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = incoming.file()
        real = file._file

        class Reluctant:
            def write(self, octets: memoryview) -> int:
                return real.write(octets[:3])

        monkeypatch.setattr(file, "_file", Reluctant())
        file.write(b"0123456789")
        monkeypatch.setattr(file, "_file", real)
        file.finish()
        assert file.path.read_bytes() == b"0123456789"

    def test_that_came_in_whole_are_discarded(self, incoming: Incoming) -> None:
        file = incoming.file()
        file.finish()
        came = Received(
            path=str(file.path), name="a", kind=FileKind.HAR, octets=0, sha256=file.sha256
        )
        for _ in range(2):
            incoming.discard([came])
        assert names(incoming) == []


def test_what_was_left_behind_goes_once_it_is_old(incoming: Incoming) -> None:
    old, new = incoming.file(), incoming.file()
    for file in (old, new):
        file.finish()
    os.utime(old.path, ns=(1_000, 1_000))
    os.utime(new.path, ns=(3_000, 3_000))
    assert incoming.sweep(2_000) == 1
    assert names(incoming) == [new.path.name]


def test_a_file_that_is_taken_while_the_folder_is_swept(
    incoming: Incoming, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = incoming.file()
    file.finish()
    listed = list(incoming.folder.iterdir())
    file.path.unlink()
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(listed))
    assert incoming.sweep(2_000) == 0
