"""Content codings of HTTP bodies (RFC 9110 section 8.4): gzip, deflate and zstd, within bounds."""

import zlib

import zstandard

from ..model.http import Headers, tokens
from ..model.limits import XML_OCTETS

_LIMIT = XML_OCTETS + 1
"""Octets that come out at most: more than this nobody parses."""

_ZSTD_WINDOW = 8 << 20
"""RFC 9659 section 3."""


def decoded(octets: bytes, headers: Headers) -> bytes | None:
    """
    A body as it was before its content codings were applied, or its beginning if it is cut.

    Args:
        octets: The body; a HAR holds it decoded already, whatever its headers say.
        headers: Of the message.

    Returns:
        None if a coding is not known, or nothing can be made of the octets.
    """
    if not octets or octets.lstrip().startswith(b"<"):
        return octets
    for coding in reversed(tokens(headers, "Content-Encoding")):
        if not octets or coding == "identity":
            continue
        undo = _CODINGS.get(coding)
        found = undo(octets) if undo is not None else None
        if found is None:
            return None
        octets = found
    return octets


def _gzip(octets: bytes) -> bytes | None:
    return _inflated(octets, 16 + zlib.MAX_WBITS)


def _deflate(octets: bytes) -> bytes | None:
    # RFC 9110 section 8.4.1.2: zlib's format; some send the bare one.
    found = _inflated(octets, zlib.MAX_WBITS)
    return found if found is not None else _inflated(octets, -zlib.MAX_WBITS)


def _inflated(octets: bytes, window: int) -> bytes | None:
    try:
        return zlib.decompressobj(window).decompress(octets, _LIMIT) or None
    except zlib.error:
        return None


def _zstd(octets: bytes) -> bytes | None:
    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(octets)
    try:
        return reader.read(_LIMIT) or None
    except zstandard.ZstdError:
        return None


_CODINGS = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "zstd": _zstd}
