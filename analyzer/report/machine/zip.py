"""The report as one archive: the page, the data, the drawing and the summary for the case."""

import io
import zipfile

from ..filename import stem
from ..formats import RENDERERS
from ..redaction.redact import RedactedReport
from .ndjson import lines

MEMBERS = ("html", "md", "svg", "json")
"""Formats in it, beside the lines of all stanzas; the first is what one opens."""


def render(redacted: RedactedReport, language: str) -> bytes:
    """
    The archive, octet for octet the same each time.

    Raises:
        UsageError: There is no such language.
    """
    file = io.BytesIO()
    name = stem(redacted.report)
    with zipfile.ZipFile(file, "w") as archive:
        for kind in MEMBERS:
            content = RENDERERS[kind](redacted, language)
            archive.writestr(_member(f"{name}.{kind}"), content)
        with archive.open(_member(f"{name}.ndjson"), "w") as member:
            for line in lines(redacted):
                member.write(line.encode())
    return file.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """An entry that says nothing of when and where it was made."""
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3  # Unix, so that the mode counts
    member.external_attr = 0o644 << 16
    return member
