"""Options that several sub-commands take: how much of a report is taken out."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.main import stanzascope
from analyzer.cli.options import redaction_level
from analyzer.model.errors import UsageError
from analyzer.report.redaction.redact import Redaction

CAPTURE = Path(__file__).resolve().parents[2] / "fixtures/wrong-password/session.har"


@pytest.mark.parametrize(
    ("given", "shown", "level"),
    [
        (None, False, Redaction.SECRETS),
        ("secrets", False, Redaction.SECRETS),
        ("all", False, Redaction.ALL),
        (None, True, Redaction.NONE),
    ],
)
def test_levels(given: str | None, shown: bool, level: Redaction) -> None:
    assert Redaction(redaction_level(given, show_secrets=shown, yes=True)) is level


def test_both_at_once_are_refused() -> None:
    with pytest.raises(UsageError, match="leave out --redact"):
        redaction_level("all", show_secrets=True, yes=True)


@pytest.mark.parametrize("command", ["analyze", "compare"])
@pytest.mark.parametrize("answer", ["y", "n", None])
def test_secrets_are_shown_to_whoever_confirms_it(
    command: str, answer: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    inputs = [str(CAPTURE)] * (2 if command == "compare" else 1)
    arguments = [command, *inputs, "-q", "--show-secrets", "-o", "html=x.html"]
    with runner.isolation(input=answer):
        monkeypatch.setattr(sys.stdin, "isatty", lambda: answer is not None)
        try:
            stanzascope.main(arguments, standalone_mode=False)
            said = ""
        except UsageError as error:
            said = str(error)
    page = tmp_path / "x.html"
    assert page.exists() is (answer == "y")
    if answer == "y":
        assert page.stat().st_mode & 0o077 == 0
    else:
        assert ("not confirmed" if answer else "--yes") in said
