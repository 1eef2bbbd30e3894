"""Octets come before the words that name them, and go after the words that no longer do."""

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.web.records import (
    Failure,
    FailureCode,
    File,
    FileState,
    Job,
    JobState,
    Keep,
    Summary,
)
from analyzer.web.workers.order import Failed, Finished, Left, Order, Outcome, Written
from analyzer.web.workers.scratch import Scratch
from analyzer.web.workers.settling import DOOMED, Settling
from tests.web.database.making import renderings_of
from tests.web.workers.desk import Desk, desk

OWNER = "me"
SUMMARY = Summary(outcome="broken", headline={"en": "x"})
FINISHED = Finished(
    written=(
        Written(format="json", language="en", file="report.en.json"),
        Written(format="html", language="nl", file="report.nl.html"),
    ),
    summary=SUMMARY,
)
REPORTS = {"report.en.json": b"{}", "report.nl.html": b"<html>"}
INPUT = Failed(failure=Failure(code=FailureCode.INPUT, detail="x"))
CRASH = Failed(failure=Failure(code=FailureCode.CRASH), died=True)
STORAGE = Failed(failure=Failure(code=FailureCode.STORAGE))
SECRETS = {"a.har": b"secret 1", "b.pcapng": b"secret 2", "keys.log": b"secret 3"}


def settled(
    here: Desk,
    job: Job,
    outcome: Outcome,
    out: dict[str, bytes] | None = None,
    *,
    owner: str = OWNER,
) -> Order:
    """Claim a job, and settle it as if its process had written these files."""
    assert here.stores.jobs.claim(OWNER, 30) is not None
    scratch = Scratch(here.stores)
    with scratch.new() as folder:
        order = scratch.order_of(job, here.files(job), folder)
        for name, octets in (out or {}).items():
            (folder / "out" / name).write_bytes(octets)
        Settling(here.stores).settle(job, owner, order, outcome, folder)
    assert here.scratch() == []
    return order


def by_name(here: Desk, job: Job) -> dict[str, File]:
    return {file.name: file for file in here.files(job)}


def test_reports_are_put_and_named(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.CAPTURE) as here:
        job = here.upload({"a.har": b"1"})
        settled(here, job, FINISHED, REPORTS)
        job = here.now(job)
        assert job.state is JobState.DONE
        held = here.held(job)
        assert held[job.result or ""] == b"{}"
        stored = renderings_of(here.stores.database.engine, job.id)
        assert [(one.format, one.language, one.octets) for one in stored] == [
            ("html", "nl", 6),
            ("json", "en", 2),
        ]
        assert held[stored[0].blob] == b"<html>"
        case = here.stores.cases.get(job.case_id)
        assert case is not None
        assert case.summary == SUMMARY
        assert by_name(here, job)["a.har"].state is FileState.PRESENT
        assert b"1" in held.values()


def test_with_keep_redacted_what_was_made_takes_the_place(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = here.upload(SECRETS)
        file_id = by_name(here, job)["a.har"].id
        left = (
            Left(file="x.har", file_id=file_id),
            Left(file="sessions.har", name="sessions.har"),
        )
        finished = Finished(written=FINISHED.written, summary=SUMMARY, left=left)
        settled(here, job, finished, {**REPORTS, "x.har": b"clean 1", "sessions.har": b"clean 2"})
        files = by_name(here, job)
        states = {name: (file.state, file.derived) for name, file in files.items()}
        assert states == {
            "a.har": (FileState.REDACTED, False),
            "b.pcapng": (FileState.GONE, False),
            "keys.log": (FileState.GONE, False),
            "sessions.har": (FileState.REDACTED, True),
        }
        held = here.held(job)
        assert held[files["a.har"].blob or ""] == b"clean 1"
        assert held[files["sessions.har"].blob or ""] == b"clean 2"
        assert files["sessions.har"].octets == 7
        assert files["sessions.har"].sha256 == files["sessions.har"].blob
        assert files["b.pcapng"].blob is None
        assert not any(b"secret" in octets for octets in held.values())


def test_what_is_clean_stays_in_the_next_analysis(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = here.upload({"a.har": b"secret"})
        left = (Left(file="x.har", file_id=here.files(job)[0].id),)
        finished = Finished(written=FINISHED.written, left=left)
        settled(here, job, finished, {**REPORTS, "x.har": b"clean"})
        again = here.upload({"b.har": b"secret 2"}, job.case_id)
        settled(here, again, FINISHED, REPORTS)
        files = by_name(here, job)
        assert files["a.har"].state is FileState.REDACTED
        assert files["b.har"].state is FileState.GONE
        assert sorted(here.held(job).values()) == [b"<html>", b"clean", b"{}"]


def test_with_keep_none_nothing_stays(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload(SECRETS)
        settled(here, job, FINISHED, REPORTS)
        assert {file.state for file in here.files(job)} == {FileState.GONE}
        assert sorted(here.held(job).values()) == [b"<html>", b"{}"]


@pytest.mark.parametrize("keep", [Keep.REDACTED, Keep.NONE])
def test_what_failed_for_good_does_not_stay(tmp_path: Path, keep: Keep) -> None:
    with desk(tmp_path, keep=keep) as here:
        job = here.upload(SECRETS)
        settled(here, job, INPUT)
        assert here.now(job).failure == INPUT.failure
        assert {file.state for file in here.files(job)} == {FileState.GONE}
        assert here.held(job) == {}


@pytest.mark.parametrize(
    ("keep", "outcome"),
    [(Keep.CAPTURE, INPUT), (Keep.NONE, STORAGE), (Keep.NONE, CRASH)],
    ids=["all is kept", "the server failed", "it is tried again"],
)
def test_what_may_be_needed_again_stays(tmp_path: Path, keep: Keep, outcome: Failed) -> None:
    with desk(tmp_path, keep=keep) as here:
        job = here.upload(SECRETS)
        settled(here, job, outcome)
        assert {file.state for file in here.files(job)} == {FileState.PRESENT}
        assert sorted(here.held(job).values()) == sorted(SECRETS.values())


def test_a_process_that_dies_twice_has_failed(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload(SECRETS)
        settled(here, job, CRASH)
        assert here.now(job).state is JobState.QUEUED
        settled(here, job, CRASH)
        job = here.now(job)
        assert (job.state, job.tries, job.failure) == (JobState.FAILED, 2, CRASH.failure)
        assert here.held(job) == {}


@pytest.mark.parametrize("outcome", [FINISHED, INPUT], ids=["done", "failed"])
def test_files_stay_for_an_analysis_that_waits(tmp_path: Path, outcome: Outcome) -> None:
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload({"a.har": b"secret 1"})
        more = here.upload({"b.har": b"secret 2"}, job.case_id)
        settled(here, job, outcome, REPORTS)
        assert {file.state for file in here.files(job)} == {FileState.PRESENT}
        settled(here, more, outcome, REPORTS)
        assert {file.state for file in here.files(job)} == {FileState.GONE}


def test_a_comparison_changes_no_file(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload({"a.har": b"1", "b.har": b"2"})
        settled(here, job, STORAGE)
        good, bad = here.files(job)
        for outcome in (FINISHED, INPUT):
            compared = here.compare(job.case_id, good.id, bad.id)
            settled(here, compared, outcome, REPORTS)
            assert here.now(compared).is_over
        assert {file.state for file in here.files(job)} == {FileState.PRESENT}
        case = here.stores.cases.get(job.case_id)
        assert case is not None


def test_two_files_alike_share_their_octets(tmp_path: Path) -> None:
    """What takes the place of one may be what the other is."""
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = here.upload({"a.har": b"clean already", "b.har": b"clean already"})
        left = tuple(Left(file=f"{n}.har", file_id=f.id) for n, f in enumerate(here.files(job)))
        finished = Finished(written=FINISHED.written, left=left)
        both = {"0.har": b"clean already", "1.har": b"clean already"}
        settled(here, job, finished, {**REPORTS, **both})
        assert b"clean already" in here.held(job).values()


@pytest.mark.parametrize("named", ["report.en.json", "report.nl.html"])
def test_a_process_that_lies_has_written_nothing(tmp_path: Path, named: str) -> None:
    with desk(tmp_path, keep=Keep.CAPTURE) as here:
        job = here.upload({"a.har": b"1"})
        out = {name: octets for name, octets in REPORTS.items() if name != named}
        settled(here, job, FINISHED, out)
        job = here.now(job)
        assert job.failure == Failure(code=FailureCode.STORAGE, detail="No such file or directory")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    with desk(tmp_path, keep=Keep.CAPTURE) as here:
        job = here.upload({"a.har": b"1"})
        here.stores.jobs.claim(OWNER, 30)
        with Scratch(here.stores).new() as folder:
            (folder / "out" / "report.en.json").symlink_to(tmp_path / "secret")
            Settling(here.stores).settle(job, OWNER, None, FINISHED, folder)
        assert here.now(job).failure == Failure(
            code=FailureCode.STORAGE, detail="what was written is no file"
        )
        assert b"secret" not in here.held(job).values()


def test_a_result_without_its_json_is_none(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.CAPTURE) as here:
        job = here.upload({"a.har": b"1"})
        settled(here, job, Finished(written=()))
        assert here.now(job).failure == Failure(
            code=FailureCode.FAULT, detail="an answer without a result"
        )


@pytest.mark.parametrize("outcome", [FINISHED, INPUT], ids=["done", "failed"])
def test_a_job_that_was_lost_changes_nothing(tmp_path: Path, outcome: Outcome) -> None:
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload({"a.har": b"1"})
        settled(here, job, outcome, REPORTS, owner="another")
        assert here.now(job).state is JobState.RUNNING
        assert {file.state for file in here.files(job)} == {FileState.PRESENT}
        assert b"1" in here.held(job).values()


@pytest.mark.parametrize("outcome", [FINISHED, INPUT], ids=["done", "failed"])
def test_nothing_stays_of_a_case_that_was_deleted(tmp_path: Path, outcome: Outcome) -> None:
    with desk(tmp_path) as here:
        job = here.upload({"a.har": b"1"})
        here.stores.jobs.claim(OWNER, 30)
        with Scratch(here.stores).new() as folder:
            order = Scratch(here.stores).order_of(job, here.files(job), folder)
            for name, octets in REPORTS.items():
                (folder / "out" / name).write_bytes(octets)
            here.stores.cases.mark_deleted(job.case_id)
            here.stores.blobs.delete_case(job.case_id)
            Settling(here.stores).settle(job, OWNER, order, outcome, folder)
        assert not (here.folder / "blobs" / job.case_id).exists()


def test_what_a_server_had_yet_to_delete_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the words and the octets, it leaves a note of what is to go."""
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload(SECRETS)
        here.stores.jobs.claim(OWNER, 30)
        scratch, settling = Scratch(here.stores), Settling(here.stores)
        with scratch.new() as folder:
            order = scratch.order_of(job, here.files(job), folder)
            for name, octets in REPORTS.items():
                (folder / "out" / name).write_bytes(octets)
            with monkeypatch.context() as killed:
                killed.setattr(here.stores.blobs, "delete", _killed)
                with pytest.raises(KeyboardInterrupt):
                    settling.settle(job, OWNER, order, FINISHED, folder)
            assert here.now(job).state is JobState.DONE
            assert b"secret 1" in here.held(job).values()
            settling.discard_after(folder)
        assert sorted(here.held(job).values()) == [b"<html>", b"{}"]


@pytest.mark.parametrize("outcome", [FINISHED, INPUT], ids=["done", "failed"])
def test_files_stay_for_an_analysis_that_comes_while_octets_are_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    """To put a long file takes seconds; what was made instead of the first goes again."""
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = here.upload({"a.har": b"secret 1"})
        left = (
            Left(file="x.har", file_id=here.files(job)[0].id),
            Left(file="sessions.har", name="sessions.har"),
        )
        if isinstance(outcome, Finished):
            outcome = Finished(written=FINISHED.written, left=left)
        for method in ("finish", "fail"):
            real = getattr(here.stores.jobs, method)

            def late(*args: object, real: Any = real, **kwargs: object) -> object:
                here.upload({"b.har": b"secret 2"}, job.case_id)
                return real(*args, **kwargs)

            monkeypatch.setattr(here.stores.jobs, method, late)
        made = {**REPORTS, "x.har": b"clean 1", "sessions.har": b"clean 2"}
        settled(here, job, outcome, made)
        assert here.now(job).is_over
        assert [file.state for file in here.files(job)] == [FileState.PRESENT] * 2
        kept = {octets for octets in here.held(job).values() if octets not in REPORTS.values()}
        assert kept == {b"secret 1", b"secret 2"}


@pytest.mark.parametrize("octets", REPORTS.values())
def test_what_a_report_names_stays(tmp_path: Path, octets: bytes) -> None:
    """A file may be equal to a result or a rendering, and share its octets."""
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload({"a.har": octets})
        settled(here, job, FINISHED, REPORTS)
        assert [file.state for file in here.files(job)] == [FileState.GONE]
        assert sorted(here.held(job).values()) == [b"<html>", b"{}"]


def test_a_disk_without_room_for_a_note_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload(SECRETS)
        monkeypatch.setattr(Path, "write_bytes", full)
        settled(here, job, INPUT)
        assert here.now(job).failure == INPUT.failure
        assert here.held(job) == {}


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_note_deletes_nothing_that_is_named(tmp_path: Path) -> None:
    """Killed before the words, the job is done again and needs its files."""
    with desk(tmp_path, keep=Keep.NONE) as here:
        job = here.upload(SECRETS)
        keys = [file.blob for file in here.files(job)]
        (tmp_path / DOOMED).write_text(json.dumps({"case_id": job.case_id, "keys": keys}))
        Settling(here.stores).discard_after(tmp_path)
        assert len(here.held(job)) == 3


@pytest.mark.parametrize("note", [None, b"", b"{}", b"\xff", b'{"case_id": 1, "keys": []}'])
def test_what_is_no_note_deletes_nothing(tmp_path: Path, note: bytes | None) -> None:
    if note is not None:
        (tmp_path / DOOMED).write_bytes(note)
    with desk(tmp_path) as here:
        job = here.upload(SECRETS)
        Settling(here.stores).discard_after(tmp_path)
        assert len(here.held(job)) == 3


def derived_from(here: Desk, files: dict[str, bytes], octets: bytes, case_id: str = "") -> Job:
    """Upload files, and settle that of `a.har` something stays and of all else two HARs."""
    job = here.upload(files, case_id)
    found = [file for file in here.files(job) if file.state is FileState.PRESENT]
    left = [Left(file="x.har", file_id=found[0].id)]
    left += [Left(file=f"{n}.har", name=f"/{n}\n.har") for n in range(len(octets))]
    out = {f"{n}.har": bytes([octet]) for n, octet in enumerate(octets)}
    finished = Finished(written=FINISHED.written, left=tuple(left))
    settled(here, job, finished, {**REPORTS, **out, "x.har": b"clean"})
    return job


@pytest.mark.parametrize(
    ("again", "states"),
    [
        (b"CD", {"0 .har": "redacted", "1 .har": "redacted"}),
        (b"C", {"0 .har": "redacted", "1 .har": "gone"}),
        (b"", {"0 .har": "redacted", "1 .har": "redacted"}),
        (b"CDE", {"0 .har": "redacted", "1 .har": "redacted", "2 .har": "redacted"}),
    ],
    ids=["as many", "fewer", "none", "more"],
)
def test_what_is_made_again_takes_the_place_of_what_was(
    tmp_path: Path, again: bytes, states: dict[str, str]
) -> None:
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = derived_from(here, SECRETS, b"AB")
        job = derived_from(here, SECRETS, again, job.case_id)
        files = by_name(here, job)
        assert {n: f.state.value for n, f in files.items() if f.derived} == states
        assert (files["a.har"].state, files["a (2).har"].state) == (
            FileState.GONE,
            FileState.REDACTED,
        )
        held = here.held(job)
        made = [held[file.blob or ""] for file in files.values() if file.derived and file.blob]
        assert made == [bytes([octet]) for octet in again or b"AB"]
        assert len(held) == len({b"clean", b"{}", b"<html>"}) + len(made)


def test_with_keep_none_nothing_made_before_stays(tmp_path: Path) -> None:
    """The server was told otherwise meanwhile."""
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = derived_from(here, SECRETS, b"A")
        here.stores.settings = replace(here.stores.settings, keep=Keep.NONE)
        again = here.upload(SECRETS, job.case_id)
        settled(here, again, FINISHED, REPORTS)
        assert {file.state for file in here.files(job)} == {FileState.GONE}
        assert sorted(here.held(job).values()) == [b"<html>", b"{}"]
