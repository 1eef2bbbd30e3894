"""The one table of report formats."""

from collections.abc import Callable

from . import html, json, text
from .redact import RedactedReport

RENDERERS: dict[str, Callable[[RedactedReport, str], str]] = {
    "html": html.render,
    "json": json.render,
    "text": text.render,
}
"""Name as given on the command line → renderer of a report in a language."""
