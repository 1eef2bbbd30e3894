import stat
import sys
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import make_url, text

from analyzer.model.errors import UsageError
from analyzer.web.database.engine import (
    Database,
    forget_deleted,
    open_database,
    reading,
    shown,
    writing,
)


def answer(database: Database, question: str) -> object:
    with reading(database.engine) as connection:
        return connection.execute(text(question)).scalar_one()


def test_sqlite_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a' / 'b.sqlite'}")
    assert answer(database, "PRAGMA journal_mode") == "wal"
    assert answer(database, "PRAGMA synchronous") == 2  # FULL
    assert answer(database, "PRAGMA foreign_keys") == 1
    assert answer(database, "PRAGMA secure_delete") == 1
    assert answer(database, "PRAGMA busy_timeout") == 10_000
    database.close()


def test_nobody_else_reads_the_file(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a' / 'b.sqlite'}")
    database.migrate()
    files = sorted((tmp_path / "a").iterdir())
    assert [path.name for path in files] == ["b.sqlite", "b.sqlite-shm", "b.sqlite-wal"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    database.close()


def test_an_exception_undoes_what_was_written(database: Database) -> None:
    insert = text("INSERT INTO answers (key, fingerprint, begun_ns) VALUES ('k', 'f', 1)")

    def write_and_fail() -> None:
        with writing(database.engine) as connection:
            connection.execute(insert)
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert answer(database, "SELECT count(*) FROM answers") == 0
    with writing(database.engine) as connection:
        connection.execute(insert)
    assert answer(database, "SELECT count(*) FROM answers") == 1


def test_many_write_at_once(database: Database) -> None:
    with writing(database.engine) as connection:
        connection.execute(
            text("INSERT INTO answers (key, fingerprint, begun_ns) VALUES ('k', 'f', 0)")
        )

    def count() -> None:
        for _ in range(20):
            with writing(database.engine) as connection:
                connection.execute(text("UPDATE answers SET begun_ns = begun_ns + 1"))

    threads = [Thread(target=count) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answer(database, "SELECT begun_ns FROM answers") == 600


def test_two_openers_of_one_file_take_turns(tmp_path: Path) -> None:
    """A second engine stands for a second process: only SQLite's own lock is between them."""
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    databases = [open_database(url), open_database(url)]
    databases[0].migrate()

    def add(database: Database, name: int) -> None:
        insert = text("INSERT INTO answers (key, fingerprint, begun_ns) VALUES (:key, 'f', 0)")
        for number in range(50):
            with writing(database.engine) as connection:
                connection.execute(insert, {"key": f"{name} {number}"})

    threads = [Thread(target=add, args=(databases[i], i)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answer(databases[0], "SELECT count(*) FROM answers") == 100
    for database in databases:
        database.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "no URL like"),
        ("secret", "no URL like"),
        ("sqlite://user:secret@host:port/", "no URL like"),
        ("mysql://user:secret@host/", "neither SQLite nor PostgreSQL: mysql"),
        ("sqlite://", "is to be a file"),
        ("sqlite:///:memory:", "is to be a file"),
        ("sqlite:///file:x?uri=true", "is to be a file"),
        ("sqlite:////dev/null/x.sqlite", "the database /dev/null/x.sqlite: File exists"),
        ("sqlite:////dev", "the database /dev: Is a directory"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        open_database(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no database at all" * 100)
    database = open_database(f"sqlite:///{tmp_path / 'x'}")
    with pytest.raises(UsageError, match=r"x: file is not a database$"):
        database.migrate()
    database.close()


@pytest.mark.parametrize("kind", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_a_server_that_is_not_there_is_told_in_one_line(kind: str, tmp_path: Path) -> None:
    database = open_database(f"{kind}://user:secret@/x?host={tmp_path}")
    with pytest.raises(
        UsageError, match=r"^the database postgresql\+psycopg:///x: .*No such file"
    ) as caught:
        database.migrate()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    database.close()


def test_a_driver_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"pip install 'stanzascope\[postgres\]'"):
        open_database("postgresql://user@host/x")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgresql://me:secret@host:1/x?password=secret", "postgresql://host:1/x"),
        ("sqlite:////tmp/x", "sqlite:////tmp/x"),
    ],
)
def test_a_password_is_not_shown(url: str, text: str) -> None:
    assert shown(make_url(url)) == text


def test_what_is_deleted_is_gone_from_every_file_of_sqlite(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a' / 'b.sqlite'}")
    database.migrate()

    def files_with_canary() -> list[str]:
        return [one.name for one in (tmp_path / "a").iterdir() if b"canary" in one.read_bytes()]

    with writing(database.engine) as connection:
        connection.execute(
            text("INSERT INTO answers (key, fingerprint, begun_ns) VALUES ('canary', 'f', 1)")
        )
    assert files_with_canary() == ["b.sqlite-wal"]
    with writing(database.engine) as connection:
        connection.execute(text("DELETE FROM answers"))
    forget_deleted(database.engine)
    assert files_with_canary() == []
    database.close()


def test_a_server_that_was_started_anew_is_asked_again(migrated: Database) -> None:
    """PostgreSQL ends a connection that waits in the pool."""
    pid = answer(migrated, "SELECT pg_backend_pid()")
    other = open_database(migrated.engine.url.render_as_string(hide_password=False))
    assert answer(other, f"SELECT pg_terminate_backend({pid})")
    assert answer(migrated, "SELECT pg_backend_pid()") != pid
    other.close()
