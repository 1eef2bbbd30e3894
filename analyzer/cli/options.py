"""Options that several sub-commands take, with the same words in each."""

import sys

import click

from ..model.errors import UsageError
from .output import FORMATS
from .profile import ProfileName

KEYS = click.option(
    "--keys",
    "keys",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="TLS key log (SSLKEYLOGFILE) or RSA private key (PEM), plain or compressed. Repeatable. "
    "One beside the capture (keys.log, *keylog*, sslkeylog*, *.keys) is found by itself.",
)

PROFILE = click.option(
    "--profile",
    default="finesse",
    show_default=True,
    metavar="NAME|FILE",
    type=ProfileName(),
    help="What is expected of a session: a name of `stanzascope profile list`, or a TOML file.",
)

OUTPUT = click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write a report: html, json or text; PATH - is standard output. Repeatable.",
)

FORMAT = click.option(
    "--format",
    "shown",
    type=click.Choice(FORMATS),
    help="What to print on standard output.  [default: text]",
)

REDACT = click.option(
    "--redact",
    "redact_level",
    type=click.Choice(["secrets", "all"]),
    help="What to take out: secrets (passwords, tokens, cookies), or all: names, phone numbers and "
    "call data too. Hosts and addresses stay.  [default: secrets]",
)

SHOW_SECRETS = click.option(
    "--show-secrets",
    is_flag=True,
    help="Leave passwords and tokens in the output, once you confirm it. Never send such a report "
    "to anybody.",
)

YES = click.option("--yes", is_flag=True, help="Confirm --show-secrets without being asked.")


QUIET = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")


def redaction_level(level: str | None, *, show_secrets: bool, yes: bool) -> str:
    """
    What `--redact` and `--show-secrets` come to: the value of a `Redaction`.

    Whoever wants secrets shown is asked first, on the terminal.

    Raises:
        UsageError: Both were given, the user said no, or there is no terminal and no `--yes`.
    """
    if not show_secrets:
        return level or "secrets"
    if level is not None:
        raise UsageError("--show-secrets takes nothing out: leave out --redact")
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("--show-secrets: nobody can be asked here; confirm it with --yes")
        if not click.confirm("Leave passwords and tokens in the output?", err=True):
            raise UsageError("--show-secrets was not confirmed; nothing was read or written")
    return "none"
