"""
Whether a report that was read from a file could have come from an analysis.

Renderers rely on more than types: that a finding has evidence, that a place is in a recording of
the report, that texts are templates of ours. Whoever sends a saved report may have changed it.
"""

import re
from collections.abc import Iterator
from itertools import chain
from string import Formatter
from typing import Any

from msgspec import Struct

from ...model.limits import PACKED_STANZAS, REPORT_STANZA_OCTETS, REPORT_STANZAS
from ...model.packed import unpack
from ...model.report import Report, Verdict
from ...model.source import HarSource, PacketSource
from ...model.xmpp import Stanza
from ..language.texts import FIELDS, filled
from ..language.visible import visible
from ..language.words import words
from ..redaction.patterns import SecretKind

_RULE_ID = re.compile(r"[A-Z]{2}-[0-9]{3}")

_DIGEST = re.compile(r"[0-9a-f]{64}")

_SPEC = re.compile(r",?(?:\.[0-9])?[dfg]?")
"""How a number may be written; a width would be room for gigabytes of blanks."""

_LONGER = 16
"""How many times longer a text may be than before its secrets were replaced by marks."""


def fault(report: Report, redactions: dict[str, int]) -> str:
    """
    What no analysis would have made so; empty if nothing is wrong.

    Raises:
        ValueError: A pack of stanzas is none, or a value does not fit into its text.
    """
    return next(chain(_counts(redactions), _names(report), _order(report), _stanzas(report)), "")


def _counts(redactions: dict[str, int]) -> Iterator[str]:
    if not redactions.keys() <= {kind.value for kind in SecretKind}:
        yield "a kind of secret that is none"


def _names(report: Report) -> Iterator[str]:
    """Words of ours, which renderers write as they are."""
    ids = chain(
        report.rules_run,
        report.texts,
        (skipped.rule_id for skipped in report.skipped),
        (finding.rule_id for finding in report.findings),
        (finding.explained_by or "AA-000" for finding in report.findings),
        (report.verdict.cause or "AA-000",),
    )
    if not all(map(_RULE_ID.fullmatch, ids)):
        yield "a rule id that is none"
    if not all(_DIGEST.fullmatch(recording.sha256) for recording in report.recordings):
        yield "a SHA-256 that is none"
    names = [report.tool_version, report.profile]
    names += [getattr(text, field) for text in report.texts.values() for field in _TEXTS]
    if any(visible(name) != name for name in (" ".join(name.split()) for name in names)):
        yield "a text that cannot be seen"
    specs = (
        spec
        for text in report.texts.values()
        for field in _TEXTS
        for _, _, spec, _ in Formatter().parse(getattr(text, field))
    )
    if not all(spec is None or "|" in spec or _SPEC.fullmatch(spec) for spec in specs):
        yield "a text that is no template"


_TEXTS = (*FIELDS, "reference")


def _order(report: Report) -> Iterator[str]:
    """What points at something points at what is there."""
    if not report.recordings:
        yield "no recording"
    numbers = [session.number for session in report.sessions]
    if len(set(numbers)) < len(numbers):
        yield "two sessions of one number"
    verdict, count = report.verdict, len(report.findings)
    pointed = (*verdict.causes, *(() if verdict.finding is None else (verdict.finding,)))
    if any(not 0 <= index < count for index in pointed):
        yield "a verdict without its finding"
    if not all(one.evidence for one in _proven(report, verdict)):
        yield "a finding without evidence"
    inputs = range(len(report.recordings))
    captures = chain(
        (session.capture for session in report.sessions),
        (finding.capture for finding in report.findings if finding.capture is not None),
        (source.capture for source in _places(report)),
    )
    if not all(capture in inputs for capture in captures):
        yield "a place in no recording"
    english = words("en")
    for finding in report.findings:
        filled(finding, report.texts, english)


def _proven(report: Report, verdict: Verdict) -> Iterator[Any]:
    yield from report.findings
    yield from verdict.ruled_out


def _stanzas(report: Report) -> Iterator[str]:
    """No more than a report holds, packed or not."""
    rows = sum(len(session.stanzas) for session in report.sessions)
    if rows > REPORT_STANZAS:
        yield "more stanzas than a report holds"
    inputs = range(len(report.recordings))
    count = 0
    for session in report.sessions:
        for stanza in chain(session.stanzas, unpack(session.packed)):
            count += 1
            if count > rows + 2 * PACKED_STANZAS:
                yield "more packed stanzas than a report holds"
            if not _fits(stanza, inputs):
                yield "a stanza that is no report's"


def _fits(stanza: Stanza, inputs: range) -> bool:
    longest = _LONGER * REPORT_STANZA_OCTETS
    return stanza.source.capture in inputs and len(stanza.octets) <= longest


def _places(thing: Any) -> Iterator[PacketSource | HarSource]:
    """All places that are named in it."""
    rest = [thing]
    while rest:
        match rest.pop():
            case PacketSource() | HarSource() as source:
                yield source
            case Struct() as struct:
                rest.extend(getattr(struct, name) for name in struct.__struct_fields__)
            case tuple() as parts:
                rest.extend(parts)
            case dict() as named:
                rest.extend(named.values())
            case _:
                pass
