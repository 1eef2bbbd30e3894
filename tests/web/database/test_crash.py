"""What was committed is there after `kill -9` of the process that wrote it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database, open_database, reading
from analyzer.web.database.files import Files
from analyzer.web.database.jobs import Jobs
from analyzer.web.records import Keep
from tests.web.database.clock import Clock

WRITER = """
import sys
from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import open_database
from analyzer.web.database.jobs import Jobs
from analyzer.web.records import Done, Keep, Summary
from tests.web.database.clock import Clock, received
from tests.web.database.making import opened

database = open_database(sys.argv[1])
database.migrate()
cases, jobs = Cases(database.engine, Clock()), Jobs(database.engine, Clock(), Keep.CAPTURE)
while True:
    case, *_ = opened(cases, received(), received(), number="7", notes="x" * 5000)
    job = jobs.claim("w", 30)
    jobs.finish(job.id, "w", Done(result="r", summary=Summary(outcome="broken", headline={})))
    print(case.id, job.id, flush=True)
"""


def killed_after(url: str, lines: int) -> list[list[str]]:
    """What a writer said that it had written."""
    command = [sys.executable, "-c", WRITER, url]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().split() for _ in range(lines)]
        process.kill()
        # It went on while it was read: what it said until it died holds, too.
        said += [line.split() for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -9
    return said


@pytest.mark.parametrize("lines", [1, 30])
def test_nothing_that_was_committed_is_lost(url: str, lines: int) -> None:
    written = killed_after(url, lines)
    written += killed_after(url, lines)
    database = open_database(url)
    database.migrate()
    cases, files = Cases(database.engine, Clock()), Files(database.engine)
    for case_id, _ in written:
        case = cases.get(case_id)
        assert case is not None
        assert len(files.of_case(case_id)) == 2
        assert case.job is not None
    done = {job_id for _, job_id in written}
    found = [Jobs(database.engine, Clock(), Keep.CAPTURE).get(job_id) for job_id in done]
    assert {job.result for job in found if job} == {"r"}
    assert_whole(database)
    database.close()


def assert_whole(database: Database) -> None:
    """Each case has its two files and its job, also the one that was being written."""
    counts = "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM files), count(*) FROM jobs"
    with reading(database.engine) as connection:
        cases, files, jobs = connection.execute(text(counts)).one()
        assert (files, jobs) == (2 * cases, cases)
        if database.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
