"""Where two recordings of one session contradict each other."""

from collections.abc import Sequence

from ..model.joined import Disagreed
from ..model.session import Session


def disagreements(parts: Sequence[Session]) -> tuple[Disagreed, ...]:
    """
    What one part saw and another should have seen.

    Args:
        parts: By one clock, that nearest to the client first.
    """
    return ()
