"""`stanzascope redact`, as a user runs it."""

import json
import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli.main import stanzascope
from analyzer.model.errors import AnalyzerError, CaptureError, UsageError
from analyzer.report.language.lines import columns

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
HAR = FIXTURES / "good-ws" / "session.har"
CAPTURE = FIXTURES / "good-wss-tls13" / "capture.pcapng"


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    given = ["redact", "--lang", "en", *map(str, arguments)]
    return CliRunner().invoke(stanzascope, given, input=stdin, standalone_mode=False)


def refused(*arguments: object, stdin: bytes | None = None) -> str:
    result = run(*arguments, stdin=stdin)
    assert isinstance(result.exception, AnalyzerError), result.output
    return str(result.exception)


def test_a_har_is_written_and_told(tmp_path: Path) -> None:
    out = tmp_path / "new" / "safe.har"
    result = run(HAR, out)
    assert result.return_value == 0
    assert result.stdout == (
        "Taken out      How often\n"
        "password       1\n"
        "authorization  2\n"
        "Names, phone numbers and call data are still in it; --redact all takes them out, too.\n"
        f"{out}: 6 entries written\n"
    )
    assert len(json.loads(out.read_text())["log"]["entries"]) == 6
    assert out.stat().st_mode & 0o777 == 0o666 & ~_umask()
    assert [path.name for path in out.parent.iterdir()] == ["safe.har"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_people_too(tmp_path: Path) -> None:
    result = run(HAR, "-o", f"har={tmp_path / 'safe.har'}", "--redact", "all")
    assert result.return_value == 0
    assert "person " in result.stdout
    assert "still in it" not in result.stdout
    assert "agent1001" not in (tmp_path / "safe.har").read_text()


def test_nothing_to_take_out(tmp_path: Path) -> None:
    result = run(FIXTURES / "u-har-devtools-opened-late" / "session.har", tmp_path / "x.har")
    assert "nothing had to be taken out\n" in result.stdout


def test_bodies_are_told(tmp_path: Path) -> None:
    result = run(FIXTURES / "p-ipv6-ws" / "session.har", tmp_path / "x.har")
    assert "Bodies no diagnosis needs  3\n" in result.stdout


def test_quietly(tmp_path: Path) -> None:
    result = run(HAR, tmp_path / "x.har", "-q")
    assert (result.return_value, result.output) == (0, "")


def test_pipes(tmp_path: Path) -> None:
    run(HAR, tmp_path / "x.har")
    result = run("-", "-", stdin=HAR.read_bytes())
    assert result.return_value == 0
    assert result.stdout == (tmp_path / "x.har").read_text()
    assert result.stderr.startswith("Taken out")
    assert "written" not in result.stderr


def test_a_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(HAR.read_bytes(),))
    writer.start()
    result = run(pipe, tmp_path / "x.har")
    writer.join()
    assert result.return_value == 0
    assert len(json.loads((tmp_path / "x.har").read_text())["log"]["entries"]) == 6


def test_an_archive_with_one_har_is_that_har(tmp_path: Path) -> None:
    result = run(FIXTURES / "har-playwright-attach" / "session.har.zip", tmp_path / "x.har")
    assert result.return_value == 0
    assert "_webSocketMessages" in (tmp_path / "x.har").read_text()


def test_damage_is_told(tmp_path: Path) -> None:
    cut = tmp_path / "cut.har"
    cut.write_bytes(HAR.read_bytes()[:-2_000])
    result = run(cut, tmp_path / "x.har")
    assert result.return_value == 0
    assert result.stdout.startswith("cut.har is damaged: 0 entries could not be read, of 1 entry ")
    assert json.loads((tmp_path / "x.har").read_text())["log"]["entries"]


def test_a_capture_is_not_redacted_but_told(tmp_path: Path) -> None:
    result = run(CAPTURE, tmp_path / "x.pcapng")
    assert result.return_value == 1
    assert not (tmp_path / "x.pcapng").exists()
    assert "capture.pcapng is a packet capture, and nothing was written" in result.stderr
    assert "It holds: 1 login exchange." in result.stderr
    assert "keys.log opens it: 12 TLS secrets" in result.stderr
    assert "-o har=FILE.har" in result.stderr
    assert "editcap --discard-all-secrets" in result.stderr


def test_a_capture_without_known_secrets() -> None:
    result = run(FIXTURES / "untrusted-certificate" / "capture.pcapng")
    assert result.return_value == 1
    assert "No secret was found" in result.stderr


def test_the_session_of_a_capture(tmp_path: Path) -> None:
    out = tmp_path / "x.har"
    result = run(CAPTURE, "-o", f"har={out}")
    assert result.return_value == 0
    assert result.stderr.endswith(f"har report: {out}\n")
    analyzed = tmp_path / "y.har"
    CliRunner().invoke(
        stanzascope, ["analyze", str(CAPTURE), "-q", "-o", f"har={analyzed}"], standalone_mode=False
    )
    assert out.read_text() == analyzed.read_text()
    assert run(CAPTURE, "-o", f"har={out}", "-q").output == ""
    assert json.loads(run(CAPTURE, "-o", "har=-").stdout)["log"]["version"] == "1.2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((HAR,), "say where to write it"),
        ((HAR, "x.har", "-o", "har=y.har"), "not both"),
        ((HAR, HAR), "is the recording itself"),
        ((HAR, "x.har", "--show-secrets"), "there is no --show-secrets"),
        ((HAR, "-o", "html=x.html"), "no format html"),
        ((FIXTURES / "good-ws", "x.har"), "give the HAR by itself"),
        (("nowhere.har", "x.har"), "there is no such file"),
    ],
    ids=["no output", "two", "the same", "secrets", "format", "several", "nowhere"],
)
def test_what_is_refused(arguments: tuple[object, ...], said: str) -> None:
    assert said in refused(*arguments)


def test_a_ladder_is_no_har(tmp_path: Path) -> None:
    ladder = tmp_path / "x.ladder"
    ladder.write_text("@har\n@login\n")
    assert "no HAR and no packet capture" in refused(ladder, tmp_path / "y.har")


def test_what_cannot_be_read_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_: object) -> object:
        yield "{"
        raise CaptureError("x.har", "the disk is gone")

    monkeypatch.setattr("analyzer.sanitizing.Sanitizer.pieces", break_off)
    assert "the disk is gone" in refused(HAR, tmp_path / "new" / "x.har")
    assert list((tmp_path / "new").iterdir()) == []


def test_columns_of_wide_letters(tmp_path: Path) -> None:
    given = ["redact", "--lang", "zh-Hans", str(HAR), str(tmp_path / "x.har")]
    result = CliRunner().invoke(stanzascope, given, standalone_mode=False)
    head, first, second, *_ = result.stdout.splitlines()
    places = {columns(line) - columns(line.split()[-1]) for line in (head, first, second)}
    assert len(places) == 1


def test_a_pipe_that_breaks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("analyzer.cli.redact.shutil.copyfileobj", break_off)
    result = run("-", tmp_path / "x.har", stdin=b"{}")
    assert isinstance(result.exception, UsageError)
    assert "Input/output error" in str(result.exception)


def test_more_than_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.cli.redact.PIECE_LENGTH", 10)
    run(HAR, tmp_path / "x.har")
    monkeypatch.undo()
    run(HAR, tmp_path / "y.har")
    assert (tmp_path / "x.har").read_bytes() == (tmp_path / "y.har").read_bytes()
