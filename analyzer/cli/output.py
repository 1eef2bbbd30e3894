"""Where a report goes: names for it, and writing that never leaves half a file."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import click

from ..model.errors import UsageError
from ..model.report import Report
from ..report.filename import input_name, stem

FOLDER = Path("reports")
"""Where reports go by default, below the current folder."""


def parse_output(text: str, formats: Collection[str]) -> tuple[str, str]:
    """
    FORMAT=PATH as given to `-o`.

    Args:
        text: As given.
        formats: Names of those that there are.

    Raises:
        UsageError: There is no such format, or no path.
    """
    kind, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"-o {text}: give it as FORMAT=PATH, for example -o json=result.json")
    if kind not in formats:
        raise UsageError(f"-o {text}: no format {kind}; there are {', '.join(formats)}")
    return kind, path


def deliver(
    wanted: Iterable[tuple[str, str]], render: Callable[[str], str | bytes], *, private: bool
) -> None:
    """
    Write each output that is wanted.

    Args:
        wanted: Format and path of each; the path - is standard output.
        render: What stands in a report of a format.
        private: As of `write_whole`.
    """
    for kind, path in wanted:
        rendered = render(kind)
        if path == "-":
            show(rendered)
        else:
            write_whole(Path(path), rendered, private=private)


def show(rendered: str | bytes) -> None:
    """
    Write to standard output.

    Raises:
        UsageError: It is no text, and a terminal would read it as commands.
    """
    if isinstance(rendered, bytes) and sys.stdout.isatty():
        raise UsageError("a terminal cannot show this format: give the path of a file")
    click.echo(rendered, nl=False)


def default_path(report: Report) -> Path:
    """`reports/NAME-DIGEST.html`, named after the first input."""
    return FOLDER / f"{stem(report)}.html"


def comparison_path(good: Report, bad: Report) -> Path:
    """`reports/compare-GOOD-BAD-DIGESTS.html`, named after the first input of each."""
    digests = "-".join(report.recordings[0].sha256[:8] for report in (good, bad))
    return FOLDER / f"compare-{input_name(good, 40)}-{input_name(bad, 40)}-{digests}.html"


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """
    Write a file in one step: a reader sees the old one or the new one, never a part.

    Args:
        path: Where; folders that do not exist are made, a link stays and its target is written.
            A device or a pipe is written to as it comes.
        content: What; text as UTF-8.
        private: Nobody but the user may read it: it holds secrets.

    Raises:
        UsageError: It cannot be written.
    """
    write_pieces(path, [content.encode() if isinstance(content, str) else content], private=private)


def write_pieces(path: Path, pieces: Iterable[bytes], *, private: bool = False) -> None:
    """
    Write a file in one step, of which there may be more than memory holds.

    Args:
        path: As of `write_whole`.
        pieces: What, in order.
        private: As of `write_whole`.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            # Putting a file in its place would take /dev/null away from everybody.
            with path.open("wb") as device:
                device.writelines(pieces)
        else:
            _replace(Path(os.path.realpath(path)), pieces, private=private)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _replace(path: Path, pieces: Iterable[bytes], *, private: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        # Also where the user interrupts: nobody would look for secrets in a hidden file.
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    # The only way to read it is to set it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
