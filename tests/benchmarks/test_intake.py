"""
What it takes to receive an upload, beside writing and hashing the same octets.

Without `--benchmark-only` nothing is timed, and a small upload shows that all of it comes.
"""

import hashlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from analyzer.web.records import Upload
from tests.web.intake.forms import HAR, Client, chosen, client, form

MIB = 1 << 20

LARGE = 300 * MIB

SMALL = 3 * MIB
"""Where nothing is timed."""

PIECE = bytes(64 * 1024)
"""As a server hands a body over."""

LEAST_PER_S = 150_000_000
"""Octets in a second of the processor, so that it does not matter who else uses the machine."""

TIMES = 8
"""What it may cost beside hashing and writing the octets alone."""

MORE = 16 * 1024
"""KiB that receiving may add to the memory of the process."""


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Client]:
    with client(tmp_path) as one:
        yield one


def body(octets: int) -> Iterator[bytes]:
    """A form with a recording of so many octets and a few."""
    head, tail = form(chosen("a.har", HAR + b"\0")).split(b"\0")
    yield head
    yield from (PIECE for _ in range(octets // len(PIECE)))
    yield tail


def written(octets: int, path: Path) -> float:
    """Seconds of the processor for the same without a form."""
    begun = process_time()
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(octets // len(PIECE)):
            digest.update(PIECE)
            file.write(PIECE)
        file.flush()
        os.fsync(file.fileno())
    took = process_time() - begun
    path.unlink()
    return took


def test_an_upload_is_taken_as_fast_as_a_disk_writes(
    sender: Client, tmp_path: Path, benchmark: BenchmarkFixture
) -> None:
    octets = LARGE if benchmark.enabled else SMALL
    sender.send(*body(SMALL))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = process_time()
    upload: Upload = benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: sender.send(*body(octets))
    )
    took = process_time() - begun
    assert upload.files[0].octets == octets + len(HAR)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MORE
    if benchmark.enabled:
        peer = written(octets, tmp_path / "peer")
        benchmark.extra_info |= {"MB/s": octets / took / 1e6, "peer, s": peer, "ours, s": took}
        assert octets / took >= LEAST_PER_S
        assert took <= TIMES * peer
