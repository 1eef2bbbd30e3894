"""Options that several sub-commands take, with the same words in each."""

import click

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

SHOW_SECRETS = click.option(
    "--show-secrets",
    is_flag=True,
    help="Leave passwords and tokens in the output. Never send such a report to anybody.",
)

QUIET = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
