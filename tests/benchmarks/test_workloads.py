"""The workloads are what they claim to be; `pytest --benchmark-only` times the analysis of each."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from analyzer.model.report import Report
from analyzer.pipeline import analyze
from tests.benchmarks.__main__ import PEERS, tshark_with_keys
from tests.benchmarks.__main__ import tshark as tshark_without
from tests.benchmarks.workloads import key_log, write

SCALE = 0.002

FOUND = {
    "A": (1, 230),
    "B": (10, 77),
    "C": (1, 230),
    "D": (0, 0),
    "E": (6, 77),
    "F": (1, 230),
    "H": (1, 181),
}
"""Sessions, and stanzas of each, at that scale; A, C and F are written larger to have any."""


@pytest.mark.parametrize("name", sorted(PEERS))
def test_every_session_is_found(name: str, tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    path = write(name, tmp_path, 0.005 if name in "ACF" else SCALE)
    keys = [key_log(path)] if name in "EF" else []
    report: Report = benchmark(analyze, [path], keys=keys)
    sessions, stanzas = FOUND[name]
    assert [s.stanza_count for s in report.sessions] == [stanzas] * sessions


@pytest.mark.parametrize("name", ["A", "B", "C", "E", "F"])
def test_tshark_sees_as_many_frames(name: str, tmp_path: Path, tshark: str) -> None:
    path = write(name, tmp_path, 0.005 if name in "ACF" else SCALE)
    command = (tshark_with_keys if name in "EF" else tshark_without)(path)
    seen = subprocess.run([tshark, *command[1:]], capture_output=True, check=True, text=True)
    sessions, stanzas = FOUND[name]
    assert len(seen.stdout.splitlines()) == sessions * stanzas
    assert shutil.which("tshark") == tshark
