"""Latencies, pauses and REST trips for machines, as the schema says."""

import json
from importlib.resources import files

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from msgspec.structs import replace

from analyzer.model.report import SCHEMA_VERSION
from analyzer.model.timing import Timing
from analyzer.report.machine import json as machines
from analyzer.report.machine.json_timing import session_timing
from analyzer.report.redaction.redact import redact
from tests.report.facts.test_timing import PAUSE, TIMING, TRIP
from tests.report.reports import har_recording, healthy, packet_recording, packet_session

SCHEMA = json.loads(
    (files("analyzer.report.machine") / f"schema-{SCHEMA_VERSION}.json").read_text()
)

FULL = packet_session(
    timing=TIMING,
    pauses=(PAUSE, replace(PAUSE, after=None)),
    rest_trips=(TRIP, replace(TRIP, event_ns=None, event=None, asked_ns=None)),
)


def test_a_report_with_all_of_it_holds_to_the_schema() -> None:
    report = healthy(sessions=(FULL,), recordings=(har_recording(), packet_recording()))
    document = json.loads(machines.render(redact(report), "en"))
    Draft202012Validator(SCHEMA).validate(document)
    session = document["sessions"][0]
    assert session["timing"]["trip_95_ms"] == 40.0
    assert session["timing"]["slowest"][0]["place"] == "packet 7"
    assert session["pauses"][0]["kind"] == "throttled"
    assert session["pauses"][0]["lasted_ms"] == 60_000.0
    assert [pause["after"] for pause in session["pauses"]] == ["packet 9", None]
    assert [trip["latency_ms"] for trip in session["rest_trips"]] == [3_000.0, None]
    assert session["rest_trips"][0]["event_place"] == "packet 30"


def test_the_schema_demands_each_field() -> None:
    told = session_timing(FULL)
    assert set(SCHEMA["$defs"]["timing"]["required"]) == set(told["timing"])
    assert set(SCHEMA["$defs"]["slow_iq"]["required"]) == set(told["timing"]["slowest"][0])
    assert set(SCHEMA["$defs"]["pause"]["required"]) == set(told["pauses"][0])
    assert set(SCHEMA["$defs"]["rest_trip"]["required"]) == set(told["rest_trips"][0])


def test_what_was_not_measured_is_null() -> None:
    assert session_timing(packet_session()) == {"timing": None, "pauses": [], "rest_trips": []}
    told = session_timing(packet_session(timing=Timing()))["timing"]
    assert {name for name, value in told.items() if value} == set()
