"""
Which session of a HAR may be which connection of a capture, by time and server alone.

What packets hide has no stanza to be recognised by. A browser notes when it opened a socket and
when that ended; of the connections to that server the nearest one is meant.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..model.flow import Endpoint
from ..model.http import host_of
from ..model.limits import JOIN_PAIRS
from ..model.session import CloseKind, SeenIn, Session, StepName, StepStatus

NEAR_NS = 3_000_000_000
"""A browser notes the start of a request within this time of the first packet for it."""

STEP_NS = 250_000_000
"""Of several connections that is the one that is nearer by this much."""

ENDED_NS = 5_000_000_000
"""A browser notes the end of a socket within this time of the last packet."""


class Effort:
    """
    How much may still be compared.

    Attributes:
        spent: Something was not compared any more.
    """

    def __init__(self, pairs: int = JOIN_PAIRS) -> None:
        self._left = pairs
        self.spent = False

    def allows(self, pairs: int) -> bool:
        """Take so many from what is left; if there are not so many, nothing is taken."""
        if pairs > self._left:
            self.spent = True
            return False
        self._left -= pairs
        return True


def near_in_time(sessions: Sequence[Session], effort: Effort) -> dict[tuple[int, int], int]:
    """Indices of a HAR's session and of a connection → how near; the greater, the nearer."""
    ways, connections = _clients(sessions), _Connections(sessions)
    near: dict[tuple[int, int], int] = {}
    for har, session in enumerate(sessions):
        if session.seen_in is not SeenIn.HAR or session.connection is None:
            continue
        for index in connections.near(session):
            if not effort.allows(1):
                return near
            one = sessions[index]
            alone = one.connection and len(ways[one.capture, one.connection.server]) == 1
            apart_ns = _apart(session, one, alone=bool(alone))
            if apart_ns is not None:
                near[har, index] = -apart_ns // STEP_NS
    return near


class _Connections:
    """Sessions that packets show, in order of what a HAR may tell of them."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        self._begun: list[tuple[int, int]] = []
        self._ended: list[tuple[int, int]] = []
        self._vain: list[int] = []
        for index, one in enumerate(sessions):
            if one.seen_in is SeenIn.HAR or one.connection is None:
                continue
            if one.connection.syn_seen:
                self._begun.append((one.connection.opened_ns or 0, index))
            else:
                self._ended.append((one.close.time_ns or 0, index))
            if not one.stanza_count and _stopped(one):
                self._vain.append(index)
        self._begun.sort()
        self._ended.sort()

    def near(self, har: Session) -> Iterator[int]:
        """Those that may be the connection of a HAR's session."""
        opened_ns = None if har.connection is None else har.connection.opened_ns
        if opened_ns is None:
            # Chrome gives no times of a socket that never came about.
            yield from self._vain if not har.stanza_count and _stopped(har) else ()
            return
        yield from _around(self._begun, opened_ns, NEAR_NS)
        yield from _around(self._ended, har.close.time_ns or 0, ENDED_NS)


def _around(places: Sequence[tuple[int, int]], time_ns: int, slack_ns: int) -> Iterator[int]:
    first = bisect_left(places, (time_ns - slack_ns, 0))
    last = bisect_right(places, (time_ns + slack_ns, len(places)))
    return (index for _, index in places[first:last])


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
    names = {host_of(har.url or ""), one.server.host.lower()} - {""}
    known = {host_of(packets.url or "")} - {""}
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
