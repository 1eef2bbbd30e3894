"""Clients that upload again and again, each from an address of its own."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from random import Random

import httpx
from msgspec import Struct, field

from tests.web.server import Server

from .recordings import Recording, recordings

AHEAD = 5
"""Jobs of one client that are not over; with more it waits, as people do."""

LOOK_S = 0.5

SLOW = 0.5
"""Share of the uploads that take their time, so that a server is killed in the midst of some."""

PIECES = 20
PAUSE_S = 0.05


class Slow(BytesIO):
    """A file that comes in pieces with pauses between them."""

    def read(self, size: int | None = -1, /) -> bytes:
        time.sleep(PAUSE_S)
        most = len(self.getbuffer()) // PIECES + 1
        return super().read(most if size is None or size < 0 else min(size, most))


class Accepted(Struct):
    """
    An upload that was answered with 2xx.

    Attributes:
        recording: What was uploaded.
        case: Id of its case.
        job: Id of its job.
        state: Of the job, as last seen.
        failure: Code of its failure.
    """

    recording: str
    case: str
    job: str
    state: str = "queued"
    failure: str = ""


class Tally(Struct):
    """
    What became of all uploads.

    Attributes:
        accepted: Those that were.
        octets: Of them.
        refused: Status → how often, of answers that were neither 2xx nor expected.
        waits: How often the server asked for patience (503, 429).
        broken: Requests whose connection broke before they were answered.
        errors: What went wrong otherwise, in words.
    """

    accepted: list[Accepted] = field(default_factory=list)
    octets: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    waits: int = 0
    broken: int = 0
    errors: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """
    Uploads until it is told to stop.

    Attributes:
        tally: What became of it.
    """

    def __init__(
        self,
        number: int,
        server: Server,
        choice: list[Recording],
        *,
        tolerant: bool,
        ahead: int = AHEAD,
    ) -> None:
        """`tolerant`: the server may die under it. `ahead`: jobs that are not over."""
        super().__init__(name=f"client {number}", daemon=True)
        self.tally = Tally()
        self._random = Random(number)
        self._choice = choice
        self._tolerant = tolerant
        self._ahead = ahead
        self._over = threading.Event()
        self._http = httpx.Client(
            base_url=server.url,
            headers={"Authorization": f"Bearer {server.token}"},
            trust_env=False,
            timeout=60,
            # Limits are kept by address: so many clients are not one.
            transport=httpx.HTTPTransport(local_address=f"127.0.2.{number + 1}"),
        )

    def stop(self) -> None:
        """Upload nothing more."""
        self._over.set()

    def run(self) -> None:
        try:
            while not self._over.is_set():
                if len(self._open()) < self._ahead:
                    self._upload()
                else:
                    self._over.wait(LOOK_S)
                    self.look()
        except Exception as error:  # noqa: BLE001 - a thread that dies unseen would be a client less
            self.tally.errors.append(f"{self.name}: {error!r}")

    def drain(self, until: float) -> None:
        """Wait for the end of all jobs, at most until then (`time.monotonic`)."""
        while self._open() and time.monotonic() < until:
            self.look()
            time.sleep(LOOK_S)
        self._http.close()

    def look(self) -> None:
        """Ask for the jobs that are not over, the oldest first, up to the first that goes on."""
        for each in self._open():
            answer = self._ask("GET", f"/api/v1/jobs/{each.job}")
            if answer is None:
                return
            if answer.status_code == httpx.codes.OK:
                told = answer.json()
                each.state = told["state"]
                each.failure = (told["failure"] or {}).get("code", "")
                if not told["finished"]:
                    return
            elif answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                self.tally.refused[answer.status_code] += 1
                each.state = f"answered {answer.status_code}"

    def _open(self) -> list[Accepted]:
        return [each for each in self.tally.accepted if each.state in ("queued", "running")]

    def _upload(self) -> None:
        recording = self._random.choice(self._choice)
        slowly = self._tolerant and self._random.random() < SLOW
        files = [
            ("file", (name, Slow(octets) if slowly else BytesIO(octets)))
            for name, octets in recording.files
        ]
        number = {"number": f"{self.name} {len(self.tally.accepted)}"}
        answer = self._ask("POST", "/api/v1/cases", files=files, data=number)
        if answer is None:
            return
        if answer.status_code == httpx.codes.CREATED:
            case = answer.json()
            made = Accepted(recording.name, case["id"], case["job"]["id"])
            self.tally.accepted.append(made)
            self.tally.octets += recording.octets
        elif answer.status_code in (
            httpx.codes.SERVICE_UNAVAILABLE,
            httpx.codes.TOO_MANY_REQUESTS,
        ):
            self.tally.waits += 1
            self._over.wait(min(5, int(answer.headers.get("retry-after", "1"))))
        else:
            self.tally.refused[answer.status_code] += 1

    def _ask(self, method: str, path: str, **more: object) -> httpx.Response | None:
        answer = None
        try:
            answer = self._http.request(method, path, **more)  # type: ignore[arg-type]
        except httpx.ConnectError:
            if not self._tolerant:
                raise
        except httpx.TransportError:
            if not self._tolerant:
                raise
            self.tally.broken += 1
        if answer is None:
            self._over.wait(0.1)
        return answer


@contextmanager
def uploading(
    server: Server, number: int, *, tolerant: bool, ahead: int = AHEAD
) -> Iterator[list[Client]]:
    """So many clients that upload meanwhile; afterwards they only have jobs to wait for."""
    choice = recordings()
    crowd = [Client(each, server, choice, tolerant=tolerant, ahead=ahead) for each in range(number)]
    for client in crowd:
        client.start()
    try:
        yield crowd
    finally:
        for client in crowd:
            client.stop()
        for client in crowd:
            client.join()


def summed(clients: list[Client]) -> Tally:
    """What became of the uploads of all of them."""
    total = Tally()
    for client in clients:
        tally = client.tally
        total.accepted += tally.accepted
        total.octets += tally.octets
        total.refused += tally.refused
        total.waits += tally.waits
        total.broken += tally.broken
        total.errors += tally.errors
    return total
