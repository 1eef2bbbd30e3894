"""The workloads are what they claim to be; `pytest --benchmark-only` times the analysis of each."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from analyzer.model.report import Report
from analyzer.pipeline import analyze
from tests.benchmarks.__main__ import PEERS
from tests.benchmarks.workloads import write

SCALE = 0.002

FOUND = {"A": (1, 230), "B": (10, 77), "C": (1, 230), "D": (0, 0), "H": (1, 181)}
"""Sessions, and stanzas of each, at that scale; A and C are written larger to have any."""


@pytest.mark.parametrize("name", sorted(PEERS))
def test_every_session_is_found(name: str, tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    scale = 0.005 if name in "AC" else SCALE
    path = write(name, tmp_path, scale)
    report: Report = benchmark(analyze, [path])
    sessions, stanzas = FOUND[name]
    assert [s.stanza_count for s in report.sessions] == [stanzas] * sessions


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_tshark_sees_as_many_frames(name: str, tmp_path: Path, tshark: str) -> None:
    scale = 0.005 if name in "AC" else SCALE
    path = write(name, tmp_path, scale)
    seen = subprocess.run(
        [tshark, "-r", str(path), "-d", "tcp.port==7071,http", "-Y", "websocket"],
        capture_output=True,
        check=True,
        text=True,
    )
    sessions, stanzas = FOUND[name]
    assert len(seen.stdout.splitlines()) == sessions * stanzas
    assert shutil.which("tshark") == tshark
