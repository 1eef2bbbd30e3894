"""
Unpack what recordings come wrapped in: gzip, zlib (mitmproxy's .zhar), zstd, zip, tar, UTF-16.

What comes out goes to a nameless temporary file and is counted as it comes, so that no bomb fills
memory or disk; of a file that is cut off or damaged, all before the break comes out.
"""

import codecs
import mmap
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import BinaryIO, Protocol

import zstandard
from isal import isal_zlib
from msgspec import Struct, field

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.errors import CaptureError
from .har_http import Attached, nothing_attached
from .members import OUT_OCTETS, UNDECODABLE, Archive, Budget, Member, Spool, copy, head
from .signature import UTF_16, ZIP, Look, is_tar, look
from .tar import Tar
from .zipped import PLAYWRIGHT_HAR, Zip, why

IN_OCTETS = 64 << 10

ZSTD_IN_OCTETS = 2 << 10
"""Octets fed to zstd at once: a block of 4 octets may become 128 KiB, and nothing stops it."""

ZSTD_WINDOW = 128 << 20
"""Largest window, as `zstd --long=27` has it."""

HEAD_OCTETS = 32 << 10

LAYERS = 3
"""Wrappings one in the other that are taken off: a gzip in a zip, and one more."""


class Unpacked(Struct):
    """
    What came out.

    Attributes:
        file: The octets.
        wrapping: What they were wrapped in.
        anomaly: Why they are not all there; None if they are.
        attached: Files that stand beside the recording.
        budget: What may still come out of it.
    """

    file: BinaryIO
    wrapping: str
    anomaly: Anomaly | None = None
    attached: Attached = nothing_attached
    budget: Budget = field(default_factory=Budget)


class _Decoder(Protocol):
    @property
    def eof(self) -> bool:
        """The member has ended."""

    @property
    def unused_data(self) -> bytes:
        """Octets behind it."""

    @property
    def unconsumed_tail(self) -> bytes | memoryview:
        """Octets not looked at."""

    def decompress(self, data: memoryview, max_length: int, /) -> bytes:
        """Octets that come out of the next ones."""


class _Zstd:
    """Zstandard with the face of zlib."""

    def __init__(self) -> None:
        self.unconsumed_tail: bytes | memoryview = b""
        decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
        self._decoder = decompressor.decompressobj()

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: memoryview, _max_length: int, /) -> bytes:
        self.unconsumed_tail = data[ZSTD_IN_OCTETS:]
        return self._decoder.decompress(data[:ZSTD_IN_OCTETS])


class Wrapping(Struct, frozen=True):
    """
    A compressed format.

    Attributes:
        name: For people.
        magic: What each of its members begins with.
        decoder: Makes a decoder of one member.
    """

    name: str
    magic: re.Pattern[bytes]
    decoder: Callable[[], _Decoder]


def _gzip_decoder() -> _Decoder:
    return isal_zlib.decompressobj(31)


def _zlib_decoder() -> _Decoder:
    return isal_zlib.decompressobj(15)


WRAPPINGS = (
    Wrapping("gzip", re.compile(rb"\x1f\x8b\x08"), _gzip_decoder),
    # A frame, or a skippable one (RFC 8878 section 3.1).
    Wrapping("zstd", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), _Zstd),
    # A window of 32 KiB, any level, no dictionary (RFC 1950 section 2.2).
    Wrapping("zlib", re.compile(rb"\x78[\x01\x5e\x9c\xda]"), _zlib_decoder),
)


def unpack(
    data: mmap.mmap, file: BinaryIO, name: str, budget: Budget | None = None
) -> Unpacked | None:
    """
    What a file wraps; None if it is wrapped in nothing known.

    Args:
        data: The file.
        file: The same, open for reading at any place, as long as the recording is read.
        name: For errors.
        budget: What may come out.

    Raises:
        CaptureError: It is an archive without a recording, or with several.
    """
    archive = opened(data, file, name)
    if archive is not None:
        return _sole(archive, name, budget or Budget())
    beginning = bytes(data[:HEAD_OCTETS])
    for wrapping in WRAPPINGS:
        if wrapping.magic.match(beginning):
            inflated = _inflated(data, wrapping, budget or Budget())
            if inflated is not None:
                return inflated
    if UTF_16.match(beginning):
        return _transcoded(data, budget or Budget())
    return None


def opened(data: mmap.mmap, file: BinaryIO, name: str) -> Archive | None:
    """
    The archive that a file is; None if it is none.

    Raises:
        CaptureError: It is a zip whose directory cannot be read.
    """
    beginning = bytes(data[:HEAD_OCTETS])
    if ZIP.match(beginning):
        return Zip(file, name)
    if is_tar(beginning):
        return Tar(data)
    return None


def bare(octets: bytes) -> bytes:
    """What the first octets of a file are once its wrappings are off, as far as they reach."""
    for _ in range(LAYERS):
        for wrapping in WRAPPINGS:
            if wrapping.magic.match(octets):
                break
        else:
            break
        inner = b""
        with suppress(*UNDECODABLE):
            for _, piece in _pump(wrapping.decoder(), memoryview(octets), 0, IN_OCTETS):
                inner += piece
                if len(inner) >= OUT_OCTETS:
                    break
        if not inner:
            break
        octets = inner[:OUT_OCTETS]
    return octets


def look_at(archive: Archive, member: Member) -> Look:
    """
    What a member seems to be.

    Raises:
        RuntimeError: It is encrypted, or packed by a method that is not read.
    """
    if member.name == PLAYWRIGHT_HAR:
        return Look.RECORDING
    octets = head(archive, member, HEAD_OCTETS)
    return look(bare(octets), member.name, whole=len(octets) < HEAD_OCTETS)


def extract(archive: Archive, member: Member, name: str, budget: Budget) -> Unpacked:
    """
    A member by itself.

    Raises:
        CaptureError: It cannot be read.
    """
    # What is in a tar was counted when the tar came out.
    spool = Spool(budget if archive.kind == "zip" else None)
    with ExitStack() as stack:
        stack.enter_context(spool.file)
        try:
            anomaly = copy(archive, member, spool)
        except RuntimeError as error:
            raise CaptureError(name, why(error)) from error
        stack.pop_all()
    return Unpacked(spool.done(), archive.kind, anomaly, archive.attached, budget)


def _sole(archive: Archive, name: str, budget: Budget) -> Unpacked:
    found: list[Member] = []
    closed: RuntimeError | None = None
    for member in archive.members:
        try:
            found += [member] if look_at(archive, member).is_recording else []
        except RuntimeError as error:
            closed = error
    if len(found) == 1:
        return extract(archive, found[0], name, budget)
    kind = archive.kind
    if closed is not None and not found:
        raise CaptureError(name, why(closed)) from closed
    if found:
        raise CaptureError(
            name, f"the {kind} holds {len(found)} recordings; unpack it and give them one by one"
        )
    raise CaptureError(
        name, f"no file in the {kind} is a recording; needed is a HAR or a packet capture"
    )


def _inflated(data: mmap.mmap, wrapping: Wrapping, budget: Budget) -> Unpacked | None:
    """All members one behind the other; None if nothing comes out."""
    spool = Spool(budget)
    anomaly = _inflate(memoryview(data), wrapping, spool)
    if not spool.octets:
        spool.file.close()
        return None
    return Unpacked(spool.done(), wrapping.name, anomaly)


def _inflate(data: memoryview, wrapping: Wrapping, spool: Spool) -> Anomaly | None:
    at = 0
    while wrapping.magic.match(data, at):
        begin, decoder = at, wrapping.decoder()
        try:
            for position, octets in _pump(decoder, data, begin, IN_OCTETS):
                limit = spool.take(octets, position)
                if limit is not None:
                    return limit
                at = position
        except UNDECODABLE:
            _inflate_to_the_damage(data, begin, at, wrapping, spool)
            return _anomaly(AnomalyCode.DAMAGED, at)
        if not decoder.eof:
            return _anomaly(AnomalyCode.TRUNCATED, at)
    return None


def _pump(decoder: _Decoder, data: memoryview, at: int, step: int) -> Iterator[tuple[int, bytes]]:
    """Positions reached, and what came out on the way, to the end of the member or of the data."""
    octets, used = b"", 1
    while not decoder.eof and (octets or used):
        piece = data[at : at + step]
        octets = decoder.decompress(piece, OUT_OCTETS)
        used = len(piece) - len(decoder.unused_data) - len(decoder.unconsumed_tail)
        at += used
        yield at, octets


def _inflate_to_the_damage(
    data: memoryview, begin: int, at: int, wrapping: Wrapping, spool: Spool
) -> None:
    """
    Write what comes out of the piece at `at` before the damage in it.

    A decoder keeps what it has when it fails, so another one is led there, then fed by the octet.
    """
    decoder = wrapping.decoder()
    position = begin
    pump = _pump(decoder, data, begin, IN_OCTETS)
    while position < at:
        position, _ = next(pump)
    with suppress(*UNDECODABLE):
        for _, octets in _pump(decoder, data, at, 1):
            spool.take(octets, at)


def _anomaly(code: AnomalyCode, at: int) -> Anomaly:
    return Anomaly(code=code, values={"offset": at})


def utf_16(data: bytes | mmap.mmap) -> str:
    """Encoding of what begins like UTF-16; where no mark does, the first character tells."""
    return {0xFF: "utf-16", 0xFE: "utf-16", 0: "utf-16-be"}.get(data[0], "utf-16-le")


def _transcoded(data: mmap.mmap, budget: Budget) -> Unpacked:
    """UTF-16 as UTF-8."""
    decoder = codecs.getincrementaldecoder(utf_16(data))("replace")
    spool = Spool(budget)
    anomaly = None
    for at in range(0, len(data), OUT_OCTETS):
        text = decoder.decode(bytes(data[at : at + OUT_OCTETS]))
        anomaly = spool.take(text.encode("utf-8", "replace"), at + OUT_OCTETS)
        if anomaly is not None:
            break
    return Unpacked(spool.done(), "UTF-16", anomaly)
