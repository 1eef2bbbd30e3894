import time

import pytest
from sqlalchemy import select

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database, reading, writing
from analyzer.web.database.jobs import Jobs
from analyzer.web.database.listing import folded, held_case
from analyzer.web.database.tables import listing
from analyzer.web.records import Case, Done, Failure, FailureCode, Job, JobKind, Keep, Summary
from tests.web.database.clock import Clock, received
from tests.web.database.making import a_case, opened, summarized

BROKEN = Summary(
    outcome="broken",
    headline={"en": "The server refused the password", "de": "Passwort falsch"},
    rule="SA-001",
    agents=("Agent One", "agent2"),
    servers=("finesse.example",),
)


def listed(database: Database) -> list[tuple[str, str, str, str]]:
    wanted = select(listing.c.standing, listing.c.agents, listing.c.servers, listing.c.found)
    with reading(database.engine) as connection:
        return [tuple(row) for row in connection.execute(wanted)]


def standing(database: Database) -> str:
    [row] = listed(database)
    return row[0]


def made(database: Database, clock: Clock) -> tuple[Case, Job]:
    case, _, job = opened(Cases(database.engine, clock), received(), number="SR 7")
    return case, job


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STRASSE", "straße"),
        ("é", "e\u0301"),
        ("İ", "i\u0307"),
        ("\uff21\uff22", "ab"),
        (" a\n\tb ", "a b"),
        ("", "  "),
        ("漢字", "漢字"),
    ],
    ids=["sharp s", "composed", "dotted capital", "wide", "spaces", "empty", "unchanged"],
)
def test_what_reads_the_same_is_found(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize("text", ["\u0301\u0327", "\ufdfa", "a\u0345\u0301\u0327\u0338", "x"])
def test_folding_takes_time_in_proportion_to_the_length(text: str) -> None:
    """Python normalises a run of combining marks in quadratic time: minutes for this one."""
    began = time.process_time()
    folded(text * (10**6 // len(text)))
    assert time.process_time() - began < 10


def test_how_a_case_stands_follows_its_last_analysis(database: Database, clock: Clock) -> None:
    jobs = Jobs(database.engine, clock, Keep.CAPTURE)
    case, _ = made(database, clock)
    assert standing(database) == "working"
    first = jobs.claim("me", 30)
    assert first is not None
    assert standing(database) == "working"
    jobs.finish(first.id, "me", Done(result="r"))
    assert standing(database) == ""
    jobs.add(case.id, JobKind.ANALYZE, profile="finesse", language="en", room=9)
    summarized(jobs, BROKEN)
    assert standing(database) == "broken"
    jobs.add(case.id, JobKind.ANALYZE, profile="finesse", language="en", room=9)
    assert standing(database) == "working"
    second = jobs.claim("me", 30)
    assert second is not None
    jobs.fail(second.id, "me", Failure(code=FailureCode.TIME), died=False)
    assert standing(database) == "failed"


def test_a_comparison_does_not_change_how_a_case_stands(database: Database, clock: Clock) -> None:
    jobs = Jobs(database.engine, clock, Keep.CAPTURE)
    case, job = made(database, clock)
    jobs.claim("me", 30)
    jobs.finish(job.id, "me", Done(result="r", summary=BROKEN))
    other = jobs.add(case.id, JobKind.COMPARE, profile="finesse", language="en", room=9)
    assert standing(database) == "broken"
    jobs.claim("me", 30)
    jobs.fail(other.id, "me", Failure(code=FailureCode.TIME), died=False)
    assert standing(database) == "broken"


def test_each_word_is_listed_once(database: Database, clock: Clock) -> None:
    made(database, clock)
    summarized(Jobs(database.engine, clock, Keep.CAPTURE), BROKEN)
    [(*rest, found)] = listed(database)
    assert rest == ["broken", "agent one\nagent2", "finesse.example"]
    assert found.split() == [
        *("sr", "7", "session.har", "agent", "one", "agent2", "finesse.example", "sa-001"),
        *("the", "server", "refused", "password", "passwort", "falsch"),
    ]


def test_only_a_case_in_sight_is_held(database: Database, clock: Clock) -> None:
    cases = Cases(database.engine, clock)
    case, deleted = a_case(cases), a_case(cases)
    cases.mark_deleted(deleted.id)
    with writing(database.engine) as connection:
        held = held_case(connection, case.id)
        assert held is not None
        assert held.id == case.id
        assert held_case(connection, deleted.id) is None
        assert held_case(connection, "no such") is None


def test_a_deleted_case_is_not_listed(database: Database, clock: Clock) -> None:
    cases = Cases(database.engine, clock)
    case = a_case(cases)
    cases.mark_deleted(case.id)
    assert listed(database) == []
