"""`stanzascope report`: an earlier report once more, without the recording."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.errors import UsageError
from ..model.limits import SAVED_DOCUMENT_OCTETS
from ..pipeline import known_texts
from ..report.formats import RENDERERS
from .analyze import FAIL_ON, exit_code, hand_over
from .options import FORMAT, LANG, OUTPUT, QUIET, REDACT, language_of
from .output import default_path, parse_output

if TYPE_CHECKING:
    from ..report.redaction.redact import RedactedReport


@click.command()
@click.argument("saved", metavar="SAVED", type=click.Path())
@OUTPUT
@FORMAT
@LANG
@FAIL_ON
@REDACT
@QUIET
def command(
    *,
    saved: str,
    outputs: tuple[str, ...],
    shown: str | None,
    language: str | None,
    fail_on: str,
    redact_level: str | None,
    quiet: bool,
) -> int:
    """
    Write a saved report again: in other formats, or in another language.

    SAVED is what `stanzascope analyze -o json=SAVED` wrote; - reads a pipe. The recording is not
    needed. What was taken out of the report stays out; --redact all takes out more. Without -o and
    --format, the verdict is printed and an HTML report is written into the folder reports/.
    """
    wanted = [parse_output(text, RENDERERS) for text in outputs]
    redacted = _redacted(_octets(saved), saved, redact_level)
    if not outputs and shown is None:
        wanted.append(("html", str(default_path(redacted.report))))
    hand_over(redacted, wanted, shown, language_of(language), quiet=quiet)
    return exit_code(redacted.report, fail_on)


def _octets(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(SAVED_DOCUMENT_OCTETS + 1)
        with Path(name).open("rb") as file:
            return file.read(SAVED_DOCUMENT_OCTETS + 1)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}") from error


def _redacted(octets: bytes, name: str, level: str | None) -> "RedactedReport":
    from ..report.machine.saved import load
    from ..report.redaction.redact import Redaction, redact_more

    redacted = load(octets, name, known_texts())
    if level is None or level == redacted.redaction.value:
        return redacted
    if redacted.redaction is Redaction.SECRETS:
        return redact_more(redacted)
    if redacted.redaction is Redaction.ALL:
        raise UsageError(
            f"{name}: saved with --redact all, and what was taken out is not in it; analyze the "
            "recording again"
        )
    raise UsageError(
        f"{name}: saved with --show-secrets; only the recording tells where all of them stand: "
        f"analyze it again with --redact {level}"
    )
