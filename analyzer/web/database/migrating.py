"""Brings the tables of a database to the version of this program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ...model.errors import UsageError

MIGRATIONS = Path(__file__).with_name("migrations")

_LOCK = 0x5354414E5A41
"""Of the migrations, in PostgreSQL's space of advisory locks."""


def bring_up_to_date(connection: Connection) -> None:
    """
    Run the migrations that the database lacks, within the transaction of the connection.

    Servers that start at once do so one after the other.

    Raises:
        UsageError: A newer version of this program made the database, or it takes no Unicode.
    """
    if connection.dialect.name == "postgresql":
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise UsageError(f"the database stores text as {encoding}: make one with UTF8")
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        raise UsageError("the database was made by a newer stanzascope: run that one")
    command.upgrade(config, "head")
