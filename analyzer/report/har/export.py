"""
The sessions of a report as a HAR: what can be handed on of a packet capture.

WebSocket upgrades with their messages, BOSH requests, REST calls, as Chrome would have written them
had it been there; `_packet` is the number that Wireshark shows.
"""

from collections.abc import Iterator

from ...model.har import Tree
from ...model.session import Carrier, Session
from ..language.texts import say
from ..language.words import words
from ..redaction.redact import RedactedReport
from .bosh import bosh_entries
from .parts import entry, secured, sorted_entries
from .sockets import failure, socket_entry
from .written import written


def render(redacted: RedactedReport, language: str) -> str:  # noqa: ARG001 - machines read it
    """The HAR; English, as machines read it, too."""
    report = redacted.report
    entries = [pair for session in report.sessions for pair in _entries(session)]
    log = {
        "version": "1.2",
        "creator": {"name": "stanzascope", "version": report.tool_version},
        "pages": [],
        "entries": sorted_entries(entries),
        "comment": _comment(redacted),
    }
    return "".join(written({"log": log})) + "\n"


def _entries(session: Session) -> Iterator[tuple[int | None, Tree]]:
    match session.carrier:
        case Carrier.WEBSOCKET:
            yield socket_entry(session)
        case Carrier.UNKNOWN if failure(session):
            yield socket_entry(session)
        case Carrier.BOSH:
            yield from bosh_entries(session)
    for call in session.exchanges:
        request, response = call.request, call.response
        if request is not None:
            begin_ns = request.source.time_ns
            end_ns = None if response is None else response.source.time_ns
            encrypted = request.url.startswith("https:")
            address = secured(request.url, encrypted=encrypted, schemes=("http", "https"))
            yield begin_ns, entry(session, call, address, (begin_ns, end_ns), request.source)


def _comment(redacted: RedactedReport) -> str:
    english = words("en")
    counted = (
        say(english, "redacting.counted", kind=kind, count=count)
        for kind, count in redacted.redactions.items()
    )
    taken = ", ".join(counted) or english["redacting.nothing"]
    key = "redacting.comment_shown" if redacted.secrets_shown else "redacting.comment_session"
    return english[key].format(version=redacted.report.tool_version, taken=taken)
