"""What a server keeps: the database with all that is known, and the octets of the cases."""

import time
from collections.abc import Callable
from typing import Self

from .blobs.incoming import Incoming
from .blobs.store import BlobStore
from .database.cases import Cases
from .database.engine import open_database
from .database.files import Files
from .database.idempotency import Idempotency
from .database.jobs import Jobs
from .database.renderings import StoredRenderings
from .settings import Settings

Clock = Callable[[], int]
"""Nanoseconds since 1970 UTC."""


class Stores:
    """
    Everything that outlives the server; leave the context to close it.

    Attributes:
        settings: How the server runs.
        clock: What time it is.
        cases: Cases, by id and as a list.
        files: What was uploaded for them.
        jobs: What is to be done for them.
        written: Reports that were rendered.
        answers: What was answered to requests with an idempotency key.
        blobs: Octets of files and reports.
        incoming: Uploads under way.
    """

    def __init__(self, settings: Settings, clock: Clock = time.time_ns) -> None:
        """
        Open them; what is not there is made.

        Args:
            settings: Where they are.
            clock: What time it is.

        Raises:
            UsageError: The database cannot be reached or is of a newer version, the data folder
                cannot be written or belongs to a server that runs.
        """
        self.settings = settings
        self.clock = clock
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.incoming = Incoming(settings.data / "incoming")
        try:
            self.blobs = BlobStore(settings.store_url)
            self.database = open_database(settings.database_url)
            self.database.migrate()
        except BaseException:
            self.incoming.close()
            raise
        engine = self.database.engine
        self.cases = Cases(engine, clock)
        self.files = Files(engine)
        self.jobs = Jobs(engine, clock, settings.keep)
        self.written = StoredRenderings(engine)
        self.answers = Idempotency(engine, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database and the data folder."""
        self.database.close()
        self.incoming.close()
