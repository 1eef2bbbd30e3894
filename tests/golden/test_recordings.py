"""Real recordings give the verdict that an experienced support engineer gives."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
CASES = [
    (path.parent.name, recording, expected)
    for path in sorted(FIXTURES.glob("*/expected.json"))
    for recording, expected in json.loads(path.read_text(encoding="utf-8")).items()
]


@pytest.mark.parametrize(
    ("case", "recording", "expected"), CASES, ids=[f"{case}/{name}" for case, name, _ in CASES]
)
def test_verdict(case: str, recording: str, expected: dict[str, Any]) -> None:
    report = analyze([FIXTURES / case / recording])
    verdict = report.verdict
    assert {
        "outcome": verdict.outcome.value,
        "step": verdict.step.value if verdict.step else None,
        "cause": verdict.cause,
        "sessions": [[s.agent, s.server, s.stanza_count] for s in report.sessions],
    } == expected


def test_every_recording_has_its_verdict() -> None:
    recorded = {
        f"{path.parent.name}/{path.name}"
        for path in FIXTURES.glob("*/*")
        if path.name not in ("expected.json", "README.md")
    }
    assert {f"{case}/{recording}" for case, recording, _ in CASES} == recorded


def test_the_readme_tells_them_all() -> None:
    readme = (FIXTURES / "README.md").read_text(encoding="utf-8")
    for case, recording, expected in CASES:
        words = (f"`{case}/{recording}`", expected["outcome"], expected["step"], expected["cause"])
        row = f"| {' | '.join(word or '-' for word in words)} |"
        assert row in readme
