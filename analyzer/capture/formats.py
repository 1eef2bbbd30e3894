"""
Open a recording: tell what it is by its first octets, never by its name.

Only a ladder, the notation of the rules' examples, is told by its name: any text can begin with @.
"""

import hashlib
import mmap
from collections.abc import Iterator
from contextlib import ExitStack
from os import SEEK_END
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, Self

from ..model.anomaly import Anomaly
from ..model.errors import CaptureError
from ..model.events import Item
from ..model.recording import HarFacts, Kind, PacketFacts, Secret
from . import archive, har_split, refusal, signature
from .archive import Unpacked
from .har import HarReader
from .har_http import Attached, nothing_attached
from .members import Budget, Buffer

if TYPE_CHECKING:
    from ..model.packet import PacketWindow
    from .keys_ahead import KeysAhead

HASH_OCTETS = 8 << 20
"""Octets hashed in one go; their pages are let go then."""

PIECE_OCTETS = 1 << 20
"""Octets that stay in the processor's cache while they are hashed and looked through."""

HEAD_OCTETS = 4 << 10

ERF_OCTETS = 32 << 10
"""Octets in which the records of an ERF are told by following each other: jumbo frames are long."""


class PacketReader(Protocol):
    """Reads packets."""

    @property
    def key_log(self) -> list[bytes]:
        """TLS key logs that the capture holds."""

    @property
    def anomalies(self) -> list[Anomaly]:
        """Damage met so far."""

    def windows(self) -> Iterator["PacketWindow"]:
        """Packets in the order of the file."""

    def facts(self) -> PacketFacts:
        """The capture as a whole, once its windows have been read."""


class ItemReader(Protocol):
    """Reads what was recorded half-way up: messages, not packets."""

    @property
    def secrets(self) -> dict[Secret, int]:
        """Secrets outside of messages, with how many of each."""

    @property
    def anomalies(self) -> list[Anomaly]:
        """Damage met so far."""

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        """Numbers of connections with their items, the last of which is the Connection."""

    def facts(self) -> HarFacts:
        """The recording as a whole, once its items have been read."""


class OpenedCapture:
    """
    A recording, open for reading; leave the context to close it.

    Attributes:
        name: Base name.
        sha256: Of the file as given, hexadecimal.
        octets: Length of the file as given.
        format: What it is, and what wrapped it: "HAR", "pcapng (gzip)".
        kind: From which end it was recorded.
        reader: A `PacketReader` where `kind` is PACKETS, else an `ItemReader`.
    """

    reader: Any

    def __init__(
        self,
        name: str,
        capture: int,
        file: BinaryIO,
        inside: Unpacked | None = None,
        digest: str | None = None,
    ) -> None:
        """
        Take over a file that can be mapped; it is closed with the recording.

        Args:
            name: What to call it.
            capture: Index of the input.
            file: The file.
            inside: What the file is, if it is a member of an archive.
            digest: Its SHA-256, where that is known.

        Raises:
            CaptureError: It is no recording.
        """
        self.name = name
        with ExitStack() as stack:
            stack.enter_context(file)
            data = mapped(file, name)
            self.octets = len(data)
            ahead = _keys_ahead(data)
            self.sha256 = digest or _sha256(data, ahead)
            wrappings: list[str] = []
            anomalies: list[Anomaly] = []
            attached: Attached = nothing_attached
            budget = Budget() if inside is None else inside.budget
            if inside is not None:
                wrappings.append(inside.wrapping)
                anomalies += [] if inside.anomaly is None else [inside.anomaly]
                attached = inside.attached
            while len(wrappings) < archive.LAYERS:
                inner = archive.unpack(data, file, name, budget)
                if inner is None:
                    break
                file = stack.enter_context(inner.file)
                data = mapped(file, name)
                wrappings.append(inner.wrapping)
                anomalies += [] if inner.anomaly is None else [inner.anomaly]
                attached = inner.attached
            self.format, self.kind, self.reader = recognised(
                data, name, capture, attached, None if wrappings or digest else ahead
            )
            self.reader.anomalies.extend(anomalies)
            if wrappings:
                self.format += f" ({' in '.join(reversed(wrappings))})"
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The mapping goes with the last reader of it; only the files can be closed at will.
        self._stack.close()


def refused(error: OSError) -> str:
    """Why a file cannot be read, in words for people."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "you may not read this file"
    return f"the file cannot be read: {error.strerror or error}"


def mapped(file: BinaryIO, name: str) -> mmap.mmap:
    """
    A file as octets.

    Raises:
        CaptureError: There are none.
    """
    if not file.seek(0, SEEK_END):
        raise CaptureError(name, "the file is empty; record again")
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _keys_ahead(data: mmap.mmap) -> "KeysAhead | None":
    if not signature.PCAPNG.match(data[:4]):
        return None
    from .keys_ahead import KeysAhead  # noqa: PLC0415 - a HAR needs no numpy

    return KeysAhead(data)


def _sha256(data: mmap.mmap, ahead: "KeysAhead | None") -> str:
    digest = hashlib.sha256()
    for at in range(0, len(data), HASH_OCTETS):
        until = min(at + HASH_OCTETS, len(data))
        for piece in range(at, until, PIECE_OCTETS):
            end = min(piece + PIECE_OCTETS, until)
            with memoryview(data) as view:
                digest.update(view[piece:end])
            if ahead is not None:
                ahead.look(piece, end)
        data.madvise(mmap.MADV_DONTNEED, at, min(HASH_OCTETS, len(data) - at))
    return digest.hexdigest()


def recognised(
    data: mmap.mmap,
    name: str,
    capture: int,
    attached: Attached = nothing_attached,
    ahead: "KeysAhead | None" = None,
) -> tuple[str, Kind, PacketReader | ItemReader]:
    """
    What a file is, from which end it was recorded, and who reads it.

    Raises:
        CaptureError: It is no recording.
    """
    head = bytes(data[:HEAD_OCTETS])
    if signature.is_packets(head):
        return signature.packet_format(head), Kind.PACKETS, packet_reader(data, ahead)
    if signature.is_ladder(head, name):
        from .ladder import LadderReader  # noqa: PLC0415

        return "ladder", Kind.LADDER, LadderReader(data[:].decode("utf-8", "replace"), capture)
    if har_split.is_har(data):
        return "HAR", Kind.HAR, HarReader(data, capture, attached)
    if signature.is_erf(bytes(data[:ERF_OCTETS]), whole=len(data) <= ERF_OCTETS):
        return signature.packet_format(head), Kind.PACKETS, packet_reader(data)
    raise CaptureError(name, refusal.reason(head, name))


def packet_reader(data: Buffer, ahead: "KeysAhead | None" = None) -> PacketReader:
    """Who reads a packet capture, told by its magic number; an ERF has none."""
    # Readers are imported when they are needed: numpy takes longer to load than a HAR to read.
    head = bytes(data[:HEAD_OCTETS])
    if signature.PCAPNG.match(head):
        from .pcapng import PcapngReader  # noqa: PLC0415

        return PcapngReader(data, None if ahead is None else ahead.last)
    if signature.PCAP.match(head):
        from .pcap import PcapReader  # noqa: PLC0415

        return PcapReader(data)
    if signature.SNOOP.match(head):
        from .snoop import SnoopReader  # noqa: PLC0415

        return SnoopReader(data)
    from .erf import ErfReader  # noqa: PLC0415

    return ErfReader(data)
