"""
The findings as comma-separated values (RFC 4180), one row each, for spreadsheets.

With a byte order mark: without one Excel takes UTF-8 for the code page of Windows, and most of
these files are opened there. Python reads it as "utf-8-sig"; pandas and LibreOffice drop it alone.
"""

import csv
import io
import re
from collections.abc import Iterator

from ...model.report import Report
from ...model.rule import Finding
from ..facts.evidence import look_up, place_in
from ..facts.joined import written_ns
from ..language.texts import filled
from ..language.visible import legible, visible
from ..language.words import Words, words
from ..redaction.redact import RedactedReport
from .json_values import moment

COLUMNS = (
    *("rule", "severity", "confidence", "side", "cause_of_verdict", "explained_by"),
    *("input", "sha256", "session", "agent", "server", "time", "place", "look_up"),
    *("title", "cause", "remedy", "reference"),
)
"""The header, the same in every language."""


def render(redacted: RedactedReport, language: str) -> str:
    """
    The findings as rows; names and words of the model are English, sentences are not.

    Raises:
        UsageError: There is no such language.
    """
    file = io.StringIO()
    rows = csv.writer(file, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for row in _rows(redacted.report, words(language)):
        rows.writerow([harmless(legible(cell)) for cell in row])
    return f"\ufeff{file.getvalue()}"


def _rows(report: Report, words: Words) -> Iterator[tuple[str, ...]]:
    sessions = {session.number: session for session in report.sessions}
    for index, finding in enumerate(report.findings):
        recording = None if finding.capture is None else report.recordings[finding.capture]
        session = None if finding.session is None else sessions.get(finding.session)
        text = filled(finding, report.texts, words)
        yield (
            finding.rule_id,
            finding.severity.value,
            finding.confidence.value,
            finding.party.value if finding.party else "",
            "yes" if index == report.verdict.finding else "no",
            finding.explained_by or "",
            visible(recording.name) if recording else "",
            recording.sha256 if recording else "",
            ", ".join(map(str, _sessions(finding))),
            visible(session.agent or "") if session else "",
            visible(session.server) if session else "",
            moment(written_ns(finding.evidence[0], session)) or "",
            place_in(finding.evidence[0], report.recordings, words),
            look_up(finding.evidence[0], report.recordings),
            text.title,
            text.cause,
            text.remedy,
            text.reference,
        )


def _sessions(finding: Finding) -> tuple[int, ...]:
    return finding.sessions if finding.session is None else (finding.session,)


def harmless(cell: str) -> str:
    """
    A cell that no spreadsheet takes for a formula, whichever character it parts cells at.

    An apostrophe goes before what a formula begins with (OWASP, CSV injection), also in the middle
    of a cell behind what parts cells elsewhere: of a comma-separated file Excel with a German or a
    Dutch Windows takes semicolons for that, and then quotes no longer hold a cell together.
    """
    return _FORMULA.sub(r"\1'", cell)


_FORMULA = re.compile(
    # Full-width and small forms of the signs count as the signs in some input methods.
    r"((?:^|[;|\t\r\n\0])[\s\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b])"
)
