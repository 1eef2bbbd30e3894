"""Which servers had a session that was up, or began, about a given time."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from itertools import accumulate

from ...model.session import Session

NEAR_NS = 10_000_000_000
"""A service that was stopped takes longer than this to be there again."""


class Alive:
    """When sessions that came about were up, for each key."""

    def __init__(
        self, sessions: Iterable[Session], key: Callable[[Session], Hashable | None]
    ) -> None:
        """
        Take those whose WebSocket, or stream, was accepted.

        Args:
            sessions: Any.
            key: What they are looked up by; None leaves one out.
        """
        spans: dict[Hashable, list[tuple[int, int]]] = defaultdict(list)
        for session in sessions:
            found = key(session)
            if found is not None and session.stanza_count and session.started_ns is not None:
                spans[found].append((session.started_ns, session.ended_ns or session.started_ns))
        self._starts: dict[Hashable, list[int]] = {}
        self._longest: dict[Hashable, list[int]] = {}
        for found, several in spans.items():
            several.sort()
            self._starts[found] = [start for start, _ in several]
            self._longest[found] = list(accumulate((end for _, end in several), max))

    def at(self, key: Hashable, time_ns: int) -> bool:
        """Whether one was up at that time."""
        before = bisect_left(self._starts.get(key, ()), time_ns)
        return before > 0 and self._longest[key][before - 1] > time_ns

    def around(self, key: Hashable, time_ns: int) -> bool:
        """Whether one began shortly before that time, and one shortly after it."""
        starts = self._starts.get(key, [])
        before, after = bisect_left(starts, time_ns), bisect_right(starts, time_ns)
        return (
            before > 0
            and after < len(starts)
            and time_ns - starts[before - 1] <= NEAR_NS
            and starts[after] - time_ns <= NEAR_NS
        )
