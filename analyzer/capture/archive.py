"""
Unpack what recordings come wrapped in: gzip, zlib (mitmproxy's .zhar), zstd, zip, UTF-16.

What comes out goes to a nameless temporary file and is counted as it comes, so that no bomb fills
memory or disk; of a file that is cut off or damaged, all before the break comes out.
"""

import codecs
import mmap
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import IO, BinaryIO, Protocol

import zstandard
from isal import igzip_lib, isal_zlib
from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.errors import CaptureError
from ..model.limits import (
    ARCHIVE_FREE_OCTETS,
    ARCHIVE_MEMBERS,
    ARCHIVE_OCTETS,
    ARCHIVE_RATIO,
)
from .har_http import Attached, nothing_attached

ISAL_ERROR: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment] # wrong in its stubs
UNDECODABLE = (ISAL_ERROR, zlib.error, zstandard.ZstdError)

IN_OCTETS = 64 << 10
OUT_OCTETS = 1 << 20

ZSTD_IN_OCTETS = 2 << 10
"""Octets fed to zstd at once: a block of 4 octets may become 128 KiB, and nothing stops it."""

ZSTD_WINDOW = 128 << 20
"""Largest window, as `zstd --long=27` has it."""

PCAPNG = re.compile(rb"\x0a\x0d\x0d\x0a")
"""Block type of the Section Header Block, alike in both byte orders."""

PCAP = re.compile(
    rb"\xa1\xb2\xc3\xd4|\xd4\xc3\xb2\xa1|\xa1\xb2\x3c\x4d|\x4d\x3c\xb2\xa1"
    rb"|\xa1\xb2\xcd\x34|\x34\xcd\xb2\xa1|\x1c\x00\x01[\xac\xab]|[\xac\xab]\x01\x00\x1c"
)
"""The magic numbers of `pcap.MAGIC` in both byte orders, without loading numpy for them."""

HEAD_OCTETS = 4 << 10

HAR_HEAD = re.compile(rb'\s*(?:[\w.]{1,64}\()?\s*\{\s*"log"\s*:')

DIRECTORY_OCTETS = ARCHIVE_MEMBERS * 400
"""A zip's directory is read into memory as a whole before its members can be counted."""

PLAYWRIGHT_HAR = "har.har"
"""What Playwright calls the HAR among its attachments."""


class Unpacked(Struct):
    """
    What came out.

    Attributes:
        file: The octets.
        wrapping: What they were wrapped in.
        anomaly: Why they are not all there; None if they are.
        attached: Files that stand beside the recording.
    """

    file: BinaryIO
    wrapping: str
    anomaly: Anomaly | None = None
    attached: Attached = nothing_attached


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

ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06)")

UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|[\[{\s]\0|\0[\[{\s]", re.DOTALL)
"""A byte order mark, or the first character of JSON beside a zero octet."""


def unpack(data: mmap.mmap, file: BinaryIO, name: str) -> Unpacked | None:
    """
    What a file wraps; None if it is wrapped in nothing known.

    Args:
        data: The file.
        file: The same, open for reading at any place, as long as the recording is read.
        name: For errors.

    Raises:
        CaptureError: It is a zip without a recording, or with several.
    """
    head = bytes(data[:HEAD_OCTETS])
    if ZIP.match(head):
        return _unzipped(file, name)
    for wrapping in WRAPPINGS:
        if wrapping.magic.match(head):
            inflated = _inflated(data, wrapping)
            if inflated is not None:
                return inflated
    if UTF_16.match(head):
        return _transcoded(data)
    return None


class _Spool:
    """A temporary file that takes no more than the limits allow."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - the recording closes it
        self.octets = 0

    def take(self, octets: bytes, consumed: int) -> Anomaly | None:
        """Write; an anomaly once `consumed` octets have given more than is allowed."""
        self.file.write(octets)
        self.octets += len(octets)
        if self.octets > ARCHIVE_OCTETS:
            return _limit("ARCHIVE_OCTETS", ARCHIVE_OCTETS, consumed)
        if self.octets > max(ARCHIVE_FREE_OCTETS, ARCHIVE_RATIO * consumed):
            return _limit("ARCHIVE_RATIO", ARCHIVE_RATIO, consumed)
        return None

    def done(self) -> BinaryIO:
        """The file, readable from its beginning."""
        self.file.flush()
        self.file.seek(0)
        return self.file


def _inflated(data: mmap.mmap, wrapping: Wrapping) -> Unpacked | None:
    """All members one behind the other; None if nothing comes out."""
    spool = _Spool()
    anomaly = _inflate(memoryview(data), wrapping, spool)
    if not spool.octets:
        spool.file.close()
        return None
    return Unpacked(spool.done(), wrapping.name, anomaly)


def _inflate(data: memoryview, wrapping: Wrapping, spool: _Spool) -> Anomaly | None:
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
    data: memoryview, begin: int, at: int, wrapping: Wrapping, spool: _Spool
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


def _limit(name: str, value: int, at: int) -> Anomaly:
    return Anomaly(code=AnomalyCode.LIMIT, values={"limit": name, "value": value, "offset": at})


def _transcoded(data: mmap.mmap) -> Unpacked:
    """UTF-16 as UTF-8; without a byte order mark, the first character tells the order."""
    encoding = {0xFF: "utf-16", 0xFE: "utf-16", 0: "utf-16-be"}.get(data[0], "utf-16-le")
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    spool = _Spool()
    anomaly = None
    for at in range(0, len(data), OUT_OCTETS):
        text = decoder.decode(bytes(data[at : at + OUT_OCTETS]))
        anomaly = spool.take(text.encode("utf-8", "replace"), at + OUT_OCTETS)
        if anomaly is not None:
            break
    return Unpacked(spool.done(), "UTF-16", anomaly)


_TORN = (
    zipfile.BadZipFile,
    LookupError,
    ValueError,
    OverflowError,
    OSError,
    EOFError,
    struct.error,
)
"""What `zipfile` raises on a damaged one, by the octet that is damaged."""


def _unzipped(file: BinaryIO, name: str) -> Unpacked:
    try:
        _weigh_directory(file, name)
        archive = zipfile.ZipFile(file)
        member = _recording(archive, name)
        spool = _Spool()
        with ExitStack() as stack:
            stack.enter_context(spool.file)
            anomaly = _extract(archive, member, spool)
            stack.pop_all()
    except (*_TORN, RuntimeError) as error:
        why = "is cut off or damaged"
        if isinstance(error, NotImplementedError):
            why = "is packed by an unusual method"
        elif "encrypted" in str(error):
            why = "is encrypted"
        raise CaptureError(name, f"the zip {why}; unpack it, then give the recording") from error
    return Unpacked(spool.done(), "zip", anomaly, _Attachments(archive).get)


def _weigh_directory(file: BinaryIO, name: str) -> None:
    """Refuse a directory that would fill memory (APPNOTE 4.3.16)."""
    length = file.seek(0, 2)
    file.seek(max(0, length - (64 << 10) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > DIRECTORY_OCTETS:
        raise CaptureError(name, "the zip holds too many files; unpack it, then give the recording")


def _recording(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir()]
    found = [member for member in members if member.filename == PLAYWRIGHT_HAR]
    if not found and len(members) <= ARCHIVE_MEMBERS:
        found = [member for member in members if _is_recording(archive, member)]
    if len(found) == 1:
        return found[0]
    if found:
        raise CaptureError(
            name, f"the zip holds {len(found)} recordings; unpack it and give them one by one"
        )
    raise CaptureError(
        name, "no file in the zip is a recording; needed is a HAR or a packet capture"
    )


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    """A member's octets; of the methods only those that need little memory."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError
    return archive.open(member)


def _is_recording(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with _member(archive, member) as stream:
            head = stream.read(HEAD_OCTETS)
    except (*_TORN, zlib.error, NotImplementedError):
        return False
    packets = PCAPNG.match(head) or PCAP.match(head)
    packed = any(wrapping.magic.match(head) for wrapping in WRAPPINGS)
    if UTF_16.match(head):
        head = head.decode("utf-16", "replace").encode()
    return bool(packets or packed or HAR_HEAD.match(head.removeprefix(codecs.BOM_UTF8)))


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, spool: _Spool) -> Anomaly | None:
    try:
        with _member(archive, member) as stream:
            while octets := stream.read(OUT_OCTETS):
                limit = spool.take(octets, member.compress_size)
                if limit is not None:
                    return limit
    except (*UNDECODABLE, *_TORN):
        return _anomaly(AnomalyCode.DAMAGED, spool.octets)
    return None


class _Attachments:
    """Files of a zip, unpacked when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = ARCHIVE_OCTETS

    def get(self, name: str) -> memoryview | None:
        """A file's octets as far as they can be read; None if there is none of that name."""
        try:
            member = self._archive.getinfo(name)
        except KeyError:
            return None
        spool = _Spool()
        with spool.file:
            if self._left > 0:
                # Encrypted, or packed by another method: as if it were empty.
                with suppress(RuntimeError):
                    _extract(self._archive, member, spool)
            # Empty blocks cost time, too, and a HAR may name a file in every entry.
            self._left -= max(spool.octets, member.compress_size)
            spool.done()
            if not spool.octets:
                return memoryview(b"")
            return memoryview(mmap.mmap(spool.file.fileno(), 0, access=mmap.ACCESS_READ))
