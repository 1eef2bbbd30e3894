import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.web.blobs import sweeper
from analyzer.web.blobs.sweeper import (
    LATELY_NS,
    LEASES,
    LEFT_NS,
    RETRIED_NS,
    STRAY_NS,
    STRAYS,
    Sweeper,
)
from analyzer.web.records import (
    Case,
    Done,
    Failure,
    FailureCode,
    FileKind,
    FileState,
    Job,
    Keep,
    Received,
    Rendering,
)
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from tests.web.database.making import answer

NOW = 1_700_000_000 * 10**9

HOUR_NS = 3_600 * 10**9


class Swept:
    """Stores with a clock that is set by hand, and what sweeps them."""

    def __init__(self, data: Path, keep: Keep = Keep.CAPTURE) -> None:
        self.now = NOW
        self.stores = Stores(Settings(data=data, keep=keep), lambda: self.now)
        self.sweeper = Sweeper(self.stores)

    def case(self, expires_ns: int | None = None) -> tuple[Case, Job]:
        """A case with a file."""
        case_id = self.stores.cases.new_id()
        path = self.stores.settings.data / "upload"
        path.write_bytes(b"captured")
        key = self.stores.blobs.put(case_id, path)
        came = Received(path=str(path), name="a.har", kind=FileKind.HAR, octets=8, sha256=key)
        case, _, job = self.stores.cases.open(
            case_id=case_id,
            number="",
            notes="",
            expires_ns=expires_ns,
            received=[came],
            blobs=[key],
            profile="finesse",
            language="en",
            room=100,
        )
        self.aged(case_id, self.now)
        return case, job

    def stray(self, changed_ns: int) -> str:
        """Blobs of no case."""
        case_id = self.stores.cases.new_id()
        path = self.stores.settings.data / "upload"
        path.write_bytes(b"captured")
        self.stores.blobs.put(case_id, path)
        self.aged(case_id, changed_ns)
        return case_id

    def aged(self, case_id: str, changed_ns: int) -> None:
        """Have blobs be of a certain age."""
        folder = self.stores.settings.data / "blobs" / case_id
        os.utime(folder, ns=(changed_ns, changed_ns))

    @property
    def kept(self) -> set[str]:
        """Ids of the cases that have blobs."""
        return set(self.stores.blobs.cases())


@pytest.fixture
def swept(tmp_path: Path) -> Iterator[Swept]:
    one = Swept(tmp_path)
    with one.stores:
        yield one


def test_a_case_goes_when_it_has_had_its_time(swept: Swept) -> None:
    (short, _), (long, _), (for_ever, _) = (
        swept.case(NOW + HOUR_NS),
        swept.case(NOW + 3 * HOUR_NS),
        swept.case(),
    )
    swept.sweeper.sweep()
    assert swept.kept == {short.id, long.id, for_ever.id}
    swept.now += 2 * HOUR_NS
    swept.sweeper.sweep()
    assert swept.kept == {long.id, for_ever.id}
    assert swept.stores.cases.get(short.id) is None
    assert swept.stores.cases.count() == 2
    assert swept.stores.cases.deleted() == []
    swept.now += 1000 * 24 * HOUR_NS
    swept.sweeper.sweep()
    assert swept.kept == {for_ever.id}


def test_a_deletion_that_was_cut_short_is_done(swept: Swept) -> None:
    case, _ = swept.case()
    swept.stores.cases.mark_deleted(case.id)
    assert swept.kept == {case.id}
    swept.sweeper.sweep()
    assert swept.kept == set()
    assert swept.stores.cases.deleted() == []


def test_rows_wait_for_a_job_that_may_still_write(swept: Swept) -> None:
    case, _ = swept.case()
    assert swept.stores.jobs.claim("worker", 30) is not None
    swept.stores.cases.mark_deleted(case.id)
    swept.sweeper.sweep()
    assert swept.kept == set()
    assert swept.stores.cases.deleted() == [case.id]
    # It puts its result there before it hears of it.
    late = swept.stores.settings.data / "late"
    late.write_bytes(b"result")
    swept.stores.blobs.put(case.id, late)
    swept.now += LEASES * swept.stores.settings.lease_s * 10**9 - 1
    swept.sweeper.sweep()
    assert swept.kept == set()
    assert swept.stores.cases.deleted() == [case.id]
    swept.now += 1
    swept.sweeper.sweep()
    assert swept.stores.cases.deleted() == []


def test_blobs_of_no_case_go_once_no_upload_can_be_about_them(swept: Swept) -> None:
    case, _ = swept.case()
    swept.aged(case.id, 0)
    young, old = swept.stray(NOW - STRAY_NS), swept.stray(NOW - STRAY_NS - 1)
    swept.sweeper.sweep()
    assert old not in swept.kept
    assert swept.kept == {case.id, young}
    # To look at every case takes long.
    swept.now += STRAY_NS - 1
    swept.sweeper.sweep()
    assert swept.kept == {case.id, young}
    swept.now += 1
    swept.sweeper.sweep()
    assert swept.kept == {case.id}


def test_blobs_of_a_case_that_is_being_deleted_are_no_strays(swept: Swept) -> None:
    case, _ = swept.case()
    swept.aged(case.id, 0)
    swept.stores.cases.mark_deleted(case.id)
    assert swept.stores.cases.known([case.id, "other"]) == {case.id}


@pytest.mark.parametrize("count", [1, STRAYS + 2])
@pytest.mark.parametrize("excess", [0, 1])
def test_the_blobs_of_another_database_stay(
    swept: Swept, excess: int, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    cases = {swept.case()[0].id for _ in range(count)}
    strays = {swept.stray(0) for _ in range(STRAYS + excess)}
    swept.sweeper.sweep()
    assert swept.kept == (cases | strays if excess else cases)
    assert ("not in the database" in caplog.text) is bool(excess)


def test_uploads_under_way_are_nobody_elses(swept: Swept) -> None:
    young = {swept.stray(NOW) for _ in range(STRAYS)}
    for _ in range(STRAYS):
        swept.stray(0)
    swept.sweeper.sweep()
    assert swept.kept == young


def test_blobs_that_vanish_meanwhile(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swept.stores.blobs, "cases", lambda: iter(["gone"]))
    swept.sweeper.sweep()
    assert swept.stores.blobs.changed_ns("gone") is None


def unnamed(swept: Swept, case_id: str, octets: bytes, came_ns: int) -> str:
    """A blob of a case that no row names."""
    path = swept.stores.settings.data / "upload"
    path.write_bytes(octets)
    key = swept.stores.blobs.put(case_id, path)
    os.utime(str(swept.stores.blobs.local_path(case_id, key)), ns=(came_ns, came_ns))
    return key


def keys(swept: Swept, case_id: str) -> set[str]:
    return set(swept.stores.blobs.keys(case_id))


def test_octets_that_nothing_names_go_while_their_case_stays(swept: Swept) -> None:
    """To delete them failed, or files were refused after they had been put."""
    case, job = swept.case()
    named = keys(swept, case.id)
    result, report, young, old = (
        unnamed(swept, case.id, octets, came_ns)
        for octets, came_ns in (
            (b"{}", 0),
            (b"<html>", 0),
            (b"young", NOW - STRAY_NS),
            (b"old", NOW - STRAY_NS - 1),
        )
    )
    folder = swept.stores.settings.data / "blobs" / case.id
    torn = folder / f".{'0' * 32}"
    torn.write_bytes(b"half")
    os.utime(torn, ns=(0, 0))
    assert swept.stores.jobs.claim("me", 30)
    html = Rendering(format="html", language="en", blob=report, octets=6)
    assert swept.stores.jobs.finish(job.id, "me", Done(result=result, renderings=(html,)))
    for key in named:
        os.utime(folder / key, ns=(0, 0))
    swept.sweeper.sweep()
    assert keys(swept, case.id) == named | {result, report, young}
    assert old not in keys(swept, case.id)
    swept.now += STRAY_NS - 1
    swept.sweeper.sweep()
    assert young in keys(swept, case.id)
    swept.now += 1
    swept.sweeper.sweep()
    assert keys(swept, case.id) == named | {result, report}


def test_octets_that_are_named_or_deleted_meanwhile(
    swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = swept.case()
    named = keys(swept, case.id)
    monkeypatch.setattr(swept.stores.blobs, "keys", lambda _: iter([*named, "0" * 64]))
    swept.sweeper.sweep()
    monkeypatch.undo()
    assert keys(swept, case.id) == named


def test_cases_that_rest_are_looked_through_in_turn(
    swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "SLICE", 2)
    cases = sorted(swept.case()[0].id for _ in range(5))
    swept.now += LATELY_NS + 1
    lately, _ = swept.case()
    swept.now += 2 * STRAY_NS
    looked: list[set[str]] = []
    for _ in range(4):
        for case_id in (*cases, lately.id):
            unnamed(swept, case_id, b"old", 0)
        swept.sweeper.sweep()
        looked.append({one for one in cases if len(keys(swept, one)) == 1})
        assert len(keys(swept, lately.id)) == 1
        swept.now += STRAY_NS
    first, second, third = set(cases[:2]), set(cases[2:4]), {cases[4]}
    assert looked == [first, second, third, first]


def test_files_that_the_server_could_not_read_do_not_wait_for_ever(tmp_path: Path) -> None:
    swept = Swept(tmp_path, Keep.NONE)
    with swept.stores:
        case, job = swept.case()
        (key,) = keys(swept, case.id)
        os.utime(str(swept.stores.blobs.local_path(case.id, key)), ns=(0, 0))
        assert swept.stores.jobs.claim("me", 30)
        swept.stores.jobs.fail(job.id, "me", Failure(code=FailureCode.STORAGE), died=False)
        swept.now += RETRIED_NS
        swept.sweeper.sweep()
        assert keys(swept, case.id) == {key}
        swept.now += STRAY_NS
        swept.sweeper.sweep()
        assert keys(swept, case.id) == set()
        (file,) = swept.stores.files.of_case(case.id)
        assert file.state is FileState.GONE


def test_uploads_that_were_forgotten_go(swept: Swept) -> None:
    forgotten, fresh = swept.stores.incoming.file(), swept.stores.incoming.file()
    for file, age in ((forgotten, LEFT_NS + 1), (fresh, LEFT_NS - 1)):
        file.finish()
        os.utime(file.path, ns=(NOW - age, NOW - age))
    swept.sweeper.sweep()
    assert list(swept.stores.incoming.folder.iterdir()) == [fresh.path]


def test_old_idempotency_keys_go(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
    swept.stores.answers.begin("key", "fingerprint")
    answer(swept.stores.database.engine, "key", "answer")
    swept.now += 25 * HOUR_NS
    swept.sweeper.sweep()
    assert swept.stores.answers.forget_old() == 0


def test_what_fails_keeps_nothing_else_from_being_done(
    swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, _ = swept.case(NOW - 1)
    swept.case(NOW - 1)
    left = swept.stores.incoming.file()
    left.finish()
    os.utime(left.path, ns=(0, 0))
    delete_case = swept.stores.blobs.delete_case

    def fails(case_id: str) -> None:
        if case_id == stuck.id:
            raise OSError("unreachable")
        delete_case(case_id)

    with monkeypatch.context() as patched:
        patched.setattr(swept.stores.blobs, "delete_case", fails)
        with pytest.raises(OSError, match="unreachable"):
            swept.sweeper.sweep()
    assert swept.stores.cases.get(stuck.id) is None
    assert swept.kept == {stuck.id}
    assert swept.stores.cases.deleted() == [stuck.id]
    assert not left.path.exists()
    swept.sweeper.sweep()
    assert swept.kept == set()
    assert swept.stores.cases.deleted() == []


def test_a_store_that_is_away_keeps_the_database_from_nothing(
    swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = swept.stray(0)
    given_up: list[int] = []

    def away() -> Iterator[str]:
        raise OSError("unreachable")

    with monkeypatch.context() as patched:
        patched.setattr(swept.stores.blobs, "cases", away)
        patched.setattr(swept.stores.jobs, "give_up", given_up.append)
        with pytest.raises(OSError, match="unreachable"):
            swept.sweeper.sweep()
    assert given_up == [NOW - RETRIED_NS]
    # It is not an hour until the next try.
    swept.now += 1
    swept.sweeper.sweep()
    assert stray not in swept.kept


class TestStopped:
    """A sweep ends with the case it is at: its database and folder are about to be closed."""

    def stopping(self, swept: Swept, monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
        """Stop once a method of the store has done its work the first time."""
        asked: list[str] = []
        real = getattr(swept.stores.blobs, name)

        def ask(case_id: str, *more: str) -> object:
            asked.append(case_id)
            swept.sweeper.stop()
            return real(case_id, *more)

        monkeypatch.setattr(swept.stores.blobs, name, ask)
        return asked

    def test_while_cases_are_deleted(self, swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
        ids = {swept.case(NOW - 1)[0].id for _ in range(2)}
        asked = self.stopping(swept, monkeypatch, "delete_case")
        swept.sweeper.sweep()
        assert swept.kept == ids - set(asked)
        assert swept.stores.cases.deleted() == [*(ids - set(asked))]

    @pytest.mark.parametrize(("name", "gone"), [("changed_ns", 0), ("delete_case", 1)])
    def test_while_strays_are(
        self, swept: Swept, monkeypatch: pytest.MonkeyPatch, name: str, gone: int
    ) -> None:
        for _ in range(3):
            swept.stray(0)
        asked = self.stopping(swept, monkeypatch, name)
        swept.sweeper.sweep()
        assert len(asked) == 1
        assert len(swept.kept) == 3 - gone

    @pytest.mark.parametrize(("name", "gone"), [("keys", 0), ("delete", 1)])
    def test_while_octets_that_nothing_names_are(
        self, swept: Swept, monkeypatch: pytest.MonkeyPatch, name: str, gone: int
    ) -> None:
        ids = [swept.case()[0].id for _ in range(2)]
        old = [(one, unnamed(swept, one, b"old", 0)) for one in ids]
        asked = self.stopping(swept, monkeypatch, name)
        swept.sweeper.sweep()
        monkeypatch.undo()
        assert len(asked) == 1
        assert sum(key in keys(swept, one) for one, key in old) == 2 - gone

    def test_nothing_is_begun_any_more(self, swept: Swept) -> None:
        swept.case(NOW - 1)
        swept.stray(0)
        swept.sweeper.stop()
        swept.sweeper.sweep()
        assert len(swept.kept) == 2
