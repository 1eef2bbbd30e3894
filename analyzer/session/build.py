"""
Events of connections in, sessions out.

Events of a connection → its trace → at its `Connection` event one `Session`. A connection without
XMPP and without an attempt to upgrade to it gives none, unless it tried to reach the service and
nobody answered.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from ..model.anomaly import Anomaly
from ..model.bosh import Turn
from ..model.events import BESIDE, Event, Streamed
from ..model.finesse import SystemInfo
from ..model.flow import Chunk, End
from ..model.history import Polling
from ..model.http import Exchange, Switched
from ..model.limits import CONNECTION_SESSIONS
from ..model.network import Resolution
from ..model.profile import Profile
from ..model.session import Carrier, SeenIn, Session
from ..model.tls import HANDSHAKE_FAILED, TlsFacts
from ..model.websocket import Frame, Message
from ..model.xmpp import Stanza
from . import identity
from .attempts import Attempts
from .bosh import BoshSessions
from .calls import Calls
from .derive import Ground, below, session_of
from .handshake import outcome
from .locked import Locked, is_locked
from .purpose import is_meant_for_xmpp
from .realtime import RealTimes
from .rest_trips import with_exchanges
from .streams import streams_of
from .trace import Room, Trace

_WHOLE = 0
"""In place of a stream: the connection itself, as stream 0 is in HTTP/2 (RFC 9113 section 5.1)."""

_ROUTINE = frozenset({Frame, Message, Stanza, Chunk, End})
"""Events that only a trace takes; a session has hundreds of them to each other one."""


class Builder:
    """
    Builds the sessions of one recording.

    Attributes:
        tls_connections: Connections that were seen to speak TLS.
        tls_opened: How many of those were decrypted, at least in part.
        tls_locked: How many of those were not, by the reason why.
        unread: Sessions that are encrypted from the beginning.
        realtime: How its clients get their news.
        protocols: Connections by what they speak: "xmpp" without WebSocket, "bosh" for XMPP in HTTP
            requests.
    """

    def __init__(
        self,
        capture: int,
        seen_in: SeenIn,
        profile: Profile,
        whose: Callable[[int], str | None] = lambda _: None,
    ) -> None:
        """Take what tells the client's address of a connection that has not ended, at last."""
        self.tls_connections = 0
        self.tls_opened = 0
        self.tls_locked: Counter[str] = Counter()
        self.unread = 0
        self.protocols: Counter[str] = Counter()
        self._capture = capture
        self._seen_in = seen_in
        self._profile = profile
        self._traces: dict[tuple[int, int], Trace] = {}
        self.realtime = RealTimes()
        self._streams: dict[int, list[int]] = {}
        self._room = Room()
        self._bosh = BoshSessions(self._room)
        self._calls = Calls(whose)
        self._until_ns = 0
        self._ended: list[Session] = []
        self._attempts = Attempts(profile.followed_ports)
        self._locked = Locked(profile)
        self._found = 0

    @property
    def resolutions(self) -> tuple[Resolution, ...]:
        """DNS questions of the recording, the first of them."""
        return tuple(self._attempts.resolutions)

    @property
    def polls(self) -> tuple[Polling, ...]:
        """Clients that waited for their node, once the recording has ended."""
        return self._calls.polling(self._capture)

    @property
    def anomalies(self) -> list[Anomaly]:
        """What the recording holds more of than is looked at."""
        return self._calls.polls.anomalies

    def feed(self, number: int, events: list[Event]) -> list[Session]:
        """
        Take in events of one connection.

        Returns:
            The session that they end, its `number` 0. Sessions of a HAR wait for `finish`, since
            their REST calls may stand anywhere in it.
        """
        if number == BESIDE:
            self._attempts.tell(events)
            return []
        trace = self._trace(number)
        rare = [event for event in events if type(event) not in _ROUTINE]
        for event in rare:
            if isinstance(event, Streamed):
                self._take_stream(number, event)
            elif isinstance(event, Exchange):
                self._calls.take(number, event)
            elif isinstance(event, Turn):
                self._bosh.take(number, event)
            elif isinstance(event, Switched) and event.protocol == "tls":
                self.tls_connections += 1
            elif isinstance(event, SystemInfo):
                self._calls.take_info(number, event)
            elif isinstance(event, TlsFacts):
                self._take_tls(number, event)
        trace.feed(events)
        self._until_ns = max(self._until_ns, trace.last_ns)
        self.realtime.feed(number, rare)
        if trace.connection is None:
            return []
        over_tcp = identity.carrier_of(trace) is Carrier.TCP
        self.realtime.end(number, trace.connection, speaks_xmpp=over_tcp)
        self._calls.end(number, trace.connection)
        self._streams.pop(number, None)
        self._end(self._traces.pop((number, _WHOLE)), carried=self._bosh.end(number, trace))
        if self._seen_in is SeenIn.HAR:
            return []
        self._end_bosh(self._bosh.over(self._until_ns))
        return self._hand_out()

    def _trace(self, number: int, stream: int = _WHOLE) -> Trace:
        trace = self._traces.get((number, stream))
        if trace is None:
            trace = self._traces[number, stream] = Trace(self._room)
            if stream:
                self._streams.setdefault(number, []).append(stream)
        return trace

    def _take_stream(self, number: int, streamed: Streamed) -> None:
        """A stream of HTTP/2 is a flow of its own, within the connection's TLS."""
        streams = self._streams.get(number, [])
        if len(streams) == CONNECTION_SESSIONS and (number, streamed.stream) not in self._traces:
            self._trace(number, streams[-1]).reached("CONNECTION_SESSIONS", CONNECTION_SESSIONS)
            return
        trace = self._trace(number, streamed.stream)
        trace.feed([*streamed.events])
        self.realtime.feed(number, [*streamed.events])
        self._until_ns = max(self._until_ns, trace.last_ns)
        if trace.connection is not None:
            self._end(self._traces.pop((number, streamed.stream)))

    def _take_tls(self, number: int, facts: TlsFacts) -> None:
        if facts.to_server.opened or facts.to_client.opened:
            self.tls_opened += 1
        for stream in self._streams.get(number, ()):
            self._trace(number, stream).tls = facts

    def finish(self) -> list[Session]:
        """Whatever was not handed out: sessions of a HAR, connections that never ended."""
        for (number, _), trace in self._traces.items():
            self._end(trace, carried=self._bosh.end(number, trace))
        self._traces.clear()
        self._end_bosh(self._bosh.finish())
        found = self._hand_out()
        alone = not self._found and not any(self._attempts.alone())
        found += self._handed_out(self._locked.rest(alone=alone))
        vain = [(self._session(trace), others) for trace, others in self._attempts.alone()]
        sessions = [replace(session, attempts=others) for session, others in vain]
        return [*found, *self._counted(map(self._attempts.explained, sessions))]

    def _end_bosh(self, traces: Iterable[Trace]) -> None:
        for trace in traces:
            self._ended.append(self._session(trace))
            trace.release()

    def _end(self, trace: Trace, *, carried: bool = False) -> None:
        """A connection, or a stream of one, has ended; `carried`: requests of BOSH."""
        above = {"xmpp"} if "websocket" in trace.protocols else set[str]()
        self.protocols.update(trace.protocols - above)
        self.protocols.update(["bosh"] * carried)
        meant = is_meant_for_xmpp(trace, self._profile)
        if meant:
            self._ended += map(self._session, streams_of(trace))
        elif is_locked(trace):
            self._ended += self._locked.take(self._session(trace))
        self._note_tls(trace)
        self._attempts.note(trace, used=meant or carried)
        trace.release()

    def _note_tls(self, trace: Trace) -> None:
        facts, connection = trace.tls, trace.connection
        if facts is None or connection is None:
            return
        passed = outcome(facts, connection).passed
        if passed:
            self._locked.lived(facts, connection)
        if is_locked(trace) and passed is False:
            self.tls_locked[HANDSHAKE_FAILED] += 1
        elif is_locked(trace) and facts.locked is not None:
            self.tls_locked[facts.locked.value] += 1

    def _hand_out(self) -> list[Session]:
        ended, self._ended = self._ended, []
        return self._handed_out(map(self._with_calls, ended))

    def _with_calls(self, session: Session) -> Session:
        """A session with the REST calls beside it."""
        called = with_exchanges(session, self._calls.beside(session))
        return replace(called, system_info=self._calls.info_of(session))

    def _handed_out(self, sessions: Iterable[Session]) -> list[Session]:
        preceded = map(self._attempts.preceded, sessions)
        return self._counted(map(self._attempts.explained, preceded))

    def _counted(self, sessions: Iterable[Session]) -> list[Session]:
        found = list(sessions)
        for one in found:
            if one.carrier is Carrier.UNKNOWN:
                self.unread += 1
            else:
                self._locked.met(one)
        self._found += len(found)
        return found

    def _session(self, trace: Trace) -> Session:
        ground = Ground(self._capture, self._seen_in, self._profile, self._until_ns)
        told = next(iter(self._attempts.about(trace.connection)), None)
        return session_of(trace, ground, below(trace, self._profile, told))
