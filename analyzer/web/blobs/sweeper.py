"""Delete what has had its time, and what was left behind."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from ..records import JobState

if TYPE_CHECKING:
    from ..stores import Stores

STRAY_NS: Final = 3_600 * 10**9
"""Blobs of no case that are older are nobody's; younger ones may be of a case about to be made."""

STRAYS: Final = 10
"""Cases without a row, beyond those with one, from which on somebody else's store is swept."""

LEFT_NS: Final = 86_400 * 10**9
"""Incoming files that nobody wrote to for so long belong to no upload any more."""

LEASES: Final = 2
"""Times its lease that a job of a deleted case may go on; its owner asks three times in one."""


class Sweeper:
    """Sweeps one server's stores; may be called by any thread, again and again."""

    def __init__(self, stores: "Stores") -> None:
        """Take what is to be swept."""
        self._stores = stores
        self._met: dict[str, int] = {}
        """Deleted cases of which a job runs → when that was seen first."""
        self._looked_ns = -STRAY_NS

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
            last_first.callback(self._strays, now)
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

    def _strays(self, now: int) -> None:
        """
        Remove blobs whose case was never made; looked for once in `STRAY_NS`.

        Many of them are no strays: they are the blobs of another database.
        """
        if now - self._looked_ns < STRAY_NS:
            return
        self._looked_ns = now
        blobs = self._stores.blobs
        found = list(blobs.cases())
        known = self._stores.cases.known(found)
        strays = [case_id for case_id in found if case_id not in known]
        if len(strays) > len(known) + STRAYS:
            return
        for case_id in strays:
            changed = blobs.changed_ns(case_id)
            if changed is not None and changed < now - STRAY_NS:
                blobs.delete_case(case_id)
