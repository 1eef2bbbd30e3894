"""A capture whose clock cannot be right never makes a session healthy that nobody could judge."""

from io import BytesIO
from pathlib import Path

import dpkt
import pytest

from analyzer.model.report import Report
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def stopped(recording: str) -> Report:
    """Told of a recording all of whose packets have one time."""
    with (FIXTURES / recording / "capture.pcapng").open("rb") as stream:
        reader = dpkt.pcapng.Reader(stream)
        packets, link = list(reader), reader.datalink()
    copy = BytesIO()
    writer = dpkt.pcap.Writer(copy, linktype=link)
    for _, packet in packets:
        writer.writepkt(packet, ts=0)
    copy.seek(0)
    return analyze([("stopped.pcap", copy)])


@pytest.mark.parametrize("recording", ["ping-unanswered", "no-finesse-presence"])
def test_what_only_times_tell_cannot_be_told(recording: str) -> None:
    verdict = stopped(recording).verdict
    assert (verdict.outcome.value, verdict.cause) == ("inconclusive", "CQ-016")


@pytest.mark.parametrize(
    ("recording", "outcome", "cause"),
    [("good-ws", "healthy", None), ("wrong-password", "broken", "SA-007")],
)
def test_what_was_said_can_be_told(recording: str, outcome: str, cause: str | None) -> None:
    verdict = stopped(recording).verdict
    assert (verdict.outcome.value, verdict.cause) == (outcome, cause)
