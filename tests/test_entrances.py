"""A recording comes in where it was recorded: packets at the bottom, messages half-way up."""

from io import BytesIO
from pathlib import Path

import pytest

from analyzer import entrances
from analyzer.capture.ladder import LadderReader
from analyzer.model.recording import Kind
from analyzer.model.report import Outcome
from analyzer.model.session import SeenIn
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def test_a_har_needs_no_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("packets were asked for")

    monkeypatch.setattr(entrances._PacketEntrance, "items", refuse)
    assert analyze([FIXTURES / "good-ws/session.har"]).sessions


@pytest.mark.parametrize(
    ("text", "outcome", "cause", "seen_in"),
    [
        ("@har\n@login", Outcome.HEALTHY, None, SeenIn.HAR),
        ("@packets\n@login\n3.0 S> [rst]", Outcome.BROKEN, "CO-004", SeenIn.PACKETS),
        ("@tls\n@login", Outcome.INCONCLUSIVE, "CQ-003", None),
    ],
)
def test_a_ladder_goes_the_way_of_what_it_stands_for(
    text: str, outcome: Outcome, cause: str | None, seen_in: SeenIn | None
) -> None:
    report = analyze([("example.ladder", BytesIO(text.encode()))])
    assert (report.verdict.outcome, report.verdict.cause) == (outcome, cause)
    assert [s.seen_in for s in report.sessions] == ([] if seen_in is None else [seen_in])
    (recording,) = report.recordings
    assert recording.kind is Kind.LADDER
    assert (recording.har is None) is (seen_in is not SeenIn.HAR)
    assert (recording.packets is None) is (seen_in is SeenIn.HAR)


def test_only_packets_tell_whose_a_connection_is() -> None:
    ladder = LadderReader("@har\n@login", 0)
    assert entrances._LadderEntrance(ladder).client(0) is None
