"""Open a recording: tell what it is by its first octets, never by its name."""

import hashlib
import io
import mmap
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ..model.errors import CaptureError
from ..model.recording import Kind
from . import har_split
from .har import HarReader
from .pcap import PcapReader, byte_order
from .pcapng import PcapngReader

PCAPNG = b"\n\r\r\n"

Reader = HarReader | PcapReader | PcapngReader


class OpenedCapture:
    """
    A recording, open for reading; leave the context to close it.

    Attributes:
        name: Base name.
        sha256: Of the file as given, hexadecimal.
        octets: Length of the file as given.
        format: What it is, and what wrapped it: "HAR", "pcapng (gzip)".
        kind: From which end it was recorded.
        reader: Reads it.
    """

    def __init__(self, name: str, file: BinaryIO, capture: int) -> None:
        self.name = name
        self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.sha256 = hashlib.sha256(self._map).hexdigest()
        self.octets = len(self._map)
        self.reader: Reader
        self.kind = Kind.PACKETS
        if self._map[:4] == PCAPNG:
            self.format = "pcapng"
            self.reader = PcapngReader(self._map)
        elif byte_order(memoryview(self._map)[:4]):
            self.format = "pcap"
            self.reader = PcapReader(self._map)
        elif har_split.ENTRIES.search(self._map):
            self.format = "HAR"
            self.kind = Kind.HAR
            self.reader = HarReader(self._map, capture)
        else:
            raise CaptureError(name, "neither a HAR nor a packet capture")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del self._map


def open_capture(path: Path, capture: int) -> OpenedCapture:
    """Open a file."""
    with path.open("rb") as file:
        return OpenedCapture(path.name, file, capture)


def open_stream(file: BinaryIO, name: str, capture: int) -> OpenedCapture:
    """Open a stream."""
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy, io.DEFAULT_BUFFER_SIZE)
        copy.flush()
        return OpenedCapture(name, copy, capture)
