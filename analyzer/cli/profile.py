"""`stanzascope profile list` and `stanzascope profile show NAME|FILE`."""

import click
from click.shell_completion import CompletionItem


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


@click.group()
def command() -> None:
    """
    List the profiles, or show one.

    A profile says what is expected of a session: steps, times, ports, nodes. It is chosen with
    `stanzascope analyze --profile`.
    """


@command.command("list")
def _list() -> None:
    """List the built-in profiles."""
    from ..pipeline import known_profiles

    profiles = known_profiles()
    width = max(len(profile.name) for profile in profiles)
    for profile in profiles:
        click.echo(f"{profile.name:{width}}  {profile.title}")


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
