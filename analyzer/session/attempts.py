"""
Attempts to reach the service that came to nothing, and what DNS and ICMP say of them.

An attempt belongs to the session that it precedes: same client, same node. Where no session
follows, it is all there is of one, unless the client had a connection there that lived meanwhile: a
browser tries several addresses at once (RFC 8305), and a client may try before a service started.
"""

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ..model.events import Event
from ..model.flow import Connection, DirectionFacts, EndCause, Endpoint
from ..model.http import host_of
from ..model.limits import ATTEMPTS, RESOLUTIONS
from ..model.network import Attempt, AttemptEnd, Resolution, Unreachable
from ..model.session import Session
from ..model.source import Side
from . import handshake
from .nodes import NodeNames
from .trace import Trace

ATTEMPTS_SHOWN = 100
"""Attempts of one session; a client that tries for hours says nothing new."""

SESSIONS = 20
"""Sessions made of attempts alone: clients, servers and their addresses."""

NEAR_NS = 60_000_000_000
"""From an attempt to the next one, or to the session that it belongs to."""

ASKED_NS = 300_000_000_000
"""From a DNS question to the session that it is for: browsers and systems keep answers."""

_RACE_NS = 1_000_000_000
"""ICMP about a connection may come so much earlier than its first packet (clocks, order)."""


def is_fruitless(connection: Connection, *, unreachable: bool = False) -> bool:
    """
    Whether a client's SYN was refused, or not answered until it was sent again (RFC 9293).

    Where octets went all the same, the capture only lacks the answer.

    Args:
        connection: Of packets.
        unreachable: ICMP says that it did not arrive.
    """
    sent = connection.to_server
    if not connection.syn_seen or connection.syn_ack_seen or sent is None:
        return False
    if sent.octets or _came(connection):
        return False
    again = sent.packets - sent.duplicates > 1
    return connection.ended_by is EndCause.RST or again or unreachable


def _came(connection: Connection) -> int:
    return (connection.to_client or DirectionFacts()).octets


class _Vain(Struct, frozen=True):
    """
    An attempt.

    Attributes:
        attempt: It.
        trace: What a session can be made of; None if others make it.
        of_other: A session of its client followed, on another node.
    """

    attempt: Attempt
    trace: Trace | None
    of_other: bool = False

    @property
    def opened_ns(self) -> int:
        return self.attempt.connection.opened_ns or 0


_Way = tuple[str, int]
"""Address of a client, and the port it went to."""


class Attempts:
    """Attempts in vain, DNS and ICMP of a recording, until it is known whose they are."""

    def __init__(self, ports: Collection[int]) -> None:
        """Take the ports of the service."""
        self._ports = ports
        self._vain: list[_Vain] = []
        self._lived: dict[_Way, int] = {}
        self._names = NodeNames()
        self._spoken: set[Endpoint] = set()
        self._parted: dict[_Way, int] = {}
        self._unreachables: dict[frozenset[Endpoint], list[Unreachable]] = {}
        self._asked: dict[tuple[str, str], list[Resolution]] = {}
        self.resolutions: list[Resolution] = []

    def tell(self, events: Iterable[Event]) -> None:
        """Take in DNS and ICMP; their number is bounded by those who deliver them."""
        for event in events:
            if isinstance(event, Resolution):
                self._names.resolved(event)
                if len(self.resolutions) < RESOLUTIONS:
                    self.resolutions.append(event)
                for word in dict.fromkeys((event.name, *event.addresses)):
                    asked = self._asked.setdefault((event.client, word), [])
                    if len(asked) < RESOLUTIONS:
                        asked.append(event)
            elif isinstance(event, Unreachable):
                ends = frozenset((event.client, event.server))
                self._unreachables.setdefault(ends, []).append(event)

    def about(self, connection: Connection | None) -> tuple[Unreachable, ...]:
        """What ICMP says of a connection."""
        if connection is None or connection.client is None or not self._unreachables:
            return ()
        ends = frozenset((connection.client, connection.server))
        since = (connection.opened_ns or 0) - _RACE_NS
        until = (connection.closed_ns or 0) + NEAR_NS
        return tuple(
            one
            for one in self._unreachables.get(ends, ())
            if since <= (one.source.time_ns or since) <= until
        )

    def note(self, trace: Trace, *, used: bool) -> None:
        """
        Take a connection that has ended.

        Args:
            trace: What came of it.
            used: A session was made of it.
        """
        connection = trace.connection
        if connection is None or connection.client is None:
            return
        way = connection.client.host, connection.server.port
        if way[1] not in self._ports and connection.server not in self._spoken:
            return
        attempt = None if used else self._attempt(trace, connection)
        if attempt is None:
            self._lived[way] = max(self._lived.get(way, 0), connection.closed_ns or 0)
        elif len(self._vain) < ATTEMPTS:
            alone = attempt.end is not AttemptEnd.TLS_FAILED
            self._vain.append(_Vain(attempt, trace if alone else None))

    def _attempt(self, trace: Trace, connection: Connection) -> Attempt | None:
        """What a connection was an attempt at; None if it was more than that."""
        told = self.about(connection)
        said = told[0] if told else None
        detail = None if said is None else said.code
        if is_fruitless(connection, unreachable=said is not None):
            end = AttemptEnd.UNANSWERED if said is None else AttemptEnd.UNREACHABLE
            if connection.ended_by is EndCause.RST:
                end = AttemptEnd.REFUSED
        elif trace.tls is not None and trace.tls.client_hello is not None:
            shaken = handshake.outcome(trace.tls, connection)
            if shaken.passed is not False:
                return None
            end, detail = AttemptEnd.TLS_FAILED, shaken.detail
        elif _is_reset(connection):
            end = AttemptEnd.RESET
        else:
            return None
        return Attempt(connection=connection, end=end, unreachable=said, detail=detail)

    def preceded(self, session: Session) -> Session:
        """A session with the attempts that it follows, which belong to no other from now on."""
        connection = session.connection
        if connection is None or connection.client is None:
            return session
        self._names.spoken(session)
        self._spoken.add(connection.server)
        told = [connection, *(one.connection for one in session.attempts)]
        mine = self._before(session, connection.client.host, connection.server)
        others = (one.attempt for one in mine if one.attempt.connection not in told)
        attempts = (*others, *session.attempts)
        return replace(session, attempts=attempts[-ATTEMPTS_SHOWN:])

    def explained(self, session: Session) -> Session:
        """A session with what DNS and ICMP tell of it and of its attempts."""
        connection = session.connection
        if connection is None or connection.client is None:
            return session
        connections = (connection, *(one.connection for one in session.attempts))
        unreachables = [told for one in connections for told in self.about(one)]
        begun = min(one.opened_ns or 0 for one in connections)
        return replace(
            session,
            unreachables=tuple(unreachables[:ATTEMPTS_SHOWN]),
            resolutions=self._resolutions(session, connection, begun),
        )

    def _before(self, session: Session, client: str, server: Endpoint) -> list[_Vain]:
        """
        Take out the attempts that a session follows.

        They reach back to the session before, else as far as one came shortly after another. Those
        at another node, as in a failover, stay.
        """
        way = client, server.port
        parted = self._parted.get(way)
        edge = session.started_ns or 0
        self._parted[way] = max(parted or 0, session.ended_ns or 0)
        found: list[_Vain] = []
        others: set[int] = set()
        for one in sorted(self._vain, key=lambda one: one.opened_ns, reverse=True):
            peers = one.attempt.connection
            if peers.client is None or peers.client.host != client or one.opened_ns > edge:
                continue
            if server.port != peers.server.port and server.host != peers.server.host:
                continue
            if edge - one.opened_ns > NEAR_NS and (parted is None or one.opened_ns < parted):
                break
            edge = one.opened_ns
            if self._names.differ(peers.server.host, server.host):
                others.add(id(one))
            else:
                found.append(one)
        taken = {id(one) for one in found}
        self._vain = [
            replace(one, of_other=True) if id(one) in others else one
            for one in self._vain
            if id(one) not in taken
        ]
        return found[::-1]

    def _resolutions(
        self, session: Session, connection: Connection, begun_ns: int
    ) -> tuple[Resolution, ...]:
        """Questions of the client for a name of its server, or answered with its address."""
        client = "" if connection.client is None else connection.client.host
        until_ns = session.ended_ns or begun_ns
        found: dict[int, Resolution] = {}
        for word in (*sorted(_names(session)), connection.server.host):
            for one in self._asked.get((client, word), ()):
                if begun_ns - ASKED_NS <= _time(one, begun_ns) <= until_ns:
                    found[id(one)] = one
        inorder = sorted(found.values(), key=lambda one: _time(one, begun_ns))
        return tuple(inorder[-ATTEMPTS_SHOWN:])

    def alone(self) -> Iterator[tuple[Trace, tuple[Attempt, ...]]]:
        """
        Attempts that no session followed, once the recording has ended.

        Returns:
            For each client and server the first one, and the others.
        """
        groups: dict[tuple[str, Endpoint], list[tuple[Trace, Attempt]]] = {}
        for one in sorted(self._vain, key=lambda one: one.opened_ns):
            connection = one.attempt.connection
            client = "" if connection.client is None else connection.client.host
            lived = self._lived.get((client, connection.server.port), -1)
            if one.trace is not None and (one.of_other or lived < one.opened_ns):
                pair = one.trace, one.attempt
                groups.setdefault((client, connection.server), []).append(pair)
        for group in list(groups.values())[:SESSIONS]:
            yield group[0][0], tuple(attempt for _, attempt in group[1:ATTEMPTS_SHOWN])


def _is_reset(connection: Connection) -> bool:
    """Whether the server's side reset it behind the handshake of TCP, and had said nothing."""
    by_server = connection.ended_side is Side.SERVER and connection.ended_by is EndCause.RST
    return bool(by_server and connection.syn_seen and not _came(connection))


def _names(session: Session) -> set[str]:
    """What its server is called."""
    tls = session.tls
    names = {session.domain, None if tls is None else tls.server_name, host_of(session.url or "")}
    return {name.lower().rstrip(".") for name in names if name}


def _time(resolution: Resolution, otherwise: int) -> int:
    """When a question was asked, else answered."""
    place = resolution.asked or resolution.answered
    time_ns = None if place is None else place.time_ns
    return otherwise if time_ns is None else time_ns
