"""What one can do with cases, on a real database and a real folder."""

import asyncio
import errno
import hashlib
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import OperationalError

from analyzer.web.casebook import NOTES_LENGTH, NUMBER_LENGTH, Casebook, is_comparable
from analyzer.web.problems import ProblemCode
from analyzer.web.records import (
    CaseQuery,
    Done,
    Failure,
    FailureCode,
    File,
    FileChange,
    FileKind,
    FileState,
    Job,
    JobKind,
    JobState,
    Rendering,
    Summary,
)
from analyzer.web.settings import MOST_DAYS, Settings
from analyzer.web.stores import Stores

from .conftest import Clock, Uploaded
from .doubles import Idle, Written, refused

HAR = b'{"log": {"entries": []}}'


@pytest.fixture
def runner() -> Idle:
    return Idle()


@pytest.fixture
def casebook(stores: Stores, runner: Idle) -> Casebook:
    return Casebook(stores, cast("Any", runner), cast("Any", Written()))


def done(stores: Stores, result: str = "r" * 64, **more: Any) -> Job:
    job = stores.jobs.claim("somebody", 30)
    if job is None:
        pytest.fail("nothing waits")
    summary = Summary(outcome="broken", headline={"en": "It broke"})
    assert stores.jobs.finish(job.id, "somebody", Done(result=result, summary=summary, **more))
    found = stores.jobs.get(job.id)
    if found is None:
        pytest.fail("it is gone")
    return found


def test_an_upload_becomes_a_case_with_a_job(
    casebook: Casebook, runner: Idle, uploaded: Uploaded, stores: Stores, clock: Clock
) -> None:
    upload = uploaded({"a.har": HAR, "b.har": HAR + b" "}, number=" 4711\n x ", notes="a\r\nb ")
    case, job = casebook.open(upload)
    assert (case.number, case.notes) == ("4711 x", "a\nb")
    assert case.expires_ns is not None
    assert 0 <= clock() - (case.expires_ns - 30 * 86_400 * 10**9) < 10**9
    assert (job.kind, job.state, job.profile, job.language) == (
        JobKind.ANALYZE,
        JobState.QUEUED,
        "finesse",
        "en",
    )
    files = casebook.files(case.id)
    assert [(file.name, file.octets) for file in files] == [("a.har", 24), ("b.har", 25)]
    for file, octets in zip(files, (HAR, HAR + b" "), strict=True):
        found, stream = casebook.download(case.id, file.id)
        with stream:
            assert (found, stream.read()) == (file, octets)
    assert runner.woken == 1
    assert not any(Path(one.path).exists() for one in upload.files)
    assert casebook.case(case.id).job == job
    assert [one.id for one in casebook.page(CaseQuery()).cases] == [case.id]
    assert casebook.place(job) == 0


def test_a_case_may_stay_for_ever(stores: Stores, settings: Settings, uploaded: Uploaded) -> None:
    stores.settings = replace(settings, retention_s=None)
    case, _ = Casebook(stores, cast("Any", Idle()), cast("Any", Written())).open(
        uploaded({"a.har": HAR})
    )
    assert case.expires_ns is None


@pytest.mark.parametrize(
    ("files", "fields", "code"),
    [
        ({}, {}, ProblemCode.NO_FILE),
        ({"keys.log": b"CLIENT_RANDOM 00 11"}, {}, ProblemCode.NOT_A_CAPTURE),
        ({"a.har": HAR}, {"number": "1" * (NUMBER_LENGTH + 1)}, ProblemCode.BAD_VALUE),
        ({"a.har": HAR}, {"notes": "1" * (NOTES_LENGTH + 1)}, ProblemCode.BAD_VALUE),
        ({"a.har": HAR}, {"profile": "/etc/passwd"}, ProblemCode.BAD_VALUE),
        ({"a.har": HAR}, {"language": "tlh"}, ProblemCode.BAD_VALUE),
        ({"a.har": HAR, "b.har": HAR, "c.har": HAR}, {}, ProblemCode.TOO_MANY_FILES),
        ({"a.har": HAR * 4}, {}, ProblemCode.TOO_LARGE),
        ({"a.har": HAR * 3}, {}, ProblemCode.DISK_FULL),
    ],
)
def test_what_cannot_be_a_case_leaves_nothing(
    *,
    stores: Stores,
    settings: Settings,
    uploaded: Uploaded,
    files: dict[str, bytes],
    fields: dict[str, str],
    code: ProblemCode,
) -> None:
    stores.settings = replace(settings, max_files=2, max_case=80, quota=70)
    casebook = Casebook(stores, cast("Any", Idle()), cast("Any", Written()))
    with refused(code):
        casebook.open(uploaded(files, **fields))
    assert casebook.page(CaseQuery()).cases == ()
    assert list(stores.blobs.cases()) == []


def test_a_store_without_room_takes_no_more(
    casebook: Casebook, uploaded: Uploaded, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = casebook.open(uploaded({"a.har": HAR}))

    def fails(number: int) -> None:
        def put(*_: object) -> None:
            raise OSError(number, "no")

        monkeypatch.setattr(stores.blobs, "put", put)

    fails(errno.ENOSPC)
    with refused(ProblemCode.DISK_FULL):
        casebook.open(uploaded({"a.har": HAR}))
    with refused(ProblemCode.DISK_FULL):
        casebook.add_files(case.id, uploaded({"b.har": HAR}))
    assert list(stores.blobs.cases()) == [case.id]
    fails(errno.EIO)
    with pytest.raises(OSError, match="no"):
        casebook.open(uploaded({"a.har": HAR}))


def test_a_store_that_goes_away_keeps_nothing_of_what_nobody_names(
    casebook: Casebook, uploaded: Uploaded, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = casebook.open(uploaded({"a.har": HAR}))
    held = set(stores.blobs.keys(case.id))
    put = stores.blobs.put
    took: list[str] = []

    def takes_one(case_id: str, path: Path, key: str | None = None) -> str:
        if took:
            raise OSError(errno.EIO, "away")
        took.append(case_id)
        return put(case_id, path, key)

    monkeypatch.setattr(stores.blobs, "put", takes_one)
    with pytest.raises(OSError, match="away"):
        casebook.add_files(case.id, uploaded({"b.har": HAR, "c.har": HAR}))
    assert took == [case.id]
    assert set(stores.blobs.keys(case.id)) == held


def test_a_store_that_goes_away_hides_no_reason(
    casebook: Casebook, uploaded: Uploaded, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: str) -> None:
        raise OSError(errno.EIO, "away")

    monkeypatch.setattr(stores.blobs, "delete_case", away)
    monkeypatch.setattr(stores.cases, "open", lambda **_: casebook.case("nobody"))
    with refused(ProblemCode.NOT_FOUND):
        casebook.open(uploaded({"b.har": HAR}))


def test_what_is_not_kept_takes_no_room(
    stores: Stores, settings: Settings, uploaded: Uploaded
) -> None:
    stores.settings = replace(settings, max_files=2, max_case=80)
    casebook = Casebook(stores, cast("Any", Idle()), cast("Any", Written()))
    case, _ = casebook.open(uploaded({"a.har": HAR * 2, "b.har": HAR}))
    gone = [FileChange(file_id=file.id, state=FileState.GONE) for file in casebook.files(case.id)]
    done(stores, changes=tuple(gone))
    casebook.add_files(case.id, uploaded({"a.har": HAR * 2, "b.har": HAR}))
    with refused(ProblemCode.TOO_MANY_FILES):
        casebook.add_files(case.id, uploaded({"c.har": HAR}))


def test_a_full_queue_takes_no_more(
    stores: Stores, settings: Settings, uploaded: Uploaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.settings = replace(settings, queue=1)
    casebook = Casebook(stores, cast("Any", Idle()), cast("Any", Written()))
    case, _ = casebook.open(uploaded({"a.har": HAR}))
    assert casebook.is_full()
    with refused(ProblemCode.QUEUE_FULL):
        casebook.open(uploaded({"a.har": HAR}))
    # Two that come at once both find room; the database counts again.
    monkeypatch.setattr(casebook, "is_full", lambda: False)
    with refused(ProblemCode.QUEUE_FULL):
        casebook.open(uploaded({"a.har": HAR}))
    assert list(stores.blobs.cases()) == [case.id]


def test_files_join_a_case(
    casebook: Casebook, runner: Idle, uploaded: Uploaded, stores: Stores
) -> None:
    case, first = casebook.open(uploaded({"a.har": HAR}))
    done(stores)
    with refused(ProblemCode.NO_FILE):
        casebook.add_files(case.id, uploaded({}))
    job = casebook.add_files(case.id, uploaded({"keys.log": b"x"}, profile="xmpp", language="nl"))
    assert (job.profile, job.language, job.state) == ("xmpp", "nl", JobState.QUEUED)
    assert [file.name for file in casebook.files(case.id)] == ["a.har", "keys.log"]
    assert [one.id for one in casebook.jobs(case.id)] == [job.id, first.id]
    assert casebook.job(job.id) == job
    assert runner.woken == 2
    with refused(ProblemCode.NOT_FOUND):
        casebook.add_files("nobody", uploaded({"a.har": HAR}))


def test_a_case_is_analysed_again_and_compared(
    casebook: Casebook, uploaded: Uploaded, stores: Stores
) -> None:
    case, job = casebook.open(uploaded({"a.har": HAR, "b.har": HAR + b" "}))
    with refused(ProblemCode.NOT_READY):
        casebook.last_result(case.id)
    first = done(stores)
    assert casebook.last_result(case.id).id == first.id == job.id
    again = casebook.analyze_again(case.id, "xmpp", "fr")
    assert (again.profile, again.language) == ("xmpp", "fr")
    assert casebook.last_result(case.id).id == first.id
    good, bad = casebook.files(case.id)
    compared = casebook.compare(case.id, good.id, bad.id, "", "en")
    assert (compared.kind, compared.good, compared.bad) == (JobKind.COMPARE, good.id, bad.id)
    assert casebook.place(compared) == 1
    assert casebook.place(first) == 0
    for pair, code in (
        ((good.id, good.id), ProblemCode.BAD_VALUE),
        ((good.id, "nobody"), ProblemCode.NOT_FOUND),
    ):
        with refused(code):
            casebook.compare(case.id, *pair, "", "en")
    with refused(ProblemCode.NOT_FOUND):
        casebook.job("nobody")


def test_what_was_not_kept_cannot_be_had(
    casebook: Casebook, uploaded: Uploaded, stores: Stores
) -> None:
    case, _ = casebook.open(uploaded({"a.har": HAR, "b.har": HAR + b" "}))
    first, second = casebook.files(case.id)
    done(stores, changes=(FileChange(file_id=first.id, state=FileState.GONE),))
    with refused(ProblemCode.NOT_KEPT):
        casebook.download(case.id, first.id)
    with refused(ProblemCode.NOT_KEPT):
        casebook.compare(case.id, first.id, second.id, "", "en")
    stores.blobs.delete(case.id, str(second.blob))
    with refused(ProblemCode.NOT_KEPT):
        casebook.download(case.id, second.id)
    with refused(ProblemCode.NOT_FOUND):
        casebook.download(case.id, "nobody")
    casebook.analyze_again(case.id, "", "")
    done(stores, changes=(FileChange(file_id=second.id, state=FileState.GONE),))
    with refused(ProblemCode.NOT_KEPT):
        casebook.analyze_again(case.id, "", "")


def test_keys_alone_are_no_recording(
    casebook: Casebook, uploaded: Uploaded, stores: Stores, runner: Idle
) -> None:
    case, _ = casebook.open(uploaded({"a.har": HAR, "keys.log": b"x"}))
    recording, _ = casebook.files(case.id)
    done(stores, changes=(FileChange(file_id=recording.id, state=FileState.GONE),))
    with refused(ProblemCode.NOT_KEPT):
        casebook.analyze_again(case.id, "", "")
    held = {path.name for path in (stores.settings.data / "blobs" / case.id).iterdir()}
    with refused(ProblemCode.NOT_A_CAPTURE):
        casebook.add_files(case.id, uploaded({"more.log": b"y"}))
    assert {path.name for path in (stores.settings.data / "blobs" / case.id).iterdir()} == held
    assert (len(casebook.files(case.id)), runner.woken) == (2, 1)
    casebook.add_files(case.id, uploaded({"more.log": b"y", "b.har": HAR}))
    done(stores)
    casebook.add_files(case.id, uploaded({"third.log": b"z"}))
    done(stores)
    casebook.analyze_again(case.id, "", "")


def test_files_of_a_case_are_told_apart(casebook: Casebook, uploaded: Uploaded) -> None:
    case, _ = casebook.open(uploaded({"session.har": HAR}))
    casebook.add_files(case.id, uploaded({"session.har": HAR + b" "}))
    assert [file.name for file in casebook.files(case.id)] == ["session.har", "session (2).har"]


def test_what_comes_of_a_request_with_a_key_is_its_answer(
    casebook: Casebook, uploaded: Uploaded, stores: Stores
) -> None:
    """Both are there, or neither: nothing happens between them that a dying server could miss."""
    for key in ("case", "files", "again", "compare"):
        assert stores.answers.begin(key, "what") is None
    case, _ = casebook.open(uploaded({"a.har": HAR}), "case")
    job = casebook.add_files(case.id, uploaded({"b.har": HAR + b" "}), "files")
    again = casebook.analyze_again(case.id, "", "", "again")
    good, bad = casebook.files(case.id)
    compared = casebook.compare(case.id, good.id, bad.id, "", "", "compare")
    ids = [case.id, job.id, again.id, compared.id]
    assert [stores.answers.begin(k, "what") for k in ("case", "files", "again", "compare")] == ids


def test_each_file_has_octets_of_its_own(
    casebook: Casebook, uploaded: Uploaded, stores: Stores, tmp_path: Path
) -> None:
    """What is equal to a file may be deleted at any moment, or be a report, and come meanwhile."""
    case, _ = casebook.open(uploaded({"a.har": HAR, "b.har": HAR}))
    (tmp_path / "report").write_bytes(HAR)
    report = stores.blobs.put(case.id, tmp_path / "report")
    casebook.add_files(case.id, uploaded({"c.har": HAR}))
    files = casebook.files(case.id)
    blobs = [str(file.blob) for file in files]
    assert len({report, *blobs}) == 4
    assert {file.sha256 for file in files} == {hashlib.sha256(HAR).hexdigest()}
    for key in (report, blobs[0]):
        stores.blobs.delete(case.id, key)
    for file in files[1:]:
        with casebook.download(case.id, file.id)[1] as stream:
            assert stream.read() == HAR


def held(stores: Stores, case_id: str) -> list[str]:
    return sorted(path.name for path in (stores.settings.data / "blobs" / case_id).iterdir())


@pytest.mark.parametrize("deletes", [True, False])
def test_files_that_are_refused_leave_nothing(
    casebook: Casebook,
    uploaded: Uploaded,
    stores: Stores,
    monkeypatch: pytest.MonkeyPatch,
    *,
    deletes: bool,
) -> None:
    case, _ = casebook.open(uploaded({"a.har": HAR}))
    before = held(stores, case.id)
    # Room was found before the files were put, and is taken since.
    monkeypatch.setattr(casebook, "is_full", lambda: False)
    stores.settings = replace(stores.settings, queue=1)

    def fails(*_: object) -> None:
        raise OSError(errno.EIO, "no")

    if not deletes:
        monkeypatch.setattr(stores.blobs, "delete", fails)
    with refused(ProblemCode.QUEUE_FULL):
        casebook.add_files(case.id, uploaded({"b.har": HAR, "c.har": HAR}))
    assert (held(stores, case.id) == before) is deletes


@pytest.mark.parametrize("told", [True, False], ids=["it can be asked", "it is away"])
@pytest.mark.parametrize("made", [True, False])
def test_a_case_whose_commit_was_not_answered_keeps_its_octets(
    *,
    casebook: Casebook,
    uploaded: Uploaded,
    stores: Stores,
    monkeypatch: pytest.MonkeyPatch,
    made: bool,
    told: bool,
) -> None:
    """The connection may be lost while the database writes, or just after."""
    lost = OperationalError("COMMIT", {}, Exception("connection lost"))
    opened = stores.cases.open

    def loses(*args: Any, **kwargs: Any) -> None:
        if made:
            opened(*args, **kwargs)
        raise lost

    def away(*_: object) -> None:
        raise lost

    monkeypatch.setattr(stores.cases, "open", loses)
    with monkeypatch.context() as patched:
        if not told:
            patched.setattr(stores.cases, "get", away)
        with pytest.raises(OperationalError):
            casebook.open(uploaded({"a.har": HAR}))
    assert len(list(stores.blobs.cases())) == (made or not told)


def test_a_case_is_edited(casebook: Casebook, uploaded: Uploaded, clock: Clock) -> None:
    case, _ = casebook.open(uploaded({"a.har": HAR}, number="1", notes="n"))
    assert casebook.edit(case.id).expires_ns == case.expires_ns
    changed = casebook.edit(case.id, number="2", keep_days=1)
    assert (changed.number, changed.notes) == ("2", "n")
    assert changed.expires_ns is not None
    assert 0 <= clock() + 86_400 * 10**9 - changed.expires_ns < 10**9
    assert casebook.edit(case.id, notes="", keep_days=0).expires_ns is None
    assert casebook.case(case.id).notes == ""
    for days in (-1, MOST_DAYS + 1):
        with refused(ProblemCode.BAD_VALUE):
            casebook.edit(case.id, keep_days=days)
    with refused(ProblemCode.NOT_FOUND):
        casebook.edit("nobody", number="2")


def test_a_deleted_case_is_gone(casebook: Casebook, uploaded: Uploaded, stores: Stores) -> None:
    case, job = casebook.open(uploaded({"a.har": HAR}))
    casebook.delete(case.id)
    assert list(stores.blobs.cases()) == []
    assert stores.jobs.get(job.id) is None
    for ask in (casebook.case, casebook.delete, casebook.last_result):
        with refused(ProblemCode.NOT_FOUND):
            ask(case.id)


def test_a_case_is_deleted_under_its_running_job(
    casebook: Casebook, runner: Idle, uploaded: Uploaded, stores: Stores
) -> None:
    case, job = casebook.open(uploaded({"a.har": HAR}))
    assert stores.jobs.claim("somebody", 30) is not None
    casebook.delete(case.id)
    assert runner.abandoned == [case.id]
    with refused(ProblemCode.NOT_FOUND):
        casebook.case(case.id)
    assert not stores.jobs.renew(job.id, "somebody", 30, None)
    assert stores.cases.deleted() == [case.id]


async def _rendering(casebook: Casebook, job: Job, kind: str, language: str = "en") -> Rendering:
    return await casebook.rendering(job, kind, language)


def test_reports_are_rendered(
    casebook: Casebook, uploaded: Uploaded, stores: Stores, tmp_path: Path
) -> None:
    case, job = casebook.open(uploaded({"a.har": HAR}))
    with refused(ProblemCode.NOT_READY):
        asyncio.run(_rendering(casebook, job, "html"))
    octets = tmp_path / "octets"
    octets.write_bytes(b"<html>")
    finished = done(stores, stores.blobs.put(case.id, octets))
    rendering = asyncio.run(_rendering(casebook, finished, "html", "nl"))
    assert (rendering.format, rendering.language) == ("html", "nl")
    with casebook.open_rendering(finished, rendering) as stream:
        assert stream.read() == b"<html>"
    for kind, language, code in (
        ("exe", "en", ProblemCode.NOT_FOUND),
        ("html", "tlh", ProblemCode.BAD_VALUE),
    ):
        with refused(code):
            asyncio.run(_rendering(casebook, finished, kind, language))
    with refused(ProblemCode.NO_RESULT):
        asyncio.run(_rendering(casebook, replace(finished, state=JobState.FAILED), "html"))
    with refused(ProblemCode.NOT_FOUND):
        asyncio.run(_rendering(casebook, replace(finished, kind=JobKind.COMPARE), "csv"))
    stores.blobs.delete_case(case.id)
    with refused(ProblemCode.NOT_FOUND):
        casebook.open_rendering(finished, rendering)


def test_the_server_s_profile_comes_first(casebook: Casebook) -> None:
    assert casebook.profiles[0] == "finesse"
    assert len(set(casebook.profiles)) == len(casebook.profiles) > 5
    assert casebook.profiles == tuple(casebook.titles)


def test_an_upload_is_refused_before_it_comes(stores: Stores, uploaded: Uploaded) -> None:
    stores.settings = replace(stores.settings, queue=1)
    casebook = Casebook(stores, cast("Any", Idle()), cast("Any", Written()))
    casebook.admit()
    with refused(ProblemCode.NOT_FOUND):
        casebook.admit("none")
    case, _ = casebook.open(uploaded({"a.har": HAR}))
    for case_id in (case.id, None):
        with refused(ProblemCode.QUEUE_FULL) as told:
            casebook.admit(case_id)
        assert told.value.retry_s == 30


def test_a_case_without_a_result_says_so(
    casebook: Casebook, uploaded: Uploaded, stores: Stores
) -> None:
    case, _ = casebook.open(uploaded({"a.har": HAR}))
    job = stores.jobs.claim("somebody", 30)
    if job is None:
        pytest.fail("nothing waits")
    stores.jobs.fail(job.id, "somebody", Failure(code=FailureCode.INPUT, detail="x"), died=False)
    with refused(ProblemCode.NO_RESULT):
        casebook.last_result(case.id)


@pytest.mark.parametrize(
    ("kind", "state", "comparable"),
    [
        (FileKind.HAR, FileState.PRESENT, True),
        (FileKind.PACKETS, FileState.REDACTED, True),
        (FileKind.HAR, FileState.GONE, False),
        (FileKind.KEYS, FileState.PRESENT, False),
    ],
)
def test_what_can_be_compared(kind: FileKind, state: FileState, comparable: bool) -> None:
    file = File(
        id="f",
        case_id="c",
        name="n",
        kind=kind,
        octets=1,
        sha256="",
        state=state,
        blob=None,
        received_ns=0,
    )
    assert is_comparable(file) is comparable
