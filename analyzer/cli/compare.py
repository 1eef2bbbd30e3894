"""`stanzascope compare`: a session that went well beside one that did not."""

import click

from ..model.comparison import Comparison, Result, Role
from ..report.formats import COMPARISON_RENDERERS
from ..report.language.texts import Piece, say
from ..report.language.words import words
from .analyze import asides
from .inputs import sources
from .options import (
    COMPARISON_FORMAT,
    COMPARISON_OUTPUT,
    KEYS,
    LANG,
    PROFILE,
    QUIET,
    REDACT,
    SHOW_SECRETS,
    YES,
    language_of,
    redaction_level,
)
from .output import comparison_path, deliver, parse_output, show
from .said import safe


@click.command()
@click.argument("good", metavar="GOOD", type=click.Path())
@click.argument("bad", metavar="BAD", type=click.Path())
@KEYS
@PROFILE
@click.option(
    "--good-session",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of the session of GOOD.  [default: the one that went furthest]",
)
@click.option(
    "--bad-session",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of the session of BAD.  [default: the one the verdict is about]",
)
@COMPARISON_OUTPUT
@COMPARISON_FORMAT
@REDACT
@SHOW_SECRETS
@YES
@LANG
@QUIET
def command(
    *,
    good: str,
    bad: str,
    keys: tuple[str, ...],
    profile: str,
    good_session: int | None,
    bad_session: int | None,
    outputs: tuple[str, ...],
    shown: str | None,
    redact_level: str | None,
    show_secrets: bool,
    yes: bool,
    language: str | None,
    quiet: bool,
) -> int:
    """
    Say where the session in BAD parts from the one in GOOD.

    GOOD and BAD are each a HAR, a packet capture, an archive or a folder, as of `analyze`; one may
    be a HAR and the other a capture; one of them may be -. Without -o and --format, the comparison
    is printed and written as HTML into the folder reports/.

    Exit codes: 0 no difference that matters, 1 they differ, 2 and 101 as of `analyze`, 3 too little
    can be seen of one of them.
    """
    wanted = [parse_output(text, COMPARISON_RENDERERS) for text in outputs]
    level = redaction_level(redact_level, show_secrets=show_secrets, yes=yes)
    told = words(language_of(language))
    comparison = _compare((good, bad), keys, profile, (good_session, bad_session))
    # Imported late: a wrong argument is told without waiting for it.
    from ..report.redaction.redact import Redaction, redact_comparison

    redacted = redact_comparison(comparison, Redaction(level))
    if not quiet:
        for role in Role:
            # Names of files, too, may hold a secret.
            for line in asides(redacted.comparison.of(role).report, told):
                whose = told[f"role.{role.value}"]
                click.echo(f"stanzascope: {whose}: {safe(line)}", err=True)
    if not outputs and shown is None:
        reports = [redacted.comparison.of(role).report for role in Role]
        wanted.append(("html", str(comparison_path(*reports))))
    deliver(
        wanted,
        lambda kind: COMPARISON_RENDERERS[kind](redacted, told.language),
        private=redacted.secrets_shown,
    )
    if not quiet:
        if all(path != "-" for _, path in wanted):
            show(COMPARISON_RENDERERS[shown or "text"](redacted, told.language))
        for kind, path in wanted:
            if path != "-":
                line = say(told, "cli.written.comparison", format=kind, path=Piece(path))
                click.echo(safe(line), err=True)
    return exit_code(comparison)


def _compare(
    inputs: tuple[str, str],
    keys: tuple[str, ...],
    profile: str,
    sessions: tuple[int | None, int | None],
) -> Comparison:
    from ..pipeline import compare

    good, bad, key_files = sources(inputs[:1], inputs[1:], keys)
    return compare(good, bad, profile, keys=key_files, sessions=sessions)


def exit_code(comparison: Comparison) -> int:
    """0, 1 or 3, as the help tells."""
    return {Result.SAME: 0, Result.UNTOLD: 3}.get(comparison.result, 1)
