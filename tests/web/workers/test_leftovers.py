"""What stays of the files of a case says the same, and holds no secret."""

import gzip
import json
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.web.records import Keep, Phase
from analyzer.web.workers.analysis import done
from tests.planted import LATE, PEOPLE, SECRETS, leaks, planted
from tests.web.workers.orders import FIXTURES, Ear, fixture, ordered, written, zipped
from tests.web.workers.packets import EMPTY

WRONG = {"session.har": fixture("wrong-password/session.har")}


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
    assert (left.file, left.name, left.file_id) == ("sessions.har", "capture.har", "")
    again = analyze([tmp_path / "out" / left.file])
    assert again.verdict.cause == "SA-007"


def test_of_an_archive_with_several_recordings_the_sessions_stay(tmp_path: Path) -> None:
    members = {"a.har": WRONG["session.har"], "b.har": fixture("good-ws/session.har")}
    finished = done(ordered(tmp_path, {"both.zip": zipped(members)}), Ear())
    (left,) = finished.left
    assert left.name == "both.har"
    assert len(analyze([tmp_path / "out" / left.file]).sessions) == 2


def test_sessions_of_several_files_are_called_after_none(tmp_path: Path) -> None:
    names = ("wrong-password", "good-ws")
    files = {f"{name} (2).pcapng": fixture(f"{name}/capture.pcapng") for name in names}
    (left,) = done(ordered(tmp_path, files), Ear()).left
    assert left.name == "sessions.har"
    assert len(analyze([tmp_path / "out" / left.file]).sessions) == 2


@pytest.mark.parametrize(
    "name", ["good-wss-tls13", "f-tcp-plain-prosody", "x-tls13-resumption", "untrusted-certificate"]
)
def test_no_har_is_made_that_would_tell_something_else(tmp_path: Path, name: str) -> None:
    """Nothing could be decoded, or a HAR has no place for it."""
    files = {"capture.pcapng": fixture(f"{name}/capture.pcapng")}
    assert done(ordered(tmp_path, files), Ear()).left == ()


@pytest.mark.parametrize("name", ["good-bosh", "good-wss-tls13", "wrong-password"])
def test_a_har_of_packets_says_the_same(tmp_path: Path, name: str) -> None:
    held = ("capture.pcapng", "keys.log")
    files = {one: fixture(f"{name}/{one}") for one in held if (FIXTURES / name / one).exists()}
    (left,) = done(ordered(tmp_path, files), Ear()).left
    first = analyze([tmp_path / "case"])
    again = analyze([tmp_path / "out" / left.file])
    assert left.name == "capture.har"
    assert again.verdict.cause == first.verdict.cause
    assert len(again.sessions) == len(first.sessions)


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
        ("", "other.har"),
    ]
    assert len(analyze([tmp_path / "out" / "sessions.har"]).sessions) == 1


def test_without_a_session_nothing_stays_of_packets(tmp_path: Path) -> None:
    finished = done(ordered(tmp_path, {"capture.pcapng": EMPTY}), Ear())
    assert finished.left == ()


def test_what_is_clean_stays_as_it_is(tmp_path: Path) -> None:
    files = {"old.har": WRONG["session.har"], "new.har": fixture("good-ws/session.har")}
    finished = done(ordered(tmp_path, files, clean=("old.har",)), Ear())
    assert [left.file_id for left in finished.left] == ["f1"]


@pytest.mark.parametrize("keep", [Keep.CAPTURE, Keep.NONE])
def test_nothing_is_made_where_nothing_of_it_would_stay(tmp_path: Path, keep: Keep) -> None:
    assert done(ordered(tmp_path, WRONG, keep=keep), Ear()).left == ()
