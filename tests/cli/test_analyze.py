"""The main job, as a user runs it."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.cli.analyze import asides, command
from analyzer.model.errors import UsageError
from analyzer.model.report import KeyFile, SkippedInput
from analyzer.pipeline import analyze
from analyzer.report.language.words import words

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"


def run(
    *arguments: str | Path, cwd: Path, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        timeout=60,
    )


def test_by_default_the_verdict_is_printed_and_a_report_written(tmp_path: Path) -> None:
    done = run("analyze", FIXTURES / "wrong-password/session.har", cwd=tmp_path)
    assert done.returncode == 1
    assert b"SA-007" in done.stdout
    (page,) = (tmp_path / "reports").iterdir()
    assert page.suffix == ".html"
    assert f"html report: reports/{page.name}" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good-ws/session.har"], 0),
        (["wrong-password/session.har"], 1),
        (["wrong-password/session.har", "--fail-on", "never"], 0),
        (["subscribe-missing-node/session.har", "--fail-on", "info"], 1),
        (["u-har-devtools-opened-late/session.har"], 3),
        (["firefox-good-ws/session.har"], 3),
    ],
)
def test_exit_codes(arguments: list[str], code: int, tmp_path: Path) -> None:
    first, *rest = arguments
    assert run("analyze", FIXTURES / first, *rest, cwd=tmp_path).returncode == code


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["analyze", "missing.har"], "missing.har"),
        (["analyze", "."], "."),
        (["analyze", "empty"], "empty"),
        (["analyze", "text"], "text"),
        (["analyze", "-", "-"], "-"),
        (["analyze", "text", "-o", "xml=a"], "no format xml"),
        (["analyze", "text", "--profile", "nobody"], "nobody"),
        (["analyze"], "INPUT"),
        (["rules", "XX-999"], "XX-999"),
        (["nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("this is no capture\n")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    message = done.stderr.decode().splitlines()[-1]
    assert says in message
    assert b"Traceback" not in done.stderr


def test_a_pipe_is_read(tmp_path: Path) -> None:
    octets = (FIXTURES / "wrong-password/capture.pcapng").read_bytes()
    done = run("analyze", "-", "--format", "json", cwd=tmp_path, stdin=octets)
    result = json.loads(done.stdout)
    assert result["verdict"]["outcome"] == "broken"
    assert result["inputs"][0]["name"] == "standard input"
    assert not (tmp_path / "reports").exists()


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    done = run("analyze", FIXTURES / "good-ws/session.har", "-q", "-o", "json=x.json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert json.loads((tmp_path / "x.json").read_bytes())["verdict"]["outcome"] == "healthy"


def test_output_to_standard_output_is_alone_there(tmp_path: Path) -> None:
    done = run("analyze", FIXTURES / "good-ws/session.har", "-o", "json=-", cwd=tmp_path)
    assert json.loads(done.stdout)["verdict"]["outcome"] == "healthy"


def test_the_same_input_gives_the_same_octets(tmp_path: Path) -> None:
    outputs = []
    for name in ("a", "b"):
        run(
            "analyze",
            FIXTURES / "k-subscribe-errors-prosody/capture.pcapng",
            "-q",
            "-o",
            f"html={name}.html",
            "-o",
            f"json={name}.json",
            cwd=tmp_path,
        )
        outputs.append([(tmp_path / f"{name}.{kind}").read_bytes() for kind in ("html", "json")])
    assert outputs[0] == outputs[1]


def test_rules_are_listed_and_shown(tmp_path: Path) -> None:
    listed = run("rules", cwd=tmp_path).stdout.decode()
    assert len(listed.splitlines()) >= 45
    shown = run("rules", "sa-007", cwd=tmp_path).stdout.decode()
    for word in ("Cause", "What to do", "Reference", "Fires on", "Silent on"):
        assert word in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, tmp_path: Path) -> None:
    done = run("completion", shell, cwd=tmp_path)
    assert done.returncode == 0
    assert b"_STANZASCOPE_COMPLETE" in done.stdout


def imported(cwd: Path, *arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "analyzer", *arguments],
        cwd=cwd,
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    return done.stderr.decode()


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    told = imported(tmp_path, "--help")
    for heavy in ("numpy", "lxml", "jinja2", "rich", "analyzer.pipeline"):
        assert f" {heavy}\n" not in told


def test_a_har_needs_no_arrays_and_no_ciphers(tmp_path: Path) -> None:
    har = ROOT / "fixtures/good-ws/session.har"
    told = imported(tmp_path, "analyze", har, "-q", "-o", "html=report.html")
    assert " lxml.etree\n" in told
    for heavy in ("numpy", "cryptography", "hpack", "rich"):
        assert f" {heavy}\n" not in told


def test_json_of_one_recording_needs_no_templates_and_no_comparison(tmp_path: Path) -> None:
    har = ROOT / "fixtures/good-ws/session.har"
    told = imported(tmp_path, "analyze", har, "-q", "-o", "json=report.json")
    assert " analyzer.report.machine.json_stories\n" in told
    for heavy in ("jinja2", "analyzer.session.compare", "analyzer.session.merge"):
        assert f" {heavy}\n" not in told


class Terminal(io.StringIO):
    """Standard output as a terminal."""

    def isatty(self) -> bool:
        return True


def inside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *arguments: str | Path) -> int:
    """The sub-command in this process, where coverage sees it."""
    monkeypatch.chdir(tmp_path)
    return int(command.main([str(part) for part in arguments], standalone_mode=False))


def test_on_a_terminal_the_verdict_stands_in_a_panel_and_progress_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("sys.stderr", Terminal())
    path = tmp_path / "r-lossy-ws.har"
    har = json.loads((FIXTURES / "good-ws/session.har").read_text(encoding="utf-8"))
    har["log"]["entries"] += har["log"]["entries"][-1:] * 256
    path.write_text(json.dumps(har))
    assert inside(monkeypatch, tmp_path, path, "--fail-on", "never") == 0
    assert "╭" in screen.getvalue()
    assert list((tmp_path / "reports").iterdir())


def test_a_har_needs_no_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "some.txt"
    keys.write_text(f"CLIENT_RANDOM {'ab' * 32} {'cd' * 48}\n")
    path = FIXTURES / "wrong-password/session.har"
    arguments = ("--keys", keys, "--format", "json")
    assert inside(monkeypatch, tmp_path, path, *arguments) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["verdict"]["cause"] == "SA-007"
    assert err == ""
    assert inside(monkeypatch, tmp_path, path, "-q", "-o", "text=x.txt", "-o", "json=-") == 1
    assert json.loads(capsys.readouterr().out)["verdict"]["cause"] == "SA-007"
    assert (tmp_path / "x.txt").read_text(encoding="utf-8").startswith("BROKEN")


def test_a_report_on_standard_output_is_alone_there_and_files_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = FIXTURES / "good-ws/session.har"
    assert inside(monkeypatch, tmp_path, path, "-o", "json=-", "-o", "html=a.html") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["verdict"]["outcome"] == "healthy"
    assert err == "html report: a.html\n"


def test_nothing_to_analyse_is_told_by_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = FIXTURES / "u-har-devtools-opened-late/session.har"
    assert inside(monkeypatch, tmp_path, path, "-q") == 3
    with pytest.raises(UsageError, match="one standard input"):
        inside(monkeypatch, tmp_path, "-", "-")


def test_a_folder_is_one_case(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case"
    (case / "sub").mkdir(parents=True)
    (case / "notes.txt").write_text("hello")
    (case / "link").symlink_to("/etc/passwd")
    (case / "my.txt").write_text(f"CLIENT_RANDOM {'ab' * 32} {'cd' * 48}\n")
    (case / "sub/x.har").write_bytes((FIXTURES / "wrong-password/session.har").read_bytes())
    (case / "sub/x.pcapng").write_bytes((FIXTURES / "good-ws/capture.pcapng").read_bytes())
    assert inside(monkeypatch, tmp_path, case, "--format", "json") == 1
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert [one["name"] for one in found["inputs"]] == ["case/sub/x.har", "case/sub/x.pcapng"]
    assert found["key_files"] == [
        {"name": "case/my.txt", "given": False, "secrets": 1, "private_keys": 0}
    ]
    assert found["skipped_inputs"] == [
        {"name": "case/link", "reason": "links are not followed"},
        {"name": "case/notes.txt", "reason": "no recording"},
    ]
    assert err.splitlines() == [
        "stanzascope: case/my.txt: found, and used for its 1 TLS secret",
        "stanzascope: case/link: skipped: links are not followed",
        "stanzascope: skipped, as no recordings: case/notes.txt",
    ]
    assert inside(monkeypatch, tmp_path, case, "-q") == 1
    assert capsys.readouterr() == ("", "")


def test_what_was_passed_over_is_told_in_few_lines() -> None:
    recording = analyze([FIXTURES / "good-ws/session.har"])
    skipped = [SkippedInput(name=f"{number}", reason="why" * (number % 2)) for number in range(40)]
    keys = KeyFile(name="k", given=False, secrets=2, private_keys=3)
    report = replace(recording, skipped_inputs=tuple(skipped), key_files=(keys,))
    told = list(asides(report, words("en")))
    assert told[0] == "k: found, and used for its 2 TLS secrets and 3 private keys"
    assert told[1] == "1: skipped: why"
    assert told[-2] == "10 more files skipped; the JSON report names them all"
    plain = ", ".join(str(number) for number in range(0, 20, 2))
    assert told[-1] == f"skipped, as no recordings: {plain} and 10 more"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello\n", "there is no TLS secret and no private key in it"),
        (
            b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
            "the private key",
        ),
    ],
)
def test_a_file_of_keys_that_holds_none_is_one_line(
    content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "my.txt"
    path.write_bytes(content)
    done = run("analyze", str(FIXTURES / "good-ws/session.har"), "--keys", str(path), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"stanzascope: my.txt: {said}")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("name", ["empty", "keys.txt", "none"])
def test_an_input_without_a_recording_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "keys.txt").write_text(f"CLIENT_RANDOM {'ab' * 32} {'cd' * 48}\n")
    done = run("analyze", name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"stanzascope: {name}: ")
    assert done.stderr.count(b"\n") == 1
