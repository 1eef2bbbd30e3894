"""
Which sessions of several recordings are one and the same.

The surest sign first: the key of its WebSocket, the random of its TLS, the id of its stream, its
stanzas, the sequence numbers and ends of its connection, the name of its server at the same time.
Two sessions of one recording are never one, and what may be two is never joined: a browser or a
proxy may have several connections alike.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from statistics import median
from typing import NamedTuple

from ..model.joined import MatchedBy
from ..model.session import Session
from ..model.source import Direction
from .same_time import Effort, near_in_time
from .signs import SIGNS, Key, differ, identity_of

TELLING = 3
"""Stanzas that stand once in each recording; fewer may be alike in two sessions."""

ALIKE = 20
"""Recordings that hold a stanza; what more of them hold tells nothing."""

APART_NS = 600_000_000_000
"""Clocks of one case are no further apart, where nothing surer shows that it is one session."""

STEADY_NS = 2_000_000_000
"""Stanzas of one session are as far apart in one recording as in another, but for the way."""


class Group(NamedTuple):
    """
    Sessions that are one.

    Attributes:
        members: In the order of their recordings.
        matched_by: How each was recognised.
    """

    members: tuple[Session, ...]
    matched_by: tuple[MatchedBy, ...]


def groups(sessions: Sequence[Session], effort: Effort | None = None) -> list[Group]:
    """
    The sessions that several recordings hold, each with its others.

    Args:
        sessions: Of all recordings; those of only one are left out of the result.
        effort: How much may be compared; without it as much as usual.
    """
    found = _Groups(sessions, effort or Effort())
    for by, keys_of in SIGNS:
        _match_keyed(found, by, keys_of)
        if by is MatchedBy.STREAM_ID:
            _match_stanzas(found)
    _match_times(found)
    return list(found.joined())


class _Groups:
    """Sessions by their place among all, and which of them are one."""

    def __init__(self, sessions: Sequence[Session], effort: Effort) -> None:
        self.sessions = sessions
        self.effort = effort
        self._root = list(range(len(sessions)))
        self._members = {index: [index] for index in self._root}
        self._captures = {index: {one.capture} for index, one in enumerate(sessions)}
        self._by: dict[int, MatchedBy] = {}
        self._facts = [identity_of(session) for session in sessions]

    def may_join(self, a: int, b: int, by: MatchedBy) -> bool:
        """Whether two are not known to be different."""
        root, other = self._root[a], self._root[b]
        if root == other or not self._captures[root].isdisjoint(self._captures[other]):
            return False
        mine, theirs = self._members[root], self._members[other]
        if not self.effort.allows(len(mine) * len(theirs)):
            return False
        facts = self._facts
        return not any(differ(facts[one], facts[two], by) for one in mine for two in theirs)

    def join(self, a: int, b: int, by: MatchedBy) -> None:
        """Make one of two, unless they are known to be different."""
        if not self.may_join(a, b, by):
            return
        for index in (a, b):
            self._by.setdefault(index, by)
        root, gone = self._root[a], self._root[b]
        self._captures[root] |= self._captures.pop(gone)
        for index in self._members.pop(gone):
            self._root[index] = root
            self._members[root].append(index)

    def joined(self) -> Iterator[Group]:
        """Those of more than one recording."""
        for members in self._members.values():
            if len(members) > 1:
                members.sort(key=lambda index: self.sessions[index].capture)
                yield Group(
                    tuple(self.sessions[index] for index in members),
                    tuple(self._by[index] for index in members),
                )


_OF_THE_CONNECTION = frozenset({MatchedBy.SEQUENCE, MatchedBy.ADDRESSES})


def _match_keyed(
    found: _Groups, by: MatchedBy, keys_of: Callable[[Session], Iterator[Key]]
) -> None:
    alike: dict[Key, list[int]] = defaultdict(list)
    for index, session in enumerate(found.sessions):
        for key in dict.fromkeys(keys_of(session)):
            alike[key].append(index)
    # Those that many share are looked at last: they must not use up the effort.
    for indices in sorted(alike.values(), key=len):
        pairs = (
            (a, b)
            for a, b in _across(found, indices)
            if by not in _OF_THE_CONNECTION
            or _overlap(found.sessions[a], found.sessions[b], APART_NS)
        )
        _join_sole(found, by, pairs, lambda a, b: _ports_alike(found.sessions, a, b))


def _across(found: _Groups, indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of different recordings."""
    recordings: dict[int, list[int]] = defaultdict(list)
    for index in indices:
        recordings[found.sessions[index].capture].append(index)
    within = sum(len(alike) ** 2 for alike in recordings.values())
    if found.effort.allows((len(indices) ** 2 - within) // 2):
        for one, other in combinations(recordings.values(), 2):
            yield from product(one, other)


def _join_sole(
    found: _Groups,
    by: MatchedBy,
    pairs: Iterable[tuple[int, int]],
    score: Callable[[int, int], int],
) -> None:
    """Join each two that have no other partner as good in the other's recording."""
    able = [(a, b) for a, b in pairs if found.may_join(a, b, by)]
    best: dict[tuple[int, int], _Partner] = {}
    for a, b in able:
        worth = score(a, b)
        for one, other in ((a, b), (b, a)):
            place = one, found.sessions[other].capture
            best[place] = _better(best.get(place), _Partner(worth, other))
    for a, b in able:
        mine, theirs = best[a, found.sessions[b].capture], best[b, found.sessions[a].capture]
        if (mine.number, theirs.number) == (b, a):
            found.join(a, b, by)


class _Partner(NamedTuple):
    """
    The best partner in a recording.

    Attributes:
        worth: How good it is.
        number: Of the session; None if several are as good.
    """

    worth: int
    number: int | None


def _better(known: _Partner | None, other: _Partner) -> _Partner:
    if known is None or other.worth > known.worth:
        return other
    return known._replace(number=None) if other.worth == known.worth else known


def _ports_alike(sessions: Sequence[Session], a: int, b: int) -> int:
    """A proxy hands the key on: of its two sides that at the same server counts."""
    one, other = sessions[a].connection, sessions[b].connection
    if one is None or other is None:
        return 0
    same = one.client is not None and one.client == other.client
    return 2 * same + (one.server.port == other.server.port)


def _match_stanzas(found: _Groups) -> None:
    """By what was said, where that was said once in each recording, and at a like pace."""
    times: dict[tuple[Direction, bytes], list[tuple[int, int]]] = defaultdict(list)
    for index, session in enumerate(found.sessions):
        for stanza in session.stanzas:
            if stanza.octets and stanza.complete and stanza.source.time_ns is not None:
                said = stanza.direction, stanza.octets
                times[said].append((index, stanza.source.time_ns))
    ahead: dict[tuple[int, int], list[int]] = defaultdict(list)
    for places in times.values():
        captures = [found.sessions[index].capture for index, _ in places[: ALIKE + 1]]
        if len(captures) > ALIKE or len(set(captures)) != len(captures):
            continue
        for (a, when), (b, other) in combinations(places, 2):
            ahead[a, b].append(when - other)
    pairs = [pair for pair, offsets in ahead.items() if _is_steady(offsets)]
    _join_sole(found, MatchedBy.STANZAS, pairs, lambda a, b: len(ahead[a, b]).bit_length())


def _is_steady(offsets: Sequence[int]) -> bool:
    middle = median(offsets)
    off = median(abs(offset - middle) for offset in offsets)
    return len(offsets) >= TELLING and off <= STEADY_NS and abs(middle) <= APART_NS


def _match_times(found: _Groups) -> None:
    """A HAR's session and the one connection that packets show to its server at that time."""
    near = near_in_time(found.sessions, found.effort)
    _join_sole(found, MatchedBy.ADDRESSES, list(near), lambda a, b: near[a, b])


def _overlap(one: Session, other: Session, slack_ns: int) -> bool:
    """Whether two lasted at the same time, by clocks that may be so far apart."""
    begin = max(one.started_ns or 0, other.started_ns or 0)
    end = min(one.ended_ns or begin, other.ended_ns or begin)
    return begin - end <= slack_ns
