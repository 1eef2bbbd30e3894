import gzip
import io
import random
import tarfile
import time
import zipfile
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.case import Case
from analyzer.capture.recognition import HEAD_OCTETS, recognise
from analyzer.model.errors import CaptureError
from analyzer.model.recording import InputKind

HAR = b'{"log": {"version": "1.2", "entries": []}}'

NOISE = bytes(random.Random(1).choices(b"0123456789abcdef", k=5 * HEAD_OCTETS))
"""Octets that lose but half of their length: a block of zstd is longer than what is looked at."""


ERF = bytes(4) + (1_700_000_000).to_bytes(4, "little") + bytes([2, 4, 0, 16, 0, 0, 0, 0])
"""One record, which tells a file only if it is all there is."""


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("session.har", HAR)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("session.har")
        info.size = len(HAR)
        archive.addfile(info, io.BytesIO(HAR))
    return file.getvalue()


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (HAR, InputKind.HAR),
        (b"\xef\xbb\xbf" + HAR, InputKind.HAR),
        (b"\n\n" + HAR, InputKind.HAR),
        (b"onLoad(" + HAR + b")", InputKind.HAR),
        (HAR.decode().encode("utf-16"), InputKind.HAR),
        (HAR.decode().encode("utf-16-le"), InputKind.HAR),
        (HAR.decode().encode("utf-16-be"), InputKind.HAR),
        (b'{"comment": "x", "log": {"entries": [{"request": {}}]}}', InputKind.HAR),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0", InputKind.PACKETS),
        (b"snoop\0\0\0\0\0\0\2", InputKind.PACKETS),
        (b"# keys\nCLIENT_RANDOM " + b"0a" * 32 + b" " + b"0b" * 48, InputKind.KEYS),
        (b"-----BEGIN RSA PRIVATE KEY-----\n", InputKind.KEYS),
        (zipped(), InputKind.ARCHIVE),
        (tarred(), InputKind.ARCHIVE),
        (gzip.compress(tarred()), InputKind.ARCHIVE),
        (gzip.compress(HAR), InputKind.PACKED),
        (zlib.compress(HAR), InputKind.PACKED),
        (zstandard.compress(HAR), InputKind.PACKED),
        (gzip.compress(ERF), InputKind.PACKED),
        (ERF, InputKind.PACKETS),
    ],
)
def test_kinds(octets: bytes, kind: InputKind) -> None:
    assert recognise(octets, "upload", whole=True) is kind


def test_a_ladder_is_told_by_its_name() -> None:
    assert recognise(b"@ session\n", "case.ladder", whole=True) is InputKind.HAR
    with pytest.raises(CaptureError):
        recognise(b"@ session\n", "case.txt", whole=True)


@pytest.mark.parametrize(
    "head",
    [
        b"[" * HEAD_OCTETS,
        b'{"creator": "' + b"x" * HEAD_OCTETS,
        b" " * HEAD_OCTETS,
        '{"creator": "x'.encode("utf-16"),
    ],
)
def test_what_only_the_rest_can_tell(head: bytes) -> None:
    assert recognise(head[:HEAD_OCTETS], "upload") is InputKind.OTHER
    with pytest.raises(CaptureError):
        recognise(head[:HEAD_OCTETS], "upload", whole=True)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_what_is_packed_may_show_only_behind_its_first_octets(pack: object) -> None:
    assert callable(pack)
    head = pack(NOISE + HAR)[:HEAD_OCTETS]
    # Of gzip something comes out, and is text; of zstd nothing does before a block is whole.
    if pack is zstandard.compress:
        assert recognise(head, "upload") is InputKind.PACKED
    else:
        with pytest.raises(CaptureError):
            recognise(head, "upload")


def test_an_empty_gzip_of_an_unknown_rest_is_left_to_the_analysis() -> None:
    assert recognise(b"\x1f\x8b\x08\0", "upload") is InputKind.PACKED


def test_what_is_packed_is_refused_for_what_is_in_it() -> None:
    with pytest.raises(CaptureError, match="this is a PDF"):
        recognise(gzip.compress(b"%PDF-1.7\n"), "upload", whole=True)


def test_a_packed_har_that_begins_as_few_do_is_packed() -> None:
    odd = b'{"creator": "' + b"x" * (2 << 20) + b'", ' + HAR[1:]
    assert recognise(gzip.compress(odd), "upload", whole=True) is InputKind.PACKED


@pytest.mark.parametrize("blank", [b" ", b"\t", b"\n", b" \n", b" \0"])
def test_blanks_are_looked_at_once(blank: bytes) -> None:
    head = (blank * HEAD_OCTETS)[:HEAD_OCTETS]
    begun = time.process_time()
    for _ in range(3):
        recognise(head, "upload")
    # Fifty milliseconds; it was two seconds each, in which the server answered nobody.
    assert time.process_time() - begun < 1


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * (64 << 20)))
    with pytest.raises(CaptureError, match="nothing but zeros"):
        recognise(bomb[:HEAD_OCTETS], "upload")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"%PDF-1.7", "this is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "this is a picture"),
        (b"MZ\x90\0", "this is a program"),
        (b"<!DOCTYPE html>", "this is a web page"),
        (b"just words", "this is text and no recording"),
        (b"\0" * 64, "nothing but zeros"),
        ("just words".encode("utf-16"), "this is text and no recording"),
        (b"Rar!\x1a\x07\1\0", "this is a RAR archive"),
    ],
)
def test_what_certainly_is_none(head: bytes, reason: str) -> None:
    with pytest.raises(CaptureError, match=reason):
        recognise(head, "capture.har")


def is_taken(octets: bytes) -> bool:
    """Whether the analysis takes it for a recording, or for keys."""
    with Case() as case:
        try:
            case.add(("upload", io.BytesIO(octets)))
            next(case.captures())
        except CaptureError:
            return bool(case.keys)
    return True


BEGINNINGS = (
    b"",
    HAR,
    HAR.decode().encode("utf-16"),
    b"\xa1\xb2\xc3\xd4",
    b"\x0a\x0d\x0d\x0a",
    b"snoop\0\0\0",
    ERF,
    b'{"entries": [',
    b"CLIENT_RANDOM " + b"0a" * 32 + b" " + b"0b" * 48 + b"\n",
    b"%PDF-1.7\n",
    gzip.compress(HAR),
    zlib.compress(ERF),
    zipped(),
    tarred(),
)


@given(st.sampled_from(BEGINNINGS), st.integers(0, 600), st.binary(max_size=100), st.booleans())
def test_what_the_analysis_takes_is_never_refused(
    begin: bytes, length: int, rest: bytes, packed: bool
) -> None:
    octets = begin[:length] + rest
    octets = gzip.compress(octets, mtime=0) if packed else octets
    try:
        recognise(octets, "upload", whole=True)
    except CaptureError:
        assert not is_taken(octets)
