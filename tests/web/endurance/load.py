"""Many clients at once: no error, no lost job, bounded memory."""

import time
from collections import Counter

from msgspec import Struct

from tests.web.server import Server

from .clients import AHEAD, summed, uploading
from .processes import MIB, Scales

DRAIN_S = 300


class Load(Struct):
    """
    How it went.

    Attributes:
        uploads: That were accepted.
        octets: Of them.
        states: State of a job at the end → how many.
        failures: Code → how many.
        refused: Status → how often.
        waits: How often clients were asked for patience.
        errors: In words.
        server: Most octets of the server in memory.
        worker: Likewise of a worker.
        together: Likewise of all of them.
        seconds: From the first upload to the last result.
    """

    uploads: int
    octets: int
    states: dict[str, int]
    failures: dict[str, int]
    refused: dict[int, int]
    waits: int
    errors: list[str]
    server: int
    worker: int
    together: int
    seconds: float

    @property
    def is_well(self) -> bool:
        """Every upload that was taken has its report."""
        return set(self.states) == {"done"} and not (self.refused or self.errors)

    def __str__(self) -> str:
        """For people."""
        return (
            f"{self.uploads} uploads ({self.octets / MIB:.0f} MiB) in {self.seconds:.0f} s; "
            f"jobs {self.states}, failures {self.failures}, refused {self.refused}, "
            f"asked for patience {self.waits}, errors {self.errors}; in memory at most: server "
            f"{self.server / MIB:.0f} MiB, a worker {self.worker / MIB:.0f} MiB, together "
            f"{self.together / MIB:.0f} MiB"
        )


def run(server: Server, clients: int, seconds: float, ahead: int = AHEAD) -> Load:
    """Have clients upload for some seconds, and wait for all results."""
    scales = Scales(server.pid)
    scales.start()
    with uploading(server, clients, tolerant=False, ahead=ahead) as crowd:
        began = time.monotonic()
        time.sleep(seconds)
    for client in crowd:
        client.drain(began + seconds + DRAIN_S)
    took = time.monotonic() - began
    scales.stop()
    total = summed(crowd)
    return Load(
        uploads=len(total.accepted),
        octets=total.octets,
        states=dict(Counter(each.state for each in total.accepted)),
        failures=dict(Counter(each.failure for each in total.accepted if each.failure)),
        refused=dict(total.refused),
        waits=total.waits,
        errors=total.errors,
        server=scales.server,
        worker=scales.worker,
        together=scales.together,
        seconds=took,
    )
