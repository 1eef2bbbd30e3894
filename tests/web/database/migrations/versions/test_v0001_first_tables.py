from pathlib import Path

from sqlalchemy import inspect

from analyzer.web.database.engine import open_database


def test_an_empty_database_gets_all_tables(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    database.migrate()
    assert inspect(database.engine).get_table_names() == [
        "alembic_version",
        "answers",
        "cases",
        "files",
        "jobs",
        "listing",
        "renderings",
    ]
    database.close()
