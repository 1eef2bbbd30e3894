"""The end of a page: what the recordings are, what was taken out, and what every rule found."""

from collections import Counter
from collections.abc import Iterator
from string import Formatter
from typing import Any

from msgspec import Struct

from ...model.anomaly import Anomaly
from ...model.limits import REPORT_ANOMALIES
from ...model.report import Report
from ..facts.connection import input_facts
from ..facts.evidence import place_in
from ..language.texts import Piece, listed, say, translated
from ..language.visible import clipped
from ..language.words import Words
from ..redaction.redact import RedactedReport


class RuleLine(Struct, frozen=True, kw_only=True):
    """
    What became of a rule.

    Attributes:
        rule_id: Which.
        title: What it looks for; values that only a finding has are left out.
        result: What it found, or what it lacked.
        found: It found something.
        ran: It could look.
    """

    rule_id: str
    title: str
    result: str
    found: bool
    ran: bool


def recordings(report: Report, words: Words) -> dict[str, Any]:
    """What the template needs to tell of the recordings, by name."""
    found: list[Anomaly] = [a for recording in report.recordings for a in recording.anomalies]
    found += [anomaly for session in report.sessions for anomaly in session.anomalies]
    return {
        "recordings": [(r, tuple(input_facts(r, words))) for r in report.recordings],
        "anomalies": [_oddity(anomaly, report, words) for anomaly in found[:REPORT_ANOMALIES]],
        "more_anomalies": len(found) > REPORT_ANOMALIES,
    }


def _oddity(anomaly: Anomaly, report: Report, words: Words) -> tuple[str, str, str, str]:
    """Its code, what it is in words, where, and the values that tell more."""
    source = anomaly.source
    where = "" if source is None else place_in(source, report.recordings, words)
    values = ", ".join(f"{name} {value}" for name, value in anomaly.values.items())
    what = words[f"anomaly.{anomaly.code.value}"]
    return anomaly.code.value, what, where, clipped(values, 200)


def appendix(redacted: RedactedReport, words: Words) -> dict[str, Any]:
    """What the template needs to tell of redaction and rules, by name."""
    lines = tuple(_rules(redacted.report, words))
    return {
        "taken_out": [
            (words.word("taken", kind), words.number(count))
            for kind, count in redacted.redactions.items()
        ],
        "rules": lines,
        "rules_blind": sum(not line.ran for line in lines),
    }


def _rules(report: Report, words: Words) -> Iterator[RuleLine]:
    found = Counter(finding.rule_id for finding in report.findings)
    lacking: dict[str, str] = {}
    for skip in report.skipped:
        needs = Piece(listed(words, (words[f"needs.{need.value}"] for need in skip.lacking)))
        lacking.setdefault(skip.rule_id, say(words, "rules.lacking", needs=needs))
    for rule_id in sorted({*report.rules_run, *found, *lacking}):
        count = found[rule_id]
        result = words["rules.nothing"] if rule_id not in lacking else lacking[rule_id]
        yield RuleLine(
            rule_id=rule_id,
            title=rule_title(rule_id, report, words),
            result=say(words, "rules.found", count=count) if count else result,
            found=bool(count),
            ran=bool(count) or rule_id not in lacking,
        )


def rule_title(rule_id: str, report: Report, words: Words) -> str:
    """What a rule looks for; values that only a finding has are left out."""
    text = report.texts.get(rule_id)
    if text is None:
        return ""
    title = translated(rule_id, text, words).title
    return "".join(_readable(title))


def _readable(template: str) -> Iterator[str]:
    """A title without the values that only a finding has; a counted noun in its plural."""
    for literal, name, spec, _ in Formatter().parse(template):
        yield literal
        if name is not None:
            noun = (spec or "").rpartition("|")
            yield f"… {noun[2]}" if noun[1] else "…"
