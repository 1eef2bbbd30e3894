"""
The report as newline-delimited JSON, one object a line: for jq, logs and tables of many reports.

It holds every stanza that a report has, also those of long sessions, which the JSON only counts.
`type` says what a line is: report, input, session, step, stanza, finding, skipped, anomaly or
history.
"""

import json
from collections.abc import Iterator

from ...model.packed import unpack
from ...model.session import Session
from ...model.xmpp import Stanza
from ..redaction.redact import RedactedReport
from ..view.story import Quotes
from .json import document, located
from .json_values import Json

_LISTS = {
    "inputs": "input",
    "findings": "finding",
    "skipped": "skipped",
    "anomalies": "anomaly",
    "limits": "anomaly",
    "histories": "history",
}
"""List of the JSON report → type of the lines that its members become."""


def render(redacted: RedactedReport, language: str) -> str:  # noqa: ARG001 - for machines
    """The report as lines of JSON, in English whatever the language."""
    return "".join(lines(redacted))


def lines(redacted: RedactedReport) -> Iterator[str]:
    """The lines, each with its line feed; of a packed session one pack at a time is in memory."""
    for one in _objects(redacted):
        yield f"{json.dumps(one, ensure_ascii=True, allow_nan=False)}\n"


def _objects(redacted: RedactedReport) -> Iterator[Json]:
    whole = document(redacted)
    sessions = whole.pop("sessions")
    lists = {name: whole.pop(name) for name in _LISTS}
    yield {"type": "report"} | whole
    for index, one in enumerate(lists.pop("inputs")):
        yield {"type": "input", "index": index} | one
    quotes = Quotes(redacted.report.sessions, redacted.report.recordings)
    for session, told in zip(redacted.report.sessions, sessions, strict=True):
        steps = told.pop("steps")
        yield {"type": "session"} | told
        for step in steps:
            yield {"type": "step", "session": session.number} | step
        yield from _stanzas(session, quotes)
    for name, members in lists.items():
        for index, one in enumerate(members):
            number = {"index": index} if name == "findings" else {}
            yield {"type": _LISTS[name]} | number | one


def _stanzas(session: Session, quotes: Quotes) -> Iterator[Json]:
    stanzas = unpack(session.packed) if session.packed else session.stanzas
    for number, stanza in enumerate(stanzas, 1):
        yield _stanza(stanza, number, session, quotes)


def _stanza(stanza: Stanza, number: int, session: Session, quotes: Quotes) -> Json:
    attributes = {
        "id": stanza.id,
        "type": stanza.type,
        "from": stanza.sender,
        "to": stanza.receiver,
    }
    return {
        "type": "stanza",
        "session": session.number,
        "number": number,
        "direction": stanza.direction.value,
        "kind": stanza.kind.value,
        "name": stanza.name,
        "attributes": {name: value for name, value in attributes.items() if value is not None},
        "octets": stanza.length,
        "complete": stanza.complete,
        **located(stanza.source, quotes, session.number),
        "text": stanza.octets.decode("utf-8", "backslashreplace"),
    }
