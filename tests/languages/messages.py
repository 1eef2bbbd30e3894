"""Every message of the program, from the places that hold them."""

from collections.abc import Iterator

import click
from babel.messages.catalog import Catalog

from analyzer.cli import main
from analyzer.cli.language import help_of
from analyzer.pipeline import known_profiles
from analyzer.report.language.english import ENGLISH
from analyzer.report.language.texts import FIELDS
from analyzer.rules import shelf


def messages() -> Iterator[tuple[str, str]]:
    """Where each stands (`msgctxt`) and its English text (`msgid`)."""
    yield from ENGLISH.items()
    yield from help_messages()
    for profile in known_profiles():
        yield f"profile.{profile.name}", profile.title
    for rule in shelf.load():
        for field in FIELDS:
            yield f"{rule.id}.{field}", " ".join(getattr(rule, field).split())


def help_messages() -> Iterator[tuple[str, str]]:
    """What `--help` says, of every command."""
    context = click.Context(main.stanzascope)
    yield from help_of("stanzascope", main.stanzascope)
    for name, text in main.COMMANDS.items():
        command = main.stanzascope.get_command(context, name)
        yield f"command.{name}", text
        if command is not None:
            yield from help_of(name, command)
    for code, text in main.EXIT_CODES.items():
        yield f"exit.{code}", text


def template() -> Catalog:
    """All messages, untranslated."""
    catalogue = Catalog(domain="stanzascope", project="stanzascope", charset="utf-8", fuzzy=False)
    for context, text in messages():
        catalogue.add(text, context=context)
    return catalogue
