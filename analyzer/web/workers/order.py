"""
What a process is told to do, and what it says: JSON on its standard input and output.

The order is one document; the answer is a line for each `Told`, and the last one an `Outcome`.
What comes back was made of what strangers recorded, and is checked as such.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import MsgspecError, Struct, json

from ..records import Failure, FailureCode, FileKind, Keep, Progress, Summary

Tell = Callable[[Progress], None]
"""Hears how far a process is."""

RESULT: Final = "json"
"""Format of what is read by machines, which every job gives."""

ENGLISH: Final = "en"
"""Of what is read by machines."""


class Given(Struct, frozen=True, kw_only=True):
    """
    A file that an order names.

    Attributes:
        file_id: Of the file of the case.
        name: In the folder of the order's inputs.
        kind: What it seems to be.
        clean: It holds no secrets any more: it was made by an analysis before.
    """

    file_id: str
    name: str
    kind: FileKind
    clean: bool = False


class Bounds(Struct, frozen=True, kw_only=True):
    """
    What a process may use.

    Attributes:
        memory: Octets of address space.
        seconds: Wall clock, and of the processor.
        file_octets: Of each file that it writes.
    """

    memory: int
    seconds: float
    file_octets: int


class AnalyzeOrder(Struct, frozen=True, kw_only=True, tag="analyze"):
    """
    Analyse files as one case.

    Attributes:
        folder: Holds the files and nothing else.
        files: Those in it.
        profile: What is expected of the sessions.
        redact: What is taken out: "secrets" or "all".
        keep: What is made of the files, to stay.
        language: BCP 47 tag: the page is written in it.
        out: Empty folder for what is written.
        twins: Redacted files that are left out, as the very file is there again: that one by these.
        derived: Likewise files that were derived; what is derived now takes their place.
    """

    folder: str
    files: tuple[Given, ...]
    profile: str
    redact: str
    keep: Keep
    language: str
    out: str
    twins: dict[str, str] = {}
    derived: tuple[str, ...] = ()

    @property
    def sources(self) -> list[Path]:
        """What to analyse."""
        return [Path(self.folder) / file.name for file in self.files]

    def file_of(self, recording: str) -> Given | None:
        """The file in which a recording stands, by what the analysis calls it."""
        return next(
            (f for f in self.files if recording == f.name or recording.startswith(f"{f.name}/")),
            None,
        )


class CompareOrder(Struct, frozen=True, kw_only=True, tag="compare"):
    """
    Compare the sessions of two files.

    Attributes:
        good: File or folder with the good session, and keys.
        bad: Likewise of the bad one.
        profile: As of `AnalyzeOrder`.
        redact: As of `AnalyzeOrder`.
        out: As of `AnalyzeOrder`.
    """

    good: str
    bad: str
    profile: str
    redact: str
    out: str


class RenderOrder(Struct, frozen=True, kw_only=True, tag="render"):
    """
    Write a report that was saved once more.

    Attributes:
        saved: The JSON of an analysis.
        format: Name of a format.
        language: BCP 47 tag.
        out: As of `AnalyzeOrder`.
    """

    saved: str
    format: str
    language: str
    out: str


Order = AnalyzeOrder | CompareOrder | RenderOrder


class Task(Struct, frozen=True, kw_only=True):
    """
    All that a process is told.

    Attributes:
        order: What to do.
        bounds: What it may use.
        parent: Process that waits for it; without that one it ends.
    """

    order: Order
    bounds: Bounds
    parent: int


class Told(Struct, frozen=True, kw_only=True, tag="told"):
    """How far it is."""

    progress: Progress


class Written(Struct, frozen=True, kw_only=True):
    """
    A report that was written.

    Attributes:
        format: Name of the format.
        language: BCP 47 tag.
        file: Its name in `out`.
    """

    format: str
    language: str
    file: str


class Left(Struct, frozen=True, kw_only=True):
    """
    What was made of a file, without secrets, to stay.

    Attributes:
        file: Its name in `out`.
        name: What people shall see; empty where it takes the place of `file_id`.
        file_id: Of the file whose place it takes; empty if it stands beside them.
    """

    file: str
    name: str = ""
    file_id: str = ""


class Finished(Struct, frozen=True, kw_only=True, tag="finished"):
    """
    It is done.

    Attributes:
        written: Reports.
        summary: Of an analysis.
        left: What stays of the files, as of `Keep.REDACTED`.
    """

    written: tuple[Written, ...]
    summary: Summary | None = None
    left: tuple[Left, ...] = ()


class Failed(Struct, frozen=True, kw_only=True, tag="failed"):
    """
    It came to nothing.

    Attributes:
        failure: Why.
        died: Its process was killed by something else than a limit; another try may help.
    """

    failure: Failure
    died: bool = False


Outcome = Finished | Failed

LINE_OCTETS: Final = 1 << 18
"""Octets of the longest line that an answer may have."""

_FILE = re.compile(r"[a-z0-9][A-Za-z0-9.-]{0,60}")

_task = json.Decoder(Task)
_answer: json.Decoder[Told | Finished | Failed] = json.Decoder(Told | Finished | Failed)


def task_of(octets: bytes) -> Task:
    """
    What a process was told.

    Raises:
        MsgspecError: It is none.
    """
    return _task.decode(octets)


def as_line(told: Task | Told | Outcome) -> bytes:
    """A line of JSON."""
    return json.encode(told) + b"\n"


def answer_of(line: bytes) -> Told | Outcome:
    """
    A line of an answer; what is none counts as a fault.

    Names of files in it are such that they stay in their folder.
    """
    try:
        answer = _answer.decode(line)
    except (MsgspecError, ValueError, RecursionError):
        return fault("an answer that cannot be read")
    if isinstance(answer, Finished):
        named = [*(one.file for one in answer.written), *(one.file for one in answer.left)]
        if not all(_FILE.fullmatch(name) for name in named):
            return fault("an answer that names strange files")
    return answer


def fault(detail: str) -> Failed:
    """The outcome of what should not be."""
    return Failed(failure=Failure(code=FailureCode.FAULT, detail=detail))


def unreadable(error: OSError) -> Failed:
    """The outcome where files cannot be read or written."""
    detail = error.strerror or type(error).__name__
    return Failed(failure=Failure(code=FailureCode.STORAGE, detail=detail))
