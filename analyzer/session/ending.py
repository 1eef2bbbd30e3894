"""
How a session ended, and whether anybody is to blame.

The most telling fact decides: a stream error, else `<close/>`, else a Close frame, else what TCP or
the HAR shows. Whatever comes behind it (an RST behind `<close/>`, more stanzas, the `error` row
that Chrome writes then) is no fault.
"""

from collections.abc import Sequence

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.bosh import BoshFacts
from ..model.flow import Connection, EndCause, GapReason
from ..model.session import CloseKind, SessionClose
from ..model.source import Direction, Side, Source
from ..model.tls import Cadence
from ..model.websocket import Frame, Opcode, SocketEnd
from ..model.xmpp import Stanza, StanzaKind, StreamError
from .bosh_ending import last_request
from .login import Login
from .trace import Trace

GOODBYE_NS = 2_000_000_000
"""An end of the server this soon behind a word of the client may be the answer to a good-bye."""

CLOSE_NOTIFY = "close_notify"

NO_CODE = 1005
"""Close code of a Close frame without one (RFC 6455 section 7.1.5)."""


class Ending:
    """
    What tells of a session's end.

    Attributes:
        login: Its login and good-bye.
        stanzas: All, in order.
        close_frame: First Close frame of either side.
        reset: What reset its stream of HTTP/2.
        connection: The TCP connection, or what a HAR knows of it.
        socket_end: What a HAR tells.
        until_ns: Last sign of anything in the recording.
        gaps: Holes in its octets.
        bosh: Its requests, where BOSH carries it.
        refused: There was no socket: the upgrade to it was refused.
        cadence: What encrypted records tell, where what they hold was not read.
        closed_by: Who closed TLS first, where that is known without its alerts.
    """

    def __init__(  # noqa: PLR0913 - one for each layer that tells
        self,
        login: Login,
        stanzas: Sequence[Stanza],
        trace: Trace,
        until_ns: int,
        *,
        cadence: Cadence | None = None,
        closed_by: Side | None = None,
    ) -> None:
        self.cadence = cadence
        self.closed_by = closed_by
        self.tls = trace.tls
        self.login = login
        self.stanzas = stanzas
        self.connection = trace.connection
        self.socket_end = trace.socket_end
        self.bosh = trace.bosh
        self.until_ns = until_ns
        self.gaps = trace.gaps
        self.refused = trace.upgrade is not None and not trace.upgrade.accepted
        frames = trace.control_frames
        self.reset = _reset_of(trace)
        self.close_frame = next((f for f in frames if f.opcode == Opcode.CLOSE), None)

    def close(self) -> SessionClose:
        """The end of the session."""
        if self.login.last_word is not None:
            return self._by_stanza(self.login.last_word)
        if self.bosh is not None:
            return self._by_requests(self.bosh)
        if self.close_frame is not None:
            return self._by_frame(self.close_frame)
        if self.socket_end is not None:
            return self._by_har(self.socket_end)
        if self.reset is not None and self.reset.source is not None:
            return self._by_reset(self.reset.source, self.reset.direction)
        return self._by_tcp()

    def _by_stanza(self, stanza: Stanza) -> SessionClose:
        payload = stanza.payload
        error = payload if isinstance(payload, StreamError) else None
        by = stanza.direction.sender
        condition = error.condition if error is not None else None
        if error is None and by is Side.SERVER and self.bosh is not None:
            condition = self.bosh.condition  # of the termination (XEP-0124 section 17.2)
        fault = CloseKind.BOSH_ERROR if error is None else CloseKind.STREAM_ERROR
        frame, end = self.close_frame, self.socket_end
        code, reason = _body(frame) if frame is not None else (None, None)
        return SessionClose(
            kind=CloseKind.XMPP_CLOSE if condition is None else fault,
            by=by,
            orderly=condition is None,
            condition=condition,
            code=code if code is not None or end is None else end.code,
            reason=reason if reason is not None or end is None else end.reason,
            idle_ns=self._idle(stanza.source),
            time_ns=stanza.source.time_ns,
            tcp=self._tcp(),
            source=stanza.source,
        )

    def _by_frame(self, frame: Frame) -> SessionClose:
        code, reason = _body(frame)
        by = frame.direction.sender
        return SessionClose(
            kind=CloseKind.WEBSOCKET_CLOSE,
            by=by,
            orderly=self._excused(by),
            code=code,
            reason=reason,
            idle_ns=self._idle(frame.source),
            time_ns=frame.source.time_ns,
            tcp=self._tcp(),
            source=frame.source,
        )

    def _by_har(self, end: SocketEnd) -> SessionClose:
        orderly: bool | None = True if self.login.goodbye is not None else None
        time_ns = end.time_ns
        if end.code is not None:
            kind = CloseKind.WEBSOCKET_CLOSE
        elif end.open_at_export:
            kind, orderly = CloseKind.OPEN, None
            time_ns = max(time_ns or 0, self.until_ns) or None
        else:
            kind = CloseKind.CLOSED if end.open_at_export is False else CloseKind.UNKNOWN
        if end.error and orderly is None:
            orderly = False
        if end.by is not None:
            orderly = self._excused(end.by)
        return SessionClose(
            kind=kind,
            by=end.by,
            orderly=orderly,
            code=end.code,
            reason=end.reason,
            idle_ns=self._idle(end.source, time_ns),
            time_ns=time_ns,
            source=end.source,
        )

    def _by_requests(self, bosh: BoshFacts) -> SessionClose:
        """The last request tells: refused, broken off, or answered, and none came behind it."""
        seen = last_request(bosh, self.connection, self.until_ns)
        orderly, by = seen.orderly, seen.by
        if self.connection is not None and seen.kind in {CloseKind.FIN, CloseKind.RST}:
            # Where the server closed TLS, the request was not let go by the client.
            by = self._first(self.connection)
            orderly = False if by is Side.SERVER else orderly
        if orderly is False and seen.kind is not CloseKind.BOSH_ERROR:
            orderly = self._excused(by)
        return SessionClose(
            kind=seen.kind,
            by=by,
            orderly=orderly,
            condition=seen.condition,
            reason=seen.reason,
            idle_ns=self._idle(seen.source, seen.time_ns),
            time_ns=seen.time_ns,
            tcp=self._tcp(),
            source=seen.source,
        )

    def _by_reset(self, source: Source, direction: Direction | None) -> SessionClose:
        """RFC 9113 section 6.4: a stream of HTTP/2 is over, and the connection goes on."""
        by = None if direction is None else direction.sender
        return SessionClose(
            kind=CloseKind.RST,
            by=by,
            orderly=self._excused(by, source.time_ns),
            idle_ns=self._idle(source),
            time_ns=source.time_ns,
            tcp=self._tcp(),
            source=source,
        )

    def _by_tcp(self) -> SessionClose:
        connection = self.connection
        if connection is None:
            return SessionClose(kind=CloseKind.UNKNOWN)
        kind = _TCP_KINDS.get(connection.ended_by, CloseKind.UNKNOWN)
        source = connection.end_source
        time_ns = source.time_ns if source is not None else connection.closed_ns
        if kind is CloseKind.OPEN:
            # It was still open when the recording ended, however long nothing had come by then.
            time_ns = self.until_ns or time_ns
        fault = kind in {CloseKind.FIN, CloseKind.RST}
        by = self._first(connection)
        return SessionClose(
            kind=kind,
            by=by,
            orderly=self._excused(by, time_ns) if fault else None,
            idle_ns=self._idle(source, time_ns),
            time_ns=time_ns,
            tcp=self._tcp(),
            source=source,
        )

    def _first(self, connection: Connection) -> Side | None:
        """Who ended it: TLS is closed before TCP is (RFC 8446 section 6.1)."""
        if self.closed_by is not None:
            return self.closed_by
        if self.cadence is not None:
            return self.cadence.closed_by or connection.ended_side
        until_ns = connection.closed_ns or 0
        for alert in () if self.tls is None else self.tls.alerts:
            since_ns = until_ns - (alert.source.time_ns or 0)
            # Of several connections (BOSH) it may be the alert of another one.
            if alert.description == CLOSE_NOTIFY and 0 <= since_ns <= GOODBYE_NS:
                return alert.direction.sender
        return connection.ended_side

    def _hidden(self, cadence: Cadence, by: Side | None, time_ns: int | None) -> bool | None:
        """
        Whether an end is a fault though nobody can read what was said before.

        A client may have said good-bye in its last word; where it had been silent for long, the
        server's side ended a stream that nobody had asked it to end.
        """
        spoke_ns = cadence.last_client_ns
        if by is not Side.SERVER or not cadence.is_live or time_ns is None or spoke_ns is None:
            return None
        return None if time_ns - spoke_ns < GOODBYE_NS else False

    def _excused(self, by: Side | None, time_ns: int | None = None) -> bool | None:
        """Whether an end without `<close/>` is all right; None where it is but a consequence."""
        if self.cadence is not None:
            return self._hidden(self.cadence, by, time_ns)
        if self.login.goodbye is not None:
            return True
        if self.refused:
            return None  # there was nothing to say good-bye to
        outcomes = self.login.outcomes
        if outcomes and outcomes[-1].kind is StanzaKind.FAILURE:
            return None  # a client that was refused has nothing to stay for
        told = self.socket_end is not None and self.socket_end.by is not None
        if by is Side.CLIENT and (self.close_frame is not None or told):
            return None  # a page that was left: no fault, though RFC 7395 section 3.6 wants more
        return None if self._may_have_parted() else False

    def _may_have_parted(self) -> bool:
        """Whether a good-bye of the client may lie in a hole behind its last stanza."""
        sent = (s for s in reversed(self.stanzas) if s.direction is Direction.TO_SERVER)
        last = next(sent, None)
        since_ns = 0 if last is None else last.source.time_ns or 0
        return any(
            gap.source is None or (gap.source.time_ns or since_ns) >= since_ns
            for gap in self.gaps
            if gap.direction is Direction.TO_SERVER and gap.reason is not GapReason.LATE_START
        )

    def _idle(self, source: Source | None, time_ns: int | None = None) -> int | None:
        """From the last stanza before the end to the end."""
        end = source.time_ns if time_ns is None and source is not None else time_ns
        if end is None:
            return None
        times = (
            stanza.source.time_ns
            for stanza in reversed(self.stanzas)
            if stanza.source is not source
        )
        last = next((time for time in times if time is not None and time <= end), None)
        if self.cadence is not None and self.cadence.last_ns is not None:
            last = max(last or 0, min(self.cadence.last_ns, end))
        return None if last is None else end - last

    def _tcp(self) -> EndCause | None:
        connection = self.connection
        if connection is None or connection.to_server is None:
            return None
        return connection.ended_by


_TCP_KINDS = {
    EndCause.FIN: CloseKind.FIN,
    EndCause.RST: CloseKind.RST,
    EndCause.CAPTURE_END: CloseKind.OPEN,
    EndCause.CLOSED: CloseKind.CLOSED,
}


def _reset_of(trace: Trace) -> Anomaly | None:
    """What reset the stream of HTTP/2 that carried the WebSocket; None if nothing did."""
    request = trace.upgrade.exchange.request if trace.upgrade is not None else None
    if request is None or request.version != "HTTP/2":
        return None
    return next((one for one in trace.anomalies() if one.code is AnomalyCode.H2_RESET), None)


def _body(frame: Frame) -> tuple[int, str | None]:
    # RFC 6455 section 5.5.1: two octets of code, then a reason in UTF-8.
    if len(frame.payload) < 2:
        return NO_CODE, None
    reason = frame.payload[2:].decode(errors="replace")
    return int.from_bytes(frame.payload[:2], "big"), reason or None
