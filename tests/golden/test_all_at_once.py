"""All recordings given as one case, as from a folder of a year: what is two is not made one."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

from analyzer.model.report import Report
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

CAPTURES = ("good-ws", "midstream", "reconnect-loop", "w-two-agents-ws", "e-bosh-prosody-tls13")


@cache
def everything() -> Report:
    return analyze([FIXTURES])


def cases(report: Report) -> dict[int, str]:
    """Index of each recording → the folder it lies in."""
    return {one.capture: one.name.split("/")[1] for one in report.recordings}


def parts(report: Report) -> Sequence[set[int]]:
    return [{part.capture for part in session.parts} for session in report.sessions]


def test_sessions_of_different_cases_are_never_one() -> None:
    report = everything()
    folders = cases(report)
    joined = [{folders[capture] for capture in one} for one in parts(report) if one]
    assert len(joined) > 40
    assert [one for one in joined if len(one) > 1] == []


@pytest.mark.parametrize("case", CAPTURES)
def test_a_copy_adds_nothing(case: str) -> None:
    """The same file twice, under another name: as many sessions, and the same verdict."""
    path = FIXTURES / case / "capture.pcapng"
    alone, twice = analyze([path]), analyze([path, ("copy", BytesIO(path.read_bytes()))])
    assert parts(twice) == [{0, 1}] * len(alone.sessions)
    assert [one.disagreements for one in twice.sessions] == [()] * len(alone.sessions)
    assert (twice.verdict.outcome, twice.verdict.cause) == (
        alone.verdict.outcome,
        alone.verdict.cause,
    )


@pytest.mark.parametrize("case", CAPTURES)
def test_the_har_of_another_session_stays_apart(case: str) -> None:
    report = analyze([FIXTURES / case / "capture.pcapng", FIXTURES / "p-ipv6-ws" / "session.har"])
    assert all(len(one) < 2 for one in parts(report))
