"""What a door prints is printable and tells no secret."""

import shutil
import sys
from pathlib import Path

import pytest

from analyzer.cli.main import stanzascope
from analyzer.cli.said import printable, safe

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/wrong-password/session.har"


def test_what_a_terminal_would_obey_is_shown() -> None:
    assert printable("a\x1b[2Jb\u202ec\n") == "a\\x1b[2Jb\\u202ec\\n"
    assert printable("Zürich") == "Zürich"
    assert safe("a\x1b[2Jb") == "a\\x1b[2Jb"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("token: there is no such file", "token: there is no such file"),
        ("secret: cannot be read: is a folder", "secret: cannot be read: is a folder"),
        ("x/password=hunter22.har: empty", "x/password=[redacted: password 1]: empty"),
        ("html report: reports/a.html", "html report: reports/a.html"),
        ("-o pin=12345: no format pin", "-o pin=[redacted: password 1]: no format pin"),
    ],
)
def test_names_lose_their_secrets_and_lines_nothing_else(line: str, said: str) -> None:
    assert safe(line) == said


def test_a_name_with_a_colon_is_known_by_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["stanzascope", "analyze", "password: hunter22.har"])
    assert safe("password: hunter22.har: empty file") == (
        "password: [redacted: password 1]: empty file"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "{}", "-o", "text=out/token=hunter22x"],
        ["analyze", "{}"],
        ["compare", "{}", "{}", "-o", "text=out/token=hunter22x"],
        ["redact", "{}", "token=hunter22x"],
    ],
    ids=["analyze", "page", "compare", "redact"],
)
def test_no_door_says_a_secret(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    shutil.copy(FIXTURE, "password=hunter22x.har")
    given = [argument.format("password=hunter22x.har") for argument in arguments]
    stanzascope.main(given, standalone_mode=False)
    said = capsys.readouterr()
    assert "hunter22" not in said.err + said.out
