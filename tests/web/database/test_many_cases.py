"""A list of 100,000 cases is read as fast as one of ten."""

import time
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database, writing
from analyzer.web.database.jobs import Jobs
from analyzer.web.records import CaseQuery, JobState
from tests.web.database.clock import Clock

CASES = 100_000

PAGE_S = 0.05

SEARCH_S = 1
"""Of words that stand nowhere: all cases are looked at."""

PATIENCE_S = 20

# Of a thousand cases ten are in work and ten failed; the headlines are as long as real ones.
NUMBERS = {
    "sqlite": f"""WITH RECURSIVE numbers(n) AS
        (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {CASES})""",
    "postgresql": f"WITH numbers AS (SELECT generate_series(1, CAST({CASES} AS bigint)) AS n)",
}
STANDING = """CASE WHEN n % 100 = 0 THEN 'working' WHEN n % 100 = 1 THEN 'failed'
    WHEN n % 2 = 0 THEN 'broken' ELSE 'healthy' END"""
HEADLINE = "the openfire server refused this password because it was typed wrongly " * 8
FILLED = {
    "cases": f"""INSERT INTO cases (serial, id, number, notes, created_ns, changed_ns, job_id)
        {{numbers}} SELECT n, 'c' || n, 'SR' || n, '{"called " * 20}', n * 1000000000, 1, 'j' || n
        FROM numbers""",
    "listing": f"""INSERT INTO listing (serial, created_ns, standing, agents, servers, found)
        {{numbers}} SELECT n, n * 1000000000, {STANDING}, 'agent' || (n % 5000), 'fin' || (n % 50),
        'sr' || n || ' agent' || (n % 5000) || ' fin' || (n % 50) || ' {HEADLINE}' FROM numbers""",
    "jobs": """INSERT INTO jobs (id, case_id, kind, state, profile, language, queued_ns, tries,
        interruptions) {numbers} SELECT 'j' || n, 'c' || n, 'analyze',
        CASE WHEN n % 100 = 0 THEN 'queued' ELSE 'done' END, 'finesse', 'en', n, 0, 0
        FROM numbers""",
}


@pytest.fixture
def many(database: Database) -> Database:
    kind = database.engine.dialect.name
    with writing(database.engine) as connection:
        if kind == "postgresql":
            # It would look for the case of each job.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in FILLED.values():
            connection.execute(text(statement.format(numbers=NUMBERS[kind])))
    return database


def is_done_in(most_s: float, act: Callable[[], object]) -> bool:
    """In one of the tries at least: others use this machine, too."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        began = time.perf_counter()
        act()
        if time.perf_counter() - began <= most_s:
            return True
    return False


QUERIES = {
    "first": CaseQuery(),
    "largest": CaseQuery(limit=200),
    "middle": CaseQuery(cursor=f"{CASES // 2 * 10**9}.{CASES // 2}"),
    "last": CaseQuery(cursor="21000000000.21"),
    "outcome": CaseQuery(outcome="broken"),
    "working": CaseQuery(outcome="working"),
    "no outcome": CaseQuery(outcome="inconclusive"),
    "old and failed": CaseQuery(outcome="failed", before_ns=10**12),
    "time": CaseQuery(since_ns=10**13, before_ns=2 * 10**13),
    "common word": CaseQuery(search="password refused"),
    "server": CaseQuery(server="fin7"),
}

NOWHERE = {
    "rare word": CaseQuery(search="sr17171"),
    "no word": CaseQuery(search="nowhere to be found"),
    "no agent": CaseQuery(agent="nobody"),
    "all": CaseQuery(search="sr", outcome="broken", agent="nobody", server="fin"),
}


def test_a_list_of_many_cases(many: Database) -> None:
    cases, jobs = Cases(many.engine, Clock()), Jobs(many.engine, Clock())
    slow = [
        name
        for queries, most_s in ((QUERIES, PAGE_S), (NOWHERE, SEARCH_S))
        for name, query in queries.items()
        if not is_done_in(most_s, partial(cases.page, query))
    ]
    assert slow == []
    assert len(cases.page(QUERIES["middle"]).cases) == 50
    assert len(cases.page(QUERIES["last"]).cases) == 20
    assert [case.number for case in cases.page(NOWHERE["rare word"]).cases] == ["SR17171"]
    assert cases.count() == CASES
    assert jobs.counts()[JobState.QUEUED] == jobs.waiting() == CASES // 100
    for act in (partial(jobs.claim, "me", 30), jobs.waiting, partial(jobs.place, f"j{CASES}")):
        assert is_done_in(PAGE_S, act)
