"""Each test of a repository runs on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.web.database.engine import Database, open_database
from tests.web.database.clock import Clock
from tests.web.postgres import PostgreSQL, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database that is empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cases.sqlite'}"
    else:
        server: PostgreSQL = request.getfixturevalue("postgres")
        with server.database() as made:
            yield made


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Migrated."""
    opened = open_database(url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()
