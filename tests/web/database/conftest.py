"""Each test of a repository runs on both databases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from analyzer.web.database.cases import Cases
from analyzer.web.database.engine import Database, open_database, writing
from analyzer.web.database.files import Files
from analyzer.web.database.jobs import Jobs
from analyzer.web.database.tables import metadata
from analyzer.web.records import Keep
from tests.web.database.clock import Clock
from tests.web.postgres import PostgreSQL


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database that is empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cases.sqlite'}"
    else:
        server: PostgreSQL = request.getfixturevalue("postgres")
        with server.database() as made:
            yield made


@pytest.fixture(scope="session")
def migrated(postgres: PostgreSQL) -> Iterator[Database]:
    """One of PostgreSQL for all tests that only ask for tables: to make it takes a second."""
    with postgres.database() as made:
        opened = open_database(made)
        opened.migrate()
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """With all tables, which are empty."""
    if request.param == "sqlite":
        path = tmp_path / "cases.sqlite"
        shutil.copy(request.getfixturevalue("database_file"), path)
        opened = open_database(f"sqlite:///{path}")
        yield opened
        opened.close()
    else:
        shared: Database = request.getfixturevalue("migrated")
        names = ", ".join(metadata.tables)
        with writing(shared.engine) as connection:
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        yield shared


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(database: Database, clock: Clock) -> Jobs:
    clock.leads(database.engine)
    return Jobs(database.engine, clock, Keep.CAPTURE)


@pytest.fixture
def cases(database: Database, clock: Clock) -> Cases:
    return Cases(database.engine, clock)


@pytest.fixture
def files(database: Database, clock: Clock) -> Files:
    return Files(database.engine)
