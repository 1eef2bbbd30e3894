"""
The findings as SARIF 2.1.0 (OASIS Standard, 2020), for tools that collect results of analyses.

An input is an artifact with its SHA-256. Packets and HAR entries are no lines of a text, so they
are logical locations, with the filter that finds them among their properties.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote

from ...model.report import Report
from ...model.rule import Finding, Severity
from ...model.source import HarSource, Source
from ..facts.evidence import look_up, place_in
from ..language.texts import filled
from ..language.visible import visible
from ..language.words import Words, words
from ..page.appendix import rule_title
from ..redaction.redact import RedactedReport
from .json_values import Json, finite, moment

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(redacted: RedactedReport, language: str) -> str:  # noqa: ARG001 - for machines
    """The findings as one run, in English whatever the language."""
    report, english = redacted.report, words("en")
    rule_ids = _rules(report)
    run: Json = {
        "tool": {
            "driver": {
                "name": "Stanzascope",
                "semanticVersion": report.tool_version,
                "rules": [_rule(rule_id, report, english) for rule_id in rule_ids],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [*_blind(report, rule_ids)],
            }
        ],
        "artifacts": [
            {
                "location": {"uri": _uri(recording.name)},
                "length": recording.octets,
                "roles": ["analysisTarget"],
                "hashes": {"sha-256": recording.sha256},
            }
            for recording in report.recordings
        ],
        "results": [
            _result(index, finding, report, rule_ids, english)
            for index, finding in enumerate(report.findings)
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "profile": visible(report.profile),
            "outcome": report.verdict.outcome.value,
            "redaction": redacted.redaction.value,
            "redactions": redacted.redactions,
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return f"{json.dumps(log, indent=2, ensure_ascii=True, allow_nan=False)}\n"


def _rules(report: Report) -> dict[str, int]:
    """The rules that are told of, each with its index."""
    found = {finding.rule_id for finding in report.findings}
    told = sorted({*report.rules_run, *found, *(skip.rule_id for skip in report.skipped)})
    return {rule_id: index for index, rule_id in enumerate(told)}


def _rule(rule_id: str, report: Report, words: Words) -> Json:
    text = report.texts.get(rule_id)
    told: Json = {"id": rule_id}
    if text is not None:
        told["shortDescription"] = {"text": visible(rule_title(rule_id, report, words))}
        told["properties"] = {"reference": visible(" ".join(text.reference.split()))}
    return told


def _blind(report: Report, rule_ids: dict[str, int]) -> Iterator[Json]:
    """The rules that could not look, and what they lacked."""
    for skip in report.skipped:
        where = "" if skip.session is None else f" at session {skip.session}"
        needs = ", ".join(need.value for need in skip.lacking)
        yield {
            "level": "none",
            "message": {"text": f"{skip.rule_id} could not look{where}: needs {needs}"},
            "associatedRule": {"id": skip.rule_id, "index": rule_ids[skip.rule_id]},
        }


def _result(
    index: int, finding: Finding, report: Report, rule_ids: dict[str, int], words: Words
) -> Json:
    text = filled(finding, report.texts, words)
    sentences = (text.title, text.cause, text.remedy and f"What to do: {text.remedy}")
    related: Json = {}
    if finding.evidence[1:]:
        rest = enumerate(finding.evidence[1:], 1)
        related = {"relatedLocations": [{"id": i, **_location(s, report, words)} for i, s in rest]}
    return {
        "ruleId": finding.rule_id,
        "ruleIndex": rule_ids[finding.rule_id],
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n\n".join(visible(one) for one in sentences if one)},
        "locations": [_location(finding.evidence[0], report, words)],
        **related,
        "properties": {
            "confidence": finding.confidence.value,
            "side": finding.party.value if finding.party else None,
            "session": finding.session,
            "cause_of_verdict": index == report.verdict.finding,
            "explained_by": finding.explained_by,
            "values": {
                name: visible(value) if isinstance(value, str) else finite(value)
                for name, value in finding.values.items()
            },
        },
    }


def _location(source: Source, report: Report, words: Words) -> Json:
    recording = report.recordings[source.capture]
    told = visible(place_in(source, report.recordings, words))
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(recording.name), "index": source.capture}
        },
        "logicalLocations": [
            {"name": told, "kind": "entry" if isinstance(source, HarSource) else "packets"}
        ],
        "properties": {
            "look_up": look_up(source, report.recordings),
            "time": moment(source.time_ns),
        },
    }


def _uri(name: str) -> str:
    """A name as a relative reference (RFC 3986 section 4.2): no scheme, no host, no way up."""
    steps = (step for step in name.split("/") if step not in ("", ".", ".."))
    return (
        "/".join(quote(step.encode("utf-8", "backslashreplace"), safe="") for step in steps) or "-"
    )
