"""Reports that were written already."""

from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select

from ..records import Rendering
from .engine import reading, writing
from .tables import jobs, renderings

_COLUMNS = [renderings.c[name] for name in Rendering.__struct_fields__]


class StoredRenderings:
    """Thread-safe; each method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Of a migrated database."""
        self._engine = engine

    def get(self, job_id: str, format: str, language: str) -> Rendering | None:  # noqa: A002
        """The report of a job in a format and language; None if nobody wrote it yet."""
        wanted = select(*_COLUMNS).where(
            renderings.c.job_id == job_id,
            renderings.c.format == format,
            renderings.c.language == language,
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else _rendering_of(row)

    def add(self, job_id: str, rendering: Rendering) -> None:
        """Write down that a report was written; nothing happens if its job is gone."""
        with writing(self._engine) as connection:
            wanted = select(jobs.c.id).where(jobs.c.id == job_id).with_for_update(key_share=True)
            if connection.execute(wanted).one_or_none() is not None:
                insert_rendering(connection, job_id, rendering)


def insert_rendering(connection: Connection, job_id: str, rendering: Rendering) -> None:
    """Write down a report within a transaction that holds the job, instead of an older one."""
    connection.execute(
        delete(renderings).where(
            renderings.c.job_id == job_id,
            renderings.c.format == rendering.format,
            renderings.c.language == rendering.language,
        )
    )
    values = {name: getattr(rendering, name) for name in Rendering.__struct_fields__}
    connection.execute(insert(renderings).values(job_id=job_id, **values))


def _rendering_of(row: Row[Any]) -> Rendering:
    return Rendering(**dict(zip(Rendering.__struct_fields__, row, strict=True)))
