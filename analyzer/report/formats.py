"""The one table of report formats."""

from collections.abc import Callable

from . import comparison_html, comparison_json, comparison_text, html, json, text
from .redact import RedactedComparison, RedactedReport

RENDERERS: dict[str, Callable[[RedactedReport, str], str]] = {
    "html": html.render,
    "json": json.render,
    "text": text.render,
}
"""Name as given on the command line → renderer of a report in a language."""

COMPARISON_RENDERERS: dict[str, Callable[[RedactedComparison, str], str]] = {
    "html": comparison_html.render,
    "json": comparison_json.render,
    "text": comparison_text.render,
}
"""The same for comparisons."""
