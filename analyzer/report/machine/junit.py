"""
The rules as test cases, in the JUnit XML that build servers read: one for each rule.

A rule fails if it found an error or a warning; a note is written into the output of its case. A
rule that could not look is skipped, with what the recording lacks.
"""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from ...model.report import Report
from ...model.rule import Finding, Severity, Skipped
from ..facts.evidence import look_up, place_in
from ..language.texts import filled
from ..language.visible import visible
from ..language.words import Words, words
from ..page.appendix import rule_title
from ..redaction.redact import RedactedReport

SUITE = "stanzascope"


def render(redacted: RedactedReport, language: str) -> str:  # noqa: ARG001 - for machines
    """The rules as test cases, in English whatever the language."""
    report = redacted.report
    cases = tuple(_cases(report))
    failures = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "time": "0"}
    # Jenkins knows `skipped` of a suite only.
    root = ET.Element("testsuites", {"name": SUITE, **counts})
    name = ", ".join(visible(recording.name) for recording in report.recordings)
    suite = ET.SubElement(root, "testsuite", {"name": name, **counts, "skipped": str(skipped)})
    suite.append(_properties(redacted))
    suite.extend(cases)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _properties(redacted: RedactedReport) -> ET.Element:
    report = redacted.report
    told = {
        "tool": f"stanzascope {report.tool_version}",
        "profile": report.profile,
        "outcome": report.verdict.outcome.value,
        "cause": report.verdict.cause or "",
        "redaction": redacted.redaction.value,
    }
    told |= {f"sha256.{i}": recording.sha256 for i, recording in enumerate(report.recordings)}
    properties = ET.Element("properties")
    for name, value in told.items():
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})
    return properties


def _cases(report: Report) -> Iterator[ET.Element]:
    english = words("en")
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.rule_id, []).append(finding)
    blind = dict(_blind(report))
    for rule_id in sorted({*report.rules_run, *found, *blind}):
        title = rule_title(rule_id, report, english)
        attributes = {
            "classname": f"{SUITE}.{rule_id.partition('-')[0]}",
            "name": visible(f"{rule_id} {title}".rstrip()),
            "time": "0",
        }
        case = ET.Element("testcase", attributes)
        if rule_id in found:
            _found(case, found[rule_id], report, english)
        elif rule_id in blind:
            ET.SubElement(case, "skipped", {"message": blind[rule_id]})
        yield case


def _blind(report: Report) -> Iterator[tuple[str, str]]:
    """The rules that could look at no session, or no recording, and what they lacked."""
    skipped: dict[str, list[Skipped]] = {}
    for skip in report.skipped:
        skipped.setdefault(skip.rule_id, []).append(skip)
    for rule_id, skips in skipped.items():
        of_recordings = skips[0].session is None
        if len(skips) >= len(report.recordings if of_recordings else report.sessions):
            needs = ", ".join(need.value for need in skips[0].lacking)
            yield rule_id, f"the recording does not show: {needs}"


def _found(case: ET.Element, findings: Sequence[Finding], report: Report, words: Words) -> None:
    failed = [finding for finding in findings if finding.severity is not Severity.INFO]
    notes = [finding for finding in findings if finding.severity is Severity.INFO]
    if failed:
        title = visible(filled(failed[0], report.texts, words).title)
        more = f" (and {len(failed) - 1} more)" if failed[1:] else ""
        told = {"type": failed[0].severity.value, "message": f"{title}{more}"}
        ET.SubElement(case, "failure", told).text = _told(failed, report, words)
    if notes:
        ET.SubElement(case, "system-out").text = _told(notes, report, words)


def _told(findings: Sequence[Finding], report: Report, words: Words) -> str:
    return "\n\n".join("\n".join(_lines(finding, report, words)) for finding in findings)


def _lines(finding: Finding, report: Report, words: Words) -> Iterator[str]:
    text = filled(finding, report.texts, words)
    session = "" if finding.session is None else f" (session {finding.session})"
    told = [f"{text.title}{session}", text.cause, f"What to do: {text.remedy}"]
    for source in finding.evidence:
        place, filter_ = (
            place_in(source, report.recordings, words),
            look_up(source, report.recordings),
        )
        told.append(f"Proof: {place}: {filter_}" if filter_ else f"Proof: {place}")
    if finding.explained_by:
        told.append(f"Follows from {finding.explained_by}")
    return map(visible, filter(None, told))
