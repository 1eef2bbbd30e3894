"""The report as lines of JSON: all of it, one object a line."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model.history import History
from analyzer.model.limits import LONG_SESSION
from analyzer.model.packed import pack
from analyzer.model.report import Report
from analyzer.model.xmpp import StanzaKind
from analyzer.report.machine import json as whole
from analyzer.report.machine.ndjson import lines, render
from analyzer.report.redaction.redact import redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import (
    PASSWORD,
    auth_text,
    har_session,
    healthy,
    packet,
    packet_session,
    refused,
    stanza,
)


def objects(report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(redact(report))]


def of_type(report: Report, kind: str) -> list[dict[str, Any]]:
    return [one for one in objects(report) if one["type"] == kind]


def test_every_line_is_one_object() -> None:
    text = render(redact(refused()), "en")
    assert text.endswith("\n")
    assert text.isascii()
    made = [json.loads(line) for line in text.splitlines()]
    assert made == objects(refused())
    assert made[0]["type"] == "report"
    assert {one["type"] for one in made} == {
        *("report", "input", "session", "step", "stanza", "finding", "skipped", "anomaly"),
    }


def test_it_says_what_the_json_says() -> None:
    redacted = redact(refused())
    document = whole.document(redacted)
    report = of_type(refused(), "report")[0]
    for name in ("schema_version", "verdict", "rules_run", "redactions", "secrets_shown"):
        assert report[name] == document[name]
    assert "saved" not in report
    for name, kind in (("inputs", "input"), ("findings", "finding")):
        assert of_type(refused(), kind) == [
            {"type": kind, "index": index} | one for index, one in enumerate(document[name])
        ]
    for one in document["sessions"]:
        steps = [{"type": "step", "session": one["number"]} | step for step in one.pop("steps")]
        assert {"type": "session"} | one in of_type(refused(), "session")
        assert steps == [s for s in of_type(refused(), "step") if s["session"] == one["number"]]


def test_stanzas_have_their_text_and_place_and_no_secret() -> None:
    made = of_type(refused(), "stanza")
    assert [(one["session"], one["number"]) for one in made] == [
        *((1, number) for number in range(1, 5)),
        *((2, number) for number in range(1, 6)),
    ]
    auth = made[2]
    assert (auth["kind"], auth["direction"], auth["complete"]) == ("auth", "C>", True)
    assert auth["octets"] == len(auth_text())
    assert "[redacted: sasl exchange 1]" in auth["text"]
    assert auth["path"] == ".log.entries[3]._webSocketMessages[2]"
    assert auth["time"] == "2026-01-01T00:00:00.200Z"
    ping = made[-1]
    assert ping["attributes"] == {"id": "p1", "type": "get"}
    assert (ping["filter"], ping["packets"]) == ("frame.number == 60", [60, 60])
    assert PASSWORD not in render(redact(refused()), "en")


def test_all_stanzas_of_a_packed_session_are_there() -> None:
    count = 5 * LONG_SESSION
    stanzas = tuple(
        stanza("S>", StanzaKind.MESSAGE, f"<message id='{n}'/>", packet(n + 1, n, 1), id=str(n))
        for n in range(count)
    )
    session = packet_session(stanzas=stanzas[:10], packed=pack(stanzas), stanza_count=count)
    made = of_type(refused(sessions=(har_session(), session)), "stanza")
    texts = [one["text"] for one in made if one["session"] == 2]
    assert texts == [f"<message id='{n}'/>" for n in range(count)]


def test_histories_are_lines_too() -> None:
    report = replace(healthy(), histories=(History(agent="a", sessions=(1,), chapters=()),))
    assert of_type(report, "history") == [
        {"type": "history", "agent": "a", "sessions": [1], "chapters": []}
    ]


@pytest.mark.parametrize("text", POLYGLOTS)
def test_what_was_captured_breaks_no_line(text: str) -> None:
    made = render(redact(hostile(text)), "en")
    assert made.isascii()
    assert all(isinstance(json.loads(line), dict) for line in made.split("\n")[:-1])


def test_it_is_english_in_every_language() -> None:
    assert render(redact(refused()), "it") == render(redact(refused()), "en")
