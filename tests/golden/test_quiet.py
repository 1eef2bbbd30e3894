"""On a healthy recording no rule raises its voice: a false alarm sends people the wrong way."""

import json
from pathlib import Path

import pytest

from analyzer.model.report import Outcome, Report
from analyzer.model.rule import Effect, Severity
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

ROWS = [
    (path.parent.name, recording, Outcome(expected["outcome"]))
    for path in sorted(FIXTURES.glob("*/expected.json"))
    for recording, expected in json.loads(path.read_text(encoding="utf-8")).items()
]
HEALTHY = [(case, name) for case, name, outcome in ROWS if outcome is Outcome.HEALTHY]
CASES = sorted({case for case, _ in HEALTHY})
HALF_SEEN = [
    (case, name)
    for case, name, outcome in ROWS
    if outcome is Outcome.INCONCLUSIVE and (case in CASES or "good-" in case)
]


def read(folder: Path, recording: str) -> Report:
    name, *keys = recording.split(" ")
    with (folder / name).open("rb") as stream:
        return analyze([(name, stream)], keys=[folder / key for key in keys])


def loud(report: Report) -> dict[str, Effect]:
    """What is said at warning and above, save a password that went in clear where it did."""
    said = {one.rule_id: one.effect for one in report.findings if one.severity != Severity.INFO}
    if any(session.encrypted is False for session in report.sessions):
        said.pop("SA-002", None)
    return said


@pytest.mark.parametrize(("case", "recording"), HEALTHY)
def test_nothing_is_wrong(case: str, recording: str) -> None:
    report = read(FIXTURES / case, recording)
    assert report.verdict.outcome is Outcome.HEALTHY
    assert loud(report) == {}


@pytest.mark.parametrize(("case", "recording"), HALF_SEEN)
def test_what_cannot_be_seen_is_all_that_is_said(case: str, recording: str) -> None:
    assert set(loud(read(FIXTURES / case, recording)).values()) == {Effect.BLINDS}


def test_there_are_healthy_ones_of_every_kind() -> None:
    kinds = {Path(name.split(" ")[0]).suffix for _, name in HEALTHY}
    assert kinds == {".har", ".pcapng", ".zip"}
    assert len(HEALTHY) >= 48
    assert len(HALF_SEEN) >= 15


@pytest.mark.parametrize("case", CASES)
def test_copies_and_variants_are_as_quiet(shared: Path, case: str) -> None:
    folder = shared / "captures" / case
    names = {path.name for path in folder.iterdir() if path.suffix in {".har", ".pcapng", ".pcap"}}
    for name in sorted(names):
        # The key log of a session without TLS is empty.
        keys = " keys.log" if (FIXTURES / case / "keys.log").exists() and ".pcap" in name else ""
        assert set(loud(read(folder, name + keys)).values()) <= {Effect.BLINDS}, name


TWICE = [
    (case, [name for other, name in HEALTHY if other == case])
    for case in CASES
    if len([name for other, name in HEALTHY if other == case]) > 1
]


@pytest.mark.parametrize(("case", "recordings"), TWICE, ids=[case for case, _ in TWICE])
def test_several_recordings_of_one_session_are_as_quiet(case: str, recordings: list[str]) -> None:
    paths = [FIXTURES / case / name.split(" ")[0] for name in recordings]
    keys = [FIXTURES / case / "keys.log"] if any(" " in name for name in recordings) else []
    report = analyze(paths, keys=keys)
    assert report.verdict.outcome is Outcome.HEALTHY
    assert loud(report) == {}
