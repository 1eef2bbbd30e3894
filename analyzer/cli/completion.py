"""`stanzascope completion SHELL`."""

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from .main import stanzascope

SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> None:
    """
    Print a completion script for SHELL.

    \b
    bash:  stanzascope completion bash > ~/.local/share/bash-completion/completions/stanzascope
    zsh:   stanzascope completion zsh > a folder of $fpath, as _stanzascope
    fish:  stanzascope completion fish > ~/.config/fish/completions/stanzascope.fish
    """  # noqa: D301 - click's mark of a paragraph that is not wrapped
    click.echo(SHELLS[shell](stanzascope, {}, "stanzascope", "_STANZASCOPE_COMPLETE").source())
