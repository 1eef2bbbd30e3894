"""What tells a session from all others: keys and ids that are drawn at random, and its ends."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..model.http import field
from ..model.joined import MatchedBy
from ..model.session import Session
from ..model.source import Direction
from ..model.xmpp import Open

Key = tuple[object, ...]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What the server adds to the key (RFC 6455 section 1.3)."""


class Identity(NamedTuple):
    """What is another in another session; empty where it is not known."""

    streams: frozenset[Key]
    jid: frozenset[Key]
    socket: frozenset[Key]
    random: frozenset[Key]


def identity_of(session: Session) -> Identity:
    """What is known of a session."""
    jid = session.jid
    return Identity(
        frozenset(streams(session)),
        frozenset() if jid is None else frozenset([(jid,)]),
        frozenset(accepts(session)),
        frozenset(randoms(session)),
    )


def differ(one: Identity, other: Identity, by: MatchedBy) -> bool:
    """
    Whether two are known to be different though a sign is the same.

    A proxy has a WebSocket and TLS of its own on each side, but the same stream.
    """
    facts = list(zip(one, other, strict=True))
    if by in _OF_THE_STREAM:
        facts = facts[:2]
    elif by is MatchedBy.TLS_RANDOM:
        facts = facts[:3]
    return any(a and b and not a & b for a, b in facts)


_OF_THE_STREAM = frozenset({MatchedBy.WEBSOCKET_KEY, MatchedBy.STREAM_ID, MatchedBy.STANZAS})


def accepts(session: Session) -> Iterator[Key]:
    """`Sec-WebSocket-Accept`, which follows from the key (RFC 6455 section 4.2.2)."""
    exchange = session.upgrade.exchange if session.upgrade is not None else None
    if exchange is None:
        return
    request, response = exchange.request, exchange.response
    key = None if request is None else field(request.headers, "Sec-WebSocket-Key")
    accept = None if response is None else field(response.headers, "Sec-WebSocket-Accept")
    if key is not None:
        digest = hashlib.sha1(key.encode("latin-1", "replace") + _GUID, usedforsecurity=False)
        yield (base64.b64encode(digest.digest()).decode(),)
    elif accept is not None:
        yield (accept,)


def randoms(session: Session) -> Iterator[Key]:
    """The client's random of TLS (RFC 8446 section 4.1.2)."""
    if session.tls is not None and session.tls.client_random is not None:
        yield (session.tls.client_random,)


def streams(session: Session) -> Iterator[Key]:
    """Ids that the server gave: there is a new one behind SASL, and BOSH has one of its own."""
    if session.bosh is not None:
        if session.bosh.sid is not None:
            yield (session.bosh.sid,)
        return
    for stanza in session.negotiation:
        said = stanza.payload
        if stanza.direction is Direction.TO_CLIENT and isinstance(said, Open) and said.stream_id:
            yield (said.stream_id,)


def sequences(session: Session) -> Iterator[Key]:
    """Sequence numbers of both sides (RFC 9293 section 3.4.1)."""
    if session.connection is not None and session.connection.sequence is not None:
        yield session.connection.sequence


def ends(session: Session) -> Iterator[Key]:
    """Both ends of the connection, as packets show them."""
    connection = session.connection
    if connection is not None and connection.client is not None:
        yield str(connection.client), str(connection.server)


SIGNS: tuple[tuple[MatchedBy, Callable[[Session], Iterator[Key]]], ...] = (
    (MatchedBy.WEBSOCKET_KEY, accepts),
    (MatchedBy.TLS_RANDOM, randoms),
    (MatchedBy.STREAM_ID, streams),
    (MatchedBy.SEQUENCE, sequences),
    (MatchedBy.ADDRESSES, ends),
)
"""All of them, the surest first."""
