"""`stanzascope completion SHELL`."""

import click
from click.shell_completion import get_completion_class

from .main import stanzascope


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    r"""
    Print a completion script for SHELL.

    \b
    bash:  stanzascope completion bash > ~/.local/share/bash-completion/completions/stanzascope
    zsh:   stanzascope completion zsh > a folder of $fpath, as _stanzascope
    fish:  stanzascope completion fish > ~/.config/fish/completions/stanzascope.fish
    """
    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(stanzascope, {}, "stanzascope", "_STANZASCOPE_COMPLETE").source())
