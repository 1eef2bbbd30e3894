"""The report on a terminal."""

from .redact import RedactedReport
from .text import render


def show(redacted: RedactedReport) -> None:
    """Print the report."""
    print(render(redacted, "en"))  # noqa: T201
