"""`stanzascope compare`: a session that went well beside one that did not."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.comparison import Comparison, Result, Role
from ..model.errors import UsageError
from .analyze import asides
from .main import printable
from .output import comparison_path, parse_output, write_whole

if TYPE_CHECKING:
    from ..pipeline import Input

FORMATS = ("html", "json", "text")


@click.command()
@click.argument("good", metavar="GOOD", type=click.Path())
@click.argument("bad", metavar="BAD", type=click.Path())
@click.option(
    "--keys",
    "keys",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="TLS key log (SSLKEYLOGFILE) or RSA private key (PEM), for both. Repeatable. One beside "
    "the capture is found by itself.",
)
@click.option(
    "--profile",
    default="finesse",
    show_default=True,
    metavar="NAME|FILE",
    help="What is expected of a session: a built-in profile or a TOML file.",
)
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
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write the comparison: html, json or text; PATH - is standard output. Repeatable.",
)
@click.option(
    "--format",
    "shown",
    type=click.Choice(FORMATS),
    help="What to print on standard output.  [default: text]",
)
@click.option(
    "--show-secrets",
    is_flag=True,
    help="Leave passwords and tokens in the output. Never send such a file to anybody.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
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
    show_secrets: bool,
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
    wanted = [parse_output(text, FORMATS) for text in outputs]
    comparison = _compare((good, bad), keys, profile, (good_session, bad_session))
    if not quiet:
        for role in Role:
            for line in asides(comparison.of(role).report):
                click.echo(f"stanzascope: {role.value}: {printable(line)}", err=True)
    # Imported late: a wrong argument is told without waiting for it.
    from ..report.formats import COMPARISON_RENDERERS
    from ..report.redact import redact_comparison

    redacted = redact_comparison(comparison, show_secrets=show_secrets)
    if not outputs and shown is None:
        reports = [redacted.comparison.of(role).report for role in Role]
        wanted.append(("html", str(comparison_path(*reports))))
    for kind, path in wanted:
        text = COMPARISON_RENDERERS[kind](redacted, "en")
        if path == "-":
            click.echo(text, nl=False)
        else:
            write_whole(Path(path), text, private=show_secrets)
    if not quiet:
        if all(path != "-" for _, path in wanted):
            click.echo(COMPARISON_RENDERERS[shown or "text"](redacted, "en"), nl=False)
        for kind, path in wanted:
            if path != "-":
                click.echo(f"{kind} comparison: {path}", err=True)
    return exit_code(comparison)


def _compare(
    inputs: tuple[str, str],
    keys: tuple[str, ...],
    profile: str,
    sessions: tuple[int | None, int | None],
) -> Comparison:
    from ..pipeline import compare

    if (*inputs, *keys).count("-") > 1:
        raise UsageError("- can be given once: there is one standard input")

    def source(name: str) -> "Input":
        return ("standard input", sys.stdin.buffer) if name == "-" else Path(name)

    good, bad = ([source(name)] for name in inputs)
    return compare(good, bad, profile, keys=[source(name) for name in keys], sessions=sessions)


def exit_code(comparison: Comparison) -> int:
    """0, 1 or 3, as the help tells."""
    return {Result.SAME: 0, Result.UNTOLD: 3}.get(comparison.result, 1)
