"""The findings as SARIF, by the schema of its standard."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from analyzer.model.report import Report
from analyzer.report.machine.sarif import render
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import blind, finding, har_recording, healthy, packet, refused

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas/sarif-2.1.0.json").read_text())


def run(report: Report) -> dict[str, Any]:
    log = json.loads(render(redact(report, Redaction.NONE), "en"))
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(log)
    (only,) = log["runs"]
    made: dict[str, Any] = only
    return made


@pytest.mark.parametrize("report", [refused(), healthy(), blind()])
def test_it_keeps_to_the_standard(report: Report) -> None:
    made = run(report)
    assert len(made["results"]) == len(report.findings)
    # Section 3.27.6: index and id name the same rule.
    ids = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert [ids[one["ruleIndex"]] for one in made["results"]] == [
        one["ruleId"] for one in made["results"]
    ]


def test_the_schema_would_notice() -> None:
    log = json.loads(render(redact(refused()), "en"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert [*Draft202012Validator(SCHEMA).iter_errors(log)]


def test_a_finding_is_a_result_with_its_places() -> None:
    made = run(refused())
    first, second, third = made["results"]
    assert (first["ruleId"], first["level"]) == ("SA-007", "error")
    assert [second["level"], third["level"]] == ["warning", "note"]
    assert first["message"]["text"].startswith("The server refused the user name or password of")
    assert "\n\nWhat to do: Have agent1001" in first["message"]["text"]
    (place,) = first["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "session.har", "index": 0}
    assert place["logicalLocations"][0]["name"] == "session.har: entry 3, message 3"
    assert place["properties"]["look_up"] == ".log.entries[3]._webSocketMessages[3]"
    assert [related["id"] for related in first["relatedLocations"]] == [1]
    assert second["locations"][0]["logicalLocations"][0]["kind"] == "packets"
    assert first["properties"]["cause_of_verdict"] is True
    assert second["properties"]["explained_by"] == "SA-007"
    assert "relatedLocations" not in third
    assert made["artifacts"][0]["hashes"] == {"sha-256": "ab" * 32}


def test_rules_that_could_not_look_are_told() -> None:
    (invocation,) = run(refused())["invocations"]
    first, second = invocation["toolExecutionNotifications"]
    assert first["message"]["text"] == ("WS-002 could not look at session 1: needs frames, packets")
    assert second["message"]["text"] == "CQ-002 could not look: needs packets"


def test_numbers_that_json_does_not_know_are_words() -> None:
    values = {"a": float("nan"), "b": 2}
    made = run(refused(findings=(finding("SA-007", values=values),)))
    assert made["results"][0]["properties"]["values"] == {"a": "nan", "b": 2}


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b.har", "a%20b.har"),
        ("folder/a.har", "folder/a.har"),
        ("/etc/passwd", "etc/passwd"),
        ("../../etc/passwd", "etc/passwd"),
        ("..", "-"),
        ("", "-"),
        ("https://evil.example/x", "https%3A/evil.example/x"),
        ("//evil.example/x", "evil.example/x"),
        ("C:\\a.har?x#y", "C%3A%5Ca.har%3Fx%23y"),
        ("\ud800%2e%2e", "%5Cud800%252e%252e"),
    ],
)
def test_a_name_is_a_relative_reference(name: str, uri: str) -> None:
    made = run(refused(recordings=(har_recording(name=name), har_recording())))
    assert made["artifacts"][0]["location"]["uri"] == uri
    parts = urlsplit(urljoin("file:///cases/7/", uri))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("file", "", "", "")
    assert parts.path.startswith("/cases/7/")


@pytest.mark.parametrize("text", POLYGLOTS)
def test_what_was_captured_is_visible_text(text: str) -> None:
    made = run(hostile(text))
    said = [one["message"]["text"] for one in made["results"]]
    assert all(part.isprintable() for one in said for part in one.split("\n"))


def test_without_a_time_there_is_none() -> None:
    no_time = type(packet(1))(1, 1, 1, None)
    made = run(refused(findings=(finding("SA-007", evidence=(no_time,)),)))
    assert made["results"][0]["locations"][0]["properties"]["time"] is None


def test_it_is_pure_ascii_and_english_in_every_language() -> None:
    redacted = redact(refused())
    assert render(redacted, "zh-Hans") == render(redacted, "en")
    assert render(redacted, "en").isascii()
