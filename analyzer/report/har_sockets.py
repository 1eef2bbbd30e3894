"""A session on a WebSocket as an entry of a HAR, in Chrome's fields."""

from collections.abc import Iterator
from typing import Final

from ..model.flow import EndCause
from ..model.har import Numeral, Tree
from ..model.http import Exchange
from ..model.session import CloseKind, Session
from ..model.source import Direction, Source
from .har_parts import entry, milliseconds, packet, seconds, secured
from .har_stanzas import stanzas_of, xml_of

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
    if upgrade is None or upgrade.accepted:
        fields["_webSocketMessages"] = _messages(session)
        if session.close.code is not None:
            fields["_webSocketClose"] = _close(session, end_ns)
    return begin_ns, fields


def _url(session: Session, exchange: Exchange) -> str:
    request = exchange.request
    known = request.url if request is not None else session.url
    address = known or f"{session.server}/"
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
    return {**fields, "timestamp": seconds(end_ns), **packet(session.close.source)}


def _messages(session: Session) -> Iterator[Tree]:
    for stanza in stanzas_of(session):
        yield {
            "type": TYPES[stanza.direction],
            "time": seconds(stanza.source.time_ns),
            "opcode": Numeral("1"),
            "data": xml_of(stanza),
            **packet(stanza.source),
        }
