"""
What travels between the rooms: the items a connection delivers, the events decoders make of them.

A reader or the transport yields `(connection number, items)`; the last item of a connection is its
`Connection`. The tower turns items into events; the session builder collects them.
"""

from typing import Protocol

from .anomaly import Anomaly
from .flow import Chunk, Connection, End, Gap
from .http import Exchange, Switched
from .websocket import Frame, Message, SocketEnd, Upgrade
from .xmpp import Stanza

Item = Chunk | Gap | End | Exchange | Upgrade | Message | SocketEnd | Anomaly | Connection
"""What a recording delivers of a connection: octets from packets, the rest from a HAR."""

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
    | SocketEnd
    | Anomaly
    | Connection
)
"""What a decoder makes of it. Chunk, Gap, End and Message are food for the decoder above."""


class Decoder(Protocol):
    """Owns one connection, both directions; never raises on what was captured."""

    def feed(self, item: Item) -> list[Event]:
        """Events that the item completes."""
