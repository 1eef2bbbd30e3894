import pytest
from msgspec import Struct
from pydantic import BaseModel

from analyzer.web import records
from analyzer.web.api import schemas

SUMMARY = records.Summary(outcome="broken", headline={"en": "x"}, recorded_ns=0, sessions=2)
CASE = records.Case(
    id="c", number="1", notes="", created_ns=0, changed_ns=1000, expires_ns=None, summary=SUMMARY
)


@pytest.mark.parametrize(
    ("schema", "record", "inside"),
    [
        (schemas.Job, records.Job, {"tries", "interruptions", "result"}),
        (schemas.File, records.File, {"case_id", "blob"}),
        (schemas.Case, records.Case, set()),
        (schemas.Summary, records.Summary, set()),
        (schemas.Progress, records.Progress, set()),
        (schemas.Failure, records.Failure, set()),
    ],
)
def test_all_of_a_record_is_told_but_what_stays_inside(
    schema: type[BaseModel], record: type[Struct], inside: set[str]
) -> None:
    names = set(record.__struct_fields__) - inside
    assert set(schema.model_fields) == {name.removesuffix("_ns") for name in names}


def test_times_are_told_as_programs_write_them() -> None:
    told = schemas.CaseDetails.whole(CASE, [], []).model_dump(mode="json")
    assert (told["created"], told["changed"], told["expires"]) == (
        "1970-01-01T00:00:00.000000Z",
        "1970-01-01T00:00:00.000001Z",
        None,
    )
    assert told["summary"]["recorded"] == "1970-01-01T00:00:00.000000Z"
    assert (told["files"], told["jobs"], told["job"]) == ([], [], None)


def test_a_query_reaches_the_casebook_whole() -> None:
    asked = schemas.Asked.model_validate(
        {
            "search": "a",
            "outcome": "b",
            "agent": "c",
            "server": "d",
            "since": "1970-01-01T00:00:01Z",
            "before": "1970-01-02",
            "cursor": "e",
            "limit": 7,
        }
    )
    assert asked.query() == records.CaseQuery(
        search="a",
        outcome="b",
        agent="c",
        server="d",
        since_ns=10**9,
        before_ns=86_400 * 10**9,
        cursor="e",
        limit=7,
    )
