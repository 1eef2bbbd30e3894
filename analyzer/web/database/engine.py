"""The database: SQLite in a file, or PostgreSQL by URL, at the version of this program."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ...model.errors import UsageError
from .migrating import bring_up_to_date

BUSY_S = 10
"""How long a writer waits for another one."""

CONNECTIONS = 20
"""At the same time; who finds none free waits."""


class Database:
    """
    An open database.

    Attributes:
        engine: What the repositories take.
    """

    def __init__(self, engine: Engine) -> None:
        """Take an engine that `open_database` made."""
        self.engine = engine

    def migrate(self) -> None:
        """
        Make the tables, or bring those of an older version up to date.

        Raises:
            UsageError: The database cannot be reached or read, or a newer program made it.
        """
        try:
            with writing(self.engine) as connection:
                bring_up_to_date(connection)
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            raise UsageError(f"the database {shown(self.engine.url)}: {said}") from None

    def close(self) -> None:
        """Let go of it; the repositories cannot be used any more."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """
    Open a database; nothing is asked of it yet.

    Args:
        url: `sqlite:///…` with the path of a file, or `postgresql://…`, as SQLAlchemy has them.

    Raises:
        UsageError: It is no such URL, or what connects to PostgreSQL is not installed.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The URL may hold a password: it is not shown.
        raise UsageError("the database is no URL like sqlite:///… or postgresql://…") from None
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        return Database(_sqlite(parsed))
    if kind in ("postgresql", "postgres"):
        return Database(_postgresql(parsed.set(drivername="postgresql+psycopg")))
    raise UsageError(f"the database is neither SQLite nor PostgreSQL: {kind}")


def shown(url: URL) -> str:
    """Where the database is, without who asks: a password may also stand behind the `?`."""
    place = URL.create(url.drivername, host=url.host, port=url.port, database=url.database)
    return place.render_as_string()


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:" or url.query:
        raise UsageError("the database is to be a file: sqlite:///path")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite would leave it to the umask who may read what is in the cases.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise UsageError(f"the database {path}: {error.strerror}") from None
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        pool_size=CONNECTIONS,
        max_overflow=0,
        connect_args={"timeout": BUSY_S},
        execution_options={"turn": Lock()},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    # The driver of Python 3.11 would begin transactions by itself, and late.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # A reader that comes to write later cannot wait for another writer: writers say so at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"connect_timeout": BUSY_S, "application_name": "stanzascope"},
        )
    except ImportError:
        raise UsageError(
            "PostgreSQL needs one more package: pip install 'stanzascope[postgres]'"
        ) from None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; an exception undoes it."""
    options: dict[str, Any] = dict(engine.get_execution_options())
    turn: AbstractContextManager[Any] = options.get("turn") or nullcontext()
    # SQLite lets those who wait for each other try by luck; in one process they take turns.
    with turn, engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads."""
    with engine.connect() as connection:
        yield connection


def forget_deleted(engine: Engine) -> None:
    """
    Take what was deleted out of SQLite's write-ahead log, too.

    Deleted rows are overwritten in the database, but the log keeps their pages until it is full.
    Who still reads may hold that up for `BUSY_S`; then it is done with the next deletion.
    """
    if engine.dialect.name == "sqlite":
        with contextlib.closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
