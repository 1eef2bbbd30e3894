"""Where a report goes: names for it, and writing that never leaves half a file."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from ..model.errors import UsageError
from ..model.report import Report

FORMATS = ("html", "json", "text")
"""In which a report can be written."""

FOLDER = Path("reports")
"""Where reports go by default, below the current folder."""

_SUFFIXES = (
    *(".gz", ".zip", ".zst", ".tar", ".tgz", ".zhar"),
    *(".har", ".pcapng", ".pcap", ".cap", ".snoop", ".erf", ".ladder"),
)


def parse_output(text: str) -> tuple[str, str]:
    """
    FORMAT=PATH as given to `-o`.

    Raises:
        UsageError: There is no such format, or no path.
    """
    kind, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"-o {text}: give it as FORMAT=PATH, for example -o json=result.json")
    if kind not in FORMATS:
        raise UsageError(f"-o {text}: no format {kind}; there are {', '.join(FORMATS)}")
    return kind, path


def deliver(
    wanted: Iterable[tuple[str, str]], render: Callable[[str], str], *, private: bool
) -> None:
    """
    Write each output that is wanted.

    Args:
        wanted: Format and path of each; the path - is standard output.
        render: What stands in a report of a format.
        private: As of `write_whole`.
    """
    for kind, path in wanted:
        text = render(kind)
        if path == "-":
            click.echo(text, nl=False)
        else:
            write_whole(Path(path), text, private=private)


def default_path(report: Report) -> Path:
    """
    `reports/NAME-DIGEST.html`, named after the first input.

    The digest is the beginning of the input's SHA-256: captures are often all called
    `session.har`, and one report must not overwrite another's.
    """
    return FOLDER / f"{_stem(report, 80)}-{report.recordings[0].sha256[:8]}.html"


def comparison_path(good: Report, bad: Report) -> Path:
    """`reports/compare-GOOD-BAD-DIGESTS.html`, named after the first input of each."""
    digests = "-".join(report.recordings[0].sha256[:8] for report in (good, bad))
    return FOLDER / f"compare-{_stem(good, 40)}-{_stem(bad, 40)}-{digests}.html"


def _stem(report: Report, length: int) -> str:
    """The name of the first input, fit for a file's, `length` characters at most."""
    name = report.recordings[0].name
    while (stem := _without_suffix(name)) != name:
        name = stem
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name).lstrip(".") or "capture"
    # A file system counts octets, 255 of them mostly.
    return safe[:length].encode()[: 2 * length].decode(errors="ignore")


def _without_suffix(name: str) -> str:
    return next((name[: -len(s)] for s in _SUFFIXES if name.lower().endswith(s)), name)


def write_whole(path: Path, text: str, *, private: bool = False) -> None:
    """
    Write a file in one step: a reader sees the old one or the new one, never a part.

    Args:
        path: Where; folders that do not exist are made, a link stays and its target is written.
            A device or a pipe is written to as it comes.
        text: What.
        private: Nobody but the user may read it: it holds secrets.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            # Putting a file in its place would take /dev/null away from everybody.
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            _replace(Path(os.path.realpath(path)), text, private=private)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _replace(path: Path, text: str, *, private: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
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
