"""Processes of a server as Linux tells of them: who its children are, and what they weigh."""

import threading
from pathlib import Path

MIB = 1 << 20


def children(pid: int) -> list[int]:
    """Processes that it started and that live; none if it is gone itself."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(each) for each in path.read_text().split()]
        except OSError:
            continue
    return sorted(found)


def resident(pid: int) -> int:
    """Octets of a process in memory; 0 if it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * 4_096


class Scales(threading.Thread):
    """
    Weighs a server and its workers again and again.

    Attributes:
        server: Most octets that the server had in memory.
        worker: Likewise one worker.
        together: Likewise all of them at one time.
        workers: Most workers at one time.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.server = self.worker = self.together = self.workers = 0
        self.first = resident(pid)
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.1):
            server = resident(self._pid)
            workers = [resident(each) for each in children(self._pid)]
            self.server = max(self.server, server)
            self.worker = max([self.worker, *workers])
            self.workers = max(self.workers, len(workers))
            self.together = max(self.together, server + sum(workers))

    def stop(self) -> None:
        """Weigh no more."""
        self._over.set()
        self.join()
