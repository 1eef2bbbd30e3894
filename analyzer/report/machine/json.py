"""The report for machines: a versioned contract, described by schema-1.3.json beside this file."""

import json

from ...model.anomaly import Anomaly, AnomalyCode
from ...model.report import SCHEMA_VERSION, Report, Verdict
from ...model.rule import Finding
from ...model.session import Session, SessionClose, Step
from ...model.source import PacketSource, Source
from ..facts.evidence import in_file, look_up, place
from ..facts.joined import written_ns
from ..language.texts import filled
from ..language.words import Words, words
from ..redaction.redact import RedactedReport
from ..view.story import Quotes, summary
from .json_joined import session_joined
from .json_network import input_network, session_network
from .json_stories import story
from .json_timing import session_timing
from .json_values import Json, finite, milliseconds, moment
from .saved import save


def render(redacted: RedactedReport, language: str) -> str:  # noqa: ARG001 - for machines
    """The report as JSON, in English whatever the language."""
    whole = document(redacted) | {"saved": save(redacted)}
    return f"{json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)}\n"


def document(redacted: RedactedReport) -> Json:
    """What the JSON says, without the saved report."""
    report = redacted.report
    verdict = report.verdict
    quotes = Quotes(report.sessions, report.recordings)
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "stanzascope", "version": report.tool_version, "profile": report.profile},
        "verdict": {
            "outcome": verdict.outcome.value,
            "step": verdict.step.value if verdict.step else None,
            "cause": verdict.cause,
            "session": verdict.session,
            "summary": summary(report, words("en")),
            **_diagnosis(verdict, quotes, words("en")),
        },
        "inputs": [_input(report, index) for index in range(len(report.recordings))],
        "sessions": [_session(session, quotes) for session in report.sessions],
        "histories": _histories(report, quotes),
        "findings": [_finding(finding, report, quotes) for finding in report.findings],
        "skipped": [
            {
                "rule_id": skip.rule_id,
                "session": skip.session,
                "reason": f"needs {', '.join(need.value for need in skip.lacking)}",
            }
            for skip in report.skipped
        ],
        "rules_run": list(report.rules_run),
        "anomalies": [
            _anomaly(a, report) for a in _anomalies(report) if a.code is not AnomalyCode.LIMIT
        ],
        "limits": [_anomaly(a, report) for a in _anomalies(report) if a.code is AnomalyCode.LIMIT],
        "redaction": redacted.redaction.value,
        "redactions": redacted.redactions,
        "secrets_shown": redacted.secrets_shown,
        "key_files": [
            {
                "name": keys.name,
                "given": keys.given,
                "secrets": keys.secrets,
                "private_keys": keys.private_keys,
            }
            for keys in report.key_files
        ],
        "skipped_inputs": [
            {"name": skipped.name, "reason": skipped.reason or "no recording"}
            for skipped in report.skipped_inputs
        ],
    }


def _diagnosis(verdict: Verdict, quotes: Quotes, words: Words) -> Json:
    return {
        "confidence": verdict.confidence.value if verdict.confidence else None,
        "party": verdict.party.value if verdict.party else None,
        "causes": list(verdict.causes),
        "ruled_out": [
            {
                "suspect": one.suspect.value,
                "because": words[f"not.{one.suspect.value}"],
                "evidence": [_evidence(source, quotes, verdict.session) for source in one.evidence],
            }
            for one in verdict.ruled_out
        ],
        "bring": [one.value for one in verdict.bring],
    }


def _histories(report: Report, quotes: Quotes) -> list[Json]:
    def evidence(source: Source, number: int | None) -> Json:
        return _evidence(source, quotes, number)

    return [story(history, evidence) for history in report.histories]


def _input(report: Report, index: int) -> Json:
    recording = report.recordings[index]
    producer = recording.har.producer if recording.har is not None else None
    return {
        "name": recording.name,
        "sha256": recording.sha256,
        "format": recording.format,
        "producer": producer or None,
        "octets": recording.octets,
        "sessions": list(recording.sessions),
        **input_network(recording),
    }


def _session(session: Session, quotes: Quotes) -> Json:
    return {
        "number": session.number,
        "input": session.capture,
        "carrier": session.carrier.value,
        "agent": session.agent,
        "server": session.server,
        "seen_in": session.seen_in.value,
        "started": moment(session.started_ns),
        "ended": moment(session.ended_ns),
        "steps": [_step(step, quotes, session.number) for step in session.steps],
        "stanzas": session.stanza_count,
        "close": _close(session.close, quotes, session.number),
        **session_network(session, quotes.recordings),
        **session_timing(session, quotes.recordings),
        **session_joined(session, quotes.recordings),
    }


def _step(step: Step, quotes: Quotes, number: int) -> Json:
    evidence = [source for source in (step.asked, step.answered) if source is not None]
    return {
        "name": step.name.value,
        "status": step.status.value,
        "latency_ms": milliseconds(step.latency_ns),
        "detail": step.detail,
        "evidence": [_evidence(source, quotes, number) for source in dict.fromkeys(evidence)],
    }


def _close(close: SessionClose, quotes: Quotes, number: int) -> Json:
    evidence = [] if close.source is None else [_evidence(close.source, quotes, number)]
    return {
        "kind": close.kind.value,
        "by": close.by.value if close.by else None,
        "orderly": close.orderly,
        "condition": close.condition,
        "code": close.code,
        "reason": close.reason,
        "time": moment(close.time_ns),
        "tcp": close.tcp.value if close.tcp else None,
        "evidence": evidence,
    }


def _finding(finding: Finding, report: Report, quotes: Quotes) -> Json:
    text = filled(finding, report.texts, words("en"))
    return {
        "rule_id": finding.rule_id,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "effect": finding.effect.value,
        "party": finding.party.value if finding.party else None,
        "input": finding.capture,
        "session": finding.session,
        "title": text.title,
        "cause": text.cause,
        "remedy": text.remedy,
        "reference": text.reference,
        "evidence": [_evidence(source, quotes, finding.session) for source in finding.evidence],
        "values": {name: finite(value) for name, value in finding.values.items()},
        "explained_by": finding.explained_by,
    }


def _evidence(source: Source, quotes: Quotes, number: int | None) -> Json:
    return located(source, quotes, number) | {"text": quotes.of(source)}


def located(source: Source, quotes: Quotes, number: int | None) -> Json:
    """A place in the session of that number: in words, and as one looks it up."""
    recordings = quotes.recordings
    found: Json = {
        "input": source.capture,
        "place": place(source, recordings),
        "time": moment(written_ns(source, quotes.joined.get(number))),
    }
    if isinstance(source, PacketSource):
        file, first, last = in_file(source, recordings) or (None, source.first, source.last)
        return found | {
            "file": file,
            "packets": [first, last],
            "filter": look_up(source, recordings),
        }
    return found | {"entry": source.entry, "message": source.message, "path": look_up(source)}


def _anomaly(anomaly: Anomaly, report: Report) -> Json:
    return {
        "code": anomaly.code.value,
        "values": anomaly.values,
        "direction": anomaly.direction.value if anomaly.direction else None,
        "octets": anomaly.length,
        "input": anomaly.source.capture if anomaly.source is not None else None,
        "place": None if anomaly.source is None else place(anomaly.source, report.recordings),
    }


def _anomalies(report: Report) -> list[Anomaly]:
    found = [anomaly for recording in report.recordings for anomaly in recording.anomalies]
    return found + [anomaly for session in report.sessions for anomaly in session.anomalies]
