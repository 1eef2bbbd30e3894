"""What a process does: analyse, compare, write a report again. It knows no server and no store."""

import os
from pathlib import Path

from ...model.limits import SAVED_DOCUMENT_OCTETS
from ...model.report import Report
from ...pipeline import analyze, compare, known_texts
from ...report.formats import COMPARISON_RENDERERS, RENDERERS
from ...report.language.words import LANGUAGES
from ...report.machine.saved import load
from ...report.redaction.redact import Redaction, redact, redact_comparison
from ..records import Keep, Phase, Progress
from .leftovers import leftovers
from .order import (
    ENGLISH,
    RESULT,
    AnalyzeOrder,
    CompareOrder,
    Finished,
    Order,
    RenderOrder,
    Tell,
    Written,
)
from .summary import summarize


def done(order: Order, tell: Tell) -> Finished:
    """
    Do what was ordered; what is written is on the disk when this returns.

    Raises:
        AnalyzerError: No file is a recording, or one cannot be read.
        OSError: The disk is full, or a file would be too long.
    """
    match order:
        case AnalyzeOrder():
            return _analyzed(order, tell)
        case CompareOrder():
            return _compared(order, tell)
        case _:
            return _rendered(order)


def _analyzed(order: AnalyzeOrder, tell: Tell) -> Finished:
    report = _report(order, tell)
    redacted = redact(report, Redaction(order.redact))
    tell(Progress(phase=Phase.WRITING))
    out = Path(order.out)
    written = (
        _written(out, RESULT, ENGLISH, RENDERERS[RESULT](redacted, ENGLISH)),
        _written(out, "html", order.language, RENDERERS["html"](redacted, order.language)),
    )
    left = leftovers(order, report, redacted, tell) if order.keep is Keep.REDACTED else ()
    return Finished(written=written, summary=summarize(redacted), left=tuple(left))


def _report(order: AnalyzeOrder, tell: Tell) -> Report:
    first = order.files[0].name

    def told(recording: str, delivered: int) -> None:
        # What a member of an archive is called may hold a secret; the file's name does not.
        file = order.file_of(recording)
        name = first if file is None else file.name
        tell(Progress(phase=Phase.READING, name=name, delivered=delivered))

    tell(Progress(phase=Phase.READING, name=first))
    # A picture among the recordings of a case is no reason to tell nothing of the others.
    return analyze(order.sources, order.profile, told, strict=len(order.files) == 1)


def _compared(order: CompareOrder, tell: Tell) -> Finished:
    good, bad = Path(order.good), Path(order.bad)
    folders = {side.name for side in (good, bad) if side.is_dir()}

    def told(recording: str, delivered: int) -> None:
        # As of an analysis: the file's name, and not what it calls a member.
        first, _, rest = recording.partition("/")
        name = rest.partition("/")[0] if first in folders else first
        tell(Progress(phase=Phase.READING, name=name, delivered=delivered))

    comparison = compare([good], [bad], order.profile, told)
    redacted = redact_comparison(comparison, Redaction(order.redact))
    tell(Progress(phase=Phase.WRITING))
    out = Path(order.out)
    # All of them, as a comparison cannot be read back; together they take a third of a second.
    written = (
        _written(out, kind, language, COMPARISON_RENDERERS[kind](redacted, language))
        for kind in COMPARISON_RENDERERS
        for language in ([ENGLISH] if kind == RESULT else LANGUAGES)
    )
    return Finished(written=tuple(written))


def _rendered(order: RenderOrder) -> Finished:
    with Path(order.saved).open("rb") as file:
        octets = file.read(SAVED_DOCUMENT_OCTETS + 1)
    redacted = load(octets, "result.json", known_texts())
    rendered = RENDERERS[order.format](redacted, order.language)
    return Finished(written=(_written(Path(order.out), order.format, order.language, rendered),))


def _written(out: Path, kind: str, language: str, rendered: str | bytes) -> Written:
    name = f"report.{language}.{kind}"
    with (out / name).open("xb") as file:
        file.write(rendered if isinstance(rendered, bytes) else rendered.encode())
        file.flush()
        os.fsync(file.fileno())
    return Written(format=kind, language=language, file=name)
