"""
The process that reads what strangers recorded: one order, then it is gone.

Started by `watching`, with the task on standard input. It gives up rights to memory, processor and
disk before it reads what was recorded, and it ends with the server that started it.
"""

import contextlib
import ctypes
import errno
import math
import os
import resource
import signal
import time
from typing import BinaryIO, Final

from ...model.errors import AnalyzerError
from ..records import Failure, FailureCode, Progress
from .order import Bounds, Failed, Order, Outcome, Told, as_line, fault, task_of, unreadable

BETWEEN_S: Final = 0.25
"""Of two lines that say how far it is."""

DETAIL_LENGTH: Final = 1_000

OPEN_FILES: Final = 256

NICENESS: Final = 5
"""The server answers first."""

_PR_SET_PDEATHSIG: Final = 1


def confine(bounds: Bounds, parent: int) -> None:
    """
    Give up what is not needed.

    Raises:
        SystemExit: The parent is gone already.
    """
    with contextlib.suppress(AttributeError):  # only Linux can
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before that
        raise SystemExit(1)
    os.nice(NICENESS)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, bounds.file_octets),
        (resource.RLIMIT_AS, bounds.memory),
    ):
        _lower(what, most, most)
    # At the first of the two a signal tells why it ends, at the second it is killed.
    seconds = math.ceil(bounds.seconds) + 1
    _lower(resource.RLIMIT_CPU, seconds, seconds + 5)


def _lower(what: int, soft: int, hard: int) -> None:
    _, most = resource.getrlimit(what)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))


class Teller:
    """Says how far it is, not too often."""

    def __init__(self, out: BinaryIO) -> None:
        """Begin; `out` is written to."""
        self._out = out
        self._next = 0.0
        self._phase: object = None

    def __call__(self, progress: Progress) -> None:
        """Say it, unless it was said just now."""
        now = time.monotonic()
        if now >= self._next or progress.phase is not self._phase:
            self._next, self._phase = now + BETWEEN_S, progress.phase
            self.say(Told(progress=progress))

    def say(self, told: Told | Outcome) -> None:
        """A line."""
        self._out.write(as_line(told))
        self._out.flush()


def carried_out(order: Order, tell: Teller) -> Outcome:
    """Do what was ordered; whatever happens is an outcome."""
    try:
        from .analysis import done  # noqa: PLC0415 - within the bounds, too

        return done(order, tell)
    except MemoryError:
        pass  # what was held is let go of before anything is said
    except Exception as error:  # noqa: BLE001 - a door: the one place that may not let it through
        return _outcome(error)
    return _NO_MEMORY


_NO_MEMORY: Final = Failed(failure=Failure(code=FailureCode.MEMORY))


def _outcome(error: Exception) -> Failed:
    if isinstance(error, AnalyzerError):
        return Failed(failure=Failure(code=FailureCode.INPUT, detail=_said(error)))
    cause: BaseException | None = error
    while cause is not None:
        if _is_of_memory(cause):
            return _NO_MEMORY
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, OSError):
        return unreadable(error)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_code.co_qualname}" if trace is not None else ""
    return fault(f"{type(error).__name__}{where}")


def _is_of_memory(error: BaseException) -> bool:
    """As it looks where Python, the system, or the loader of libraries finds none."""
    match error:
        case MemoryError():
            return True
        case OSError():
            return error.errno == errno.ENOMEM
        case _:
            return isinstance(error, ImportError) and "failed to map segment" in str(error)


def _said(error: AnalyzerError) -> str:
    """The line of an error; what members of an archive are called may hold a secret."""
    from ...report.language.visible import clipped, legible  # noqa: PLC0415 - seldom needed
    from ...report.redaction.eraser import Eraser  # noqa: PLC0415 - likewise

    return clipped(legible(Eraser([]).clean(str(error))), DETAIL_LENGTH)


def main(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Read a task, and carry it out."""
    task = task_of(stdin.read())
    confine(task.bounds, task.parent)
    teller = Teller(stdout)
    teller.say(carried_out(task.order, teller))
