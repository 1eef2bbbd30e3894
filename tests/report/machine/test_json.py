"""The JSON report keeps its contract."""

import json
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from analyzer import model
from analyzer.model.comparison import COMPARISON_SCHEMA_VERSION
from analyzer.model.report import SCHEMA_VERSION, Report
from analyzer.model.source import PacketSource
from analyzer.report.machine.json import render
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.reports import blind, finding, har_recording, har_session, healthy, refused

SCHEMA = json.loads(
    (files("analyzer.report.machine") / f"schema-{SCHEMA_VERSION}.json").read_text()
)


def document(report: Report) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(render(redact(report), "en"))
    return made


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"] == {"const": SCHEMA_VERSION}


def test_the_schemas_know_every_word_of_the_model() -> None:
    """A list of words is that of an enumeration: none is forgotten when one is added there."""
    modules = [
        import_module(f"{model.__name__}.{one.name}") for one in iter_modules(model.__path__)
    ]
    kinds = [kind for module in modules for kind in vars(module).values()]
    words = [{word.value for word in kind} for kind in (*kinds, Redaction) if _is_enum(kind)]
    comparison = (
        files("analyzer.report.comparison") / f"comparison-schema-{COMPARISON_SCHEMA_VERSION}.json"
    )
    listed = [*_listed(SCHEMA), *_listed(json.loads(comparison.read_text()))]
    assert len(listed) > 20
    assert [one for one in listed if one not in [*words, SIDES]] == []


SIDES = {"A", "B"}
"""Of a node: letters, as Cisco's own documents have them."""


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _listed(schema: Any) -> Iterator[set[Any]]:
    """The lists of words in a schema."""
    if isinstance(schema, dict):
        if "enum" in schema:
            yield {word for word in schema["enum"] if word is not None}
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _listed(part)


WHOLE = refused(findings=(finding("SA-007", evidence=(PacketSource(1, 0, 0, None),)),))


@pytest.mark.parametrize("report", [refused(), healthy(), blind(), WHOLE])
def test_every_report_keeps_to_the_schema(report: Report) -> None:
    Draft202012Validator(strict(SCHEMA)).validate(document(report))


def strict(schema: Any) -> Any:
    """The schema without the freedom to add fields: what is written is described."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if "properties" in made and "oneOf" not in made and "filter" not in made["properties"]:
        path = made["properties"].get("path") is not None
        if not path:
            made.setdefault("additionalProperties", False)
    if "oneOf" in made:
        made["unevaluatedProperties"] = False
    return made


def test_the_schema_would_notice() -> None:
    made = document(refused())
    made["verdict"]["outcome"] = "fine"
    assert list(Draft202012Validator(SCHEMA).iter_errors(made))
    made = document(refused())
    made["sessions"][0]["new"] = 1
    assert list(Draft202012Validator(strict(SCHEMA)).iter_errors(made))
    assert not list(Draft202012Validator(SCHEMA).iter_errors(made))


def test_the_verdict_and_its_evidence() -> None:
    made = document(refused())
    assert made["verdict"] == {
        "outcome": "broken",
        "step": "auth",
        "cause": "SA-007",
        "session": 1,
        "summary": "Broken at auth: The server refused the user name or password of agent1001.",
        "confidence": "high",
        "party": "client",
        "causes": [0],
        "ruled_out": [
            {
                "suspect": "upgrade",
                "because": "A proxy that stops WebSockets, or a wrong path: the upgrade was "
                "accepted.",
                "evidence": [made["verdict"]["ruled_out"][0]["evidence"][0]],
            }
        ],
        "bring": ["server capture"],
    }
    assert made["verdict"]["ruled_out"][0]["evidence"][0]["place"] == "entry 3"
    first = made["findings"][0]
    assert first["evidence"][0] == {
        "input": 0,
        "place": "entry 3, message 3",
        "time": "2026-01-01T00:00:00.350Z",
        "entry": 3,
        "message": 3,
        "path": ".log.entries[3]._webSocketMessages[3]",
        "text": "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
    }
    assert made["findings"][1]["evidence"][1]["packets"] == [85, 88]
    assert made["sessions"][0]["steps"][3]["latency_ms"] == 150.0
    assert made["sessions"][1]["close"]["tcp"] == "rst"


def test_limits_stand_apart_from_oddities() -> None:
    made = document(refused())
    assert [anomaly["code"] for anomaly in made["limits"]] == ["limit.reached"]
    assert [anomaly["code"] for anomaly in made["anomalies"]] == ["websocket.frame.reserved-bit"]
    assert made["anomalies"][0]["direction"] == "S>"


def test_skipped_rules_say_what_they_need() -> None:
    assert document(refused())["skipped"][0] == {
        "rule_id": "WS-002",
        "session": 1,
        "reason": "needs frames, packets",
    }


def test_numbers_that_json_does_not_know_are_words() -> None:
    values = {"a": float("nan"), "b": float("-inf"), "c": 1.5}
    made = document(refused(findings=(finding("SA-007", values=values),)))
    assert made["findings"][0]["values"] == {"a": "nan", "b": "-inf", "c": 1.5}


def test_it_is_pure_ascii_whatever_was_captured() -> None:
    report = refused(
        sessions=(har_session(agent="\ud800\u202e\x1b"),),
        recordings=(har_recording(har=None, name="Grüße"),),
    )
    text = render(redact(report), "en")
    assert text.isascii()
    assert json.loads(text)["sessions"][0]["agent"] == "\ud800\u202e\x1b"
    assert json.loads(text)["inputs"][0]["producer"] is None
