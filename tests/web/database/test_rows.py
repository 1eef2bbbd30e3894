import re

from msgspec.structs import replace
from sqlalchemy import select

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database, reading
from analyzer.web.database.rows import FILE, JOB, case_of, file_of, job_of, new_id, select_cases
from tests.web.database.clock import Clock, received
from tests.web.database.making import a_case, opened, without_job


def test_ids_are_random_and_fit_for_urls_and_folders() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


def test_rows_come_back_as_they_were_stored(database: Database, clock: Clock) -> None:
    came = received("a.har"), received("b.har")
    cases = Cases(database.engine, clock)
    case, files, job = opened(cases, *came, number="SR 7", notes="Call\nback", expires_ns=5)
    with reading(database.engine) as connection:
        assert [case_of(row) for row in connection.execute(select_cases())] == [case]
        assert [file_of(row) for row in connection.execute(select(*FILE))] == files
        assert [job_of(row) for row in connection.execute(select(*JOB))] == [job]


def test_a_case_without_job_has_none(database: Database, clock: Clock) -> None:
    case = a_case(Cases(database.engine, clock))
    without_job(database.engine, case)
    with reading(database.engine) as connection:
        row = connection.execute(select_cases()).one()
    assert case_of(row) == replace(case, job=None)
