"""
A list of 100,000 cases is read as fast as one of ten.

Without `--benchmark-only` nothing is timed, and a few cases show that the list is right.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import Engine, text

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import open_database, writing
from analyzer.web.database.jobs import Jobs
from analyzer.web.records import CasePage, CaseQuery, JobState, Keep
from tests.web.database.clock import Clock
from tests.web.postgres import PostgreSQL

CASES = 100_000

FEW = 4_000
"""Where nothing is timed."""

PAGE_S = 0.05

SEARCH_S = 1
"""Of words that stand nowhere: all cases are looked at."""

PATIENCE_S = 20

# Of a hundred cases one is in work and one failed; the headlines are as long as real ones.
NUMBERS = {
    "sqlite": """WITH RECURSIVE numbers(n) AS
        (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})""",
    "postgresql": "WITH numbers AS (SELECT generate_series(1, CAST({count} AS bigint)) AS n)",
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
def count(benchmark: BenchmarkFixture) -> int:
    """How many cases there are."""
    return CASES if benchmark.enabled else FEW


@pytest.fixture(params=["sqlite", "postgresql"])
def many(request: pytest.FixtureRequest, tmp_path: Path, count: int) -> Iterator[Engine]:
    """A database with that many."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
        if request.param == "postgresql":
            postgres: PostgreSQL = request.getfixturevalue("postgres")
            url = stack.enter_context(postgres.database())
        database = open_database(url)
        stack.callback(database.close)
        database.migrate()
        with writing(database.engine) as connection:
            if request.param == "postgresql":
                # It would look for the case of each job.
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            numbers = NUMBERS[request.param].format(count=count)
            for statement in FILLED.values():
                connection.execute(text(statement.format(numbers=numbers)))
        yield database.engine


def is_done_in(most_s: float, act: Callable[[], object]) -> bool:
    """In one of the tries at least: others use this machine, too."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        began = time.perf_counter()
        act()
        if time.perf_counter() - began <= most_s:
            return True
    return False


def queries(count: int) -> dict[str, CaseQuery]:
    """What is answered from the list as it is sorted."""
    return {
        "first": CaseQuery(),
        "largest": CaseQuery(limit=200),
        "middle": CaseQuery(cursor=f"{count // 2 * 10**9}.{count // 2}"),
        "last": CaseQuery(cursor="21000000000.21"),
        "outcome": CaseQuery(outcome="broken"),
        "working": CaseQuery(outcome="working"),
        "no outcome": CaseQuery(outcome="inconclusive"),
        "old and failed": CaseQuery(outcome="failed", before_ns=10**12),
        "time": CaseQuery(since_ns=count * 10**8, before_ns=count * 2 * 10**8),
        "common word": CaseQuery(search="password refused"),
        "server": CaseQuery(server="fin7"),
    }


def searches(rare: int) -> dict[str, CaseQuery]:
    """What all cases are looked at for; one of them is found."""
    return {
        "rare word": CaseQuery(search=f"sr{rare}"),
        "no word": CaseQuery(search="nowhere to be found"),
        "no agent": CaseQuery(agent="nobody"),
        "all": CaseQuery(search="sr", outcome="broken", agent="nobody", server="fin"),
    }


def test_a_list_of_many_cases(many: Engine, count: int, benchmark: BenchmarkFixture) -> None:
    cases, jobs = Cases(many, Clock()), Jobs(many, Clock(), Keep.CAPTURE)
    rare = count * 17_171 // CASES
    asked, sought = queries(count), searches(rare)
    assert len(cases.page(asked["middle"]).cases) == 50
    assert len(cases.page(asked["last"]).cases) == 20
    assert len(cases.page(asked["time"]).cases) == 50
    assert cases.page(asked["no outcome"]).cases == ()
    assert [case.number for case in cases.page(sought["rare word"]).cases] == [f"SR{rare}"]
    assert cases.page(sought["all"]).cases == ()
    assert cases.count() == count
    assert jobs.counts()[JobState.QUEUED] == jobs.waiting() == count // 100
    assert jobs.place(f"j{count}") == count // 100 - 1
    page: CasePage = benchmark(cases.page, asked["first"])
    assert page.cases[0].number == f"SR{count}"
    if benchmark.enabled:
        slow = [
            name
            for some, most_s in ((asked, PAGE_S), (sought, SEARCH_S))
            for name, query in some.items()
            if not is_done_in(most_s, partial(cases.page, query))
        ]
        assert slow == []
        for act in (partial(jobs.claim, "me", 30), jobs.waiting, partial(jobs.place, f"j{count}")):
            assert is_done_in(PAGE_S, act)
