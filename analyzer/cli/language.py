"""The command line in the reader's language: help, messages, errors."""

import copy
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..report.language.words import Words

ENGLISH = "en"


def preferred(arguments: Sequence[str]) -> str:
    """
    The language that a command line, else the system, asks for: a BCP 47 tag.

    Args:
        arguments: As given; `--lang` counts wherever it stands, also beside `--help`.
    """
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            given = value if equals else "".join(arguments[index + 1 : index + 2])
            return _known(given, given)
    # POSIX.1-2017 section 8.2: the first of them that is set and not empty.
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return _known(next(filter(None, names), ""), "")


def _known(asked: str, exact: str) -> str:
    # What most ask for needs no catalogue, and `--help` shall not wait for one.
    if asked[:2] in {"", "en", "C", "C.", "PO"}:
        return ENGLISH
    from ..report.language.words import LANGUAGES, best

    return exact if exact in LANGUAGES else ENGLISH if exact else best(asked)


def spoken() -> "Words":
    """The words of the language that this run of the program speaks."""
    from ..report.language.words import words

    return words(preferred(sys.argv[1:]))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text, each on one line; click's mark of a fixed one stays first."""
    found = text.replace("\r", "").split("\n\n")
    return [one if one.startswith("\b") else " ".join(one.split()) for one in found if one.strip()]


def help_of(name: str, command: click.Command) -> Iterator[tuple[str, str]]:
    """
    Every text of a command's help that can be translated, by its key.

    Args:
        name: Of the command, with those above it: "profile show".
        command: Its sub-commands count, too.
    """
    for number, text in enumerate(paragraphs(command.help or ""), 1):
        if not text.startswith("\b"):
            yield f"help.{name}.{number}", text
    for param in command.params:
        text = _template(param)
        if text:
            yield f"option.{param.name}", text
    for key, sub in sorted(getattr(command, "commands", {}).items()):
        yield from help_of(f"{name} {key}", sub)


def in_language(name: str, command: click.Command, words: "Words") -> click.Command:
    """The command with its help in a language; in English itself."""
    if words.language == ENGLISH:
        return command
    made = copy.copy(command)
    told = [
        text if text.startswith("\b") else words.translated(f"help.{name}.{number}", text)
        for number, text in enumerate(paragraphs(command.help or ""), 1)
    ]
    made.help = "\n\n".join(told)
    made.context_class = _Context
    made.params = [_param(param, words) for param in command.params]
    if isinstance(made, click.Group):
        made.commands = {
            key: in_language(f"{name} {key}", sub, words) for key, sub in made.commands.items()
        }
    return made


class Filled(click.Option):
    """An option whose help names things that are no words: `help` with `values` in it."""

    def __init__(self, *args: Any, values: dict[str, str], **more: Any) -> None:
        """
        Fill the help.

        Args:
            args: As of click.
            values: For the placeholders.
            more: As of click.
        """
        self.template = more["help"]
        self.values = values
        more["help"] = self.template.format(**values)
        super().__init__(*args, **more)


def _template(param: click.Parameter) -> str:
    text: str | None = getattr(param, "template", getattr(param, "help", None))
    return text or ""


def _param(param: click.Parameter, words: "Words") -> click.Parameter:
    text = _template(param)
    if not text:
        return param
    made: Any = copy.copy(param)
    made.help = words.translated(f"option.{param.name}", text).format(
        **getattr(param, "values", {})
    )
    return made  # type: ignore[no-any-return]


class _Formatter(click.HelpFormatter):
    """Says in the reader's language what click says in English."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or f"{spoken()['cli.usage']} ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(spoken().get(f"cli.{heading.lower()}", heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().write_dl([(name, _of_click(text, spoken())) for name, text in rows], *args, **more)


def _of_click(text: str, words: "Words") -> str:
    """What click says of its own options, and behind ours."""
    from ..report.language.words import words as of

    english = of(ENGLISH)
    for key in ("cli.help", "cli.version"):
        if text == english[key]:
            return words[key]
    return _DEFAULT.sub(lambda found: f"[{words['cli.default'].format(value=found[1])}]", text)


_DEFAULT = re.compile(r"\[default: ([^\[\]]*)\]\Z")


class _Context(click.Context):
    formatter_class = _Formatter
