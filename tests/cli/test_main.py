import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from analyzer.cli import main as door
from analyzer.model.errors import CaptureError


def leave(error: BaseException | None, result: object = None) -> Callable[..., object]:
    def run(**_: object) -> object:
        if error is not None:
            raise error
        return result

    return run


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (click.exceptions.Abort(), 130, "interrupted"),
        (click.UsageError("no such option"), 2, "no such option"),
        (CaptureError("a.har", "empty file"), 2, "a.har: empty file"),
        (ValueError("a secret of the capture"), 101, "internal fault, ValueError"),
    ],
)
def test_every_failure_has_its_code_and_one_line(
    error: BaseException,
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(door.stanzascope, "main", leave(error))
    before = sys.stdout
    monkeypatch.setattr(sys, "stdout", before)
    monkeypatch.delenv("STANZASCOPE_DEBUG", raising=False)
    with pytest.raises(SystemExit) as left:
        door.main()
    assert left.value.code == code
    if sys.stdout is not before:
        sys.stdout.close()
    said = capsys.readouterr().err
    assert says in said
    assert "a secret of the capture" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("result", "code"), [(3, 3), (None, 0)])
def test_a_commands_result_is_the_exit_code(
    result: object, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.stanzascope, "main", leave(None, result))
    with pytest.raises(SystemExit) as left:
        door.main()
    assert left.value.code == code
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_a_reader_that_goes_away_is_no_finding() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", "rules"],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_fault_is_shown_whole_where_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.stanzascope, "main", leave(ValueError("shown")))
    monkeypatch.setenv("STANZASCOPE_DEBUG", "1")
    with pytest.raises(ValueError, match="shown"):
        door.main()


def test_every_command_is_there() -> None:
    context = click.Context(door.stanzascope)
    assert door.stanzascope.list_commands(context) == sorted(door.COMMANDS)
    for name in door.COMMANDS:
        assert door.stanzascope.get_command(context, name) is not None
        assert (Path(door.__file__).parent / f"{name}.py").exists()
    assert door.stanzascope.get_command(context, "os") is None


def test_help_tells_every_command_and_every_exit_code() -> None:
    said = CliRunner().invoke(door.stanzascope, ["--help"]).output
    assert [name for name in door.COMMANDS if name not in said] == []
    assert [code for code in ("0", "1", "2", "3", "101", "130") if f"  {code} " not in said] == []


def test_nobody_reads_and_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise BrokenPipeError

    before = sys.stdout
    monkeypatch.setattr(click.Group, "invoke", gone)
    monkeypatch.setattr(sys, "argv", ["stanzascope", "rules"])
    monkeypatch.setattr(sys, "stdout", before)
    with pytest.raises(SystemExit) as left:
        door.main()
    assert left.value.code == 0
    assert sys.stdout is not before
    sys.stdout.close()


@pytest.mark.parametrize(
    "error", [CaptureError("x/token=hunter22x", "empty"), click.UsageError("no 'token=hunter22x'")]
)
def test_no_line_says_a_secret(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(door.stanzascope, "main", leave(error))
    with pytest.raises(SystemExit):
        door.main()
    said = capsys.readouterr().err
    assert "token=[redacted: token 1]" in said
    assert "hunter22" not in said
