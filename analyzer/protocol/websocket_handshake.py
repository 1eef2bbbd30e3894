"""The opening handshake of a WebSocket connection over HTTP/1.1 (RFC 6455 section 4)."""

import base64
import hashlib

from ..model.http import Exchange, Request, field, fields, tokens
from ..model.websocket import Upgrade

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3


def asks_for_websocket(request: Request) -> bool:
    """Whether a request is a handshake, or was one before a proxy took the Upgrade field away."""
    headers = request.headers
    return "websocket" in tokens(headers, "Upgrade") or bool(field(headers, "Sec-WebSocket-Key"))


def upgrade_of(exchange: Exchange, *, accepted: bool) -> Upgrade:
    """What a handshake agreed on."""
    request, response = exchange.request, exchange.response
    asked = request.headers if request is not None else ()
    answered = response.headers if response is not None else ()
    key = field(asked, "Sec-WebSocket-Key")
    accept = field(answered, "Sec-WebSocket-Accept")
    answer = response or request
    return Upgrade(
        exchange=exchange,
        accepted=accepted,
        accept_valid=accept == accept_for(key) if key is not None and accept is not None else None,
        subprotocol=field(answered, "Sec-WebSocket-Protocol") or None,
        offered=_offered(asked),
        extensions=", ".join(fields(answered, "Sec-WebSocket-Extensions")) or None,
        time_ns=answer.source.time_ns if answer is not None else None,
    )


def accept_for(key: str) -> str:
    """`Sec-WebSocket-Accept` that answers a key (RFC 6455 section 4.2.2)."""
    digest = hashlib.sha1(key.encode("latin-1", "replace") + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def _offered(headers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Subprotocols offered; a reverse proxy of Cisco's wants a credential behind `xmpp`."""
    names = [
        name.strip() for name in ",".join(fields(headers, "Sec-WebSocket-Protocol")).split(",")
    ]
    names = [name for name in names if name]
    return ("xmpp",) if names and names[0].lower() == "xmpp" else tuple(names)
