"""Whether a server lives, and whether it can do its work."""

import logging
import math
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct
from sqlalchemy import text

from ..services import Services
from .logs import FIELDS

FRESH_S = 1.0
"""How long an answer holds: nobody needs a token to ask, and asking shall cost nothing."""

STALE_S = 30.0
"""How long the last answer is given while a look does not come to an end."""

NOBODY, NOTHING = "0" * 32, "0" * 64
"""Id of a case that never is, and the key of a blob in it."""

_log = logging.getLogger("stanzascope.health")


class Health(Struct, frozen=True):
    """
    How a server is.

    Attributes:
        checks: What was looked at → whether it works.
    """

    checks: dict[str, bool]

    @property
    def is_ready(self) -> bool:
        """It can take uploads and analyse them."""
        return all(self.checks.values())


SILENT = Health({"answer": False})
"""Of a server that looks, and gets no answer."""


class Checker:
    """Looks at what a server needs; safe for threads."""

    def __init__(self, services: Services, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._services = services
        self._clock = clock
        self._lock = threading.Lock()
        self._last = -math.inf, SILENT

    def look(self) -> Health:
        """
        How the server is, at most `FRESH_S` ago; or `STALE_S`, while another thread looks.

        Strangers may ask, so none of them may hold a thread until a database answers.
        """
        now = self._clock()
        if self._lock.acquire(blocking=False):
            try:
                if now - self._last[0] >= FRESH_S:
                    self._last = now, self._now()
            finally:
                self._lock.release()
        began, last = self._last
        return last if now - began < STALE_S else SILENT

    def _now(self) -> Health:
        return Health(
            {
                "database": _works("database", self._database),
                "store": _works("store", self._store),
                "disk": _works("disk", self._disk),
                "runner": self._services.runner.is_alive and not self._services.stopping,
            }
        )

    def _database(self) -> bool:
        with self._services.stores.database.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar() == 1)

    def _store(self) -> bool:
        # A store that is away says so; one that answers says that there is no such thing.
        with suppress(FileNotFoundError):
            self._services.stores.blobs.size(NOBODY, NOTHING)
        return True

    def _disk(self) -> bool:
        settings = self._services.settings
        return shutil.disk_usage(settings.data).free > settings.free_disk


def _works(what: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever a database or a bucket raises, it does not work
        _log.warning("not ready", extra={FIELDS: {"check": what, "fault": type(error).__name__}})
        return False
