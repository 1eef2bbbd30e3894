"""What the README shows is what the command prints."""

from pathlib import Path

from click.testing import CliRunner

from analyzer.cli.main import stanzascope

ROOT = Path(__file__).resolve().parents[2]


def test_the_sample_is_the_output(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sample = readme.partition("wrong-password/session.har\n")[2].partition("…\n```")[0]
    recording = str(ROOT / "fixtures/wrong-password/session.har")
    output = f"html={tmp_path / 'report.html'}"
    result = CliRunner().invoke(stanzascope, ["analyze", recording, "-o", output])
    assert len(sample.splitlines()) > 20
    assert result.stdout.startswith(sample)


def test_the_rule_it_shows_is_a_rule() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("```python\n")[2].partition("```")[0]
    assert shown == (ROOT / "analyzer/rules/finesse/fi_018_old_port.py").read_text(encoding="utf-8")
