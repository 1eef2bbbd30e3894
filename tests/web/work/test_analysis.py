"""What a process does, in this process."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from analyzer.model.errors import AnalyzerError
from analyzer.pipeline import analyze
from analyzer.report.language.words import LANGUAGES
from analyzer.web.records import Keep, Phase
from analyzer.web.work.analysis import done
from analyzer.web.work.order import CompareOrder, Finished, RenderOrder
from tests.planted import LATE, PEOPLE, SECRETS, leaks, planted
from tests.web.work.orders import FIXTURES, Ear, fixture, ordered

WRONG = {"session.har": fixture("wrong-password/session.har")}


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir()}


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return file.getvalue()


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
    assert "case/manual.pdf" in json.dumps(told)
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


def test_a_har_stays_without_its_secrets(tmp_path: Path) -> None:
    har, secrets = planted((*SECRETS, LATE), 1)
    ear = Ear()
    octets = json.dumps(har).encode()
    assert [*leaks(octets.decode(), secrets)]
    finished = done(ordered(tmp_path, {"canaries.har": octets}), ear)
    out = written(tmp_path)
    (left,) = finished.left
    assert (left.file_id, left.name) == ("f0", "")
    assert json.loads(out[left.file])["log"]["entries"]
    for name, text in out.items():
        assert [*leaks(text.decode(), secrets)] == [], name
    assert [*leaks(repr(finished) + repr(ear.heard), secrets)] == []
    assert Phase.REDACTING in {told.phase for told in ear.heard}


def test_people_go_too_if_that_is_wanted(tmp_path: Path) -> None:
    har, people = planted(PEOPLE, 1)
    finished = done(
        ordered(tmp_path, {"canaries.har": json.dumps(har).encode()}, redact="all"), Ear()
    )
    text = written(tmp_path)[finished.left[0].file].decode()
    assert [*leaks(text, people)] == []


def test_a_har_that_stays_says_the_same(tmp_path: Path) -> None:
    finished = done(ordered(tmp_path, WRONG), Ear())
    first = analyze([tmp_path / "case" / "session.har"])
    again = analyze([tmp_path / "out" / finished.left[0].file])
    assert [f.rule_id for f in again.findings] == [f.rule_id for f in first.findings]


@pytest.mark.parametrize(
    "packed", [gzip.compress, lambda o: zipped({"x.har": o})], ids=["gz", "zip"]
)
def test_a_packed_har_stays_unpacked_beside(tmp_path: Path, packed: object) -> None:
    name = "session.har.gz" if packed is gzip.compress else "session.zip"
    octets = packed(WRONG["session.har"])  # type: ignore[operator]
    finished = done(ordered(tmp_path, {name: octets}), Ear())
    (left,) = finished.left
    assert (left.file_id, left.name) == ("", "session.har")
    assert json.loads(written(tmp_path)[left.file])["log"]["entries"]


def test_of_packets_the_sessions_stay(tmp_path: Path) -> None:
    files = {"capture.pcapng": fixture("wrong-password/capture.pcapng")}
    finished = done(ordered(tmp_path, files), Ear())
    (left,) = finished.left
    assert (left.file, left.name, left.file_id) == ("sessions.har", "sessions.har", "")
    again = analyze([tmp_path / "out" / left.file])
    assert again.verdict.cause == "SA-007"


def test_of_an_archive_with_several_recordings_the_sessions_stay(tmp_path: Path) -> None:
    members = {"a.har": WRONG["session.har"], "b.har": fixture("good-ws/session.har")}
    finished = done(ordered(tmp_path, {"both.zip": zipped(members)}), Ear())
    (left,) = finished.left
    assert left.name == "sessions.har"
    assert len(analyze([tmp_path / "out" / left.file]).sessions) == 2


def test_a_session_stays_once(tmp_path: Path) -> None:
    """What a HAR and packets both hold stays in the HAR; what only packets hold beside it."""
    files = {
        "session.har": fixture("good-wss-tls13/session.har"),
        "capture.pcapng": fixture("good-wss-tls13/capture.pcapng"),
        "keys.log": fixture("good-wss-tls13/keys.log"),
        "other.pcapng": fixture("wrong-password/capture.pcapng"),
    }
    finished = done(ordered(tmp_path, files), Ear())
    assert [(left.file_id, left.name) for left in finished.left] == [
        ("f0", ""),
        ("", "sessions.har"),
    ]
    assert len(analyze([tmp_path / "out" / "sessions.har"]).sessions) == 1


def test_without_a_session_nothing_stays_of_packets(tmp_path: Path) -> None:
    from tests.web.work.packets import EMPTY  # noqa: PLC0415 - only here

    finished = done(ordered(tmp_path, {"capture.pcapng": EMPTY}), Ear())
    assert finished.left == ()


def test_what_is_clean_stays_as_it_is(tmp_path: Path) -> None:
    files = {"old.har": WRONG["session.har"], "new.har": fixture("good-ws/session.har")}
    finished = done(ordered(tmp_path, files, clean=("old.har",)), Ear())
    assert [left.file_id for left in finished.left] == ["f1"]


@pytest.mark.parametrize("keep", [Keep.CAPTURE, Keep.NONE])
def test_nothing_is_made_where_nothing_of_it_would_stay(tmp_path: Path, keep: Keep) -> None:
    assert done(ordered(tmp_path, WRONG, keep=keep), Ear()).left == ()


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
