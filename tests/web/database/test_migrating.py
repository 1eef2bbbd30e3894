import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy import inspect, text

from analyzer.model.errors import UsageError
from analyzer.web.database.engine import Database, open_database, reading, writing
from analyzer.web.database.migrating import MIGRATIONS
from analyzer.web.database.tables import metadata
from tests.web.postgres import PostgreSQL


def test_what_the_migrations_make_is_what_the_program_expects(database: Database) -> None:
    with reading(database.engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_partial_indexes_are_made(database: Database) -> None:
    """Autogeneration does not look at the condition of an index."""
    where = "postgresql_where" if database.engine.dialect.name == "postgresql" else "sqlite_where"
    found = {
        index["name"]
        for table in metadata.tables
        for index in inspect(database.engine).get_indexes(table)
        if where in index.get("dialect_options", {})
    }
    assert found == {"cases_expires", "cases_deleted", "jobs_running"}


def test_a_second_start_changes_nothing(database: Database) -> None:
    with writing(database.engine) as connection:
        connection.execute(
            text("INSERT INTO answers (key, fingerprint, begun_ns) VALUES ('k', 'f', 7)")
        )
    database.migrate()
    with reading(database.engine) as connection:
        assert connection.execute(text("SELECT begun_ns FROM answers")).scalars().all() == [7]


def test_servers_that_start_at_once_wait_for_each_other(url: str) -> None:
    databases = [open_database(url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(Database.migrate, databases))
    with reading(databases[0].engine) as connection:
        assert len(connection.execute(text("SELECT * FROM alembic_version")).all()) == 1
    for database in databases:
        database.close()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(url: str) -> None:
    database = open_database(url)
    database.migrate()
    with writing(database.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UsageError, match=r"^the database was made by a newer stanzascope"):
        database.migrate()
    with reading(database.engine) as connection:
        assert connection.execute(text("SELECT * FROM alembic_version")).scalar_one() == "9999"
    database.close()


def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    """The table of jobs is there already, and is not ours."""
    database = open_database(url)
    with writing(database.engine) as connection:
        connection.execute(text("CREATE TABLE jobs (x INTEGER)"))
    with pytest.raises(UsageError, match=r"jobs.* already exists"):
        database.migrate()
    assert inspect(database.engine).get_table_names() == ["jobs"]
    database.close()


def test_the_migrations_are_in_the_wheel() -> None:
    root = MIGRATIONS.parents[3]
    carried = {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}
    needed = {path for path in MIGRATIONS.rglob("*") if path.suffix in (".py", ".mako")}
    assert len(needed) >= 5
    assert {str(path.relative_to(root)) for path in needed} <= carried


def test_a_database_without_unicode_is_refused(postgres: PostgreSQL) -> None:
    with postgres.database("ENCODING LATIN1 LOCALE 'C' TEMPLATE template0") as url:
        database = open_database(url)
        with pytest.raises(UsageError, match=r"^the database stores text as LATIN1: make one"):
            database.migrate()
        database.close()


def test_a_start_says_nothing(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    database = open_database(url)
    database.migrate()
    database.close()
    assert capfd.readouterr() == ("", "")


def test_sqlite_can_do_what_the_tables_need() -> None:
    """RETURNING came with 3.35."""
    assert sqlite3.sqlite_version_info >= (3, 35)
