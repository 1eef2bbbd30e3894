"""
Rotated capture sets: one recording in many files, as capturing programs write it for long.

The files are read one behind the other in the order of their first packets, and packets are
numbered on from file to file, as `mergecap` numbers them: connections go on across files. Which
file a number falls into is in `PacketFacts.files`.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.errors import CaptureError
from ..model.recording import CaptureFile, Kind, PacketFacts
from .formats import OpenedCapture, packet_reader
from .places import Place, open_recording, peek
from .signature import PCAPNG

if TYPE_CHECKING:
    from ..model.packet import PacketWindow

_DATE = r"\d{8}[-_T]?\d{4,6}|\d{4}-\d\d-\d\d[-_T ]?\d\d[-:.]?\d\d(?:[-:.]?\d\d)?"

_ENDING = r"(\.(?:pcap|pcapng|cap|dmp|ntar|snoop|erf))?"

_PACKED = r"(\.(?:gz|zst))?"

SERIES = (
    # dumpcap -b: capture_00001_20260101120000.pcapng, or the other way round; editcap -c likewise
    re.compile(rf"(.*?)_(?:{_DATE})_\d{{5}}{_ENDING}{_PACKED}", re.IGNORECASE),
    re.compile(rf"(.*?)_\d{{5}}(?:_(?:{_DATE}))?{_ENDING}{_PACKED}", re.IGNORECASE),
    # tcpdump -G with a date in the name, and -C with it
    re.compile(rf"(.*?)[-_.]?(?:{_DATE}){_ENDING}\d{{0,6}}{_PACKED}", re.IGNORECASE),
    # tcpdump -C: capture.pcap, capture.pcap1, capture.pcap2
    re.compile(rf"(.+\.(?:pcap|cap|dmp))\d{{0,6}}{_PACKED}", re.IGNORECASE),
)
"""Names of the files of a set; what the groups match is common to all of them."""


def series(name: str) -> tuple[str, ...] | None:
    """What a name has in common with the others of its set; None if it is none of a set."""
    for index, pattern in enumerate(SERIES):
        match = pattern.fullmatch(name)
        if match is not None:
            return (str(index), *(group or "" for group in match.groups()))
    return None


def in_order(name: str) -> tuple[str | int, ...]:
    """A key that sorts numbers in names by their value."""
    return tuple(
        int(part) if index % 2 else part for index, part in enumerate(re.split(r"(\d+)", name))
    )


def first_ns(octets: bytes) -> int:
    """When the first packet of a capture was captured, given its first octets; 0 if unknown."""
    window = next(packet_reader(memoryview(octets)).windows(), None)
    return 0 if window is None else int(window.time_ns[0])


class OpenedSet:
    """
    A rotated set, with the face of an `OpenedCapture`; its files are opened when they are read.

    Attributes:
        name: Name of the first file, and how many follow.
        kind: Packets.
        reader: Reads all files.
    """

    kind = Kind.PACKETS

    def __init__(self, places: Sequence[Place], capture: int) -> None:
        """Take the files in the order in which they are read."""
        self.name = f"{places[0].name} and {len(places) - 1} more"
        reader = SetReader(places, capture)
        self.reader: Any = reader
        self._files = reader.files

    @property
    def format(self) -> str:
        """Of the first file."""
        return f"{self._files[0].format}, {len(self._files)} files" if self._files else "no file"

    @property
    def octets(self) -> int:
        """Of all files together."""
        return sum(file.octets for file in self._files)

    @property
    def sha256(self) -> str:
        """Of the files' digests in hexadecimal, a line each."""
        return sha256("".join(f"{file.sha256}\n" for file in self._files).encode()).hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is open between two files."""


class SetReader:
    """
    The packets of several files in a row.

    Attributes:
        key_log: TLS key logs that the files hold; complete before the first window.
        anomalies: Damage met so far, with the name of the file.
        files: Those read so far.
    """

    def __init__(self, places: Sequence[Place], capture: int) -> None:
        """Take the files in the order in which they are read."""
        self.key_log: list[bytes] = []
        self.anomalies: list[Anomaly] = []
        self.files: list[CaptureFile] = []
        self._places = places
        self._capture = capture
        self._facts: list[PacketFacts] = []

    def windows(self) -> Iterator["PacketWindow"]:
        """Packets in the order of the files, numbered on from file to file."""
        digests = [self._scout(place) for place in self._places]
        for place, digest in zip(self._places, digests, strict=True):
            try:
                opened = open_recording(place, self._capture, digest)
            except CaptureError:
                self._note_unread(place.name)
                continue
            with opened:
                yield from self._windows(opened, place.name)

    def _scout(self, place: Place) -> str | None:
        """Take the keys of a pcapng before any file is read; its digest, so as to make it once."""
        try:
            if not PCAPNG.match(peek(place)[0]):
                return None
            opened = open_recording(place, self._capture)
        except CaptureError:
            return None
        with opened:
            opened.reader.scout()
            self.key_log += opened.reader.key_log
            return opened.sha256

    def _windows(self, opened: OpenedCapture, name: str) -> Iterator["PacketWindow"]:
        before = self.files[-1].first + self.files[-1].packets - 1 if self.files else 0
        known = 0
        for window in opened.reader.windows():
            known = self._note_keys(opened.reader.key_log, known)
            yield replace(window, first=window.first + before)
        self._note_keys(opened.reader.key_log, known)
        facts = opened.reader.facts()
        self._facts.append(facts)
        self.files.append(
            CaptureFile(
                name=name,
                sha256=opened.sha256,
                octets=opened.octets,
                format=opened.format,
                first=before + 1,
                packets=facts.packets,
            )
        )
        self.anomalies += [
            replace(anomaly, values={**anomaly.values, "file": name})
            for anomaly in opened.reader.anomalies
        ]

    def _note_unread(self, name: str) -> None:
        values: dict[str, str | int] = {"file": name, "offset": 0}
        self.anomalies.append(Anomaly(code=AnomalyCode.DAMAGED, values=values))

    def _note_keys(self, found: list[bytes], known: int) -> int:
        self.key_log += [octets for octets in found[known:] if octets not in self.key_log]
        return len(found)

    def facts(self) -> PacketFacts:
        """What is known of all files, once `windows` is exhausted."""
        first = [facts.first_ns for facts in self._facts if facts.first_ns is not None]
        last = [facts.last_ns for facts in self._facts if facts.last_ns is not None]
        snaplen = [facts.snaplen for facts in self._facts if facts.snaplen is not None]
        dropped = [facts.dropped for facts in self._facts if facts.dropped is not None]
        return PacketFacts(
            packets=sum(facts.packets for facts in self._facts),
            cut=sum(facts.cut for facts in self._facts),
            snaplen=min(snaplen, default=None),
            # The counts run from the start of the capture, not of the file.
            dropped=max(dropped, default=None),
            key_blocks=sum(facts.key_blocks for facts in self._facts),
            first_ns=min(first, default=None),
            last_ns=max(last, default=None),
            comments=tuple(text for facts in self._facts for text in facts.comments),
            files=tuple(self.files),
        )
