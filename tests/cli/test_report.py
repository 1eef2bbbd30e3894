"""A saved report is written again as if the recording were still there."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analyzer.cli.main import stanzascope
from analyzer.model.errors import UsageError
from analyzer.model.limits import SAVED_DOCUMENT_OCTETS

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"


def run(*arguments: str | Path) -> Any:
    return stanzascope.main([str(argument) for argument in arguments], standalone_mode=False)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    run("analyze", FIXTURES / "wrong-password/session.har", "-q", "-o", "json=saved.json")
    return tmp_path / "saved.json"


def test_the_language_is_that_asked_for_or_that_of_the_system(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("report", saved, "-q", "-o", "html=asked.html", "--lang", "nl")
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LC_MESSAGES", "")
    monkeypatch.setenv("LANG", "nl_BE.UTF-8")
    run("report", saved, "-q", "-o", "html=system.html")
    asked, system = (Path(name).read_text() for name in ("asked.html", "system.html"))
    assert asked == system
    assert 'lang="nl"' in asked


def test_by_default_the_verdict_is_printed_and_a_page_written(saved: Path) -> None:
    done = CliRunner().invoke(stanzascope, ["report", str(saved)], standalone_mode=False)
    assert done.return_value == 1
    assert "SA-007" in done.stdout
    (page,) = Path("reports").iterdir()
    assert f"html report: reports/{page.name}" in done.stderr


def test_a_report_comes_through_a_pipe(saved: Path) -> None:
    arguments = ["report", "-", "--format", "json", "--fail-on", "never"]
    done = CliRunner().invoke(
        stanzascope, arguments, input=saved.read_bytes(), standalone_mode=False
    )
    assert done.return_value == 0
    assert done.stdout_bytes == saved.read_bytes()


def test_more_can_be_taken_out_and_not_less(saved: Path) -> None:
    run("report", saved, "-q", "-o", "json=same.json", "--redact", "secrets")
    assert Path("same.json").read_bytes() == saved.read_bytes()
    run("report", saved, "-q", "-o", "json=all.json", "-o", "text=all.txt", "--redact", "all")
    before, after = (json.loads(Path(name).read_text()) for name in ("saved.json", "all.json"))
    agent = before["sessions"][0]["agent"]
    assert (before["redaction"], after["redaction"]) == ("secrets", "all")
    assert agent not in Path("all.txt").read_text()
    assert after["sessions"][0]["agent"].startswith("person-1@")
    assert before["redactions"].items() <= after["redactions"].items()
    assert before["redactions"]
    assert after["redactions"]["person"] > 0
    run("report", "all.json", "-q", "-o", "json=again.json")
    assert Path("again.json").read_bytes() == Path("all.json").read_bytes()
    with pytest.raises(UsageError, match="saved with --redact all"):
        run("report", "all.json", "--redact", "secrets")


def test_what_was_saved_with_its_secrets_stays_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    har = FIXTURES / "wrong-password/session.har"
    run("analyze", har, "-q", "--show-secrets", "--yes", "-o", "json=open.json")
    run("report", "open.json", "-q", "-o", "text=open.txt", "--lang", "en")
    assert "HOLDS PASSWORDS AND TOKENS" in Path("open.txt").read_text()
    assert Path("open.txt").stat().st_mode & 0o077 == 0
    for level in ("secrets", "all"):
        with pytest.raises(UsageError, match=rf"again with --redact {level}"):
            run("report", "open.json", "--redact", level)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "missing.json: cannot be read: No such file"),
        (b"", "no JSON report of Stanzascope"),
        (b"[]", "no JSON report of Stanzascope"),
        (b'{"log": {}}', "of a recording `stanzascope analyze` makes one"),
        (b'{"schema_version": "1.2", "tool": {"version": "0.0.9"}}', "by 0.0.9 before reports"),
    ],
)
def test_what_is_no_saved_report_is_one_clear_line(
    content: bytes | None, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("missing.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"missing\.json") as caught:
        run("report", "missing.json")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_more_is_read_than_a_report_may_have(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(SAVED_DOCUMENT_OCTETS + 1)
    with pytest.raises(UsageError, match="larger than any JSON report"):
        run("report", huge)
