import os
from pathlib import Path

import pytest

from analyzer.capture import folder
from analyzer.capture.folder import files, keys_beside
from analyzer.model.errors import CaptureError


def told(path: Path) -> list[tuple[str, str]]:
    return [(name, why) for _, name, why in files(path, "case")]


def test_sorted_and_below(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", "c", "b/deep/er/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    names = ["case/a", "case/c", "case/b/1", "case/b/2", "case/b/deep/er/x"]
    assert told(tmp_path) == [(name, "") for name in names]


def test_what_is_hidden_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/a").write_bytes(b"x")
    (tmp_path / ".b").write_bytes(b"x")
    assert told(tmp_path) == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/loop").symlink_to(tmp_path)
    (tmp_path / "in/passwd").symlink_to("/etc/passwd")
    (tmp_path / "in/gone").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    assert told(tmp_path) == [
        ("case/pipe", "this is no file"),
        ("case/in/gone", "links are not followed"),
        ("case/in/loop", "links are not followed"),
        ("case/in/passwd", "links are not followed"),
    ]


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "FOLDER_FILES", 3)
    monkeypatch.setattr(folder, "FOLDER_DEPTH", 1)
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/x").write_bytes(b"x")
    assert told(tmp_path) == [("case/a/b", "folders are read 1 deep")]
    for name in "1234":
        (tmp_path / name).write_bytes(b"x")
    assert told(tmp_path)[-1] == ("case/4", "only 3 files of a folder are read")


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="there is no such folder"):
        told(tmp_path / "x")


def refuse(monkeypatch: pytest.MonkeyPatch, refused: Path) -> None:
    """As the system does for a user who may not read a folder; root may."""
    scandir = os.scandir

    def scan(path: Path) -> "os.ScandirIterator[str]":  # type: ignore[name-defined]
        if Path(path) == refused:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(folder, "scandir", scan)


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "b").write_bytes(b"x")
    refuse(monkeypatch, tmp_path / "secret")
    assert told(tmp_path) == [("case/b", ""), ("case/secret", "you may not read this folder")]
    refuse(monkeypatch, tmp_path)
    with pytest.raises(CaptureError, match="case: you may not read this folder"):
        told(tmp_path)


def test_keys_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSLKEYLOGFILE.txt", "a.keys", "keys.log", "my_keylog.txt", "keys.txt", "x.log"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "b.keys").mkdir()
    (tmp_path / "c.keys").symlink_to("/etc/passwd")
    (tmp_path / "d.keys").touch()
    found = [path.name for path in keys_beside(tmp_path / "capture.pcap")]
    assert found == ["SSLKEYLOGFILE.txt", "a.keys", "keys.log", "my_keylog.txt"]
    monkeypatch.setattr(folder, "KEY_OCTETS", 0)
    assert keys_beside(tmp_path / "capture.pcap") == []
    refuse(monkeypatch, tmp_path)
    assert keys_beside(tmp_path / "capture.pcap") == []
