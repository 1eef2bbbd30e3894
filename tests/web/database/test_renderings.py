import pytest

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database
from analyzer.web.database.renderings import StoredRenderings
from analyzer.web.records import CaseQuery, Rendering
from tests.web.database.clock import Clock, received
from tests.web.database.making import opened, renderings_of


@pytest.fixture
def stored(database: Database) -> StoredRenderings:
    return StoredRenderings(database.engine)


@pytest.fixture
def job_id(database: Database, clock: Clock) -> str:
    return opened(Cases(database.engine, clock), received())[2].id


def test_a_report_is_written_once_for_each_format_and_language(
    stored: StoredRenderings, job_id: str, database: Database
) -> None:
    english = Rendering(format="html", language="en", blob="a", octets=1)
    french = Rendering(format="html", language="fr", blob="b", octets=2)
    archive = Rendering(format="zip", language="en", blob="c", octets=3)
    for rendering in (archive, french, english):
        stored.add(job_id, rendering)
    assert renderings_of(database.engine, job_id) == [english, french, archive]
    assert stored.get(job_id, "html", "fr") == french
    assert stored.get(job_id, "zip", "fr") is None
    assert stored.get("other", "html", "fr") is None


def test_a_newer_one_takes_the_place_of_the_older(
    stored: StoredRenderings, job_id: str, database: Database
) -> None:
    for octets in (1, 2):
        stored.add(job_id, Rendering(format="md", language="en", blob=f"{octets}", octets=octets))
    assert renderings_of(database.engine, job_id) == [
        Rendering(format="md", language="en", blob="2", octets=2)
    ]


def test_nothing_is_written_for_a_job_that_is_gone(
    stored: StoredRenderings, job_id: str, database: Database
) -> None:
    stored.add("no such", Rendering(format="md", language="en", blob="", octets=1))
    assert renderings_of(database.engine, "no such") == []


def test_reports_go_with_their_case(
    stored: StoredRenderings, job_id: str, database: Database, clock: Clock
) -> None:
    stored.add(job_id, Rendering(format="md", language="en", blob="", octets=1))
    cases = Cases(database.engine, clock)
    [case_id] = [case.id for case in cases.page(CaseQuery()).cases]
    cases.mark_deleted(case_id)
    cases.forget(case_id)
    assert renderings_of(database.engine, job_id) == []


def test_any_words_may_be_asked_for(stored: StoredRenderings, job_id: str) -> None:
    assert stored.get("\x00", "\ud800", "%" * 10**6) is None
