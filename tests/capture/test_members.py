import pytest

from analyzer.capture import members
from analyzer.capture.members import Budget, Member, Spool, copy, head
from analyzer.capture.tar import Tar
from analyzer.model import limits
from analyzer.model.anomaly import AnomalyCode
from tests.capture.archived import tarred


class Broken(Tar):
    """An archive of which nothing can be read."""

    def __init__(self, error: Exception) -> None:
        super().__init__(memoryview(tarred({"a": b"x"})))
        self.error = error

    def open(self, member: Member) -> "members.Stream":  # type: ignore[override]
        raise self.error


def test_a_member_is_copied() -> None:
    archive = Tar(memoryview(tarred({"a": b"x" * 3_000_000})))
    spool = Spool()
    with spool.file:
        assert copy(archive, archive.members[0], spool) is None
        assert spool.done().read() == b"x" * 3_000_000
    assert head(archive, archive.members[0], 5) == b"xxxxx"


def test_a_budget_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_OCTETS", 1000)
    budget = Budget()
    first, second = Spool(budget), Spool(budget)
    with first.file, second.file:
        assert first.take(bytes(900), 900) is None
        limit = second.take(bytes(101), 101)
    assert limit is not None
    assert limit.values == {"limit": "ARCHIVE_OCTETS", "value": 1000, "offset": 101}
    budget.refill()
    assert budget.left == 1000


def test_damage_and_locks() -> None:
    spool = Spool()
    with spool.file:
        damage = copy(Broken(ValueError()), Member(0, "a", 1), spool)
        assert damage is not None
        assert damage.code is AnomalyCode.DAMAGED
        assert head(Broken(EOFError()), Member(0, "a", 1), 9) == b""
        locked = Broken(RuntimeError("encrypted"))
        with pytest.raises(RuntimeError, match="encrypted"):
            copy(locked, Member(0, "a", 1), spool)
        with pytest.raises(RuntimeError, match="encrypted"):
            head(locked, Member(0, "a", 1), 9)
