"""Delete what has had its time, and what was left behind."""

from typing import TYPE_CHECKING, Final

from ..records import JobState

if TYPE_CHECKING:
    from ..stores import Stores

STRAY_NS: Final = 3_600 * 10**9
"""Blobs of no case that are older are nobody's; younger ones may be of a case about to be made."""

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

    def sweep(self) -> None:
        """
        Sweep once.

        Octets go before the rows that name them: what is cut short in between is done next time.

        Raises:
            OSError: The store cannot be reached.
        """
        stores = self._stores
        now = stores.clock()
        for case_id in stores.cases.expired(now):
            stores.cases.mark_deleted(case_id)
        for case_id in stores.cases.deleted():
            stores.blobs.delete_case(case_id)
            if not self._may_be_written(case_id, now):
                stores.cases.forget(case_id)
        self._strays(now)
        stores.incoming.sweep(now - LEFT_NS)
        stores.answers.forget_old()

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
        """Remove blobs whose case was never made, or whose deletion a worker overtook."""
        blobs, cases = self._stores.blobs, self._stores.cases
        for case_id in list(blobs.cases()):
            if cases.get(case_id) is None:
                changed = blobs.changed_ns(case_id)
                if changed is not None and changed < now - STRAY_NS:
                    blobs.delete_case(case_id)
