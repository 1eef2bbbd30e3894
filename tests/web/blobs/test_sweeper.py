import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.web.blobs.sweeper import LEASES, LEFT_NS, STRAY_NS, STRAYS, Sweeper
from analyzer.web.records import Case, FileKind, Job, Received
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores

NOW = 1_700_000_000 * 10**9

HOUR_NS = 3_600 * 10**9


class Swept:
    """Stores with a clock that is set by hand, and what sweeps them."""

    def __init__(self, data: Path) -> None:
        self.now = NOW
        self.stores = Stores(Settings(data=data), lambda: self.now)
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


@pytest.mark.parametrize("excess", [0, 1])
def test_the_blobs_of_another_database_stay(swept: Swept, excess: int) -> None:
    case, _ = swept.case()
    strays = {swept.stray(0) for _ in range(STRAYS + 1 + excess)}
    swept.sweeper.sweep()
    assert swept.kept == ({case.id} | strays if excess else {case.id})


def test_blobs_that_vanish_meanwhile(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swept.stores.blobs, "cases", lambda: iter(["gone"]))
    swept.sweeper.sweep()
    assert swept.stores.blobs.changed_ns("gone") is None


def test_uploads_that_were_forgotten_go(swept: Swept) -> None:
    forgotten, fresh = swept.stores.incoming.file(), swept.stores.incoming.file()
    for file, age in ((forgotten, LEFT_NS + 1), (fresh, LEFT_NS - 1)):
        file.finish()
        os.utime(file.path, ns=(NOW - age, NOW - age))
    swept.sweeper.sweep()
    assert list(swept.stores.incoming.folder.iterdir()) == [fresh.path]


def test_old_idempotency_keys_go(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
    swept.stores.answers.begin("key", "fingerprint")
    swept.stores.answers.finish("key", "answer")
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
