"""Frames that the client sent before its upgrade was answered (RFC 6455 section 4.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction, PacketSource, Source
from ..violations import died_of
from .handshake import granted

_REQUEST = (
    "GET /ws/ HTTP/1.1",
    "Host: finesse.example.test",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: xmpp",
)
_RESPONSE = (
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "Sec-WebSocket-Protocol: xmpp",
)
_PRESENCE = b"<presence xmlns='jabber:client'/>"


def _octets(head: tuple[str, ...]) -> str:
    return "".join(f"{line}\r\n" for line in (*head, "")).encode().hex()


def _check(session: Session) -> Iterator[Hit]:
    sent = (stanza for stanza in session.stanzas if stanza.direction is Direction.TO_SERVER)
    first = next(sent, None)
    for _, response in granted(session):
        if first is not None and _is_before(first.source, response.source):
            effect = died_of(session, first.source)
            yield Hit((first.source, response.source), effect=effect)


def _is_before(one: Source, other: Source) -> bool:
    if not (isinstance(one, PacketSource) and isinstance(other, PacketSource)):
        return False  # a HAR moves the time of the answer on with every message
    return (one.time_ns or 0) < (other.time_ns or 0)


RULE = Rule(
    id="WS-008",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client sent its first message before the server had answered the upgrade",
    cause="Until the 101 has come the connection speaks HTTP. Servers and proxies take early "
    "frames for a damaged second request and answer 400 or close, sometimes only under load, when "
    "the 101 is slow. Browsers wait; this is custom code that writes without waiting.",
    remedy="In the client send <open/> only when the WebSocket is open (onopen in JavaScript, the "
    "completed connect of a library), never right after connecting.",
    reference="RFC 6455 §4.1",
    needs=frozenset({Needs.PACKETS, Needs.HTTP, Needs.START, Needs.TIMES}),
    check=_check,
    fires_on=(
        f"""
        @raw
        0.0 C> [octets {_octets(_REQUEST)}]
        0.1 C> [octets 81a100000000{_PRESENCE.hex()}]
        0.2 S> [octets {_octets(_RESPONSE)}]
        """,
    ),
    silent_on=(
        "@login",
        "@no-upgrade 403 Forbidden",
        "@no-connect refused",
        "@login until=open\n@also\n@har\n@login",
    ),
)
