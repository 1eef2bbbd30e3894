"""Delete what has had its time, and what was left behind."""

from typing import TYPE_CHECKING, Final

from ..records import JobState

if TYPE_CHECKING:
    from ..stores import Stores

STRAY_NS: Final = 3_600 * 10**9
"""Blobs of no case that are older are nobody's; younger ones may be of a case about to be made."""

LEFT_NS: Final = 86_400 * 10**9
"""Incoming files that nobody wrote to for so long belong to no upload any more."""


class Sweeper:
    """Sweeps one server's stores; may be called by any thread, again and again."""

    def __init__(self, stores: "Stores") -> None:
        """Take what is to be swept."""
        self._stores = stores

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
            jobs = stores.jobs.of_case(case_id)
            if not any(job.state is JobState.RUNNING for job in jobs):
                # One that runs may still put something there, and nobody would know of it then.
                stores.cases.forget(case_id)
        self._strays(now)
        stores.incoming.sweep(now - LEFT_NS)
        stores.answers.forget_old()

    def _strays(self, now: int) -> None:
        """Remove blobs whose case was never made, or whose deletion a worker overtook."""
        blobs, cases = self._stores.blobs, self._stores.cases
        for case_id in list(blobs.cases()):
            if cases.get(case_id) is None:
                changed = blobs.changed_ns(case_id)
                if changed is not None and changed < now - STRAY_NS:
                    blobs.delete_case(case_id)
