"""
Which sessions of several recordings are one and the same.

The surest sign first: the key of its WebSocket, the random of its TLS, the id of its stream, its
stanzas, the sequence numbers and ends of its connection, the name of its server at the same time.
Two sessions of one recording are never one, and what may be two is never joined: a browser or a
proxy may have several connections alike.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

from ..model.flow import Endpoint
from ..model.joined import MatchedBy
from ..model.session import CloseKind, SeenIn, Session, StepName, StepStatus
from ..model.source import Direction
from .signs import Key, accepts, differ, ends, identity_of, randoms, sequences, streams

TELLING = 3
"""Stanzas that stand once in each recording; fewer may be alike in two sessions."""

ALIKE = 20
"""Recordings that hold a stanza; what more of them hold tells nothing."""

APART_NS = 600_000_000_000
"""Clocks of one case are no further apart, where nothing surer shows that it is one session."""

STEADY_NS = 2_000_000_000
"""Stanzas of one session are as far apart in one recording as in another, but for the way."""

NEAR_NS = 3_000_000_000
"""A browser notes the start of a request within this time of the first packet for it."""

STEP_NS = 250_000_000
"""Of several connections that is the one that is nearer by this much."""

ENDED_NS = 5_000_000_000
"""A browser notes the end of a socket within this time of the last packet."""


class Group(NamedTuple):
    """
    Sessions that are one.

    Attributes:
        members: In the order of their recordings.
        matched_by: How each was recognised.
    """

    members: tuple[Session, ...]
    matched_by: tuple[MatchedBy, ...]


def groups(sessions: Sequence[Session]) -> list[Group]:
    """
    The sessions that several recordings hold, each with its others.

    Args:
        sessions: Of all recordings; those of only one are left out of the result.
    """
    found = _Groups(sessions)
    for by, keys_of in _KEYED:
        _match_keyed(found, by, keys_of)
        if by is MatchedBy.STREAM_ID:
            _match_stanzas(found)
    _match_times(found)
    return list(found.joined())


class _Groups:
    """Sessions by their place among all, and which of them are one."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.sessions = sessions
        self._root = list(range(len(sessions)))
        self._members = {index: [index] for index in self._root}
        self._by: dict[int, MatchedBy] = {}
        self._facts = [identity_of(session) for session in sessions]

    def captures(self, index: int) -> set[int]:
        """The recordings that a session's group is in."""
        return {self.sessions[one].capture for one in self._members[self._root[index]]}

    def may_join(self, a: int, b: int, by: MatchedBy) -> bool:
        """Whether two are not known to be different."""
        if self._root[a] == self._root[b] or self.captures(a) & self.captures(b):
            return False
        return not any(
            differ(self._facts[one], self._facts[other], by)
            for one in self._members[self._root[a]]
            for other in self._members[self._root[b]]
        )

    def join(self, a: int, b: int, by: MatchedBy) -> None:
        """Make one of two, unless they are known to be different."""
        if not self.may_join(a, b, by):
            return
        for index in (a, b):
            self._by.setdefault(index, by)
        root, gone = self._root[a], self._root[b]
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

_KEYED: tuple[tuple[MatchedBy, Callable[[Session], Iterator[Key]]], ...] = (
    (MatchedBy.WEBSOCKET_KEY, accepts),
    (MatchedBy.TLS_RANDOM, randoms),
    (MatchedBy.STREAM_ID, streams),
    (MatchedBy.SEQUENCE, sequences),
    (MatchedBy.ADDRESSES, ends),
)


def _match_keyed(
    found: _Groups, by: MatchedBy, keys_of: Callable[[Session], Iterator[Key]]
) -> None:
    alike: dict[Key, list[int]] = defaultdict(list)
    for index, session in enumerate(found.sessions):
        for key in dict.fromkeys(keys_of(session)):
            alike[key].append(index)
    for indices in alike.values():
        pairs = (
            (a, b)
            for a, b in _across(found, indices)
            if by not in _OF_THE_CONNECTION
            or _overlap(found.sessions[a], found.sessions[b], APART_NS)
        )
        _join_sole(found, by, pairs, lambda a, b: _ports_alike(found.sessions, a, b))


PAIRS = 100_000
"""Pairs of sessions alike that are looked at; more are an attack, or a test bench."""


def _across(found: _Groups, indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of different recordings."""
    if len(indices) ** 2 > 2 * PAIRS:
        return
    for a, b in combinations(indices, 2):
        if found.sessions[a].capture != found.sessions[b].capture:
            yield a, b


def _join_sole(
    found: _Groups,
    by: MatchedBy,
    pairs: Iterable[tuple[int, int]],
    score: Callable[[int, int], int],
) -> None:
    """Join each two that have no other partner as good in the other's recording."""
    best: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    able = [(a, b) for a, b in pairs if found.may_join(a, b, by)]
    for a, b in able:
        worth = score(a, b)
        best[a, found.sessions[b].capture].append((worth, b))
        best[b, found.sessions[a].capture].append((worth, a))
    for a, b in able:
        if _is_sole(best[a, found.sessions[b].capture], b) and _is_sole(
            best[b, found.sessions[a].capture], a
        ):
            found.join(a, b, by)


def _is_sole(partners: list[tuple[int, int]], index: int) -> bool:
    """Whether a partner is the only one, or the only one as good."""
    most = max(worth for worth, _ in partners)
    return [one for worth, one in partners if worth == most] == [index]


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
    hars = [n for n, one in enumerate(found.sessions) if one.seen_in is SeenIn.HAR]
    if len(hars) * len(found.sessions) > PAIRS:
        return
    ways = _clients(found.sessions)
    near: dict[tuple[int, int], int] = {}
    for har in hars:
        for index, one in enumerate(found.sessions):
            if one.seen_in is SeenIn.HAR or one.connection is None:
                continue
            alone = len(ways[one.capture, one.connection.server]) == 1
            apart_ns = _apart(found.sessions[har], one, alone=alone)
            if apart_ns is not None:
                near[har, index] = -apart_ns // STEP_NS
    _join_sole(found, MatchedBy.ADDRESSES, list(near), lambda a, b: near[a, b])


def _clients(sessions: Sequence[Session]) -> dict[tuple[int, Endpoint], set[str]]:
    """Whose sessions with a server a recording holds."""
    found: dict[tuple[int, Endpoint], set[str]] = defaultdict(set)
    for one in sessions:
        if one.connection is not None and one.connection.client is not None:
            found[one.capture, one.connection.server].add(one.connection.client.host)
    return found


def _apart(har: Session, packets: Session, *, alone: bool) -> int | None:
    """
    How far apart in time a HAR's session and a connection to its server began, else ended.

    Args:
        har: Of a HAR.
        packets: Of a capture.
        alone: The capture shows no other client of that server.

    Returns:
        Nanoseconds; None if it cannot be, or nothing shows that it is the same one.
    """
    one, other = har.connection, packets.connection
    if one is None or other is None or not _is_there(har, packets):
        return None
    if one.opened_ns is None:
        # Chrome gives no times of a socket that never came about.
        vain = not har.stanza_count and not packets.stanza_count
        return 0 if vain and alone and _stopped(packets) and _stopped(har) else None
    begun, ended = _between(one.opened_ns, other.opened_ns), _end_apart(har, packets)
    if ended is not None and ended > ENDED_NS:
        return None
    if not other.syn_seen:
        late = (other.opened_ns or 0) >= one.opened_ns
        return ended if late else None
    if begun is None or begun > NEAR_NS or (ended is None and not alone):
        return None
    return begun


def _is_there(har: Session, packets: Session) -> bool:
    """Whether a connection goes to the server that a HAR names, as far as names are known."""
    one, other = har.connection, packets.connection
    if one is None or other is None or one.server.port != other.server.port:
        return False
    names = {_host(har.url), one.server.host.lower()} - {""}
    known = {_host(packets.url)} - {""}
    if packets.tls is not None and packets.tls.server_name:
        known.add(packets.tls.server_name.lower())
    return bool(names & (known | {other.server.host})) or not known


def _stopped(session: Session) -> bool:
    """Whether it never came as far as HTTP."""
    steps = (session.step(name) for name in (StepName.CONNECT, StepName.TLS))
    return any(step is not None and step.status is StepStatus.FAILED for step in steps)


def _end_apart(har: Session, packets: Session) -> int | None:
    """How far apart they ended; None where a HAR does not know, or the capture ended before."""
    if har.close.kind is CloseKind.OPEN or packets.close.kind is CloseKind.OPEN:
        return None
    return _between(har.close.time_ns, packets.close.time_ns)


def _between(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else abs(one - other)


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:  # a bracket without its partner, as captured
        return ""


def _overlap(one: Session, other: Session, slack_ns: int) -> bool:
    """Whether two lasted at the same time, by clocks that may be so far apart."""
    begin = max(one.started_ns or 0, other.started_ns or 0)
    end = min(one.ended_ns or begin, other.ended_ns or begin)
    return begin - end <= slack_ns
