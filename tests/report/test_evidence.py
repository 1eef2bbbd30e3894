"""Places in the words and numbers of Wireshark, jq and the HAR."""

import pytest

from analyzer.model.source import HarSource, PacketSource, Source
from analyzer.report.evidence import duration, look_up, place, place_in, timestamp
from tests.report.reports import har_recording, packet_recording


@pytest.mark.parametrize(
    ("source", "where", "found_with"),
    [
        (PacketSource(0, 12, 12, None), "packet 12", "frame.number == 12"),
        (PacketSource(0, 12, 14, 1), "packets 12-14", "frame.number >= 12 && frame.number <= 14"),
        (PacketSource(0, 0, 0, None), "the capture as a whole", ""),
        (HarSource(0, 3, None, None), "entry 3", ".log.entries[3]"),
        (HarSource(0, 3, 7, 1), "entry 3, message 7", ".log.entries[3]._webSocketMessages[7]"),
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
