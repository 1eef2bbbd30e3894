"""Octets are read as the text they are, and written as they were."""

import base64
import gzip
import zlib
from collections.abc import Callable

import pytest

from analyzer.report.har import octets
from analyzer.report.har.octets import decoded, encoded, latin_1, read

TOLD = '{"token": "abcdef"}'


def raw(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    "text", ["/+A=", "/+A", "_-A", "_-A=", " /+\r\n A =\n", "/+A=====", "/+AA/"]
)
def test_loose_base64_is_base64(text: str) -> None:
    assert decoded(text) in {b"\xff\xe0", b"\xff\xe0\x00"}


@pytest.mark.parametrize("text", ["a b{", "token=abcdef", "é", "AA=A"])
def test_anything_else_is_none(text: str) -> None:
    assert decoded(text) is None


@pytest.mark.parametrize(
    ("like", "text"), [("AAA=", "/+A="), ("_-A=", "_-A="), ("_-A", "_-A"), ("AAA", "/+A")]
)
def test_it_is_written_like_another(like: str, text: str) -> None:
    assert encoded(b"\xff\xe0", like) == text


PACKS: tuple[Callable[[bytes], bytes], ...] = (bytes, gzip.compress, zlib.compress, raw)


@pytest.mark.parametrize("pack", PACKS, ids=["plain", "gzip", "zlib", "deflate"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
def test_text_is_read_and_written_again(pack: Callable[[bytes], bytes], encoding: str) -> None:
    text = read(pack(TOLD.encode(encoding)))
    assert text is not None
    assert text.text.lstrip("\ufeff") == TOLD
    again = read(text.octets(text.text.replace("abcdef", "x")))
    assert again is not None
    assert again.text.lstrip("\ufeff") == '{"token": "x"}'


def test_several_members_of_a_gzip_are_one() -> None:
    text = read(gzip.compress(b"one ") + gzip.compress(b"two"))
    assert text is not None
    assert text.text == "one two"


def test_what_is_compressed_twice_is_read_and_no_more() -> None:
    once = gzip.compress(TOLD.encode())
    assert read(zlib.compress(once)) is not None
    assert read(gzip.compress(zlib.compress(once))) is None


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02",
        b"\xff\x00 no text",
        gzip.compress(TOLD.encode())[:-9],
        gzip.compress(TOLD.encode()) + b"more",
        gzip.compress(b"") * 20,
        zlib.compress(TOLD.encode()) + b"\x01more",
        b"\x78\x9c\xff\xff",
        gzip.compress(b"\x00\x01\x02"),
    ],
    ids=range(8),
)
def test_what_is_no_text_is_none(content: bytes) -> None:
    assert read(content) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ""),
        (b"caf\xe9", "caf\xe9"),
        (b"CONNECTED\n\n\x00", "CONNECTED\n\n\x00"),
        (b"<message>\x0b\x00\x00</message>", "<message>\x0b\x00\x00</message>"),
        (b"\xff\xfe token=abcdef", "\xff\xfe token=abcdef"),
    ],
)
def test_text_may_be_odd(content: bytes, told: str) -> None:
    text = read(content)
    assert text is not None
    assert text.text == told
    assert text.octets(told) == content


def test_no_more_is_unpacked_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octets, "_LARGEST", 50)
    for pack in PACKS[1:]:
        assert read(pack(b"words " * 100)) is None


def test_any_octets_are_letters() -> None:
    text = latin_1(bytes(range(256)))
    assert text.octets(text.text) == bytes(range(256))
    assert base64.b64encode(text.octets("\u20ac")) == b"Pw=="
