"""Delete what has had its time, and what was left behind."""

import logging
import threading
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Final

from ..database.cases import IDS
from ..records import JobState

if TYPE_CHECKING:
    from ..stores import Stores

STRAY_NS: Final = 3_600 * 10**9
"""Blobs that nothing names are nobody's if they are older; of younger ones a word may come yet."""

STRAYS: Final = 32
"""Cases without a row that a crash amid uploads may leave; more of them are another database's."""

LATELY_NS: Final = 86_400 * 10**9
"""Cases that changed since are looked through each time, and all others in turn."""

SLICE: Final = 5_000
"""Of all other cases, how many are looked through at a time."""

RETRIED_NS: Final = 86_400 * 10**9
"""How long files wait for another try, if it was the server that failed to read or write."""

LEFT_NS: Final = 86_400 * 10**9
"""Incoming files that nobody wrote to for so long belong to no upload any more."""

LEASES: Final = 2
"""Times its lease that a job of a deleted case may go on; its owner asks three times in one."""

log = logging.getLogger("stanzascope.sweeper")


class Sweeper:
    """Sweeps one server's stores; may be called by any thread, again and again."""

    def __init__(self, stores: "Stores") -> None:
        """Take what is to be swept."""
        self._stores = stores
        self._met: dict[str, int] = {}
        """Deleted cases of which a job runs → when that was seen first."""
        self._looked_ns = -STRAY_NS
        self._last = ""
        """Case that was looked through last in its turn."""
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Have a sweep that is under way end with the case it is at; no later one does much."""
        self._stopped.set()

    def sweep(self) -> None:
        """
        Sweep once.

        Octets go before the rows that name them: what is cut short in between is done next time.
        What fails keeps nothing else from being done.

        Raises:
            OSError: The store cannot be reached; and what else a store or a database may raise.
        """
        now = self._stores.clock()
        with ExitStack() as last_first:
            last_first.callback(self._stores.answers.forget_old)
            last_first.callback(self._stores.incoming.sweep, now - LEFT_NS)
            last_first.callback(self._hourly, now)
            last_first.callback(self._deleted, now)
            last_first.callback(self._expired, now)

    def _expired(self, now: int) -> None:
        for case_id in self._stores.cases.expired(now):
            self._stores.cases.mark_deleted(case_id)

    def _deleted(self, now: int) -> None:
        with ExitStack() as stack:
            for case_id in self._stores.cases.deleted():
                stack.callback(self._delete, case_id, now)

    def _delete(self, case_id: str, now: int) -> None:
        if self._stopped.is_set():
            return
        self._stores.blobs.delete_case(case_id)
        if not self._may_be_written(case_id, now):
            self._stores.cases.forget(case_id)

    def _may_be_written(self, case_id: str, now: int) -> bool:
        """
        A job of a deleted case may not have heard of it, and put its result there yet.

        Nothing is written of such a job any more, so it seems to run for ever; but its owner hears
        of it, or is dead, within the lease.
        """
        jobs = self._stores.jobs.of_case(case_id)
        if any(job.state is JobState.RUNNING for job in jobs):
            lease_ns = self._stores.settings.lease_s * 10**9
            if now < self._met.setdefault(case_id, now) + LEASES * lease_ns:
                return True
        self._met.pop(case_id, None)
        return False

    def _hourly(self, now: int) -> None:
        """Do what takes long, once in `STRAY_NS` and when the server starts."""
        if now - self._looked_ns < STRAY_NS or self._stopped.is_set():
            return
        with ExitStack() as last_first:
            last_first.callback(self._look_through, now)
            last_first.callback(self._stores.jobs.give_up, now - RETRIED_NS)

    def _look_through(self, now: int) -> None:
        """Look at all that lies in the store; while that cannot be listed, each sweep tries."""
        found = sorted(self._stores.blobs.cases())
        known = self._stores.cases.known(found)
        self._looked_ns = now
        with ExitStack() as last_first:
            last_first.callback(self._unnamed, [one for one in found if one in known], now)
            strays = [case_id for case_id in found if case_id not in known]
            last_first.callback(self._strays, strays, now)

    def _strays(self, case_ids: Sequence[str], now: int) -> None:
        """
        Remove blobs whose case was never made.

        Many of them are no strays, however many cases there are: they are those of another
        database, or of days that this one has lost. They stay until a person has looked at them.
        """
        strays = list(islice(filter(lambda one: self._is_old(one, now), case_ids), STRAYS + 1))
        if len(strays) > STRAYS:
            log.warning(
                "more than %d cases in the store are not in the database; nothing of them is "
                "deleted, as if they were of another one",
                STRAYS,
            )
            return
        for case_id in strays:
            if not self._stopped.is_set():
                self._stores.blobs.delete_case(case_id)

    def _is_old(self, case_id: str, now: int, key: str = "") -> bool:
        """No word will come of these blobs any more."""
        if self._stopped.is_set():
            return False
        came = self._stores.blobs.changed_ns(case_id, key)
        return came is not None and came < now - STRAY_NS

    def _unnamed(self, known: list[str], now: int) -> None:
        """Remove blobs of cases that no file, result or report names: what failed to be deleted."""
        lately = set(self._stores.cases.changed_since(now - LATELY_NS))
        others = [case_id for case_id in known if case_id not in lately]
        begin = bisect_right(others, self._last)
        turn = others[begin : begin + SLICE]
        self._last = turn[-1] if begin + SLICE < len(others) else ""
        wanted = [*filter(lately.__contains__, known), *turn]
        for at in range(0, len(wanted), IDS):
            self._unnamed_of(wanted[at : at + IDS], now)

    def _unnamed_of(self, case_ids: Sequence[str], now: int) -> None:
        blobs = self._stores.blobs
        found = [
            (case_id, key)
            for case_id in case_ids
            if not self._stopped.is_set()
            for key in blobs.keys(case_id)
        ]
        # Words come after octets: what was found before they are read is not about to be named,
        # unless it is young.
        named = self._stores.cases.blobs(case_ids)
        for case_id, key in found:
            if (case_id, key) not in named and self._is_old(case_id, now, key):
                blobs.delete(case_id, key)
