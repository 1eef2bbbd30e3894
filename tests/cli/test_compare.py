"""`stanzascope compare`, as a user runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli.compare import exit_code
from analyzer.cli.main import stanzascope
from analyzer.cli.output import comparison_path
from analyzer.model import comparison as model
from tests.cli.test_output import report
from tests.report.comparisons import same

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
GOOD = FIXTURES / "good-ws/session.har"
BAD = FIXTURES / "wrong-password/session.har"


def run(*arguments: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(
        stanzascope, ["compare", *map(str, arguments)], input=stdin, standalone_mode=False
    )


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_by_default_it_is_printed_and_a_page_written(elsewhere: Path) -> None:
    done = run(GOOD, BAD)
    assert done.return_value == 1
    assert done.stdout.startswith("THEY PART: The bad session parts from the good one at auth")
    (page,) = (elsewhere / "reports").iterdir()
    assert page.name.startswith("compare-session-session-")
    assert f"html comparison: reports/{page.name}" in done.stderr


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ("good-ws/session.har", "good-ws/capture.pcapng", 0),
        ("good-ws/session.har", "wrong-password/session.har", 1),
        ("good-ws/session.har", "good-wss-tls13/session.har", 1),
        ("good-ws/session.har", "midstream/capture.pcapng", 3),
    ],
)
def test_exit_codes(good: str, bad: str, code: int) -> None:
    assert run(FIXTURES / good, FIXTURES / bad, "-q", "-o", "json=x").return_value == code


def test_every_result_has_its_exit_code() -> None:
    codes = [exit_code(same(result=result)) for result in model.Result]
    assert codes == [1, 1, 1, 0, 3]


def test_formats_and_outputs(elsewhere: Path) -> None:
    done = run(GOOD, BAD, "--format", "json")
    assert json.loads(done.stdout)["result"] == "parted"
    assert not (elsewhere / "reports").exists()
    done = run(GOOD, BAD, "-o", "html=a/b.html", "-o", "text=-")
    assert done.stdout.startswith("THEY PART")
    assert (elsewhere / "a/b.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    done = run(GOOD, BAD, "-q", "-o", "json=c.json")
    assert (done.stdout, done.stderr) == ("", "")


def test_a_folder_its_keys_and_what_was_passed_over_are_told_by_side() -> None:
    done = run(GOOD, FIXTURES / "idle-timeout-proxy", "--format", "text")
    assert "bad: idle-timeout-proxy/keys.log: found, and used for its" in done.stderr
    assert "bad: skipped, as no recordings: idle-timeout-proxy/expected.json" in done.stderr


def test_keys_and_a_pipe() -> None:
    capture = FIXTURES / "good-wss-tls13/capture.pcapng"
    keys = FIXTURES / "good-wss-tls13/keys.log"
    done = run(
        *(FIXTURES / "good-wss-tls13/session.har", "-", "--keys", keys, "--format", "json"),
        stdin=capture.read_bytes(),
    )
    found = json.loads(done.stdout)
    assert (found["result"], found["bad"]["inputs"][0]["name"]) == ("same", "standard input")
    assert found["bad"]["session"]["stanzas"] == 31
    without = run(
        *(FIXTURES / "good-wss-tls13/session.har", "-", "--format", "json"),
        stdin=capture.read_bytes(),
    )
    assert json.loads(without.stdout)["notes"][-2]["what"] == "hidden"


def test_sessions_can_be_named() -> None:
    loop = FIXTURES / "reconnect-loop/session.har"
    done = run(GOOD, loop, "--bad-session", "4", "--good-session", "1", "--format", "json")
    found = json.loads(done.stdout)
    assert (found["bad"]["session"]["number"], found["bad"]["chosen"]) == (4, "asked")
    assert found["good"]["chosen"] == "asked"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((GOOD, "missing.har"), "missing.har"),
        ((GOOD, BAD, "--bad-session", "9"), "the bad recording has no session 9; it has 1"),
        ((GOOD, BAD, "--bad-session", "0"), "0"),
        (("-", "-"), "one standard input"),
        ((GOOD, BAD, "-o", "xml=a"), "no format xml"),
        ((GOOD, BAD, "--profile", "nobody"), "nobody"),
        ((GOOD,), "BAD"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str | Path, ...], says: str) -> None:
    error = run(*arguments).exception
    assert error is not None
    message = getattr(error, "format_message", error.__str__)()
    assert says in message


def test_a_page_with_secrets_is_for_nobody_else(elsewhere: Path) -> None:
    done = run(GOOD, BAD, "-q", "--show-secrets", "--yes", "-o", "html=x.html")
    assert done.return_value == 1
    page = elsewhere / "x.html"
    assert page.stat().st_mode & 0o077 == 0
    assert "Do not pass it on" in page.read_text(encoding="utf-8")


def test_a_comparison_is_named_after_both() -> None:
    path = comparison_path(report("ok.har"), report("../Case 7.pcapng.gz"))
    assert path.as_posix() == "reports/compare-ok-_Case_7-01234567-01234567.html"
    long = comparison_path(report("漢" * 300 + ".har"), report("漢" * 300 + ".har")).name
    assert len(long.encode()) < 220
