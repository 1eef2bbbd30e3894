"""`stanzascope redact`: a HAR that is safe to share."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from ..model.errors import UsageError
from ..model.recording import Kind, Recording
from ..model.report import Report
from ..report.language.lines import cell, columns
from ..report.language.texts import listed, say
from ..report.language.words import Words, words
from ..report.redaction.redact import Redaction, redact
from .inputs import sources
from .options import KEYS, LANG, QUIET, REDACT, language_of
from .output import deliver, parse_output, write_pieces
from .said import safe

if TYPE_CHECKING:
    from ..pipeline import Input
    from ..sanitizing import Sanitizer

PIECE_LENGTH = 1 << 16


@click.command()
@click.argument("recording", metavar="IN", type=click.Path())
@click.argument("target", metavar="[OUT]", required=False, type=click.Path())
@click.option(
    "-o",
    "--output",
    "output",
    metavar="har=OUT",
    help="The same as OUT; of a packet capture, the session as a HAR.",
)
@KEYS
@REDACT
@click.option("--show-secrets", is_flag=True, hidden=True)
@LANG
@QUIET
def command(
    *,
    recording: str,
    target: str | None,
    output: str | None,
    keys: tuple[str, ...],
    redact_level: str | None,
    show_secrets: bool,
    language: str | None,
    quiet: bool,
) -> int:
    """
    Make a HAR that is safe to share: without passwords, tokens and cookies.

    IN is a HAR, plain or compressed; OUT is still one that Chrome and this program open, and that
    shows the same findings. WebSocket messages, BOSH bodies, headers, URLs, forms and everything
    else is gone through; bodies that no diagnosis needs (scripts, pages, images) are emptied. Equal
    values get equal marks. - is standard input or output.

    A packet capture cannot be made safe: what it holds is told, and -o har=OUT writes the session
    it shows as such a HAR.

    Exit codes: 0 written, 1 IN is a packet capture and nothing was written, 2 and 101 as of
    `analyze`.
    """
    told = words(language_of(language))
    if show_secrets:
        raise UsageError(told["redacting.show_secrets"])
    if target is not None and output is not None:
        raise UsageError(told["redacting.two_outputs"])
    path = target if output is None else parse_output(output, ("har",))[1]
    _refuse_same(recording, path, told)
    level = Redaction(redact_level or Redaction.SECRETS)
    with _kept(recording, keys) as (source, key_files):
        report = _analyzed(source, key_files)
        held = report.recordings[0]
        if len(report.recordings) > 1:
            count = len(report.recordings)
            raise UsageError(say(told, "redacting.several", name=recording, count=count))
        if held.kind is Kind.HAR:
            if path is None:
                raise UsageError(told["redacting.no_output"])
            _rewind(source)
            _write(source, report, level, path, told, quiet=quiet)
            return 0
        if held.kind is not Kind.PACKETS:
            raise UsageError(say(told, "redacting.no_har", name=recording))
    if output is not None:
        return _export(report, level, output, quiet=quiet)
    # Names of files, too, may hold a secret.
    for line in _told(redact(report, level).report, held, told):
        click.echo(safe(line), err=True)
    return 1


def _refuse_same(recording: str, path: str | None, told: Words) -> None:
    if path in {None, "-"} or recording == "-":
        return
    here, there = Path(recording), Path(str(path))
    if here.exists() and there.exists() and here.samefile(there):
        raise UsageError(say(told, "redacting.same_file", path=str(path)))


@contextmanager
def _kept(recording: str, keys: tuple[str, ...]) -> Iterator[tuple["Input", list["Input"]]]:
    """What to read; a pipe is kept in a nameless file, as it is read more than once."""
    (source,), key_files = sources([recording], keys)
    if isinstance(source, Path) and (source.is_file() or source.is_dir() or not source.exists()):
        yield source, key_files  # whoever reads it says whether there is anything
        return
    with tempfile.TemporaryFile() as spool:
        try:
            with source.open("rb") if isinstance(source, Path) else nullcontext(source[1]) as pipe:
                shutil.copyfileobj(pipe, spool)
        except OSError as error:
            raise UsageError(f"{recording}: cannot be read: {error.strerror}") from error
        spool.seek(0)
        name = source.name if isinstance(source, Path) else source[0]
        yield (name, spool), key_files


def _rewind(source: "Input") -> None:
    if not isinstance(source, Path):
        source[1].seek(0)


def _analyzed(source: "Input", key_files: list["Input"]) -> Report:
    from ..pipeline import analyze

    return analyze([source], keys=key_files)


def _write(
    source: "Input", report: Report, level: Redaction, path: str, told: Words, *, quiet: bool
) -> None:
    from ..sanitizing import Sanitizer

    sanitizer = Sanitizer(source, report, level)
    pieces = _octets(sanitizer.pieces())
    if path == "-":
        _show(pieces)
    else:
        write_pieces(Path(path), pieces)
    if not quiet:
        name = redact(report, level).report.recordings[0].name
        for line in _taken(sanitizer, name, path, told):
            click.echo(safe(line), err=path == "-")


def _octets(pieces: Iterator[str]) -> Iterator[bytes]:
    """Pieces of a useful size, in UTF-8."""
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= PIECE_LENGTH:
            yield "".join(waiting).encode()
            waiting.clear()
            length = 0
    yield "".join(waiting).encode()


def _show(pieces: Iterator[bytes]) -> None:
    out: BinaryIO = sys.stdout.buffer
    out.writelines(pieces)
    out.flush()


def _taken(sanitizer: "Sanitizer", name: str, path: str, told: Words) -> Iterator[str]:
    """What was taken out, as a table; what could not be read."""
    if sanitizer.skipped or sanitizer.damaged:
        counts = {"skipped": sanitizer.skipped, "damaged": sanitizer.damaged}
        yield say(told, "redacting.damaged", name=name, **counts)
    taken = sanitizer.taken.items()
    rows = [(told.word("taken", kind), told.number(count)) for kind, count in taken]
    if sanitizer.emptied:
        rows.append((told["redacting.emptied"], told.number(sanitizer.emptied)))
    if rows:
        rows.insert(0, (told["redacting.taken"], told["redacting.count"]))
        width = max(columns(label) for label, _ in rows) + 2
        yield from (f"{cell(label, width)}{count}" for label, count in rows)
    else:
        yield told["redacting.nothing"]
    if not sanitizer.people:
        yield told["redacting.level_secrets"]
    if path != "-":
        yield say(told, "redacting.written", path=path, entries=sanitizer.entries)


def _export(report: Report, level: Redaction, output: str, *, quiet: bool) -> int:
    """The session of a capture as a HAR, as `analyze -o har=` writes it."""
    from ..report.formats import RENDERERS

    wanted = [parse_output(output, RENDERERS)]
    redacted = redact(report, level)
    deliver(wanted, lambda kind: RENDERERS[kind](redacted, "en"), private=False)
    if not quiet and wanted[0][1] != "-":
        click.echo(safe(f"{wanted[0][0]} report: {wanted[0][1]}"), err=True)
    return 0


def _told(report: Report, held: Recording, told: Words) -> Iterator[str]:
    """What a capture holds, and what to do."""
    name = report.recordings[0].name
    yield say(told, "redacting.capture", name=name)
    secrets = [
        say(told, f"secret.{secret.value}", count=count)
        for secret, count in held.secrets.items()
        if count
    ]
    if secrets:
        yield told["redacting.holds"].format(secrets=listed(told, secrets))
    else:
        yield told["redacting.holds_nothing"]
    for file in report.key_files:
        counts = {"secrets": file.secrets, "private_keys": file.private_keys}
        yield say(told, "redacting.key_file", name=file.name, **counts)
    yield say(told, "redacting.do_export", name=name)
    yield told["redacting.do_packets"]
