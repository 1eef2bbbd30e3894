"""What a process finds in its folder, and that nothing stays of it."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from analyzer.web.records import Derived, Done, File, FileChange, FileKind, FileState, Job, Keep
from analyzer.web.workers.order import AnalyzeOrder, CompareOrder
from analyzer.web.workers.scratch import NAME_OCTETS, NotKeptError, Scratch, fitting
from tests.web.database.making import leave
from tests.web.workers.desk import Desk, desk


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("session.har", "session.har"),
        ("", "_"),
        (".", "_"),
        ("..", "_."),
        (".hidden", "_hidden"),
        ("../../etc/passwd", "_._.._etc_passwd"),
        ("a\\b\0c", "a_b_c"),
        ("é\ud800.har", "é?.har"),
    ],
)
def test_a_name_fits_into_a_folder(name: str, fit: str) -> None:
    assert fitting(name, set()) == fit


@pytest.mark.parametrize("letter", ["x", "é", "🦜"])
def test_a_long_name_keeps_its_end(letter: str) -> None:
    fit = fitting(letter * 120 + "_00001_20261121.pcapng", set())
    assert len(fit.encode()) <= NAME_OCTETS
    assert fit.endswith("_00001_20261121.pcapng")
    assert fit.startswith(letter)


def test_each_name_is_there_once() -> None:
    taken: set[str] = set()
    names = [fitting(name, taken) for name in ("a.har", "a.har", "a.har", "a (2).har", "b", "b")]
    assert names == ["a.har", "a (2).har", "a (3).har", "a (2) (2).har", "b", "b (2)"]
    assert taken == {*names}


def test_files_are_laid_out_for_an_analysis(tmp_path: Path) -> None:
    with desk(tmp_path, redact="all", keep=Keep.NONE) as here, Scratch(here.stores).new() as folder:
        job = here.upload({"a.har": b"1", "b.pcapng": b"2", "keys.log": b"3"}, language="nl")
        order = Scratch(here.stores).order_of(job, here.files(job), folder)
        assert isinstance(order, AnalyzeOrder)
        laid = {path.name: path.read_bytes() for path in Path(order.folder).iterdir()}
        assert laid == {"a.har": b"1", "b.pcapng": b"2", "keys.log": b"3"}
        assert [file.kind for file in order.files] == [
            FileKind.HAR,
            FileKind.PACKETS,
            FileKind.KEYS,
        ]
        assert [file.file_id for file in order.files] == [file.id for file in here.files(job)]
        assert (order.redact, order.keep, order.language) == ("all", Keep.NONE, "nl")
        assert [*Path(order.out).iterdir()] == []
        # A link: captures of gigabytes are not copied.
        assert (Path(order.folder) / "a.har").stat().st_nlink == 2


def test_what_is_gone_is_not_laid_out_and_what_is_redacted_is_clean(tmp_path: Path) -> None:
    with desk(tmp_path) as here, Scratch(here.stores).new() as folder:
        job = here.upload({"a.har": b"1", "b.har": b"2"})
        first, second = here.files(job)
        leave(
            here.stores.database.engine,
            FileChange(file_id=first.id, state=FileState.GONE),
            FileChange(file_id=second.id, state=FileState.REDACTED, blob=second.blob),
        )
        order = Scratch(here.stores).order_of(job, here.files(job), folder)
        assert isinstance(order, AnalyzeOrder)
        assert [(file.name, file.clean) for file in order.files] == [("b.har", True)]


def test_with_nothing_kept_there_is_nothing_to_do(tmp_path: Path) -> None:
    with desk(tmp_path) as here, Scratch(here.stores).new() as folder:
        job = here.upload({"a.har": b"1"})
        (file,) = here.files(job)
        compared = here.compare(job.case_id, file.id, file.id)
        leave(here.stores.database.engine, FileChange(file_id=file.id, state=FileState.GONE))
        for wanted in (job, compared):
            with pytest.raises(NotKeptError) as caught:
                Scratch(here.stores).order_of(wanted, here.files(job), folder)
            assert caught.value.strerror == "the files are not kept any more"


def comparison(here: Desk, files: dict[str, bytes], folder: Path) -> CompareOrder:
    job = here.upload(files)
    good, bad, *_ = here.files(job)
    job = here.compare(job.case_id, good.id, bad.id)
    order = Scratch(here.stores).order_of(job, here.files(job), folder)
    assert isinstance(order, CompareOrder)
    return order


def test_two_files_are_laid_out_for_a_comparison(tmp_path: Path) -> None:
    with desk(tmp_path) as here, Scratch(here.stores).new() as folder:
        order = comparison(here, {"a.har": b"1", "b.har": b"2", "c.har": b"3"}, folder)
        assert Path(order.good).read_bytes() == b"1"
        assert Path(order.bad).read_bytes() == b"2"
        assert Path(order.good).name == "a.har"


def test_keys_of_the_case_open_both(tmp_path: Path) -> None:
    with desk(tmp_path) as here, Scratch(here.stores).new() as folder:
        order = comparison(here, {"a.pcapng": b"1", "b.har": b"2", "keys.log": b"3"}, folder)
        laid = [{p.name for p in Path(side).iterdir()} for side in (order.good, order.bad)]
        assert laid == [{"a.pcapng", "keys.log"}, {"b.har", "keys.log"}]


def test_a_store_elsewhere_is_copied_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(tmp_path) as here:
        job = here.upload({"a.har": b"1"})
        key = here.files(job)[0].blob or ""
        scratch = Scratch(here.stores)
        monkeypatch.setattr(here.stores.blobs, "local_path", lambda *_: None)
        scratch.lay(job.case_id, key, tmp_path / "copied")
        assert (tmp_path / "copied").read_bytes() == b"1"
        # So it is where no link leads from disk to disk.
        monkeypatch.undo()
        monkeypatch.setattr(os, "link", _refuse)
        scratch.lay(job.case_id, key, tmp_path / "again")
        assert (tmp_path / "again").read_bytes() == b"1"
        with pytest.raises(FileNotFoundError):
            scratch.lay(job.case_id, "0" * 64, tmp_path / "nothing")


def _refuse(*_: object) -> None:
    raise OSError(18, "Invalid cross-device link")


def test_a_folder_is_gone_afterwards(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        scratch = Scratch(here.stores)
        with suppress(ValueError), scratch.new() as folder:
            assert folder.parent == scratch.folder
            assert folder.stat().st_mode & 0o777 == 0o700
            (folder / "out" / "deep").mkdir()
            (folder / "out" / "deep" / "file").touch()
            raise ValueError
        assert [*scratch.folder.iterdir()] == []


def test_what_was_left_behind_is_looked_at_and_removed(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        scratch = Scratch(here.stores)
        assert [*scratch.left_behind()] == []
        (scratch.folder / "a" / "out").mkdir(parents=True)
        (scratch.folder / "b").touch()
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (scratch.folder / "c").symlink_to(elsewhere)
        seen = []
        for path in scratch.left_behind():
            assert path.exists()
            seen.append(path.name)
        assert seen == ["a", "b", "c"]
        assert [*scratch.folder.iterdir()] == []
        assert elsewhere.is_dir()


def test_bounds_follow_the_settings(tmp_path: Path) -> None:
    with desk(tmp_path, job_memory=1 << 30, job_s=7, max_file=1 << 40) as here:
        bounds = Scratch(here.stores).bounds()
        assert (bounds.memory, bounds.seconds, bounds.file_octets) == (1 << 30, 7, 1 << 41)


def left_out(here: Desk, job: Job, folder: Path) -> tuple[set[str], int, int]:
    """What is laid out for an analysis, and how many files are not as others stand for them."""
    order = Scratch(here.stores).order_of(job, here.files(job), folder)
    assert isinstance(order, AnalyzeOrder)
    return {file.name for file in order.files}, len(order.twins), len(order.derived)


def gone(file: File) -> FileChange:
    return FileChange(file_id=file.id, state=FileState.GONE)


def test_a_redacted_file_is_left_out_where_the_very_file_is_there_again(tmp_path: Path) -> None:
    with desk(tmp_path) as here, Scratch(here.stores).new() as folder:
        job = here.upload({"a.har": b"1", "b.har": b"2"})
        for file in here.files(job):
            redacted = FileChange(file_id=file.id, state=FileState.REDACTED, blob=file.blob)
            leave(here.stores.database.engine, redacted)
        job = here.upload({"again.har": b"1"}, job.case_id)
        order = Scratch(here.stores).order_of(job, here.files(job), folder)
        assert isinstance(order, AnalyzeOrder)
        first, _, again = here.files(job)
        assert {file.name for file in order.files} == {"b.har", "again.har"}
        assert order.twins == {first.id: again.id}
        assert order.derived == ()


@pytest.mark.parametrize(
    ("before", "added", "laid"),
    [
        (("a.pcapng",), ("a.pcapng",), {"a (2).pcapng"}),
        (("a.pcapng", "k.log"), ("a.pcapng", "k.log"), {"a (2).pcapng", "k (2).log"}),
        (("a.pcapng", "k.log"), ("a.pcapng",), {"a (2).pcapng", "a.har"}),
        (("a.pcapng", "b.pcapng"), ("a.pcapng",), {"a (2).pcapng", "a.har"}),
        (("a.pcapng",), ("b.pcapng",), {"b.pcapng", "a.har"}),
        ((), ("a.pcapng",), {"a.pcapng", "a.har"}),
    ],
    ids=["all again", "keys too", "no keys", "one of two", "another", "nothing gone"],
)
def test_a_derived_file_is_left_out_where_all_it_may_be_made_of_is_there_again(
    *, tmp_path: Path, before: tuple[str, ...], added: tuple[str, ...], laid: set[str]
) -> None:
    with desk(tmp_path) as here, Scratch(here.stores).new() as folder:
        job = here.upload({name: name.encode() for name in (*before, "x.har")})
        leave(here.stores.database.engine, *map(gone, here.files(job)))
        assert here.stores.jobs.claim("me", 30) is not None
        blob = (here.folder / "made").write_bytes(b"made") and here.stores.blobs.put(
            job.case_id, here.folder / "made"
        )
        made = Derived(name="a.har", kind=FileKind.HAR, blob=str(blob), octets=4, sha256=str(blob))
        assert here.stores.jobs.finish(job.id, "me", Done(result="r", derived=(made,)))
        job = here.upload({name: name.encode() for name in added}, job.case_id)
        names, twins, derived = left_out(here, job, folder)
        assert names == laid
        assert (twins, derived) == (0, 0 if "a.har" in laid else 1)
