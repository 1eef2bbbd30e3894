"""
Connections that TLS hides: which of them are a desktop's, as far as that shows.

A session is made of one that goes to a port of the service, or to a host that another session
names, and looks like a stream of stanzas rather than like single calls; and of a handshake that
failed there. Where a recording holds no session at all, other ports count, too: a proxy may be
reached at any, and only a browser's WebSocket offers HTTP/1.1 alone. Where all its handshakes
failed, they are what it was recorded for.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from ..model.flow import Connection
from ..model.http import host_of
from ..model.limits import LOCKED_HELD
from ..model.network import Attempt, AttemptEnd
from ..model.profile import Profile
from ..model.session import Session, StepName, StepStatus
from ..model.tls import RecordFacts, TlsFacts
from .trace import Trace

_WEB = 443
"""Whatever else a page talks to is here."""

_RACE_NS = 1_000_000_000
"""A browser replaces a connection that it gave up as soon as this, or has done so already."""


def is_locked(trace: Trace) -> bool:
    """Whether there was TLS, and nothing that it carried could be read."""
    facts = trace.tls
    if facts is None or trace.stanza_count or trace.upgrade is not None:
        return False
    return not facts.to_server.plaintext_octets and not facts.to_client.plaintext_octets


def bare(facts: TlsFacts | None) -> TlsFacts | None:
    """The facts without times and lengths, which take more than all the rest."""
    if facts is None:
        return None
    return replace(facts, to_server=_bare(facts.to_server), to_client=_bare(facts.to_client))


def _bare(records: RecordFacts) -> RecordFacts:
    return replace(records, times_ns=(), lengths=(), packets=())


class _Peers(NamedTuple):
    """Who talked to whom, and whether as a WebSocket does."""

    client: str
    server: str
    socket: bool


class _Vain(NamedTuple):
    """A handshake that failed, and the session it would be."""

    peers: _Peers
    attempt: Attempt
    session: Session


class Locked:
    """
    The sessions among connections that cannot be read.

    A handshake that failed is no fault where the browser has another connection to the same server
    that lives: it opens more than it needs, and gives some of them up.
    """

    def __init__(self, profile: Profile) -> None:
        self._ports: Collection[int] = profile.followed_ports
        self._lived: dict[_Peers, int] = {}
        self._failed: list[_Vain] = []
        self._elsewhere: list[Session] = []
        self._hosts: set[str] = set()

    def met(self, session: Session) -> None:
        """A session that could be read tells which hosts are the service's."""
        self._hosts |= set(_hosts(session))

    def lived(self, facts: TlsFacts, connection: Connection) -> None:
        """A connection whose handshake succeeded, until it ended."""
        peers = _peers(facts, connection)
        until = max(self._lived.pop(peers, 0), connection.closed_ns or 0)
        self._lived[peers] = until
        if len(self._lived) > LOCKED_HELD:
            del self._lived[next(iter(self._lived))]

    def take(self, session: Session) -> list[Session]:
        """The session, if it is sure to be one now; others are held until `rest`."""
        connection, facts, step = session.connection, session.tls, session.step(StepName.TLS)
        if connection is None or facts is None:
            return []
        if step is not None and step.status is StepStatus.FAILED:
            if len(self._failed) < LOCKED_HELD:
                attempt = Attempt(
                    connection=connection, end=AttemptEnd.TLS_FAILED, detail=step.detail
                )
                self._failed.append(_Vain(_peers(facts, connection), attempt, session))
        elif session.cadence is not None and session.cadence.signs:
            if connection.server.port in self._ports:
                return [session]
            if len(self._elsewhere) < LOCKED_HELD:
                self._elsewhere.append(session)
        return []

    def rest(self, *, alone: bool) -> Iterator[Session]:
        """
        What is taken for a session when the whole recording is known.

        Args:
            alone: No other session was found in it.
        """
        found = [*self._elsewhere, *self._grouped()]
        near = [session for session in found if self._is_known(session)]
        yield from near
        if alone and not near:
            lived = bool(self._lived or self._elsewhere)
            yield from (session for session in found if _is_socket(session, alone=not lived))

    def _is_known(self, session: Session) -> bool:
        connection, facts = session.connection, session.tls
        at_port = connection is not None and connection.server.port in self._ports
        return at_port or (facts is not None and (facts.server_name or "") in self._hosts)

    def _grouped(self) -> Iterator[Session]:
        """One session for all the vain attempts of a client at a server, unless it came through."""
        groups: dict[tuple[str, str], list[_Vain]] = {}
        for vain in self._failed:
            if not self._is_replaced(vain.peers, vain.attempt.connection.closed_ns or 0):
                groups.setdefault(vain.peers[:2], []).append(vain)
        for group in groups.values():
            told = next((vain for vain in group if vain.peers.socket), group[0])
            others = tuple(vain.attempt for vain in group if vain is not told)
            yield replace(told.session, attempts=others)

    def _is_replaced(self, peers: _Peers, ended_ns: int) -> bool:
        # A page that loads tells nothing of its socket, but a socket that lives tells of all.
        alike = (peers, peers._replace(socket=True))
        return any(self._lived.get(one, -_RACE_NS) + _RACE_NS >= ended_ns for one in alike)


def _hosts(session: Session) -> Iterator[str]:
    if session.tls is not None and session.tls.server_name:
        yield session.tls.server_name
    host = host_of(session.url or "")
    if host:
        yield host


def _peers(facts: TlsFacts, connection: Connection) -> _Peers:
    client = "" if connection.client is None else connection.client.host
    return _Peers(client, str(connection.server), facts.alpn_offered == ("http/1.1",))


def _is_socket(session: Session, *, alone: bool) -> bool:
    """Whether it is a WebSocket's by its ALPN, at a port that is not every page's."""
    connection, facts = session.connection, session.tls
    if connection is None or facts is None or connection.server.port == _WEB:
        return False
    return alone or facts.alpn_offered == ("http/1.1",)
