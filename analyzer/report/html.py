"""The report as one HTML file."""

import html

from . import text
from .redact import RedactedReport


def render(redacted: RedactedReport, language: str) -> str:
    """The report as a page."""
    return f"<!doctype html><pre>{html.escape(text.render(redacted, language))}</pre>"
