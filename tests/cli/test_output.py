"""Reports are named after their input, and never half written."""

import os
import stat
import sys
from pathlib import Path

import pytest

from analyzer.cli.output import default_path, deliver, parse_output, show, write_whole
from analyzer.model.errors import UsageError
from analyzer.model.recording import Kind, Recording
from analyzer.model.report import Outcome, Report, Verdict

FORMATS = ("html", "json")


def report(name: str) -> Report:
    return Report(
        tool_version="1",
        profile="finesse",
        verdict=Verdict(outcome=Outcome.HEALTHY),
        recordings=(
            Recording(
                capture=0, name=name, sha256="0123456789ab", octets=1, format="HAR", kind=Kind.HAR
            ),
        ),
        sessions=(),
        findings=(),
        skipped=(),
        rules_run=(),
        texts={},
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("session.har", "reports/session-01234567.html"),
        ("Case 7.PCAPNG.gz", "reports/Case_7-01234567.html"),
        ("../../etc/passwd", "reports/_.._etc_passwd-01234567.html"),
        (".har", "reports/capture-01234567.html"),
        ("a" * 300, f"reports/{'a' * 80}-01234567.html"),
    ],
)
def test_a_report_is_named_after_its_input(name: str, path: str) -> None:
    assert default_path(report(name)).as_posix() == path


def test_no_name_is_too_long_for_a_file_system() -> None:
    name = default_path(report("漢" * 300 + ".har")).name
    assert len(name.encode()) < 200
    assert name.endswith(".html")


def test_output_is_format_and_path() -> None:
    assert parse_output("json=a=b.json", FORMATS) == ("json", "a=b.json")


@pytest.mark.parametrize("text", ["json", "json=", "xml=a"])
def test_a_wrong_output_says_what_is_wrong(text: str) -> None:
    with pytest.raises(UsageError, match="-o "):
        parse_output(text, FORMATS)


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.html"
    write_whole(target, "one")
    write_whole(target, "two\n")
    assert target.read_bytes() == b"two\n"
    assert list(target.parent.iterdir()) == [target]


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path / "file" / "report.html", "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path / "folder", "x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_a_report_can_be_passed_on_and_one_with_secrets_cannot(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "open", "x")
        write_whole(tmp_path / "private", "x", private=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600


def test_a_device_is_written_to_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "one\n")
        assert os.read(reader, 100) == b"one\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_the_target_of_a_link_is_written_and_the_link_stays(tmp_path: Path) -> None:
    link = tmp_path / "latest.html"
    link.symlink_to("case.html")
    write_whole(link, "one")
    assert link.is_symlink()
    assert (tmp_path / "case.html").read_text() == "one"


def test_an_interrupt_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "report.html", "a secret", private=True)
    assert list(tmp_path.iterdir()) == []


def test_each_output_goes_where_it_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.json"
    deliver([("json", str(path)), ("text", "-")], "as {}".format, private=True)
    assert path.read_text() == "as json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert capsys.readouterr().out == "as text"


def test_what_is_no_text_goes_into_files_and_pipes_and_not_to_a_terminal(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver([("zip", str(tmp_path / "a.zip")), ("zip", "-")], lambda _: b"PK\xff", private=False)
    assert (tmp_path / "a.zip").read_bytes() == capsysbinary.readouterr().out == b"PK\xff"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show("text")
    with pytest.raises(UsageError, match="path of a file"):
        show(b"PK\xff")


def test_lines_end_as_they_were_made(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.csv", "a\r\nb\n")
    assert (tmp_path / "a.csv").read_bytes() == b"a\r\nb\n"
