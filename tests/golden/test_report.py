"""Reports of real recordings keep their contract, and redaction changes nothing but secrets."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from analyzer.pipeline import analyze
from analyzer.report.formats import RENDERERS
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.machine.test_json import SCHEMA, strict

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RECORDINGS = sorted(
    path.relative_to(FIXTURES).as_posix()
    for path in FIXTURES.glob("*/*")
    if path.name not in ("expected.json", "README.md", "keys.log")
)
VALIDATOR = Draft202012Validator(strict(SCHEMA))


def told(document: dict[str, Any]) -> list[Any]:
    """What must not depend on redaction."""
    verdict = document["verdict"]
    return [
        [verdict[key] for key in ("outcome", "step", "cause", "session")],
        [
            [finding["rule_id"], finding["severity"], finding["session"], places(finding)]
            for finding in document["findings"]
        ],
        [
            [step["name"], step["status"], step["latency_ms"], places(step)]
            for session in document["sessions"]
            for step in session["steps"]
        ],
    ]


def places(holder: dict[str, Any]) -> list[str]:
    return [evidence["place"] for evidence in holder["evidence"]]


@pytest.mark.parametrize("recording", RECORDINGS)
def test_the_contract(recording: str) -> None:
    report = analyze([FIXTURES / recording])
    before, after, nobody = (
        json.loads(RENDERERS["json"](redact(report, redaction), "en"))
        for redaction in (Redaction.NONE, Redaction.SECRETS, Redaction.ALL)
    )
    for document in (before, after, nobody):
        VALIDATOR.validate(document)
        assert told(document) == told(before)
    shown, again = redact(report), redact(report)
    for render in RENDERERS.values():
        assert render(shown, "en") == render(again, "en")


def test_several_inputs_are_one_case() -> None:
    names = ("wrong-password/session.har", "wrong-password/capture.pcapng")
    report = analyze([FIXTURES / name for name in names])
    made = RENDERERS["text"](redact(report), "en")
    assert "session.har: entry 3, message" in made or "capture.pcapng: packet" in made
    VALIDATOR.validate(json.loads(RENDERERS["json"](redact(report), "en")))
