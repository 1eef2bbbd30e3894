"""Other people's captures, broken ones above all: each ends in a report or in one clear line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

READ_ALL = """
import json, re, sys, time
from pathlib import Path
from analyzer.model.errors import CaptureError
from analyzer.pipeline import analyze
from analyzer.report.formats import RENDERERS
from analyzer.report.redaction.redact import redact
told = set()
for line in sys.stdin:
    path = Path(line.rstrip("\\n"))
    begun = time.process_time()
    try:
        report = redact(analyze([path]))
        found = report.report.sessions
        tells = (bool(found), *sorted({one.rule_id for one in report.report.findings}))
        # A thousand times over they only say that nothing was found: then the page alone is drawn.
        for name, render in RENDERERS.items():
            if name == "html" or found or tells not in told:
                render(report, "en")
        told.add(tells)
        said = report.report.verdict.outcome.value
    except CaptureError as error:
        said = str(error)
    # Not ru_maxrss: Linux hands the peak of the parent on through fork and exec.
    peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
    mib = int(peak[1]) / 1024
    print(json.dumps([str(path), said, time.process_time() - begun, mib]), flush=True)
"""


@pytest.mark.parametrize("folder", ["public/crash", "public/captures", "public-har"])
def test_every_file_ends_in_a_report_or_one_line(shared: Path, folder: str) -> None:
    files = sorted(
        str(path)
        for path in (shared / folder).rglob("*")
        if path.is_file() and path.suffix not in (".md", ".tsv", ".json", ".txt", ".log")
    )
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL],
        input="\n".join(files) + "\n",
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stderr == ""
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [name for name, *_ in results] == files
    assert [name for name, said, *_ in results if "\n" in said] == []
    assert [(name, seconds) for name, _, seconds, _ in results if seconds > 10] == []
    # The peak so far: the first file to pass the mark is the one to blame.
    assert [(name, mib) for name, _, _, mib in results if mib > 300][:1] == []
