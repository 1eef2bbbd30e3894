import gzip
import io
import os
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.capture import case as case_module
from analyzer.capture.case import Case, Input
from analyzer.capture.rotated import OpenedSet
from analyzer.model import limits
from analyzer.model.errors import CaptureError, UsageError
from analyzer.model.recording import Kind
from tests.capture.archived import HAR, KEY_LINE, PCAP, tarred, zipped
from tests.capture.har_written import FIXTURES

PEM = b"-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"
MANY = {"a.har": HAR, "folder/b.pcap": PCAP, "notes.txt": b"hello", "k.txt": KEY_LINE}


@contextmanager
def gathered(*inputs: Input, keys: tuple[Input, ...] = ()) -> Iterator[Case]:
    with Case() as case:
        for source in keys:
            case.add_keys(source)
        for source in inputs:
            case.add(source)
        yield case


def put(folder: Path, octets: bytes, name: str = "given") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    return path


def told(case: Case) -> list[tuple[str, str]]:
    """Name and format of each recording, once read."""
    found: list[tuple[str, str]] = []
    for index, opened in case.captures():
        assert index == len(found)
        if opened.kind is Kind.PACKETS:
            assert sum(len(window) for window in opened.reader.windows()) > 0
        else:
            assert sum(1 for _ in opened.reader.items()) > 0
        found.append((opened.name, opened.format))
    return found


def skipped(case: Case) -> list[tuple[str, str]]:
    return [(one.name, one.reason) for one in case.skipped]


def test_files(tmp_path: Path) -> None:
    paths = put(tmp_path, HAR, "a"), put(tmp_path, PCAP, "b")
    with gathered(*paths, ("c", io.BytesIO(PCAP))) as case:
        assert told(case) == [("a", "HAR"), ("b", "pcap"), ("c", "pcap")]
        assert skipped(case) == []


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (zipped(MANY), "zip"),
        (tarred(MANY), "tar"),
        (gzip.compress(tarred(MANY)), "tar"),
        (zstandard.compress(tarred(MANY)), "tar"),
    ],
)
def test_archives_of_several(tmp_path: Path, octets: bytes, kind: str) -> None:
    for source in (put(tmp_path, octets), ("given", io.BytesIO(octets))):
        with gathered(source) as case:
            assert told(case) == [
                ("given/a.har", f"HAR ({kind})"),
                ("given/folder/b.pcap", f"pcap ({kind})"),
            ]
            assert skipped(case) == [("given/notes.txt", "")]
            assert [(key.name, key.secrets) for key in case.key_files] == [("given/k.txt", 1)]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_of_one_recording_is_but_its_wrapping(tmp_path: Path, pack: Any) -> None:
    path = put(tmp_path, pack({"a.pcap": PCAP, "notes.txt": b"hello", "k": KEY_LINE}))
    with gathered(path) as case:
        ((_, opened),) = case.captures()
        assert (opened.name, opened.octets) == ("given", path.stat().st_size)
        assert len(case.keys) == 1
        assert skipped(case) == [("given/notes.txt", "")]


def test_playwrights_zip() -> None:
    with gathered(FIXTURES / "har-playwright-attach" / "session.har.zip") as case:
        assert told(case) == [("session.har.zip", "HAR (zip)")]
        assert skipped(case) == []


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = gzip.compress(tarred({"x.pcap": PCAP, "y.zip": zipped({"z.har": HAR})}))
    with gathered(put(tmp_path, zipped({"in.tgz": inner, "a.pcap.gz": gzip.compress(PCAP)}))) as c:
        assert told(c) == [
            ("given/in.tgz/x.pcap", "pcap (tar)"),
            ("given/in.tgz/y.zip/z.har", "HAR (zip)"),
            ("given/a.pcap.gz", "pcap (gzip in zip)"),
        ]
    deep = zipped({"a.har": HAR, "b.har": HAR})
    for _ in range(3):
        deep = zipped({"in.zip": deep})
    with (
        pytest.raises(CaptureError, match="no file in the zip is a recording"),
        gathered(put(tmp_path, deep)),
    ):
        pass


def test_names_lead_nowhere(tmp_path: Path) -> None:
    names = ("../../../etc/passwd", "/etc/shadow", "C:\\x", "a\0b", "..")
    for pack in (zipped, tarred):
        files = dict.fromkeys(names, PCAP)
        with gathered(put(tmp_path / "in", pack(files))) as case:
            assert len(told(case)) == len(files)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_folder(tmp_path: Path) -> None:
    put(tmp_path, PCAP, "case/b.pcap")
    put(tmp_path, gzip.compress(HAR), "case/a/x.har.gz")
    put(tmp_path, zipped({"1.pcap": PCAP, "2.pcap": PCAP}), "case/a/y.zip")
    put(tmp_path, KEY_LINE, "case/secrets.txt")
    put(tmp_path, b"hello", "case/notes.txt")
    put(tmp_path, b"", "case/empty.pcap")
    put(tmp_path, zipped({"1.pcap": PCAP})[:-30], "case/z.zip")
    (tmp_path / "case/loop").symlink_to(tmp_path)
    with gathered(tmp_path / "case") as case:
        assert told(case) == [
            ("case/b.pcap", "pcap"),
            ("case/a/x.har.gz", "HAR (gzip)"),
            ("case/a/y.zip/1.pcap", "pcap (zip)"),
            ("case/a/y.zip/2.pcap", "pcap (zip)"),
        ]
        assert [key.name for key in case.key_files] == ["case/secrets.txt"]
        assert skipped(case) == [
            ("case/empty.pcap", "empty or damaged"),
            ("case/loop", "links are not followed"),
            ("case/notes.txt", ""),
            ("case/z.zip", "the zip is cut off or damaged; unpack it, then give the recording"),
        ]


@pytest.mark.parametrize("what", ["folder", "zip", "tar"])
def test_nothing_in_it(tmp_path: Path, what: str) -> None:
    make = {"zip": zipped, "tar": tarred}
    path = put(tmp_path, make[what]({"a": b"x"})) if what in make else tmp_path
    with pytest.raises(CaptureError, match=f"no file in the {what} is a recording"), gathered(path):
        pass


def test_what_the_user_names_must_be_a_recording(tmp_path: Path) -> None:
    good = put(tmp_path, PCAP, "good")
    for octets, said in ((b"hello", "this is text"), (b"", "the file is empty")):
        sources = (good, put(tmp_path, octets, "bad"))
        with gathered(*sources) as case, pytest.raises(CaptureError, match=f"bad: {said}"):
            told(case)
    with pytest.raises(CaptureError, match="there is no such file"), gathered(tmp_path / "none"):
        pass


def test_keys(tmp_path: Path) -> None:
    capture = put(tmp_path / "elsewhere", PCAP, "x.pcap")
    given = (
        put(tmp_path, KEY_LINE, "plain"),
        put(tmp_path, gzip.compress(KEY_LINE * 2), "packed"),
        put(tmp_path, zipped({"a": KEY_LINE * 3, "b": b"x", "c": PEM}), "zipped"),
        ("piped", io.BytesIO(PEM * 2)),
    )
    with gathered(capture, keys=given) as case:
        found = [(key.name, key.secrets, key.private_keys) for key in case.key_files]
        assert found == [
            ("plain", 1, 0),
            ("packed", 2, 0),
            ("zipped/a", 3, 0),
            ("zipped/c", 0, 1),
            ("piped", 0, 2),
        ]
        assert all(key.given for key in case.key_files)


def test_keys_that_are_none(tmp_path: Path) -> None:
    for octets in (b"hello", b"", zipped({"a": b"x"}), PCAP):
        with (
            pytest.raises(UsageError, match="given: there is no TLS secret"),
            gathered(keys=(put(tmp_path, octets),)),
        ):
            pass
    with pytest.raises(CaptureError, match="this is a folder"), gathered(keys=(tmp_path,)):
        pass
    with pytest.raises(CaptureError, match="no such file"), gathered(keys=(tmp_path / "none",)):
        pass


def test_keys_alone_are_no_recording(tmp_path: Path) -> None:
    said = r"keys\.txt: these are keys; give the packet"
    path = put(tmp_path, KEY_LINE, "keys.txt")
    with gathered(path) as case, pytest.raises(CaptureError, match=said):
        told(case)


def test_keys_beside_a_capture_are_found(tmp_path: Path) -> None:
    capture = put(tmp_path, PCAP, "x.pcap")
    other = put(tmp_path, PCAP + bytes(9), "y.cap")
    put(tmp_path, KEY_LINE, "keys.log")
    put(tmp_path, gzip.compress(KEY_LINE * 2), "sslkeylog.gz")
    put(tmp_path, b"no keys at all", "my.keys")
    put(tmp_path, zipped({"a": b"x"})[:-9], "broken-keylog")
    with gathered(capture, other) as case:
        assert [(key.name, key.given) for key in case.key_files] == [
            ("keys.log", False),
            ("sslkeylog.gz", False),
        ]
        assert [one.name for one in case.skipped] == ["broken-keylog"]
    with gathered(capture, keys=(tmp_path / "keys.log",)) as case:
        assert [(key.name, key.given) for key in case.key_files] == [
            ("keys.log", True),
            ("sslkeylog.gz", False),
        ]
    with gathered(put(tmp_path, HAR, "z.har")) as case:
        assert case.keys == []


def test_keys_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_module, "KEY_OCTETS", len(KEY_LINE) + 10)
    put(tmp_path, KEY_LINE * 9, "a/1")
    put(tmp_path, KEY_LINE + b"\n", "a/2")
    put(tmp_path, PCAP, "a/4")
    with gathered(tmp_path / "a") as case:
        assert [(key.name, key.secrets) for key in case.key_files] == [("a/1", 1), ("a/2", 1)]
        assert [name for name, why in skipped(case) if "only the first" in why] == ["a/1"]
    put(tmp_path, KEY_LINE + b"\n\n", "a/3")
    with gathered(tmp_path / "a") as case:
        assert ("a/3", "there are keys enough") in skipped(case)


def test_so_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_module, "ARCHIVE_MEMBERS", 4)
    inner = tarred({f"{index}": b"x" for index in range(3)})
    path = put(tmp_path, zipped({"a": PCAP, "in.tar": inner, "b": HAR}))
    with gathered(path) as case:
        assert ("given", "only 4 files of an archive are read") in skipped(case)


def test_a_bomb_of_many_members_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_OCTETS", 3 * len(PCAP))
    files = {f"{index}.bin": PCAP for index in range(9)}
    with gathered(put(tmp_path, zipped(files))) as case:
        assert len(told(case)) == 3
        assert len(case.skipped) == 6
        assert all("ARCHIVE_OCTETS" in why for _, why in skipped(case))
    monkeypatch.setattr(limits, "ARCHIVE_OCTETS", 0)
    path = put(tmp_path, zipped(files))
    with gathered(path) as case, pytest.raises(CaptureError, match="ARCHIVE_OCTETS"):
        told(case)


def test_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(zipped({"a": PCAP, "b": HAR}),))
    writer.start()
    with gathered(path) as case:
        assert told(case) == [("pipe/a", "pcap (zip)"), ("pipe/b", "HAR (zip)")]
    writer.join()


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, PCAP, "case/a.pcap")
    secret = put(tmp_path, PCAP, "case/b.pcap")
    opened = Path.open

    def refuse(self: Path, *more: Any, **named: Any) -> Any:
        if self == secret:
            raise PermissionError(13, "Permission denied")
        return opened(self, *more, **named)

    monkeypatch.setattr(Path, "open", refuse)
    with gathered(tmp_path / "case") as case:
        assert told(case) == [("case/a.pcap", "pcap")]
        assert skipped(case) == [("case/b.pcap", "you may not read this file")]
    with (
        pytest.raises(CaptureError, match=r"b\.pcap: you may not read this file"),
        gathered(secret),
    ):
        pass


def test_a_name_too_long() -> None:
    with (
        pytest.raises(CaptureError, match="cannot be read: File name too long"),
        gathered(Path("x" * 5000)),
    ):
        pass


def test_a_damaged_tar_says_so(tmp_path: Path) -> None:
    octets = tarred({"a": PCAP, "b": PCAP, "c": HAR}, tarfile.USTAR_FORMAT)
    third = octets.index(b"c\0\0")
    with gathered(put(tmp_path, octets[: third + 300])) as case:
        assert [name for name, _ in told(case)] == ["given/a", "given/b"]
        assert skipped(case) == [("given", f"the tar cannot be read from octet {third} on")]


def test_an_encrypted_member_is_skipped(tmp_path: Path) -> None:
    octets = bytearray(zipped({"a": PCAP, "b": PCAP, "c": HAR}))
    for mark, flag in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        octets[octets.index(mark) + flag] |= 1
    with gathered(put(tmp_path, bytes(octets))) as case:
        assert [name for name, _ in told(case)] == ["given/b", "given/c"]
        said = "the zip is encrypted; unpack it, then give the recording"
        assert skipped(case) == [("given/a", said)]


def test_rotated_sets(tmp_path: Path) -> None:
    for name in ("x.pcap", "x.pcap1", "x.pcap2", "y.pcap", "z_00001.pcap"):
        put(tmp_path, PCAP, name)
    for index in range(2):
        put(tmp_path, gzip.compress(PCAP), f"z_0000{index}_20260101000000.pcap.gz")
    with gathered(tmp_path) as case:
        name = tmp_path.name
        assert told(case) == [
            (f"{name}/x.pcap and 2 more", "pcap, 3 files"),
            (f"{name}/y.pcap", "pcap"),
            (f"{name}/z_00000_20260101000000.pcap.gz and 1 more", "pcap (gzip), 2 files"),
            (f"{name}/z_00001.pcap", "pcap"),
        ]
    sources = [tmp_path / "x.pcap2", tmp_path / "y.pcap", tmp_path / "x.pcap"]
    with gathered(*sources) as case:
        assert [isinstance(opened, OpenedSet) for _, opened in case.captures()] == [True, False]
    octets = zipped({"a/x.pcap1": PCAP, "a/x.pcap": PCAP, "b/x.pcap2": PCAP})
    with gathered(put(tmp_path / "in", octets)) as case:
        assert [name for name, _ in told(case)] == ["given/a/x.pcap and 1 more", "given/b/x.pcap2"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["zip", "tar"]), st.integers(0, 10_000), st.binary(max_size=40))
def test_whatever_is_changed_it_ends_in_recordings_or_one_line(
    kind: str, at: int, octets: bytes
) -> None:
    files = {"a.har": HAR[:2000], "b.pcap": PCAP, "c.gz": gzip.compress(PCAP, mtime=0)}
    data = bytearray(zipped(files) if kind == "zip" else tarred(files))
    at %= len(data)
    data[at : at + len(octets)] = octets
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), bytes(data))
        with suppress(CaptureError), gathered(Path(folder)) as case:
            for _, opened in case.captures():
                list(opened.reader.windows() if opened.kind is Kind.PACKETS else [])


def test_whether_there_are_several(tmp_path: Path) -> None:
    one = put(tmp_path, PCAP, "one.pcap")
    with gathered(one) as case:
        assert not case.has_several
    with gathered(one, put(tmp_path, HAR, "two.har")) as case:
        assert case.has_several
    rotated = [put(tmp_path, PCAP, f"trace_0000{n}_2026010108000{n}.pcap") for n in (1, 2)]
    with gathered(*rotated) as case:
        assert not case.has_several


def test_among_others_what_is_no_recording_is_passed_over(tmp_path: Path) -> None:
    with Case() as case:
        for name, octets in (*MANY.items(), ("cut.har.gz", gzip.compress(HAR)[:9])):
            case.add(put(tmp_path, octets, name), strict=False)
        assert {name for name, _ in told(case)} == {"a.har", "b.pcap"}
        assert {name for name, _ in skipped(case)} == {"notes.txt", "cut.har.gz"}
        assert [keys.name for keys in case.keys] == ["k.txt"]


def test_among_others_that_are_none_either_the_first_is_told(tmp_path: Path) -> None:
    with Case() as case:
        case.add(put(tmp_path, b"%PDF-1.7\n" + bytes(100), "manual.pdf"), strict=False)
        case.add(put(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(100), "shot.png"), strict=False)
        with pytest.raises(CaptureError, match=r"^manual\.pdf: this is a PDF"):
            list(case.captures())
