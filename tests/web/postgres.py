"""A real PostgreSQL for the tests: started once, in a folder of its own, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import NoReturn

import psycopg
import pytest

USER = "postgres"
"""PostgreSQL does not run as root."""

START_S = 60

LONGEST_S = "3600"
"""It ends by then, also if whoever started it was killed."""

SETTINGS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=200")
"""The tests kill servers of ours, never this one; it is reached by its socket only."""


class PostgreSQL:
    """
    A server that runs.

    Attributes:
        folder: Where its socket is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """URL of a new and empty database; it is gone afterwards, whoever is still in it."""
        name = f"stanzascope_{token_hex(6)}"
        self.run(f"CREATE DATABASE {name} {options}")
        try:
            yield f"postgresql://{USER}@/{name}?host={self.folder}"
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run a statement outside of the databases of the tests."""
        with psycopg.connect(host=str(self.folder), user=USER, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """A server; where none can be started CI fails, and others skip."""
    tools = _tools()
    root = os.geteuid() == 0
    owner = USER if root else None
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        if root:
            shutil.chown(folder, USER, USER)
        data = folder / "data"
        made = subprocess.run(
            [tools / "initdb", "-D", data, "-U", USER, "--auth=trust", "--locale=C.UTF-8", "-N"],
            user=owner,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            _cannot(made.stderr.strip())
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        command: list[str | Path] = [tools / "postgres", "-D", data, "-k", folder, *options]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["timeout", "-s", "INT", LONGEST_S, *command], user=owner, stdout=log, stderr=log
            )
        try:
            yield _awaited(PostgreSQL(folder), process)
        finally:
            process.terminate()
            process.wait()
    finally:
        shutil.rmtree(folder)


def _awaited(server: PostgreSQL, process: subprocess.Popen[bytes]) -> PostgreSQL:
    end = time.monotonic() + START_S
    while True:
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                _cannot((server.folder / "log").read_text())
            time.sleep(0.05)
        else:
            return server


def _tools() -> Path:
    known = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    found = shutil.which("initdb") if not known else str(known[-1])
    if found is None:
        _cannot("it is not installed")
    return Path(found).parent


def _cannot(reason: str) -> NoReturn:
    say = pytest.fail if os.environ.get("CI") else pytest.skip
    say(f"PostgreSQL cannot be started: {reason}")
