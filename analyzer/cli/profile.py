"""`stanzascope profile list` and `stanzascope profile show NAME|FILE`."""

import click

from .options import LANG, ProfileName, language_of


@click.group()
def command() -> None:
    """
    List the profiles, or show one.

    A profile says what is expected of a session: steps, times, ports, nodes. It is chosen with
    `stanzascope analyze --profile`.
    """


@command.command("list")
@LANG
def _list(language: str | None) -> None:
    """List the built-in profiles."""
    from ..pipeline import known_profiles
    from ..report.language.words import words

    told = words(language_of(language))
    profiles = known_profiles()
    width = max(len(profile.name) for profile in profiles)
    for profile in profiles:
        title = told.translated(f"profile.{profile.name}", profile.title)
        click.echo(f"{profile.name:{width}}  {title}")


@command.command("show")
@click.argument("name", metavar="NAME|FILE", type=ProfileName())
def _show(name: str) -> None:
    """
    Print a profile with what each key means.

    It is TOML, a start for a profile of your own: effective values, and which file set each. NAME
    is one of `stanzascope profile list`; FILE is a profile of your own, which is checked.
    """
    from ..pipeline import profile_as_toml

    click.echo(profile_as_toml(name), nl=False)
