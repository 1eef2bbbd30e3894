"""`kill -9` of the server or of a worker at random points, while clients upload."""

import os
import re
import signal
import time
from collections import Counter
from random import Random

from msgspec import Struct

from tests.web.server import Server

from .clients import AHEAD, summed, uploading
from .processes import children

DRAIN_S = 300

REST_S = 10
"""How long at most is waited after a kill for jobs to end."""

ENDS = 2
"""How many are waited for: as many as there are workers."""

_OVER = re.compile(r'^stanzascope_jobs\{state="(?:done|failed)"\} (\S+)$', re.MULTILINE)

EXCUSED = {"crash", "interrupted"}
"""Why a job may fail whose processes are killed: twice its own, five times its server."""


class Kills(Struct):
    """
    How it went.

    Attributes:
        servers: Servers that were killed.
        workers: Workers that were.
        uploads: That were accepted.
        broken: Requests whose connection broke: nobody promised anything.
        states: State of a job at the end → how many.
        failures: Code → how many.
        refused: Status → how often.
        errors: In words.
        left: Files below the data folder that belong to no case.
        seconds: From the first upload to the last result.
    """

    servers: int
    workers: int
    uploads: int
    broken: int
    states: dict[str, int]
    failures: dict[str, int]
    refused: dict[int, int]
    errors: list[str]
    left: list[str]
    seconds: float

    @property
    def is_well(self) -> bool:
        """Every upload that was taken came to an end; none failed but by being killed."""
        wrong = self.refused or self.errors or self.left or set(self.failures) - EXCUSED
        return set(self.states) <= {"done", "failed"} and "done" in self.states and not wrong

    def __str__(self) -> str:
        """For people."""
        return (
            f"killed: {self.servers} servers, {self.workers} workers; {self.uploads} uploads "
            f"accepted, {self.broken} requests broken off, in {self.seconds:.0f} s; jobs "
            f"{self.states}, failures {self.failures}, refused {self.refused}, errors "
            f"{self.errors}, left behind {self.left}"
        )


def run(
    server: Server,
    times: int,
    *,
    seed: int,
    clients: int = 4,
    longest: float = 3,
    ahead: int = AHEAD,
) -> Kills:
    """Kill as often as that, wait for all results, and look what is left."""
    random = Random(seed)
    killed: Counter[str] = Counter()
    with uploading(server, clients, tolerant=True, ahead=ahead) as crowd:
        began = time.monotonic()
        for _ in range(times):
            time.sleep(random.uniform(0.05, longest))
            over = _over(server)
            killed[_kill(server, random)] += 1
            _rest(server, over)
    end = time.monotonic() + DRAIN_S
    for client in crowd:
        client.drain(end)
    total = summed(crowd)
    return Kills(
        servers=killed["server"],
        workers=killed["worker"],
        uploads=len(total.accepted),
        broken=total.broken,
        states=dict(Counter(each.state for each in total.accepted)),
        failures=dict(Counter(each.failure for each in total.accepted if each.failure)),
        refused=dict(total.refused),
        errors=total.errors,
        left=_left(server),
        seconds=time.monotonic() - began,
    )


def _kill(server: Server, random: Random) -> str:
    """One or the other, as often; the server where no worker is at work."""
    workers = children(server.pid)
    if workers and random.random() < 0.5:
        os.kill(random.choice(workers), signal.SIGKILL)
        return "worker"
    server.restart()
    return "server"


def _over(server: Server) -> int:
    """How many jobs are done or failed."""
    with server.client() as client:
        told = client.get("/metrics").text
    return sum(int(float(each)) for each in _OVER.findall(told))


def _rest(server: Server, over: int) -> None:
    """Let a job or two come to an end: who is hit again and again proves nothing but patience."""
    until = time.monotonic() + REST_S
    while _over(server) < over + ENDS and time.monotonic() < until:
        time.sleep(0.2)


def _left(server: Server) -> list[str]:
    """What lies in the folders of things under way, once nothing is."""
    return sorted(
        str(path.relative_to(server.data))
        for folder in ("incoming", "scratch")
        for path in (server.data / folder).rglob("*")
        if path.is_file() and path.stat().st_size
    )
