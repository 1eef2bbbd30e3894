"""A saved report is written again as if the recording were still there: of every recording."""

from pathlib import Path

import pytest

from analyzer.cli.main import stanzascope
from analyzer.report.formats import RENDERERS

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def run(*arguments: str | Path) -> object:
    return stanzascope.main([str(argument) for argument in arguments], standalone_mode=False)


def recordings() -> list[Path]:
    """One of each folder, packets and HARs by turns: a report is saved in the same way for all."""
    names = ("capture.pcapng", "capture.pcap", "server.pcapng", "session.har")
    found = [
        [path for name in names if (path := folder / name).exists()]
        for folder in sorted(FIXTURES.iterdir())
    ]
    return [paths[n % len(paths)] for n, paths in enumerate(filter(None, found))]


@pytest.mark.parametrize("recording", recordings(), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_format_is_the_same_as_from_the_recording(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")

    def outputs(name: str) -> list[str]:
        return [word for kind in RENDERERS for word in ("-o", f"{kind}={name}.{kind}")]

    code = run("analyze", recording, "-q", *outputs("first"))
    assert run("report", "first.json", "-q", *outputs("again")) == code
    for kind in RENDERERS:
        first, again = (tmp_path / f"{name}.{kind}" for name in ("first", "again"))
        assert first.read_bytes() == again.read_bytes(), kind
