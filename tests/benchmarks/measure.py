"""Measure a whole process: the kernel's own account of it when it has ended."""

import os
import subprocess
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Cost(NamedTuple):
    """CPU seconds, user and system, and the peak of resident memory in MiB."""

    cpu_s: float
    rss_mib: float


class CommandFailedError(RuntimeError):
    """A measured command did not do its work."""


def once(command: list[str], cwd: Path) -> Cost:
    """
    Run a command, its output thrown away.

    Raises:
        CommandFailedError: It ended with a code that is not 0 or 1 (1: problems were found).
    """
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise CommandFailedError(f"{command[0]} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def cost(command: list[str], cwd: Path, runs: int) -> Cost:
    """Medians of some runs."""
    costs = [once(command, cwd) for _ in range(runs)]
    return Cost(median(c.cpu_s for c in costs), max(c.rss_mib for c in costs))
