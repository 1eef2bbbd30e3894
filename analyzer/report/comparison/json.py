"""The comparison for machines: a contract, described by comparison-schema-1.0.json beside this."""

import json

from ...model.comparison import (
    COMPARISON_SCHEMA_VERSION,
    Change,
    Compared,
    Comparison,
    Divergence,
    Fact,
    Latency,
    Role,
    Said,
)
from ...model.recording import Recording
from ...model.session import Step
from ...model.source import PacketSource, Source
from ...model.xmpp import Stanza
from ..facts.connection import close_words
from ..facts.evidence import in_file, look_up, place
from ..facts.labels import of_stanza
from ..language.texts import plain
from ..language.words import Words, words
from ..machine.json_values import Json, milliseconds, moment
from ..redaction.redact import RedactedComparison
from .story import arrival, finding_titles, note, summary

_QUOTE = 2_000
"""Characters quoted of a stanza at which the two part."""

_ENGLISH = words("en")
"""Of what is no sentence."""


def render(redacted: RedactedComparison, language: str) -> str:  # noqa: ARG001 - for machines
    """The comparison as JSON, in English whatever the language."""
    document = _document(redacted, _ENGLISH)
    return f"{json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)}\n"


def _document(redacted: RedactedComparison, catalogue: Words) -> Json:
    comparison = redacted.comparison
    report = comparison.good.report
    parting = comparison.divergence
    return {
        "schema_version": COMPARISON_SCHEMA_VERSION,
        "tool": {"name": "stanzascope", "version": report.tool_version, "profile": report.profile},
        "result": comparison.result.value,
        "summary": summary(comparison, catalogue),
        "good": _side(comparison.good),
        "bad": _side(comparison.bad),
        "divergence": None if parting is None else _divergence(parting, comparison, catalogue),
        "steps": [
            {
                "name": pair.name.value,
                "good": _step(pair.good),
                "bad": _step(pair.bad),
                "differs": pair.differs,
                "slower": _role(pair.slower),
            }
            for pair in comparison.steps
        ],
        "changes": [_change(change, comparison) for change in comparison.changes],
        "more_changes": comparison.more_changes,
        "latencies": [_latency(latency) for latency in comparison.latencies],
        "counts": [
            {"what": c.kind.value, "name": c.name or None, "good": c.good, "bad": c.bad}
            for c in comparison.counts
        ],
        "facts": [_fact(fact) for fact in comparison.facts],
        "findings": [
            {"in": role.value, "rule_id": rule, "severity": severity.lower(), "title": title}
            for role in Role
            for rule, severity, title in _findings(comparison.of(role), catalogue)
        ],
        "notes": [
            {"what": one.kind.value, "about": _role(one.role), "text": note(one, catalogue)}
            for one in comparison.notes
        ],
        "redactions": redacted.redactions,
        "secrets_shown": redacted.secrets_shown,
    }


def _findings(side: Compared, catalogue: Words) -> list[tuple[str, str, str]]:
    severities = [finding.severity.value for finding in side.report.findings]
    titles = finding_titles(side, catalogue)
    return [(rule, level, text) for (rule, _, text), level in zip(titles, severities, strict=True)]


def _role(role: Role | None) -> str | None:
    return None if role is None else role.value


def _side(side: Compared) -> Json:
    session = side.session
    told: Json | None = None
    if session is not None:
        told = {
            "number": session.number,
            "agent": session.agent,
            "server": session.server,
            "carrier": session.carrier.value,
            "seen_in": session.seen_in.value,
            "started": moment(session.started_ns),
            "stanzas": session.stanza_count,
            "end": close_words(session, _ENGLISH),
        }
    return {
        "inputs": [
            {"name": one.name, "sha256": one.sha256, "format": one.format, "octets": one.octets}
            for one in side.report.recordings
        ],
        "outcome": side.report.verdict.outcome.value,
        "sessions": side.sessions,
        "chosen": side.choice.value,
        "session": told,
    }


def _divergence(parting: Divergence, comparison: Comparison, catalogue: Words) -> Json:
    def one(role: Role, common: Stanza | None) -> Json:
        side, there = comparison.of(role), parting.of(role)
        return {
            "what": there.kind.value,
            "text": plain(arrival(parting, role, catalogue)),
            "after_ms": milliseconds(there.after_ns),
            "evidence": _evidence(there.source, there.stanza, side.report.recordings),
            "common": None if common is None else _stanza(common, side, quoted=True),
        }

    return {
        "step": parting.step.value,
        "good": one(Role.GOOD, parting.common_good),
        "bad": one(Role.BAD, parting.common_bad),
    }


def _evidence(
    source: Source | None, stanza: Stanza | None, recordings: tuple[Recording, ...]
) -> Json | None:
    if source is None:
        return None
    found: Json = {
        "input": source.capture,
        "place": place(source, recordings),
        "time": moment(source.time_ns),
    }
    if isinstance(source, PacketSource):
        file, first, last = in_file(source, recordings) or (None, source.first, source.last)
        found |= {"file": file, "packets": [first, last], "filter": look_up(source, recordings)}
    else:
        found |= {"entry": source.entry, "message": source.message, "path": look_up(source)}
    text = None
    if stanza is not None and stanza.octets:
        text = stanza.octets.decode("utf-8", "backslashreplace")[:_QUOTE]
    return found | {"text": text}


def _stanza(stanza: Stanza, side: Compared, *, quoted: bool = False) -> Json:
    shown = stanza if quoted else None
    return {
        "what": of_stanza(stanza, _ENGLISH).words,
        "evidence": _evidence(stanza.source, shown, side.report.recordings),
    }


def _step(step: Step | None) -> Json | None:
    if step is None:
        return None
    return {
        "status": step.status.value,
        "latency_ms": milliseconds(step.latency_ns),
        "detail": step.detail,
    }


def _change(change: Change, comparison: Comparison) -> Json:
    return {
        "kind": change.kind.value,
        "step": change.step.value,
        "good": _said(change.good, comparison.good),
        "bad": _said(change.bad, comparison.bad),
        "count": change.count,
        "matters": change.matters,
        "follows": change.follows,
    }


def _said(said: Said | None, side: Compared) -> Json | None:
    if said is None:
        return None
    return _stanza(said.stanza, side) | {
        "answer": None if said.answer is None else _stanza(said.answer, side),
        "latency_ms": milliseconds(said.latency_ns),
    }


def _fact(fact: Fact) -> Json:
    return {
        "what": fact.kind.value,
        "name": fact.name or None,
        "good": fact.good,
        "bad": fact.bad,
        "matters": fact.matters,
    }


def _latency(latency: Latency) -> Json:
    return {
        "what": latency.kind.value,
        "step": None if latency.step is None else latency.step.value,
        "request": None if latency.stanza is None else of_stanza(latency.stanza, _ENGLISH).words,
        "good_ms": milliseconds(latency.good_ns),
        "bad_ms": milliseconds(latency.bad_ns),
        "slower": _role(latency.slower),
    }
