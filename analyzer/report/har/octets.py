"""Octets that a HAR holds in base64: read as the text they are, compressed or not."""

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Callable
from functools import partial
from json import detect_encoding
from typing import Final, NamedTuple

_ALPHABET = re.compile(r"[A-Za-z0-9+/_-]*")

_LARGEST: Final = 4 << 20
"""Octets that are unpacked of one text, at most."""

_DEEPEST: Final = 2
"""How often something may be compressed within something."""


class Text(NamedTuple):
    """
    Octets as text.

    Attributes:
        text: What they say.
        octets: Gives the octets of another text, written in the same way.
    """

    text: str
    octets: Callable[[str], bytes]


def decoded(text: str) -> bytes | None:
    """
    What base64 stands for, also with line breaks, without padding, in the alphabet for URLs.

    None if it is no base64 (RFC 4648 sections 4 and 5).
    """
    letters = "".join(text.split()).rstrip("=")
    if not _ALPHABET.fullmatch(letters):
        return None
    if len(letters) % 4 == 1:
        letters = letters[:-1]  # cut off: what is left of an octet says nothing
    return binascii.a2b_base64(letters.translate(_STANDARD) + "=" * (-len(letters) % 4))


_STANDARD = str.maketrans("-_", "+/")


def encoded(octets: bytes, like: str) -> str:
    """Octets in base64, in the alphabet and with the padding of another."""
    text = base64.b64encode(octets).decode()
    if "-" in like or "_" in like:
        text = text.translate(_FOR_URLS)
    return text if "=" in like or len(like) % 4 == 0 else text.rstrip("=")


_FOR_URLS = str.maketrans("+/", "-_")


def read(octets: bytes, deepest: int = _DEEPEST) -> Text | None:
    """
    The text that octets are: in UTF-8, UTF-16 or UTF-32, or in Latin-1; also compressed.

    None if they are none, or too many once unpacked.
    """
    for begins, pack, unpack in _COMPRESSIONS:
        if deepest and begins(octets):
            inner = unpack(octets)
            within = None if inner is None else read(inner, deepest - 1)
            if within is not None:
                return Text(within.text, partial(_packed, pack, within))
    encoding = next((name for name in _encodings(octets) if _is_in(octets, name)), None)
    if encoding is None:
        return None
    return Text(octets.decode(encoding), lambda text: text.encode(encoding, "replace"))


def _packed(pack: Callable[[bytes], bytes], within: Text, text: str) -> bytes:
    return pack(within.octets(text))


def latin_1(octets: bytes) -> Text:
    """Any octets as letters, each one of them."""
    return Text(octets.decode("latin-1"), lambda text: text.encode("latin-1", "replace"))


def _encodings(octets: bytes) -> tuple[str, ...]:
    found = detect_encoding(octets)
    if ("utf-16" in found or "utf-32" in found) and octets.count(0) * 4 >= len(octets):
        return (found, "utf-8", "latin-1")  # at least half of the letters are ASCII's
    return ("utf-8", "latin-1")


def _is_in(octets: bytes, encoding: str) -> bool:
    try:
        text = octets.decode(encoding)
    except UnicodeDecodeError:
        return False
    return _LIKE_MARKUP.match(text) is not None or _CONTROL.search(text) is None


_LIKE_MARKUP = re.compile(r"\s{0,80}</?[A-Za-z!?]")
"""XMPP may hold signs that XML does not know, which then are what is wrong."""

_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]|(?<!\A)\x00(?!\Z)")
"""Signs that no text holds; some protocols end their messages with a NUL."""


def _gunzipped(octets: bytes) -> bytes | None:
    """All members of a gzip (RFC 1952 section 2.2)."""
    parts: list[bytes] = []
    left = _LARGEST
    while octets:
        unzip = zlib.decompressobj(wbits=31)
        try:
            parts.append(unzip.decompress(octets, left))
        except zlib.error:
            return None
        left -= len(parts[-1])
        if not unzip.eof or left <= 0 or len(parts) > _MEMBERS:
            return None
        octets = unzip.unused_data
    return b"".join(parts)


_MEMBERS: Final = 16


def _inflated(octets: bytes, wbits: int) -> bytes | None:
    unzip = zlib.decompressobj(wbits=wbits)
    try:
        found = unzip.decompress(octets, _LARGEST)
    except zlib.error:
        return None
    return found if unzip.eof and not unzip.unused_data else None


def _deflated(octets: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(octets) + packer.flush()


def _is_raw(octets: bytes) -> bool:
    """Whether it may be deflate without a frame, which some servers send (RFC 1951)."""
    return bool(octets) and not any(_is_in(octets, name) for name in _encodings(octets))


_COMPRESSIONS: Final[
    tuple[
        tuple[Callable[[bytes], bool], Callable[[bytes], bytes], Callable[[bytes], bytes | None]],
        ...,
    ]
] = (
    (
        lambda octets: octets.startswith(b"\x1f\x8b"),
        lambda octets: gzip.compress(octets, mtime=0),
        _gunzipped,
    ),
    (
        # RFC 1950 section 2.2.
        lambda octets: octets[:1] == b"\x78" and int.from_bytes(octets[:2]) % 31 == 0,
        zlib.compress,
        lambda octets: _inflated(octets, 15),
    ),
    (_is_raw, _deflated, lambda octets: _inflated(octets, -15)),
)
