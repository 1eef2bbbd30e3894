"""
What travels between the rooms: the items a connection delivers, the events decoders make of them.

A reader or the transport yields `(connection number, items)`; the last item of a connection is its
`Connection`. The tower turns items into events; the session builder collects them.
"""

from typing import Protocol

from msgspec import Struct

from .anomaly import Anomaly
from .bosh import Turn
from .finesse import SystemInfo
from .flow import Chunk, Connection, End, Gap
from .http import Exchange, Switched
from .network import Resolution, Unreachable
from .stream import Keepalive
from .tls import TlsFacts
from .websocket import Frame, Message, SocketEnd, Upgrade
from .xmpp import Stanza

Item = (
    Chunk
    | Gap
    | End
    | Exchange
    | Upgrade
    | Message
    | SocketEnd
    | TlsFacts
    | Resolution
    | Unreachable
    | Anomaly
    | Connection
)
"""What a recording delivers of a connection: octets from packets, the rest from a HAR."""

BESIDE = -1
"""Number under which the transport delivers what belongs to no connection: DNS and ICMP."""


class Streamed(Struct, frozen=True, gc=False):
    """
    What one stream of a connection delivers that carries several (RFC 9113 section 5).

    A decoder hands items on with it; the tower puts a decoder of its own above each stream and
    tells in the same way what comes out there.

    Attributes:
        stream: Stream identifier.
        events: Items or events of that stream alone.
    """

    stream: int
    events: tuple["Event", ...]


Event = (
    Chunk
    | Gap
    | End
    | Exchange
    | Upgrade
    | Switched
    | Frame
    | Message
    | Stanza
    | Keepalive
    | SocketEnd
    | Turn
    | SystemInfo
    | TlsFacts
    | Streamed
    | Resolution
    | Unreachable
    | Anomaly
    | Connection
)
"""What a decoder makes of it. Chunk, Gap, End and Message are food for the decoder above."""


class Decoder(Protocol):
    """Owns one connection, both directions; never raises on what was captured."""

    def feed(self, item: Item) -> list[Event]:
        """Events that the item completes."""
