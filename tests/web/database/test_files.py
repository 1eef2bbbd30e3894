from msgspec.structs import replace

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database, writing
from analyzer.web.database.files import Files, insert_derived
from analyzer.web.records import (
    CaseQuery,
    Derived,
    File,
    FileChange,
    FileKind,
    FileState,
    Received,
)
from tests.web.database.clock import Clock, received
from tests.web.database.making import a_case, extended, leave, opened


def test_files_stand_in_the_order_they_came(cases: Cases, files: Files, clock: Clock) -> None:
    case = a_case(cases)
    clock.pass_s(3)
    names = [f"{letter}.har" for letter in "zay"]
    added = extended(cases, case.id, *map(received, names), blobs="123")
    assert [file.name for file in added] == names
    assert files.of_case(case.id) == added
    assert added[1] == File(
        id=added[1].id,
        case_id=case.id,
        name="a.har",
        kind=FileKind.HAR,
        octets=10,
        sha256="ab" * 32,
        state=FileState.PRESENT,
        blob="2",
        received_ns=clock.now_ns,
    )
    changed = cases.get(case.id)
    assert changed is not None
    assert changed.changed_ns == clock.now_ns
    more = extended(cases, case.id, received("0.har"), blobs="4")
    assert files.of_case(case.id) == [*added, *more]


def test_a_file_is_found_in_its_own_case_only(cases: Cases, files: Files) -> None:
    one, [file], _ = opened(cases, received())
    other = a_case(cases)
    assert files.get(one.id, file.id) == file
    assert files.get(other.id, file.id) is None
    assert files.get(one.id, "no such") is None
    assert files.of_case(other.id) == []


def test_a_case_is_found_by_the_names_of_its_files(cases: Cases) -> None:
    case, *_ = opened(cases, received("Übergabe 7.har"))
    assert [found.id for found in cases.page(CaseQuery(search="übergabe")).cases] == [case.id]


def test_what_is_left_of_files_is_written_down(
    cases: Cases, files: Files, database: Database
) -> None:
    case, [one, two, three], _ = opened(cases, received(), received(), received())
    leave(
        database.engine,
        FileChange(file_id=one.id, state=FileState.REDACTED, blob="4"),
        FileChange(file_id=two.id, state=FileState.GONE),
        FileChange(file_id="no such", state=FileState.GONE),
    )
    left = [(file.id, file.state, file.blob) for file in files.of_case(case.id)]
    assert left == [
        (one.id, FileState.REDACTED, "4"),
        (two.id, FileState.GONE, None),
        (three.id, FileState.PRESENT, "3"),
    ]


def test_a_name_may_hold_anything(cases: Cases, files: Files) -> None:
    case = a_case(cases)
    odd = Received(
        path="", name="\x00\ud800" + "x" * 10**6, kind=FileKind.OTHER, octets=1 << 80, sha256="\x00"
    )
    [file] = extended(cases, case.id, odd, blobs="\x00")
    [stored] = files.of_case(case.id)
    assert stored.name == "\ufffd\ufffd" + "x" * 10**6
    assert stored.octets == (1 << 63) - 1
    assert files.get("\x00", file.id) is None
    assert files.get(case.id, "\ud800" * 10**6) is None


def test_files_of_a_case_have_names_of_their_own(
    cases: Cases, files: Files, database: Database
) -> None:
    one, first, _ = opened(cases, received("a.har"), received("a.har"))
    leave(database.engine, FileChange(file_id=first[0].id, state=FileState.GONE))
    extended(cases, one.id, received("a.har"), blobs="3")
    other, *_ = opened(cases, received("a.har"))
    with writing(database.engine) as connection:
        insert_derived(connection, one.id, [derived("a.har", "5"), derived("b.har", "6")], 7)
    assert [file.name for file in files.of_case(one.id)] == [
        "a.har",
        "a (2).har",
        "a (3).har",
        "a (4).har",
        "b.har",
    ]
    assert [file.name for file in files.of_case(other.id)] == ["a.har"]


def test_what_is_derived_again_takes_the_place_of_what_was(
    cases: Cases, files: Files, database: Database
) -> None:
    one, other = a_case(cases), a_case(cases)
    for case in (one, other):
        with writing(database.engine) as connection:
            insert_derived(connection, case.id, [derived("a.har", "1")], 5)
    (old,), (else_where,) = files.of_case(one.id), files.of_case(other.id)
    again = [derived("b.har", "22", old.id), derived("c.har", "3", else_where.id)]
    with writing(database.engine) as connection:
        insert_derived(connection, one.id, again, 6)
    (new,) = files.of_case(one.id)
    assert new == replace(old, blob="22", octets=2, sha256="22")
    assert files.of_case(other.id) == [else_where]


def derived(name: str, blob: str, file_id: str = "") -> Derived:
    return Derived(
        name=name, kind=FileKind.HAR, blob=blob, octets=len(blob), sha256=blob, file_id=file_id
    )
