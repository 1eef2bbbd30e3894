"""The `stanzascope` command: finds its sub-commands by name, and imports only the one it runs."""

import os
import sys
import textwrap
from collections.abc import Mapping
from importlib import import_module
from io import StringIO
from typing import Any

import click

from ..model.errors import AnalyzerError
from ..version import __version__
from .language import ENGLISH, in_language, preferred, spoken
from .said import safe

EXIT_CODES = {
    0: "nothing found at or above --fail-on",
    1: "something found at or above --fail-on",
    2: "unreadable input, no known format, no recording in a folder or archive, no key in a file "
    "of keys, or wrong arguments",
    3: "nothing in the input that can be analysed",
    101: "a fault of this program",
    130: "interrupted",
}
"""Code → what it means."""

COMMANDS = {
    "analyze": "Say what went wrong in a HAR or packet capture.",
    "compare": "Say where a bad session parts from a good one.",
    "completion": "Print a completion script for a shell.",
    "profile": "List the profiles of what is expected, or show one.",
    "redact": "Make a HAR that is safe to share.",
    "report": "Write a saved report again, in another format or language.",
    "rules": "List the rules, or show one with its examples.",
    "serve": "Serve a page where recordings are dropped in and reports come out.",
}
"""Name → one line; the sub-command itself is `command` in the module of that name."""


def exit_codes(head: str, meanings: Mapping[int, str]) -> str:
    """The end of the help: what the exit codes mean, as click prints it unchanged."""
    lines = [
        textwrap.fill(text, 96, initial_indent=f"  {code:<5}", subsequent_indent=" " * 7)
        for code, text in meanings.items()
    ]
    return "\n".join(("\b", f"{head}:", *lines))


class _NobodyReadsError(Exception):
    """The reader of our output went away (`| head`): nothing is wrong and nobody listens."""


class _LazyGroup(click.Group):
    """Imports a sub-command when it is run: `--help` needs none of them."""

    def invoke(self, ctx: click.Context) -> Any:
        # click makes of a broken pipe the exit code 1, which says that something was found.
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _NobodyReadsError from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"..cli.{cmd_name}", __package__).command
        return command if _is_english() else in_language(cmd_name, command, spoken())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        told = COMMANDS
        if not _is_english():
            told = {name: spoken().translated(f"command.{name}", it) for name, it in told.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(told.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=exit_codes("Exit codes", EXIT_CODES),
)
@click.version_option(__version__, prog_name="stanzascope")
def stanzascope() -> None:
    """Read what a browser or a network recorded of a real-time session, and say what went wrong."""


def _is_english() -> bool:
    return preferred(sys.argv[1:]) == ENGLISH


def _group() -> click.Command:
    """The command in the language of the reader."""
    if _is_english():
        return stanzascope
    words = spoken()
    made = in_language("stanzascope", stanzascope, words)
    meant = {code: words.translated(f"exit.{code}", text) for code, text in EXIT_CODES.items()}
    made.epilog = exit_codes(words["cli.exit codes"], meant)
    return made


def main() -> None:
    """Run the command; every failure ends in one line and a documented exit code."""
    # numpy's linear algebra starts a thread per core, never used here, for 30-60 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = _group().main(prog_name="stanzascope", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo(f"stanzascope: {spoken()['cli.interrupted']}", err=True)
        code = 130
    except click.ClickException as error:
        _show(error)
        code = 2
    except AnalyzerError as error:
        click.echo(f"stanzascope: {safe(_line(error))}", err=True)
        code = 2
    except _NobodyReadsError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for the interpreter's last flush
        code = 0
    except Exception as error:  # noqa: BLE001 - a door: the one place that may not let it through
        code = _report_fault(error)
    sys.exit(code if isinstance(code, int) else 0)


def _line(error: AnalyzerError) -> str:
    if _is_english():
        return str(error)
    from ..report.language.texts import error_said

    return error_said(spoken(), error)


def _show(error: click.ClickException) -> None:
    """What click says of wrong arguments, in the reader's language."""
    if _is_english():
        said = StringIO()
        error.show(said)
        for line in said.getvalue().splitlines():
            click.echo(safe(line), err=True)
        return
    from ..report.language.texts import Piece, reason_said, say

    words = spoken()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(context.get_usage(), err=True)
        asked = f"{context.command_path} {context.help_option_names[-1]}"
        click.echo(f"{say(words, 'cli.try', command=asked)}\n", err=True)
    told = Piece(reason_said(words, error.format_message()))
    click.echo(safe(say(words, "cli.error", error=told)), err=True)


def _report_fault(error: Exception) -> int:
    if os.environ.get("STANZASCOPE_DEBUG"):
        raise error
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" in {frame.tb_frame.f_code.co_qualname}" if frame is not None else ""
    click.echo(
        f"stanzascope: internal fault, {type(error).__name__}{where}. "
        "Please report it; STANZASCOPE_DEBUG=1 shows the traceback.",
        err=True,
    )
    return 101
