"""TLS, DNS, attempts and the like for machines, as the schema says."""

import json
from importlib.resources import files

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from msgspec.structs import replace

from analyzer.model.report import SCHEMA_VERSION
from analyzer.report.machine import json as machines
from analyzer.report.machine.json_network import input_network, session_network
from analyzer.report.redaction.redact import redact
from tests.report.facts.test_network import (
    ATTEMPT,
    BOSH,
    INFO,
    RESOLUTION,
    UNREACHABLE,
    USE,
)
from tests.report.facts.test_tls import ALERT, CADENCE, FACTS
from tests.report.reports import har_recording, healthy, packet_recording, packet_session

SCHEMA = json.loads(
    (files("analyzer.report.machine") / f"schema-{SCHEMA_VERSION}.json").read_text()
)

FULL = packet_session(
    tls=FACTS,
    cadence=CADENCE,
    bosh=BOSH,
    system_info=INFO,
    resolutions=(RESOLUTION,),
    unreachables=(UNREACHABLE,),
    attempts=(
        ATTEMPT,
        replace(ATTEMPT, connection=replace(ATTEMPT.connection, opened_source=None)),
    ),
)


def test_a_report_with_all_of_it_holds_to_the_schema() -> None:
    recordings = (har_recording(realtime=(USE,)), packet_recording())
    report = healthy(sessions=(FULL,), recordings=recordings)
    document = json.loads(machines.render(redact(report), "en"))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["inputs"][0]["realtime"][0]["kind"] == "WebSocket"
    assert document["inputs"][0]["packets"] is None
    assert document["inputs"][1]["packets"]["packets"] == 42


def test_the_schema_demands_each_field_it_knows_of_tls() -> None:
    told = session_network(FULL)
    for name in ("tls", "cadence", "bosh", "system_info"):
        assert set(SCHEMA["$defs"][name]["required"]) == set(told[name])
    for name, rows in (("resolution", "resolutions"), ("unreachable", "unreachables")):
        assert set(SCHEMA["$defs"][name]["required"]) == set(told[rows][0])
    assert set(SCHEMA["$defs"]["attempt"]["required"]) == set(told["attempts"][0])
    assert set(SCHEMA["$defs"]["alert"]["required"]) == set(told["tls"]["alerts"][0])
    assert set(SCHEMA["$defs"]["certificate"]["required"]) == set(told["tls"]["certificates"][0])
    assert set(SCHEMA["$defs"]["records"]["required"]) == set(told["tls"]["to_server"])


def test_times_are_milliseconds_and_iso_8601() -> None:
    told = session_network(FULL)
    assert told["cadence"]["ping_longest_ms"] == 70_000.0
    assert told["tls"]["certificates"][0]["not_after"] == "2027-01-01T00:00:00.000Z"
    assert told["tls"]["alerts"][0]["time"] == "2026-01-01T00:00:00.300Z"
    assert told["attempts"][0]["place"] == "packet 3"
    assert told["attempts"][1]["place"] is None


def test_the_session_id_of_bosh_stays_out() -> None:
    """Who knows it may speak in the agent's name."""
    assert "s3cret" not in json.dumps(session_network(FULL))


def test_a_har_session_has_none_of_it() -> None:
    told = session_network(packet_session())
    assert {name for name, value in told.items() if value} == set()
    assert input_network(har_recording()) == {"files": [], "realtime": [], "packets": None}


def test_an_alert_that_nobody_can_read() -> None:
    hidden = replace(ALERT, fatal=None, description=None)
    told = session_network(packet_session(tls=replace(FACTS, alerts=(hidden,))))
    assert told["tls"]["alerts"][0]["description"] is None
