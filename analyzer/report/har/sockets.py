"""A session on a WebSocket as an entry of a HAR, in Chrome's fields."""

from collections.abc import Iterator
from typing import Final

from ...model.flow import EndCause
from ...model.har import Numeral, Tree
from ...model.http import Exchange
from ...model.session import CloseKind, Session, StepName, StepStatus
from ...model.source import Direction, PacketSource, Source
from ...model.websocket import Opcode
from .parts import UNKNOWN, entry, milliseconds, packet, seconds, secured
from .stanzas import stanzas_of, xml_of

TYPES: Final = {Direction.TO_SERVER: "send", Direction.TO_CLIENT: "receive"}


def socket_entry(session: Session) -> tuple[int | None, Tree]:
    """When the session began, and its entry."""
    upgrade = session.upgrade
    exchange = Exchange(request=None, response=None) if upgrade is None else upgrade.exchange
    source: Source | None = None
    if exchange.request is not None:
        source = exchange.request.source
    begin_ns = session.started_ns if source is None or source.time_ns is None else source.time_ns
    end_ns, is_open = _end(session)
    fields = entry(session, exchange, _url(session, exchange), (begin_ns, end_ns), source)
    last_ns = max((s.source.time_ns or 0 for s in stanzas_of(session)), default=None) or begin_ns
    receive = Numeral("0") if is_open else milliseconds(last_ns, end_ns)
    # Only what lies between the last message and the end is the time of the response.
    fields["timings"] |= {"wait": milliseconds(begin_ns, last_ns), "receive": receive}
    fields["_resourceType"] = "websocket"
    error = failure(session)
    if error:
        fields["response"]["_error"] = error
    elif upgrade is None:
        # Nobody saw what was asked for; our own reader then knows that the capture began late.
        fields["request"]["method"] = ""
    if not error and (upgrade is None or upgrade.accepted):
        fields["_webSocketMessages"] = [row for _, row in sorted(_rows(session), key=_in_order)]
        if session.close.code is not None:
            fields["_webSocketClose"] = _close(session, end_ns)
    return begin_ns, fields


def failure(session: Session) -> str:
    """What Chrome calls that which kept the session from its server; empty if nothing did."""
    step = session.stopped_at()
    if step is None or step.status is not StepStatus.FAILED:
        return ""
    detail = step.detail or ""
    known = _FAILURES.get(step.name, ())
    return next((error for word, error in known if word in detail), "")


_FAILURES: Final = {
    StepName.CONNECT: (
        ("refused", "net::ERR_CONNECTION_REFUSED"),
        ("unreachable", "net::ERR_ADDRESS_UNREACHABLE"),
        ("reset", "net::ERR_CONNECTION_RESET"),
        ("", "net::ERR_CONNECTION_TIMED_OUT"),
    ),
    StepName.TLS: (
        ("certificate_expired", "net::ERR_CERT_DATE_INVALID"),
        ("certificate_required", "net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED"),
        ("certificate", "net::ERR_CERT_AUTHORITY_INVALID"),
        ("unknown_ca", "net::ERR_CERT_AUTHORITY_INVALID"),
        ("", "net::ERR_SSL_PROTOCOL_ERROR"),
    ),
}
"""What a step failed of, by a word in its detail."""


def _url(session: Session, exchange: Exchange) -> str:
    request = exchange.request
    known = request.url if request is not None else session.url
    server = session.server
    if session.tls is not None and session.tls.server_name:
        server = f"{session.tls.server_name}:{server.rpartition(':')[2]}"
    path = known or f"{''.join(session.profile.paths[:1])}/"
    address = f"{server}{path}" if path.startswith("/") else path
    return secured(address, encrypted=session.encrypted, schemes=("ws", "wss"))


def _end(session: Session) -> tuple[int | None, bool]:
    """When the socket closed, or the capture ended; whether it was open then."""
    connection, close = session.connection, session.close
    is_open = close.kind is CloseKind.OPEN or (
        close.code is None
        and connection is not None
        and connection.ended_by in {EndCause.CAPTURE_END, EndCause.UNKNOWN}
    )
    if is_open:
        return session.recorded_until_ns or session.ended_ns, True
    closed_ns = None if connection is None else connection.closed_ns
    return close.time_ns or closed_ns or session.ended_ns, False


def _close(session: Session, end_ns: int | None) -> Tree:
    fields: Tree = {"code": Numeral(str(session.close.code))}
    if session.close.reason:
        fields["reason"] = session.close.reason
    fields["timestamp"] = seconds(end_ns)
    frame = next((f for f in session.control_frames if f.opcode == Opcode.CLOSE), None)
    if frame is not None:
        fields["_by"] = frame.direction.sender.value
    return {**fields, **packet(session.close.source if frame is None else frame.source)}


_Placed = tuple[Source | None, Tree]


def _rows(session: Session) -> Iterator[_Placed]:
    """Messages, and what is missing between them; each with its place."""
    for stanza in stanzas_of(session):
        row: Tree = {
            "type": TYPES[stanza.direction],
            "time": seconds(stanza.source.time_ns),
            "opcode": Numeral("1"),
            "data": xml_of(stanza),
        }
        cut = {} if stanza.complete else {"_cut": True}
        yield stanza.source, {**row, **cut, **packet(stanza.source)}
    for gap in session.gaps:
        hole: Tree = {
            "type": f"{TYPES[gap.direction]} missing",
            "time": seconds(None if gap.source is None else gap.source.time_ns),
            "opcode": UNKNOWN,
            "data": "",
            "_missing": gap.reason.value,
        }
        octets = {} if gap.length is None else {"_octets": Numeral(str(gap.length))}
        yield gap.source, {**hole, **octets, **packet(gap.source)}


def _in_order(placed: _Placed) -> tuple[int, int]:
    """By the packets; those of several recordings by the time."""
    source = placed[0]
    if source is None:
        return 0, 0
    if isinstance(source, PacketSource):
        return source.time_ns or 0, source.first
    return source.time_ns or 0, source.message or 0
