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

DIFFERING = {
    "ff-good-wss-tls13",  # Firefox writes no messages
    "u-midstream-wss",  # the capture began behind the handshake
}


@pytest.mark.parametrize(
    ("case", "recording", "expected"), CASES, ids=[f"{case}/{name}" for case, name, _ in CASES]
)
def test_verdict(case: str, recording: str, expected: dict[str, Any]) -> None:
    name, *keys = recording.split(" ")
    folder = FIXTURES / case
    with (folder / name).open("rb") as stream:
        # A stream has no folder beside which a key log is found: none but those named are used.
        report = analyze([(name, stream)], keys=[folder / key for key in keys])
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
        if path.name not in ("expected.json", "README.md", "keys.log")
    }
    assert {f"{case}/{recording.split(' ')[0]}" for case, recording, _ in CASES} == recorded


def test_what_keys_open_is_tried_without_them_too() -> None:
    keyed = {(case, name.split(" ")[0]) for case, name, _ in CASES if " keys.log" in name}
    assert len(keyed) > 10
    assert keyed <= {(case, name) for case, name, _ in CASES}
    assert {case for case, _ in keyed} == {path.parent.name for path in FIXTURES.glob("*/keys.log")}


def test_keys_tell_what_the_har_tells() -> None:
    """Both hold the whole conversation, so both have the same to say."""
    told: dict[str, set[tuple[str, str | None]]] = {}
    for case, recording, expected in CASES:
        if recording == "session.har" or recording.endswith(" keys.log"):
            told.setdefault(case, set()).add((expected["outcome"], expected["step"]))
    differing = {case for case, said in told.items() if len(said) > 1}
    assert differing == DIFFERING


def test_the_readme_tells_them_all() -> None:
    readme = (FIXTURES / "README.md").read_text(encoding="utf-8")
    for case, recording, expected in CASES:
        words = (f"`{case}/{recording}`", expected["outcome"], expected["step"], expected["cause"])
        row = f"| {' | '.join(word or '-' for word in words)} |"
        assert row in readme
