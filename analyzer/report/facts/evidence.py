"""Where evidence stands, in the words and numbers of the tools one opens it with."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from ...model.recording import CaptureFile, Recording
from ...model.source import HarSource, PacketSource, Source
from ..language.words import Words
from ..language.words import words as language

_ENGLISH = language("en")
"""Machines are told in English."""


def place(source: Source, recordings: Sequence[Recording] = (), words: Words = _ENGLISH) -> str:
    """
    "packet 12", "packets 12-14", "entry 3", "entry 3, message 7", "entry 3, element 1".

    Packets count from 1 as in Wireshark; entries and messages from 0 as in `log.entries` and
    `_webSocketMessages`; so do elements of a BOSH entry, those of its request first. Of a rotated
    set the file is named, and the packet's number in it: "capture.pcap1: packet 3".
    """
    # Asked for each row of a report: plain `format`, which is quicker than `texts.say`.
    if isinstance(source, HarSource):
        if source.element is not None:
            return words["place.element"].format(entry=source.entry, element=source.element)
        if source.message is not None:
            return words["place.message"].format(entry=source.entry, message=source.message)
        return words["place.entry"].format(entry=source.entry)
    if source.first < 1:
        # A capture without packets, or a session without one of its own.
        return words["place.whole"]
    files = _files(source, recordings)
    if files:
        (name, first), (other, last) = _in_file(files, source.first), _in_file(files, source.last)
        if name != other:
            return words["place.files"].format(file=name, first=first, other=other, last=last)
        return words["place.file"].format(file=name, place=_packets(first, last, words))
    return _packets(source.first, source.last, words)


def _packets(first: int, last: int, words: Words) -> str:
    if first == last:
        return words["place.packet"].format(number=first)
    return words["place.packets"].format(first=first, last=last)


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


def place_in(source: Source, recordings: Sequence[Recording], words: Words = _ENGLISH) -> str:
    """The place, with the input's name where there are several inputs."""
    if len(recordings) < 2 or _files(source, recordings):
        return place(source, recordings, words)
    name = recordings[source.capture].name
    return words["place.file"].format(file=name, place=place(source, (), words))


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


def duration(time_ns: int, words: Words = _ENGLISH) -> str:
    """With the unit that gives two to four digits: "0.4 ms", "128 ms", "10.3 s", "2 min 5 s"."""
    sign, ns = ("-" if time_ns < 0 else ""), abs(time_ns)
    if ns < 999_500_000:
        value = words.number(time_ns / 1e6, ".1f" if ns < 9_950_000 else ".0f")
        return words["duration.ms"].format(value=value)
    if ns < 59_950_000_000:
        return words["duration.s"].format(value=words.number(time_ns / 1e9, ".1f"))
    minutes, seconds = divmod(round(ns / 1e9), 60)
    if minutes < 60:
        return words["duration.min"].format(minutes=f"{sign}{minutes}", seconds=seconds)
    return words["duration.h"].format(hours=f"{sign}{minutes // 60}", minutes=minutes % 60)
