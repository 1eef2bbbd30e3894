"""What a process does, in this process."""

import gzip
import json
from pathlib import Path

import pytest

from analyzer.model.errors import AnalyzerError
from analyzer.report.language.words import LANGUAGES
from analyzer.web.records import Keep, Phase
from analyzer.web.workers.analysis import done
from analyzer.web.workers.order import CompareOrder, Finished, RenderOrder
from tests.web.workers.orders import FIXTURES, Ear, fixture, ordered, written, zipped

WRONG = {"session.har": fixture("wrong-password/session.har")}


def test_an_analysis_gives_result_page_and_summary(tmp_path: Path) -> None:
    ear = Ear()
    finished = done(ordered(tmp_path, WRONG, language="nl", keep=Keep.CAPTURE), ear)
    out = written(tmp_path)
    assert [(one.format, one.language) for one in finished.written] == [
        ("json", "en"),
        ("html", "nl"),
    ]
    assert {one.file for one in finished.written} == {*out}
    assert json.loads(out["report.en.json"])["saved"]
    assert b'lang="nl"' in out["report.nl.html"]
    assert finished.summary is not None
    assert finished.summary.rule == "SA-007"
    assert finished.left == ()
    assert ear.heard[0].name == "session.har"
    assert {told.phase for told in ear.heard} == {Phase.READING, Phase.WRITING}


def test_nothing_is_said_to_be_written_before_it_is(tmp_path: Path) -> None:
    order = ordered(tmp_path, WRONG)
    (tmp_path / "out" / "report.en.json").touch()
    with pytest.raises(FileExistsError):
        done(order, Ear())


def test_several_files_are_one_case_and_what_is_no_recording_is_named(tmp_path: Path) -> None:
    files = {
        "a.har": fixture("good-wss-tls13/session.har"),
        "capture.pcapng": fixture("good-wss-tls13/capture.pcapng"),
        "keys.log": fixture("good-wss-tls13/keys.log"),
        "damaged.har": fixture("wrong-password/session.har")[:300],
        "manual.pdf": b"%PDF-1.7\n" + bytes(1000),
        "broken.har.gz": gzip.compress(fixture("wrong-password/session.har"))[:15],
    }
    ear = Ear()
    finished = done(ordered(tmp_path, files), ear)
    told = json.loads(written(tmp_path)["report.en.json"])
    assert finished.summary is not None
    assert finished.summary.outcome == "healthy"
    assert "manual.pdf" in json.dumps(told)
    assert {one.name for one in ear.heard} <= {*files, ""}
    # What can be read of a damaged HAR stays.
    assert [left.file_id for left in finished.left] == ["f0", "f3"]


def test_no_recording_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError) as caught:
        done(ordered(tmp_path, {"manual.pdf": b"%PDF-1.7\n" + bytes(1000)}), Ear())
    assert str(caught.value).startswith("manual.pdf: ")


def test_what_archives_hold_is_told_by_the_archives_name(tmp_path: Path) -> None:
    inner = {"Kanarie=secret.har": WRONG["session.har"]}
    files = {"a.zip": zipped(inner), "b.har": fixture("good-ws/session.har")}
    ear = Ear()
    done(ordered(tmp_path, files), ear)
    assert {one.name for one in ear.heard if one.phase is Phase.READING} == {"a.zip", "b.har"}


def test_a_comparison_is_written_in_every_language(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    order = CompareOrder(
        good=str(FIXTURES / "good-ws" / "session.har"),
        bad=str(FIXTURES / "wrong-password"),
        profile="finesse",
        redact="secrets",
        out=str(tmp_path / "out"),
    )
    ear = Ear()
    finished = done(order, ear)
    expected = {("json", "en")}
    expected |= {(kind, tag) for kind in ("html", "md", "text") for tag in LANGUAGES}
    assert {(one.format, one.language) for one in finished.written} == expected
    assert {one.file for one in finished.written} == {*written(tmp_path)}
    assert finished.summary is None
    assert {"session.har", "capture.pcapng"} <= {told.name for told in ear.heard}
    assert ear.heard[-1].phase is Phase.WRITING


def test_what_archives_hold_is_no_name_of_a_comparison(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "good").mkdir()
    one = {"Kanarie=secret.har": WRONG["session.har"]}
    (tmp_path / "good" / "a.zip").write_bytes(zipped(one))
    (tmp_path / "good" / "keys.log").touch()
    two = {**one, "Kanarie=two/other.har": fixture("good-ws/session.har")}
    (tmp_path / "b.zip").write_bytes(zipped(two))
    order = CompareOrder(
        good=str(tmp_path / "good"),
        bad=str(tmp_path / "b.zip"),
        profile="finesse",
        redact="secrets",
        out=str(tmp_path / "out"),
    )
    ear = Ear()
    done(order, ear)
    assert {told.name for told in ear.heard if told.phase is Phase.READING} == {"a.zip", "b.zip"}


def saved(tmp_path: Path) -> Path:
    done(ordered(tmp_path, WRONG), Ear())
    (tmp_path / "again").mkdir()
    return tmp_path / "out" / "report.en.json"


@pytest.mark.parametrize("kind", ["zip", "md", "har", "html"])
def test_a_saved_report_is_written_again(tmp_path: Path, kind: str) -> None:
    order = RenderOrder(
        saved=str(saved(tmp_path)), format=kind, language="it", out=str(tmp_path / "again")
    )
    finished = done(order, Ear())
    assert isinstance(finished, Finished)
    (one,) = finished.written
    assert (one.format, one.language, one.file) == (kind, "it", f"report.it.{kind}")
    assert (tmp_path / "again" / one.file).stat().st_size > 100
