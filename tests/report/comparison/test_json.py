"""The comparison for machines."""

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from msgspec.structs import replace

from analyzer.model.comparison import (
    COMPARISON_SCHEMA_VERSION,
    Arrival,
    ArrivalKind,
    Comparison,
    FactKind,
    NoteKind,
)
from analyzer.report.comparison.json import render
from analyzer.report.redaction.redact import redact_comparison
from tests.report.comparisons import COMPARISONS, parted

SCHEMA = json.loads(
    (
        files("analyzer.report.comparison") / f"comparison-schema-{COMPARISON_SCHEMA_VERSION}.json"
    ).read_text()
)


def document(comparison: Comparison) -> Any:
    text = render(redact_comparison(comparison), "en")
    assert text.endswith("}\n")
    return json.loads(text)


def strict(schema: Any) -> Any:
    """The schema without the freedom to add fields: what is written is described."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    if "properties" in schema:
        closed["additionalProperties"] = False
    return closed


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    properties = SCHEMA["properties"]
    assert properties["schema_version"] == {"const": COMPARISON_SCHEMA_VERSION}
    assert properties["facts"]["items"]["properties"]["what"]["enum"] == list(FactKind)
    assert properties["notes"]["items"]["properties"]["what"]["enum"] == list(NoteKind)


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_every_comparison_keeps_to_the_schema(comparison: Comparison) -> None:
    found = document(comparison)
    Draft202012Validator(strict(SCHEMA)).validate(found)
    Draft202012Validator(SCHEMA).validate(found)


def test_what_it_says() -> None:
    found = document(parted())
    assert found["result"] == "parted"
    assert found["summary"].endswith("bad got <failure> not-authorized after 23 ms.")
    assert (found["good"]["session"]["number"], found["bad"]["session"]["number"]) == (1, 2)
    assert found["bad"]["chosen"] == "verdict"
    assert [one["name"] for one in found["bad"]["inputs"]] == ["session.har", "capture.pcapng"]
    parting = found["divergence"]
    assert parting["step"] == "auth"
    assert parting["bad"]["evidence"] == {
        "input": 1,
        "place": "packet 40",
        "time": "2026-01-01T00:00:00.350Z",
        "file": None,
        "packets": [40, 40],
        "filter": "frame.number == 40",
        "text": "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
    }
    assert parting["good"]["common"]["evidence"]["path"] == (
        ".log.entries[3]._webSocketMessages[2]"
    )
    assert "[redacted: " in parting["good"]["common"]["evidence"]["text"]
    kinds = [(change["kind"], change["count"], change["follows"]) for change in found["changes"]]
    assert kinds[1:3] == [("missing", 3, False), ("missing", 1, True)]
    assert [fact["what"] for fact in found["facts"]] == ["agent", "port", "header"]
    assert [(f["in"], f["rule_id"], f["severity"]) for f in found["findings"]] == [
        ("good", "CQ-007", "error"),
        ("bad", "SA-007", "error"),
    ]
    assert parting["good"]["after_ms"] == 10.0
    assert [note["about"] for note in found["notes"]] == [None, "good"]


def test_what_did_not_come_has_no_evidence() -> None:
    found = parted().divergence
    assert found is not None
    nothing = Arrival(kind=ArrivalKind.NOTHING)
    comparison = parted(divergence=replace(found, bad=nothing, common_good=None, common_bad=None))
    one = document(comparison)["divergence"]["bad"]
    assert (one["what"], one["text"], one["evidence"], one["common"]) == (
        "nothing",
        "got nothing",
        None,
        None,
    )
    Draft202012Validator(SCHEMA).validate(document(comparison))
