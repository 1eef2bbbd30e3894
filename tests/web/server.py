"""The server as people run it: a process of its own, on a free port, with a folder of its own."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import httpx

READY_S = 30.0
STOP_S = 30.0

_ADDRESS = re.compile(r"serving at (https?://\S+)")


class Server:
    """
    One `stanzascope serve`.

    Attributes:
        data: Its folder.
        url: Where it answers, without a slash at the end.
        token: What lets people and programs in.
        pid: Of its process.
    """

    def __init__(
        self,
        data: Path,
        *options: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`options` and `environment` are given to the command beside its folder and port."""
        self.data = data
        self.url = ""
        self.token = ""
        self._options = options
        self._environment = {**os.environ, **(environment or {})}
        self._said = data.with_name(f"{data.name}.stderr")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def stderr(self) -> str:
        """All that it said since its first start."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    def start(self) -> Self:
        """Start it and wait until it says that it is ready; again at the same address."""
        if self._process is not None:
            raise RuntimeError("it runs already")
        port = str(urlsplit(self.url).port if self.url else 0)
        self._said.touch()
        before = self._said.stat().st_size
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "analyzer", "serve"),
                    *("--data", str(self.data), "--port", port, *self._options),
                ],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self._environment,
                start_new_session=True,
            )
        try:
            self._wait_until_ready(before)
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> int:
        """Ask it to end, wait for it, and give its exit code; a signal that killed it is < 0."""
        self._running.send_signal(signal.SIGTERM)
        try:
            return self._running.wait(STOP_S)
        finally:
            self._end()

    def kill(self) -> None:
        """End it at once, as the kernel does when memory is out."""
        self._running.kill()
        self._end()

    def restart(self) -> None:
        """Kill it and start it again at the same address."""
        self.kill()
        self.start()

    def signed_in(self, path: str = "/") -> str:
        """Address of a page that signs the browser in."""
        return f"{self.url}{path}?token={self.token}"

    def client(self, timeout_s: float = 30) -> httpx.Client:
        """Give a program with the token; close it."""
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token}"},
            trust_env=False,
            timeout=timeout_s,
        )

    def octets_with(self, wanted: bytes) -> list[str]:
        """Files below its folder whose name or octets hold what is wanted."""
        found = []
        for folder, _, names in os.walk(self.data):
            for name in names:
                path = Path(folder, name)
                # What is being deleted may be gone by now.
                with contextlib.suppress(FileNotFoundError):
                    if wanted in os.fsencode(path) or wanted in path.read_bytes():
                        found.append(str(path.relative_to(self.data)))
        return sorted(found)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self.kill()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("it does not run")
        return self._process

    def _end(self) -> None:
        # Its workers die with it; whatever does not is in its session, or a fault of the server.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()
        self._process = None

    def _wait_until_ready(self, said_before: int) -> None:
        until = time.monotonic() + READY_S
        with httpx.Client(trust_env=False, timeout=5) as client:
            while time.monotonic() < until:
                if self._running.poll() is not None:
                    raise RuntimeError(f"the server ended: {self.stderr[-2000:]}")
                if self._read_address(said_before):
                    with contextlib.suppress(httpx.TransportError):
                        if client.get(f"{self.url}/health/ready").status_code == httpx.codes.OK:
                            return
                time.sleep(0.05)
        raise RuntimeError(f"the server is not ready after {READY_S:g} s: {self.stderr[-2000:]}")

    def _read_address(self, said_before: int) -> bool:
        with self._said.open("rb") as said:
            said.seek(said_before)
            found = _ADDRESS.search(said.read().decode(errors="replace"))
        if found is None:
            return False
        parts = urlsplit(found[1])
        self.url = f"{parts.scheme}://{parts.netloc}"
        # One that it was given is not printed.
        given = self._environment.get("STANZASCOPE_TOKEN", "")
        self.token = parse_qs(parts.query).get("token", [given])[0]
        return True
