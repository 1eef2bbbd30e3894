"""`stanzascope analyze`: the main job."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ..model.report import Outcome, Report
from ..model.rule import Severity
from ..model.session import StepStatus
from ..report.formats import RENDERERS
from ..report.language.texts import Piece, listed, reason_said, say
from ..report.language.words import Words, words
from .inputs import sources
from .options import (
    FORMAT,
    KEYS,
    LANG,
    OUTPUT,
    PROFILE,
    QUIET,
    REDACT,
    SHOW_SECRETS,
    YES,
    language_of,
    redaction_level,
)
from .output import default_path, deliver, parse_output, show
from .said import safe

if TYPE_CHECKING:
    from ..report.redaction.redact import RedactedReport

NAMED = 10
"""Files passed over that are named on the terminal."""

SEVERITIES = (Severity.INFO, Severity.WARNING, Severity.ERROR)


FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    show_default=True,
    help="Exit with 1 if a finding is at least this severe.",
)


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...", type=click.Path())
@KEYS
@PROFILE
@OUTPUT
@FORMAT
@FAIL_ON
@REDACT
@SHOW_SECRETS
@YES
@LANG
@QUIET
def command(
    *,
    inputs: tuple[str, ...],
    keys: tuple[str, ...],
    profile: str,
    outputs: tuple[str, ...],
    shown: str | None,
    fail_on: str,
    redact_level: str | None,
    show_secrets: bool,
    yes: bool,
    language: str | None,
    quiet: bool,
) -> int:
    """
    Say what went wrong in the session that INPUT recorded.

    INPUT is a HAR or a packet capture (pcap, pcapng, snoop, ERF), plain or compressed, an archive
    of them (zip, tar), or a folder; - reads a pipe. Several inputs are analysed as one case; files
    of a rotated set are one recording. Without -o and --format, the verdict is printed and an HTML
    report is written into the folder reports/.
    """
    wanted = [parse_output(text, RENDERERS) for text in outputs]
    level = redaction_level(redact_level, show_secrets=show_secrets, yes=yes)
    told = words(language_of(language))
    report = _analyze(inputs, keys, profile, told, quiet=quiet)
    # Imported late, like everything below: a wrong argument is told without waiting for it.
    from ..report.redaction.redact import Redaction, redact

    redacted = redact(report, Redaction(level))
    if not quiet:
        # Names of files, too, may hold a secret.
        for line in asides(redacted.report, told):
            click.echo(f"stanzascope: {safe(line)}", err=True)
    if not outputs and shown is None:
        wanted.append(("html", str(default_path(redacted.report))))
    hand_over(redacted, wanted, shown, told.language, quiet=quiet)
    return exit_code(report, fail_on)


def _analyze(
    inputs: tuple[str, ...], keys: tuple[str, ...], profile: str, words: Words, *, quiet: bool
) -> Report:
    from ..pipeline import analyze

    recordings, key_files = sources(inputs, keys)
    if quiet or not sys.stderr.isatty():
        return analyze(recordings, profile, keys=key_files)
    from rich.console import Console

    with Console(stderr=True).status(words["cli.reading"]) as status:

        def tell(name: str, delivered: int) -> None:
            if delivered % 256 == 0:
                where = Piece(safe(name))
                status.update(say(words, "cli.progress", name=where, count=delivered))

        return analyze(recordings, profile, tell, key_files)


def asides(report: Report, words: Words) -> Iterator[str]:
    """What was found without being named, and what was passed over: a line each."""
    for keys in report.key_files:
        if not keys.given:
            key = "secrets" if keys.secrets else "private"
            key = "both" if keys.secrets and keys.private_keys else key
            counts = {"secrets": keys.secrets, "keys": keys.private_keys}
            yield say(words, f"cli.keys.{key}", name=Piece(keys.name), **counts)
    odd = [skipped for skipped in report.skipped_inputs if skipped.reason]
    for skipped in odd[:NAMED]:
        reason = Piece(reason_said(words, skipped.reason))
        yield say(words, "cli.skipped", name=Piece(skipped.name), reason=reason)
    if len(odd) > NAMED:
        yield say(words, "cli.skipped.more", count=len(odd) - NAMED)
    plain = [skipped.name for skipped in report.skipped_inputs if not skipped.reason]
    names = Piece(listed(words, plain[:NAMED]))
    if len(plain) > NAMED:
        yield say(words, "cli.skipped.plain.more", names=names, count=len(plain) - NAMED)
    elif plain:
        yield say(words, "cli.skipped.plain", names=names)


def hand_over(
    redacted: "RedactedReport",
    wanted: Sequence[tuple[str, str]],
    shown: str | None,
    language: str,
    *,
    quiet: bool,
) -> None:
    """
    Write a report as it is wanted, and show it.

    Args:
        redacted: The report.
        wanted: Format and path of each output, as of `deliver`.
        shown: Format for standard output, unless an output goes there; None for text.
        language: BCP 47 tag.
        quiet: Show nothing.
    """
    private = redacted.secrets_shown
    deliver(wanted, lambda kind: RENDERERS[kind](redacted, language), private=private)
    if not quiet:
        if all(path != "-" for _, path in wanted):
            _show(redacted, shown or "text", language)
        for kind, path in wanted:
            if path != "-":
                line = say(words(language), "cli.written.report", format=kind, path=Piece(path))
                click.echo(safe(line), err=True)


def _show(redacted: "RedactedReport", kind: str, language: str) -> None:
    if kind == "text" and sys.stdout.isatty():
        from ..report.plain import terminal

        terminal.show(redacted, language=language)
    else:
        show(RENDERERS[kind](redacted, language))


def exit_code(report: Report, fail_on: str) -> int:
    """0, 1 or 3, as `stanzascope --help` tells."""
    seen = any(
        s.stanza_count or any(step.status is StepStatus.FAILED for step in s.steps)
        for s in report.sessions
    )
    if not seen and report.verdict.outcome is Outcome.INCONCLUSIVE:
        return 3
    if fail_on == "never":
        return 0
    worst = SEVERITIES.index(Severity(fail_on))
    return int(any(SEVERITIES.index(f.severity) >= worst for f in report.findings))
