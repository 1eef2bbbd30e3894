"""Places in the words and numbers of Wireshark, jq and the HAR."""

import pytest
from msgspec.structs import replace

from analyzer.model.recording import CaptureFile, Kind, PacketFacts, Recording
from analyzer.model.source import HarSource, PacketSource, Source
from analyzer.report.facts.evidence import duration, in_file, look_up, place, place_in, timestamp
from tests.report.reports import har_recording, packet_recording


@pytest.mark.parametrize(
    ("source", "where", "found_with"),
    [
        (PacketSource(0, 12, 12, None), "packet 12", "frame.number == 12"),
        (PacketSource(0, 12, 14, 1), "packets 12-14", "frame.number >= 12 && frame.number <= 14"),
        (PacketSource(0, 0, 0, None), "the capture as a whole", ""),
        (HarSource(0, 3, None, None), "entry 3", ".log.entries[3]"),
        (HarSource(0, 3, 7, 1), "entry 3, message 7", ".log.entries[3]._webSocketMessages[7]"),
        (HarSource(0, 3, None, 1, 2), "entry 3, element 2", ".log.entries[3]"),
    ],
)
def test_a_place_and_how_to_find_it(source: Source, where: str, found_with: str) -> None:
    assert place(source) == where
    assert look_up(source) == found_with


def test_the_input_is_named_where_there_are_several() -> None:
    source = PacketSource(1, 2, 2, None)
    assert place_in(source, [har_recording()]) == "packet 2"
    assert place_in(source, [har_recording(), packet_recording()]) == "capture.pcapng: packet 2"


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600_123_999_999, "2026-01-01T00:00:00.123Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1 << 70, "1180591620717411303424 ns"),
        (-(1 << 70), "-1180591620717411303424 ns"),
    ],
)
def test_times_are_utc_and_never_fail(time_ns: int, text: str) -> None:
    assert timestamp(time_ns) == text


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (0, "0.0 ms"),
        (400_000, "0.4 ms"),
        (9_949_999, "9.9 ms"),
        (9_950_000, "10 ms"),
        (128_000_000, "128 ms"),
        (999_499_999, "999 ms"),
        (999_500_000, "1.0 s"),
        (10_300_000_000, "10.3 s"),
        (59_949_000_000, "59.9 s"),
        (59_950_000_000, "1 min 0 s"),
        (125_000_000_000, "2 min 5 s"),
        (3_599_400_000_000, "59 min 59 s"),
        (7_380_000_000_000, "2 h 3 min"),
        (-1_500_000_000, "-1.5 s"),
    ],
)
def test_durations_have_the_unit_that_fits(time_ns: int, text: str) -> None:
    assert duration(time_ns) == text


FILES = tuple(
    CaptureFile(name=name, sha256="", octets=1, format="pcap", first=first, packets=packets)
    for name, first, packets in (("a.pcap", 1, 100), ("a.pcap1", 101, 0), ("a.pcap2", 101, 50))
)
SET = Recording(
    capture=0,
    name="a.pcap and 2 more",
    sha256="",
    octets=3,
    format="pcap, 3 files",
    kind=Kind.PACKETS,
    packets=PacketFacts(files=FILES),
)


@pytest.mark.parametrize(
    ("first", "last", "where", "told"),
    [
        (1, 1, "a.pcap: packet 1", "frame.number == 1"),
        (99, 100, "a.pcap: packets 99-100", "frame.number >= 99 && frame.number <= 100"),
        (101, 101, "a.pcap2: packet 1", "frame.number == 1"),
        (100, 103, "a.pcap: packet 100 to a.pcap2: packet 3", "frame.number == 100"),
        (0, 0, "the capture as a whole", ""),
    ],
)
def test_packets_of_a_rotated_set(first: int, last: int, where: str, told: str) -> None:
    source = PacketSource(0, first, last, None)
    assert place_in(source, (SET,)) == where
    assert place(source, (SET, SET)) == where
    assert look_up(source, (SET,)) == told


def test_places_in_the_files_of_a_set() -> None:
    assert in_file(PacketSource(0, 102, 104, None), (SET,)) == ("a.pcap2", 2, 4)
    assert in_file(PacketSource(0, 90, 140, None), (SET,)) == ("a.pcap", 90, 100)
    assert in_file(PacketSource(0, 0, 0, None), (SET,)) is None
    assert in_file(PacketSource(1, 1, 1, None), (SET,)) is None
    assert in_file(PacketSource(0, 1, 1, None), (replace(SET, packets=None),)) is None
