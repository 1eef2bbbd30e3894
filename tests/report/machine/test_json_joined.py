"""Sessions that several inputs hold, for machines, as the schema says."""

import json
from importlib.resources import files

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from msgspec.structs import replace

from analyzer.model.report import SCHEMA_VERSION
from analyzer.report.machine import json as machines
from analyzer.report.machine.json_joined import session_joined
from analyzer.report.redaction.redact import redact
from tests.report.facts.test_joined import JOINED, LOST, RECORDINGS
from tests.report.reports import healthy, packet

SCHEMA = json.loads(
    (files("analyzer.report.machine") / f"schema-{SCHEMA_VERSION}.json").read_text()
)


def test_a_report_with_all_of_it_holds_to_the_schema() -> None:
    report = healthy(sessions=(JOINED,), recordings=RECORDINGS)
    document = json.loads(machines.render(redact(report), "en"))
    Draft202012Validator(SCHEMA).validate(document)
    (session,) = document["sessions"]
    assert [part["input"] for part in session["parts"]] == [0, 1, 2]
    assert session["parts"][1] == {
        "input": 1,
        "matched_by": "Sec-WebSocket-Key",
        "clock_ahead_ms": 12.0,
        "spread_ms": 1.0,
        "compared": 9,
        "stanzas": 9,
    }


def test_the_schema_demands_each_field() -> None:
    told = session_joined(JOINED, RECORDINGS)
    lost, locked, *_ = told["disagreements"]
    for name, fact in (("part", told["parts"][0]), ("disagreement", lost), ("spot", lost["seen"])):
        assert set(SCHEMA["$defs"][name]["required"]) == set(fact)
    assert lost["seen"]["place"] == "packet 7"
    assert locked["other"] is None
    assert told["disagreements"][2]["direction"] is None


def test_a_place_without_a_time() -> None:
    bare = replace(LOST, seen=replace(packet(7), time_ns=None))
    told = session_joined(replace(JOINED, disagreements=(bare,)), RECORDINGS)
    assert told["disagreements"][0]["seen"]["time"] is None


def test_what_one_input_holds_has_neither() -> None:
    alone = replace(JOINED, parts=(), disagreements=())
    assert session_joined(alone) == {"parts": [], "disagreements": []}
