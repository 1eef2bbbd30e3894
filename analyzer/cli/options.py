"""Options that several sub-commands take, with the same words in each."""

import sys
from collections.abc import Callable, Collection
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..model.errors import UsageError
from ..report.formats import COMPARISON_RENDERERS, RENDERERS
from ..report.language.words import LANGUAGES, words
from .language import Filled, preferred


class ProfileName(click.types.StringParamType):
    """Name of a built-in profile, or a file; a shell completes both."""

    name = "profile"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - the same
        incomplete: str,
    ) -> list[CompletionItem]:
        """Names that begin so, with their titles; then files."""
        from ..pipeline import known_profiles

        named = [
            CompletionItem(profile.name, help=profile.title)
            for profile in known_profiles()
            if profile.name.startswith(incomplete)
        ]
        return [*named, CompletionItem(incomplete, type="file")]


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

Option = Callable[[Any], Any]


def _output(formats: Collection[str]) -> Option:
    return click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT=PATH",
        cls=Filled,
        values={"formats": ", ".join(formats)},
        help="Write a report: {formats}; PATH - is standard output. Repeatable.",
    )


def _format(formats: Collection[str]) -> Option:
    return click.option(
        "--format",
        "shown",
        type=click.Choice([*formats]),
        metavar="FORMAT",
        help="What to print on standard output: a format of -o.  [default: text]",
    )


OUTPUT, FORMAT = _output(RENDERERS), _format(RENDERERS)

COMPARISON_OUTPUT = _output(COMPARISON_RENDERERS)
COMPARISON_FORMAT = _format(COMPARISON_RENDERERS)

LANG = click.option(
    "--lang",
    "language",
    metavar="LANGUAGE",
    type=click.Choice([*LANGUAGES]),
    cls=Filled,
    values={"languages": ", ".join(LANGUAGES)},
    help="Of what is written: {languages}.  [default: that of the system]",
)

LEVELS = click.Choice(["secrets", "all"])
"""What `--redact` may be."""

REDACT = click.option(
    "--redact",
    "redact_level",
    type=LEVELS,
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
        if not click.confirm(words(language_of(None))["cli.confirm"], err=True):
            raise UsageError("--show-secrets was not confirmed; nothing was read or written")
    return "none"


def language_of(chosen: str | None) -> str:
    """The language of the reports: the one that `--lang` names, else that of the system."""
    return chosen or preferred(sys.argv[1:])
