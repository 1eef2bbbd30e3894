"""Starts the process that reads what strangers recorded, and outlives whatever it does."""

import asyncio
import contextlib
import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

from ..records import Failure, FailureCode
from .order import (
    LINE_OCTETS,
    Bounds,
    Failed,
    Order,
    Outcome,
    Task,
    Tell,
    Told,
    answer_of,
    as_line,
    fault,
    unreadable,
)

HOUSE: Final = Path(__file__).resolve().parents[3]
"""Where the package is; with nothing else of the server's environment the process finds it."""

LINGER_S: Final = 2.0
"""How long a process may live without its standard output, or that without the process."""

ANSWER_OCTETS: Final = 16 << 20
"""Octets of a whole answer."""

_START: Final = (
    f"import sys; from {__package__}.child import main; main(sys.stdin.buffer, sys.stdout.buffer)"
)

CHILD: Final = (sys.executable, "-P", "-s", "-c", _START)


async def carry_out(
    order: Order,
    bounds: Bounds,
    on_progress: Tell,
    command: tuple[str, ...] = CHILD,
) -> Outcome:
    """
    Have a process do what is ordered.

    It is gone when this returns, and also where this is cancelled. To be called from the main
    thread's event loop: with the thread that started it the process ends, too.

    Args:
        order: What to do.
        bounds: What the process may use.
        on_progress: Told how far it is.
        command: What to run.
    """
    try:
        child = _Child(order, bounds, command)
    except OSError as error:
        return unreadable(error)
    try:
        return await child.outcome(on_progress, bounds.seconds)
    finally:
        await child.end()


class _Child:
    """One process, from its start to its end."""

    def __init__(self, order: Order, bounds: Bounds, command: tuple[str, ...]) -> None:
        """
        Start it.

        Raises:
            OSError: It cannot be started.
        """
        task = Task(order=order, bounds=bounds, parent=os.getpid())
        with tempfile.TemporaryFile(dir=order.out) as stdin:
            stdin.write(as_line(task))
            stdin.seek(0)
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                command,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=order.out,
                env=_environment(order.out),
                start_new_session=True,
            )
        self._loop = asyncio.get_running_loop()
        self._gone = asyncio.Event()
        self._pipe: asyncio.ReadTransport | None = None
        self._lock = threading.Lock()
        self._status: int | None = None
        try:
            threading.Thread(target=self._wait, daemon=True).start()
        except RuntimeError as error:
            self._kill()
            with self._process:
                pass  # reaps it, and closes its output
            raise OSError(errno.EAGAIN, "no thread can be started") from error

    async def outcome(self, on_progress: Tell, seconds: float) -> Outcome:
        """Read what it says until it has said its last, its time is up, or it is gone."""
        try:
            async with asyncio.timeout(seconds):
                answer = await self._last(on_progress)
        except TimeoutError:
            return Failed(failure=Failure(code=FailureCode.TIME))
        if answer is not None:
            return answer
        if self._status is None or self._status < 0:
            late = self._status == -signal.SIGXCPU
            code = FailureCode.TIME if late else FailureCode.CRASH
            return Failed(failure=Failure(code=code), died=not late)
        return fault(f"the process ended with {self._status} and said nothing")

    async def end(self) -> None:
        """Kill what is left of it, and wait until it is gone."""
        with self._lock:
            if self._status is None:
                self._kill()
        await self._gone.wait()
        if self._pipe is not None:
            self._pipe.close()
            await asyncio.sleep(0)
        with self._process:
            pass  # closes its output, should nobody have come to read it

    async def _last(self, on_progress: Tell) -> Outcome | None:
        """What it said last; None if it closed its output, or ended, before."""
        reading = asyncio.create_task(self._answer(on_progress))
        gone = asyncio.create_task(self._gone.wait())
        try:
            await asyncio.wait({reading, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                # What it said before it ended is still in the pipe, which another may hold open.
                await asyncio.wait({reading}, timeout=LINGER_S)
            elif reading.result() is None:
                await asyncio.wait({gone}, timeout=LINGER_S)
            return reading.result() if reading.done() else None
        finally:
            reading.cancel()
            gone.cancel()
            await asyncio.gather(reading, gone, return_exceptions=True)

    async def _answer(self, on_progress: Tell) -> Outcome | None:
        reader = asyncio.StreamReader(limit=LINE_OCTETS)
        self._pipe, _ = await self._loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), self._process.stdout
        )
        octets = 0
        while octets <= ANSWER_OCTETS:
            try:
                line = await reader.readline()
            except ValueError:
                return fault("an answer with a line that is too long")
            if not line:
                return None
            octets += len(line)
            answer = answer_of(line)
            if not isinstance(answer, Told):
                return answer
            on_progress(answer.progress)
        return fault("an answer that is too long")

    def _wait(self) -> None:
        """Wait in a thread of its own until it ends; with it goes whatever it started."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:
            # Not reaped yet, its number belongs to nobody else.
            self._kill()
            self._status = self._process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody asks any more
            self._loop.call_soon_threadsafe(self._gone.set)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the server's: its token may be in there."""
    return {
        "PYTHONPATH": str(HOUSE),
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "TMPDIR": folder,
        # A thread per core takes address space, and is never used here.
        "OPENBLAS_NUM_THREADS": "1",
    }
