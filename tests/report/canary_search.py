"""Looking for canaries in an output, whatever it is packed or encoded in."""

import base64
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from zipfile import ZipFile


class Leaks(NamedTuple):
    """Numbers of canaries that were found, and encodings in which beginnings or ends were."""

    numbers: frozenset[int]
    encodings: frozenset[str]


def _needles(word: str) -> dict[bytes, str]:
    """A word in all encodings that keep some of its letters together."""
    octets = word.encode()
    found = {octets.lower(): "letters", octets.hex().encode(): "hex"}
    for shift in range(3):
        # Letters of base64 that do not depend on what stands before or behind.
        text = base64.b64encode(b"\0" * shift + octets)[(0, 2, 3)[shift] :].rstrip(b"=")
        core = text[: len(text) - (1 if (shift + len(octets)) % 3 else 0)]
        found[core] = "base64"
    return found


_RUN = re.compile(rb"[A-Za-z0-9+/=_-]{64,}")


def _layers(octets: bytes, depth: int = 3) -> Iterator[bytes]:
    """The octets, and what is packed in them: zip members, base64 of compressed data."""
    yield octets
    if not depth:
        return
    if octets.startswith(b"PK"):
        with ZipFile(BytesIO(octets)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _layers(archive.read(name), depth - 1)
    for run in _RUN.findall(octets):
        try:
            within = base64.b64decode(run + b"=" * (-len(run) % 4))
        except ValueError:
            continue
        for bits in (47, -15):
            try:
                yield from _layers(zlib.decompressobj(bits).decompress(within), depth - 1)
            except zlib.error:
                continue
        if within.isascii():
            yield from _layers(within, depth - 1)


def sung(output: str | bytes, *words: str) -> Leaks:
    """Which canaries are in an output: numbers where they can be read, and the encodings met."""
    numbers, encodings = set(), set()
    octets = output.encode("utf-8", "replace") if isinstance(output, str) else output
    for layer in _layers(octets):
        lower = layer.lower()
        for word in words:
            for needle, encoding in _needles(word).items():
                where = layer if encoding == "base64" else lower
                if needle in where:
                    encodings.add(encoding)
            pattern = re.escape(word.lower().encode()) + rb"([0-9]{4})"
            numbers |= {int(found) for found in re.findall(pattern, lower)}
    return Leaks(frozenset(numbers), frozenset(encodings))
