import gzip
import io
import json
import mmap
import random
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import zstandard
from isal import igzip

from analyzer.capture import archive, pcap, signature
from analyzer.capture.archive import Unpacked, unpack
from analyzer.model import limits
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.errors import CaptureError
from analyzer.model.limits import ARCHIVE_FREE_OCTETS, ARCHIVE_MEMBERS
from tests.capture.har_written import http, row, socket, written

TEXT = written(socket([row(f"<a id='{number}'/>") for number in range(3000)]))
NOISE = random.Random(7).randbytes(3_000_000)

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zstd": zstandard.compress,
}


OPEN = ExitStack()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close after each test what it opened."""
    with OPEN:
        yield


def opened(octets: bytes) -> Unpacked | None:
    file = OPEN.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed behind the test
    file.write(octets)
    file.flush()
    found = unpack(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), file, "given")
    if found is not None:
        OPEN.enter_context(found.file)
    return found


def unpacked(octets: bytes) -> tuple[str, bytes, AnomalyCode | None]:
    found = opened(octets)
    assert found is not None
    return found.wrapping, found.file.read(), found.anomaly.code if found.anomaly else None


def zipped(files: dict[str, bytes], **more: Any) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data, **more)
    return octets.getvalue()


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("data", [TEXT, NOISE, b"x"])
def test_what_went_in_comes_out(name: str, data: bytes) -> None:
    assert unpacked(PACKERS[name](data)) == (name, data, None)


@pytest.mark.parametrize("level", range(10))
def test_every_level_of_zlib(level: int) -> None:
    assert unpacked(zlib.compress(TEXT, level)) == ("zlib", TEXT, None)


@pytest.mark.parametrize("level", range(4))
def test_every_level_of_igzip(level: int) -> None:
    assert unpacked(igzip.compress(TEXT, level)) == ("gzip", TEXT, None)


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_members_one_behind_the_other(name: str) -> None:
    pack = PACKERS[name]
    assert unpacked(pack(TEXT) + pack(NOISE) + pack(b"")) == (name, TEXT + NOISE, None)


@pytest.mark.parametrize("name", PACKERS)
def test_padding_behind_is_let_be(name: str) -> None:
    assert unpacked(PACKERS[name](TEXT) + bytes(512)) == (name, TEXT, None)


def test_zstd_in_frames_of_every_kind() -> None:
    skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
    streamed = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    data = skippable + streamed.compress(TEXT) + streamed.flush()
    assert unpacked(data) == ("zstd", TEXT, None)


@pytest.mark.parametrize("name", PACKERS)
def test_a_cut_keeps_what_comes_out_before(name: str) -> None:
    packed = PACKERS[name](NOISE)
    for cut in (len(packed) // 3, len(packed) - 1):
        wrapping, data, code = unpacked(packed[:cut])
        assert (wrapping, code) == (name, AnomalyCode.TRUNCATED)
        assert NOISE.startswith(data)
        assert len(data) > len(NOISE) // 4


def test_damage_keeps_what_comes_out_before() -> None:
    packed = bytearray(gzip.compress(TEXT * 20))
    middle = len(packed) // 2
    packed[middle:] = random.Random(3).randbytes(len(packed) - middle)
    _, data, code = unpacked(bytes(packed))
    assert code is AnomalyCode.DAMAGED
    assert len(data) > len(TEXT) * 9
    assert (TEXT * 20).startswith(data[: len(TEXT) * 9])


@pytest.mark.parametrize("name", PACKERS)
def test_a_wrong_checksum_is_told(name: str) -> None:
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    packed = bytearray(compressor.compress(TEXT) if name == "zstd" else PACKERS[name](TEXT))
    packed[-6 if name == "gzip" else -2] ^= 1
    assert unpacked(bytes(packed)) == (name, TEXT, AnomalyCode.DAMAGED)


@pytest.mark.parametrize(
    "octets",
    [b"x\x9c and so on", b"\x1f\x8b\x08rubbish", b"\x28\xb5\x2f\xfdrubbish", b"text", b"\0"],
)
def test_what_only_looks_packed_is_let_be(octets: bytes) -> None:
    assert opened(octets) is None


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_is_stopped(name: str) -> None:
    bomb = PACKERS[name](bytes(250 << 20))
    assert len(bomb) < 300_000
    found = opened(bomb)
    assert found is not None
    assert found.anomaly is not None
    assert found.anomaly.code is AnomalyCode.LIMIT
    assert found.anomaly.values["limit"] == "ARCHIVE_RATIO"
    size = found.file.seek(0, io.SEEK_END)
    assert ARCHIVE_FREE_OCTETS < size < 2 * ARCHIVE_FREE_OCTETS


def test_a_bomb_in_a_zip_is_stopped() -> None:
    head = written(http())[:-20]
    wrapping, data, code = unpacked(zipped({"session.har": head + bytes(200 << 20)}))
    assert (wrapping, code) == ("zip", AnomalyCode.LIMIT)
    assert len(data) < 2 * ARCHIVE_FREE_OCTETS


def test_no_more_than_so_much_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_OCTETS", 1_000_000)
    found = opened(gzip.compress(NOISE))
    assert found is not None
    assert found.anomaly is not None
    assert found.anomaly.values["limit"] == "ARCHIVE_OCTETS"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(encoding: str) -> None:
    text = written(http()).decode() + "ž😀" * 500_000
    assert unpacked(text.encode(encoding)) == ("UTF-16", text.encode(), None)


def test_utf_16_with_a_big_endian_mark() -> None:
    assert unpacked(b"\xfe\xff\0{\0}") == ("UTF-16", b"{}", None)


def test_utf_16_is_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_OCTETS", 1_000_000)
    assert unpacked(("{" + "x" * 3_000_000).encode("utf-16"))[2] is AnomalyCode.LIMIT


def test_the_recording_of_a_zip_is_found_by_its_content() -> None:
    files = {
        "folder/": b"",
        "readme.txt": b"hello",
        "session.txt": TEXT,
        "__MACOSX/._session.har": b"\0\5\x16\7\0\2\0\0Mac OS X",
    }
    assert unpacked(zipped(files)) == ("zip", TEXT, None)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + TEXT,
        b"onInputData(" + TEXT + b");",
        gzip.compress(TEXT),
        b"\x0a\x0d\x0d\x0a" + bytes(40),
        b"\xd4\xc3\xb2\xa1" + bytes(40),
        TEXT.decode().encode("utf-16"),
    ],
)
def test_every_recording_is_found(data: bytes) -> None:
    assert unpacked(zipped({"a": b"hello", "b": data}))[1] == data


def test_playwrights_zip() -> None:
    files = {"har.har": TEXT, "1.jsonl": b'{"a":1}\n', "2.har": TEXT, "3.txt": b""}
    found = opened(zipped(files))
    assert found is not None
    assert found.file.read() == TEXT
    assert bytes(found.attached("1.jsonl") or b"") == b'{"a":1}\n'
    empty = found.attached("3.txt")
    assert empty is not None
    assert len(empty) == 0
    assert found.attached("4.txt") is None


def test_attachments_are_limited_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_OCTETS", 1_000_000)
    found = opened(zipped({"har.har": TEXT, "1.txt": NOISE, "2.txt": b"more"}))
    assert found is not None
    first, second = found.attached("1.txt"), found.attached("2.txt")
    assert first is not None
    assert second is not None
    assert 0 < len(first) < len(NOISE)
    assert len(second) == 0


def test_attachments_of_empty_blocks_are_limited_all_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_OCTETS", 1_000_000)
    blocks = b"\0\0\0\xff\xff" * 300_000
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_STORED) as made:
        made.writestr("har.har", TEXT)
        made.writestr("1.txt", blocks)
        made.writestr("2.txt", b"more")
        made.getinfo("1.txt").compress_type = zipfile.ZIP_DEFLATED
    found = opened(octets.getvalue())
    assert found is not None
    for name in ("1.txt", "2.txt"):
        assert bytes(found.attached(name) or b"") == b""


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (zipped({}), "no file in the zip is a recording"),
        (zipped({"a.txt": b"hello"}), "no file in the zip is a recording"),
        (zipped({"a.har": TEXT, "b.har": TEXT}), "the zip holds 2 recordings"),
        (zipped({"a.har": TEXT})[:-30], "cut off or damaged"),
        (b"PK\3\4", "cut off or damaged"),
    ],
)
def test_zips_without_one_recording(octets: bytes, said: str) -> None:
    with pytest.raises(CaptureError, match=said):
        opened(octets)


@pytest.mark.parametrize(
    ("octets", "inside"),
    [
        (b"text", b"text"),
        (gzip.compress(TEXT), TEXT),
        (gzip.compress(zstandard.compress(zlib.compress(TEXT))), TEXT),
        (gzip.compress(gzip.compress(gzip.compress(gzip.compress(TEXT, mtime=0)))), None),
        (gzip.compress(NOISE)[:100_000], NOISE),
        (gzip.compress(bytes(5 << 20)), bytes(1 << 20)),
        (b"\x1f\x8b\x08rubbish", b"\x1f\x8b\x08rubbish"),
        (b"\x1f\x8b\x08", b"\x1f\x8b\x08"),
    ],
)
def test_first_octets_are_laid_bare(octets: bytes, inside: bytes | None) -> None:
    found = archive.bare(octets)
    if inside is None:
        assert found == gzip.compress(TEXT, mtime=0)
    else:
        assert found
        assert inside.startswith(found)


@pytest.mark.parametrize("name", ["har.har", "session.har"])
def test_an_encrypted_zip(name: str) -> None:
    # The flag alone: Python asks for the password before it looks at a member.
    octets = bytearray(zipped({name: TEXT}))
    for mark, flag in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        octets[octets.index(mark) + flag] |= 1
    with pytest.raises(CaptureError, match="is encrypted"):
        opened(bytes(octets))


def test_a_zip_of_a_method_we_lack() -> None:
    octets = bytearray(zipped({"har.har": TEXT}))
    for mark, at in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        octets[octets.index(mark) + at] = 97
    with pytest.raises(CaptureError, match="unusual method"):
        opened(bytes(octets))


def test_a_damaged_member_is_kept_up_to_the_damage() -> None:
    octets = bytearray(zipped({"har.har": NOISE}))
    middle = len(octets) // 2
    octets[middle : middle + 50] = bytes(50)
    _, data, code = unpacked(bytes(octets))
    assert code is AnomalyCode.DAMAGED
    assert NOISE.startswith(data[: 1 << 20])
    # Nor does a damaged stranger hide the recording.
    octets = bytearray(zipped({"a": TEXT, "b": TEXT}))
    octets[31:60] = b"\xff" * 29
    assert unpacked(bytes(octets))[1] == TEXT


def test_a_zip_of_too_many_files() -> None:
    files = {f"{number}": b"" for number in range(ARCHIVE_MEMBERS)}
    with pytest.raises(CaptureError, match="no file in the zip"):
        opened(zipped({**files, "a.har": TEXT}))
    octets = bytearray(zipped({"har.har": TEXT}))
    at = octets.rindex(b"PK\5\6") + 12
    octets[at : at + 4] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(CaptureError, match="too many files"):
        opened(bytes(octets))


def test_the_magic_numbers_are_those_of_the_reader() -> None:
    for magic in pcap.MAGIC:
        assert signature.PCAP.match(magic.to_bytes(4, "big"))
        assert signature.PCAP.match(magic.to_bytes(4, "little"))
    for octets in (b"\xa1\xb2\xc3\xd5", b"\x1c\0\1\xad", b"PK\3\4"):
        assert not signature.PCAP.match(octets)
        assert not pcap.byte_order(memoryview(octets))


def test_har_heads() -> None:
    for head in (b'{"log": {', b'\n onInputData({"log":{', json.dumps({"log": {}}).encode()):
        assert signature.HAR_HEAD.match(head)
    assert not signature.HAR_HEAD.match(b'{"blog": {')


def test_whatever_octet_of_a_zip_is_changed_it_ends_in_a_recording_or_one_line() -> None:
    whole = zipped({"har.har": TEXT[:2000], "página.jsonl": b"{}", "x.js": b"x"})
    directory = whole.index(b"PK\x01\x02")
    for at in (*range(60), *range(directory, len(whole))):
        for value in (0x00, 0x9D, 0xFF):
            changed = bytearray(whole)
            changed[at] = value
            with suppress(CaptureError):
                found = opened(bytes(changed))
                for name in ("página.jsonl", "x.js"):
                    if found is not None:
                        found.attached(name)
        OPEN.close()
