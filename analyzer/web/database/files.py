"""The files of cases: what came, and what is left of it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Engine, insert, select, update

from ..intake.names import distinct_name
from ..records import Derived, File, FileChange, FileState, Received
from .engine import reading
from .rows import FILE, file_of, new_id
from .tables import files


class Files:
    """Thread-safe; each method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Of a migrated database."""
        self._engine = engine

    def get(self, case_id: str, file_id: str) -> File | None:
        """The file of a case; None if it has no such file."""
        wanted = select(*FILE).where(files.c.id == file_id, files.c.case_id == case_id)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else file_of(row)

    def of_case(self, case_id: str) -> list[File]:
        """The files of a case in the order they came."""
        wanted = select(*FILE).where(files.c.case_id == case_id).order_by(files.c.serial)
        with reading(self._engine) as connection:
            return [file_of(row) for row in connection.execute(wanted)]


def insert_files(
    connection: Connection,
    case_id: str,
    received: Sequence[Received],
    blobs: Sequence[str],
    now_ns: int,
) -> list[File]:
    """Add what came to a case, within a transaction that holds the case."""
    came = zip(received, blobs, strict=True)
    return _insert(connection, case_id, came, FileState.PRESENT, now_ns)


def insert_derived(
    connection: Connection, case_id: str, derived: Iterable[Derived], now_ns: int
) -> None:
    """Add what an analysis made to a case, within a transaction that holds the case."""
    derived = [*derived]
    new = ((file, file.blob) for file in derived if not file.file_id)
    _insert(connection, case_id, new, FileState.REDACTED, now_ns, derived=True)
    for file in derived:
        if file.file_id:
            connection.execute(
                update(files)
                .where(files.c.id == file.file_id, files.c.case_id == case_id)
                .values(kind=file.kind, blob=file.blob, octets=file.octets, sha256=file.sha256)
            )


def _insert(  # noqa: PLR0913 - of all of them
    connection: Connection,
    case_id: str,
    came: Iterable[tuple[Received | Derived, str]],
    state: FileState,
    now_ns: int,
    *,
    derived: bool = False,
) -> list[File]:
    """Add files with their blobs, each with a name of its own in the case."""
    taken = {*connection.scalars(select(files.c.name).where(files.c.case_id == case_id))}
    added = [
        File(
            id=new_id(),
            case_id=case_id,
            name=distinct_name(file.name, taken),
            kind=file.kind,
            octets=file.octets,
            sha256=file.sha256,
            state=state,
            blob=blob,
            received_ns=now_ns,
            derived=derived,
        )
        for file, blob in came
    ]
    if added:
        rows = [{name: getattr(file, name) for name in File.__struct_fields__} for file in added]
        connection.execute(insert(files), rows)
    return added


def change_files(connection: Connection, changes: Iterable[FileChange]) -> None:
    """Write down what is left of files, within a transaction; what is not there is passed over."""
    for change in changes:
        connection.execute(
            update(files)
            .where(files.c.id == change.file_id)
            .values(state=change.state, blob=change.blob)
        )
