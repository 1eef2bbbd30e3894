"""The rules as test cases that build servers read."""

from pathlib import Path
from typing import cast

import pytest
from lxml import etree

from analyzer.model.report import Report
from analyzer.model.rule import Severity, Skipped
from analyzer.model.session import Needs
from analyzer.report.machine.junit import render
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import blind, finding, healthy, refused

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[1] / "schemas/junit.xsd"))


def parsed(report: Report, language: str = "en") -> etree._Element:
    """Read by a parser that is not the writer's, and takes nothing but XML 1.0."""
    text = render(redact(report, Redaction.NONE), language)
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
    SCHEMA.assertValid(root)
    return root


def case(root: etree._Element, rule_id: str) -> etree._Element:
    (found,) = (one for one in root.iter("testcase") if str(one.get("name")).startswith(rule_id))
    return found


@pytest.mark.parametrize("report", [refused(), healthy(), blind()])
def test_a_build_server_can_read_it(report: Report) -> None:
    root = parsed(report)
    cases = [*root.iter("testcase")]
    assert root.get("tests") == str(len(cases)) == root[0].get("tests")
    assert root.get("failures") == str(len([*root.iter("failure")]))
    assert root[0].get("skipped") == str(len([*root.iter("skipped")]))


def test_the_schema_would_notice() -> None:
    root = parsed(refused())
    root.set("skipped", "1")
    assert not SCHEMA.validate(root)


def test_each_rule_is_a_case() -> None:
    root = parsed(refused())
    failure = case(root, "SA-007")[0]
    assert (failure.tag, failure.get("type")) == ("failure", "error")
    assert failure.get("message") == "The server refused the user name or password of agent1001"
    assert "Proof: session.har: entry 3, message 3: .log.entries[3]" in cast("str", failure.text)
    assert "What to do: Have agent1001 sign in" in cast("str", failure.text)
    assert case(root, "SA-007").get("classname") == "stanzascope.SA"
    warning = case(root, "CO-004")[0]
    assert warning.get("type") == "warning"
    assert "Follows from SA-007" in cast("str", warning.text)
    (note,) = case(root, "CQ-007")
    assert note.tag == "system-out"


def test_many_findings_of_a_rule_are_one_failure() -> None:
    several = refused(findings=(finding("SA-007"), finding("SA-007", session=2)))
    (failure,) = case(parsed(several), "SA-007")
    assert str(failure.get("message")).endswith("(and 1 more)")
    assert cast("str", failure.text).count("(session ") == 2


def test_notes_beside_errors_are_told_too() -> None:
    mixed = refused(findings=(finding("SA-007"), finding("SA-007", severity=Severity.INFO)))
    assert [one.tag for one in case(parsed(mixed), "SA-007")] == ["failure", "system-out"]


def test_a_rule_is_skipped_if_it_could_look_at_nothing() -> None:
    def skips(rule_id: str, *numbers: int | None) -> tuple[Skipped, ...]:
        lacking = (Needs.FRAMES, Needs.PACKETS)
        return tuple(Skipped(rule_id=rule_id, session=n, lacking=lacking) for n in numbers)

    rules = ("CO-004", "CQ-002", "CQ-007", "SA-007", "WS-001", "WS-002")
    root = parsed(
        refused(
            skipped=(*skips("WS-001", 1), *skips("WS-002", 1, 2), *skips("CQ-002", None, None)),
            rules_run=rules,
        )
    )
    assert [str(one.get("name"))[:6] for one in root.iter("testcase")] == [*rules]
    assert len(case(root, "WS-001")) == 0
    for rule_id in ("WS-002", "CQ-002"):
        (skipped,) = case(root, rule_id)
        assert skipped.get("message") == "the recording does not show: frames, packets"


@pytest.mark.parametrize("text", [*POLYGLOTS, "\x01\x0b\ufffe\uffff]]>&#0;\r\n"])
def test_what_was_captured_is_text(text: str) -> None:
    root = parsed(hostile(text))
    tags = {*("testsuites", "testsuite", "properties", "property", "testcase", "failure")}
    assert {one.tag for one in root.iter()} <= tags | {"skipped", "system-out"}


def test_it_is_english_in_every_language() -> None:
    redacted = redact(refused())
    assert render(redacted, "nl") == render(redacted, "en")
