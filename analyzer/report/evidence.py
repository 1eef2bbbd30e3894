"""Where evidence stands, in the words and numbers of the tools one opens it with."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from ..model.recording import CaptureFile, Recording
from ..model.source import HarSource, PacketSource, Source


def place(source: Source, recordings: Sequence[Recording] = ()) -> str:
    """
    "packet 12", "packets 12-14", "entry 3", "entry 3, message 7", "entry 3, element 1".

    Packets count from 1 as in Wireshark; entries and messages from 0 as in `log.entries` and
    `_webSocketMessages`; so do elements of a BOSH entry, those of its request first. Of a rotated
    set the file is named, and the packet's number in it: "capture.pcap1: packet 3".
    """
    if isinstance(source, HarSource):
        message = "" if source.message is None else f", message {source.message}"
        element = "" if source.element is None else f", element {source.element}"
        return f"entry {source.entry}{message}{element}"
    if source.first < 1:
        # A capture without packets, or a session without one of its own.
        return "the capture as a whole"
    files = _files(source, recordings)
    if files:
        (name, first), (other, last) = _in_file(files, source.first), _in_file(files, source.last)
        if name != other:
            return f"{name}: packet {first} to {other}: packet {last}"
        return f"{name}: {_packets(first, last)}"
    return _packets(source.first, source.last)


def _packets(first: int, last: int) -> str:
    return f"packet {first}" if first == last else f"packets {first}-{last}"


def _files(source: Source, recordings: Sequence[Recording]) -> tuple[CaptureFile, ...]:
    """The files of the rotated set that a source stands in; none if it is no set."""
    if not isinstance(source, PacketSource) or source.capture >= len(recordings):
        return ()
    packets = recordings[source.capture].packets
    return () if packets is None else packets.files


def _in_file(files: tuple[CaptureFile, ...], number: int) -> tuple[str, int]:
    """The file a packet of a set is in, and its number there."""
    index = bisect_right(files, number, key=lambda file: file.first) - 1
    file = files[max(0, index)]
    return file.name, number - file.first + 1


def in_file(source: PacketSource, recordings: Sequence[Recording]) -> tuple[str, int, int] | None:
    """
    Of packets of a rotated set: the file, and first and last number in it; None if it is no set.

    Of packets that go on in the next file, those of the first file.
    """
    files = _files(source, recordings)
    if not files or source.first < 1:
        return None
    name, first = _in_file(files, source.first)
    packets = next(file.packets for file in files if file.name == name)
    return name, first, min(packets, first + source.last - source.first)


def place_in(source: Source, recordings: Sequence[Recording]) -> str:
    """The place, with the input's name where there are several inputs."""
    if len(recordings) < 2 or _files(source, recordings):
        return place(source, recordings)
    return f"{recordings[source.capture].name}: {place(source)}"


def look_up(source: Source, recordings: Sequence[Recording] = ()) -> str:
    """A Wireshark display filter, or a jq path into the HAR; empty where no packet is meant."""
    if isinstance(source, PacketSource):
        if source.first < 1:
            return ""
        _, first, last = in_file(source, recordings) or ("", source.first, source.last)
        if first == last:
            return f"frame.number == {first}"
        return f"frame.number >= {first} && frame.number <= {last}"
    message = "" if source.message is None else f"._webSocketMessages[{source.message}]"
    return f".log.entries[{source.entry}]{message}"


def timestamp(time_ns: int) -> str:
    """ISO 8601 with milliseconds in UTC; nanoseconds beyond the calendar as a plain number."""
    try:
        moment = datetime.fromtimestamp(time_ns // 1_000_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return f"{time_ns} ns"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ns % 1_000_000_000 // 1_000_000:03d}Z"


def duration(time_ns: int) -> str:
    """With the unit that gives two to four digits: "0.4 ms", "128 ms", "10.3 s", "2 min 5 s"."""
    sign, ns = ("-" if time_ns < 0 else ""), abs(time_ns)
    if ns < 9_950_000:
        return f"{sign}{ns / 1e6:.1f} ms"
    if ns < 999_500_000:
        return f"{sign}{ns / 1e6:.0f} ms"
    if ns < 59_950_000_000:
        return f"{sign}{ns / 1e9:.1f} s"
    minutes, seconds = divmod(round(ns / 1e9), 60)
    if minutes < 60:
        return f"{sign}{minutes} min {seconds} s"
    return f"{sign}{minutes // 60} h {minutes % 60} min"
