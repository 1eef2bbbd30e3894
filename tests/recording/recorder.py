"""Record what a client and a server say to each other: dumpcap on the loopback interface."""

import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.recording.carriers import CARRIERS, context
from tests.recording.login import log_in
from tests.recording.prosody import Account, prosody

PATIENCE_S = 20.0
AGENT = Account("1001001", "lab-1001001")


def record(
    folder: Path,
    carrier: str,
    *,
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    account: Account = AGENT,
) -> list[str]:
    """
    Record a login anew, as `capture.pcapng` with `keys.log` beside it.

    Args:
        folder: Takes both files.
        carrier: A key of `CARRIERS`.
        version: Of TLS.
        account: Who logs in; the server knows only `AGENT`.

    Returns:
        What the client received, by local name, in order.

    Raises:
        TimeoutError: The server or dumpcap did not come up, or an answer did not come.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="prosody") as state,
        prosody(Path(state), [AGENT]) as server,
        _dumpcap(folder / "capture.pcapng", " or ".join(f"tcp port {p}" for p in server.ports)),
    ):
        tls = context(server, folder / "keys.log", version)
        return log_in(CARRIERS[carrier](server, tls), account)


@contextmanager
def _dumpcap(path: Path, wanted: str) -> Iterator[None]:
    arguments = ["dumpcap", "-q", "-i", "lo", "-f", wanted, "-w", str(path)]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as capturing:
        try:
            _wait_for(path, capturing)
            yield
            # What is in the kernel's buffer comes out within a fraction of this.
            time.sleep(1.0)
        finally:
            capturing.terminate()
            capturing.communicate()


def _wait_for(path: Path, capturing: "subprocess.Popen[bytes]") -> None:
    """Until the head of the file is written: then it captures."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if capturing.poll() is not None:
            message = "dumpcap may not capture here"
            raise TimeoutError(message)
        if path.exists() and path.stat().st_size:
            return
        time.sleep(0.05)
    message = "dumpcap did not begin"
    raise TimeoutError(message)
