"""What stays of the files of a case, without the secrets in them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...model.errors import AnalyzerError
from ...model.recording import Kind
from ...model.report import Report
from ...model.session import Carrier, Session
from ...pipeline import analyze
from ...report.filename import bare_name
from ...report.formats import RENDERERS
from ...report.redaction.redact import RedactedReport, Redaction, narrowed
from ...sanitizing import Sanitizer
from ..records import FileKind, Phase, Progress
from .order import AnalyzeOrder, Given, Left, Tell

PIECE_LENGTH = 1 << 16


def leftovers(
    order: AnalyzeOrder, report: Report, redacted: RedactedReport, tell: Tell
) -> Iterator[Left]:
    """
    Write each HAR without its secrets, and the sessions of all else as one HAR.

    What was made so before stays as it is; of keys and of what is no recording nothing is made.

    Args:
        order: Says where the files are.
        report: What they gave together.
        redacted: The same without secrets.
        tell: Told how far it is.
    """
    told: list[Given] = []
    for file in order.files:
        if file.clean:
            told.append(file)
            continue
        alone = _alone(order, file, report, tell)
        if alone is not None:
            yield _sanitized(order, file, alone, tell)
            told.append(file)
    yield from _sessions(order, told, redacted)


def _alone(order: AnalyzeOrder, file: Given, report: Report, tell: Tell) -> Report | None:
    """What a file gives without the others, if it is one HAR; else None."""
    if file.kind in (FileKind.KEYS, FileKind.PACKETS):
        return None
    alone = report
    if len(order.files) > 1:
        tell(Progress(phase=Phase.REDACTING, name=file.name))
        try:
            alone = analyze([Path(order.folder) / file.name], order.profile)
        except AnalyzerError:
            return None
    return alone if [held.kind for held in alone.recordings] == [Kind.HAR] else None


def _sanitized(order: AnalyzeOrder, file: Given, alone: Report, tell: Tell) -> Left:
    source = Path(order.folder) / file.name
    sanitizer = Sanitizer(source, alone, Redaction(order.redact))
    name = f"{file.file_id}.har"

    def pieces() -> Iterator[str]:
        for piece in sanitizer.pieces():
            yield piece
            tell(Progress(phase=Phase.REDACTING, name=file.name, delivered=sanitizer.entries))

    _write(order, name, pieces())
    if file.kind is FileKind.HAR:
        return Left(file=name, file_id=file.file_id)
    # What was packed is so no more, and its name would lie.
    return Left(file=name, name=_called(file))


def _sessions(order: AnalyzeOrder, told: list[Given], redacted: RedactedReport) -> Iterator[Left]:
    """The sessions that stand in no HAR that stays."""
    report = redacted.report
    files = {r.capture: order.file_of(r.name) for r in report.recordings}
    held = {capture for capture, file in files.items() if file in told}
    sessions = tuple(
        session
        for session in report.sessions
        if _can_be_told(session) and held.isdisjoint(_captures(session))
    )
    if sessions:
        text = RENDERERS["har"](narrowed(redacted, sessions), order.language)
        _write(order, SESSIONS, [str(text)])
        origins = {files[capture] for session in sessions for capture in _captures(session)}
        origin = origins.pop() if len(origins) == 1 else None
        yield Left(file=SESSIONS, name=SESSIONS if origin is None else _called(origin))


def _captures(session: Session) -> list[int]:
    return [session.capture, *(part.capture for part in session.parts)]


def _can_be_told(session: Session) -> bool:
    """
    A HAR can say of it what was seen.

    Of one that is encrypted, or runs on TCP, it would hold nothing; read alone, it would then tell
    something else than the packets did.
    """
    bosh = session.bosh
    if session.exchanges or (bosh is not None and (bosh.turns or bosh.latest)):
        return True
    seen = session.upgrade is not None or session.stanza_count > 0
    return session.carrier is Carrier.WEBSOCKET and seen


def _called(file: Given) -> str:
    return f"{bare_name(file.name)}.har"


SESSIONS = "sessions.har"
"""Sessions of several files."""


def _write(order: AnalyzeOrder, name: str, pieces: Iterable[str]) -> None:
    with (Path(order.out) / name).open("x", encoding="utf-8", buffering=PIECE_LENGTH) as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
