"""
The tower: what one decoder of a connection delivers is food for the one above it.

The bottom decoder is chosen by the first octets; from then on a `Switched` says who goes on. No
decoder knows the next.
"""

from collections.abc import Callable, Iterator

from ..model.anomaly import Anomaly
from ..model.events import Decoder, Event, Item
from ..model.flow import Chunk, Connection, End, Gap
from ..model.http import Exchange, Switched
from ..model.source import Direction
from ..model.websocket import Frame, Message, SocketEnd, Upgrade
from .http1 import Http1
from .interleave import PORTION_OCTETS, Interleaver, Octets, by_time, portions
from .opaque import Opaque
from .sniff import Sniffer
from .websocket import WebSocket, holds_xmpp
from .xmpp import XmppFraming

DECODERS: dict[str, Callable[[int, Upgrade | None], Decoder]] = {
    "http/1.1": lambda capture, _: Http1(capture),
    "websocket": WebSocket,
    "xmpp": lambda _capture, _: XmppFraming(),
    "tunnel": lambda capture, _: Sniffer(capture),
}
"""Who decodes a protocol; whatever has no row is named and passed over."""

_OCTETS = (Chunk, Gap, End, Anomaly)


class Tower:
    """Decodes one connection, or one socket of a HAR."""

    def __init__(self, capture: int) -> None:
        self._capture = capture
        self._bottom: Decoder = Sniffer(capture)
        self._above: Decoder | None = None
        self._speaks: list[Direction] = []  # a set would hash the direction of every message
        self._upgrade: Upgrade | None = None

    def decode(self, items: list[Item]) -> Iterator[list[Event]]:
        """As `feed`, but a portion at a time where there are more octets than memory can bear."""
        if sum(len(item.octets) for item in items if isinstance(item, Chunk)) <= PORTION_OCTETS:
            yield self.feed(items)
            return
        for portion in portions(item for item in items if isinstance(item, _OCTETS)):
            yield self.feed([*portion])
        yield self.feed([item for item in items if not isinstance(item, _OCTETS)])

    def feed(self, items: list[Item]) -> list[Event]:
        """Events that the items complete, both directions in the order of time."""
        events: list[Event] = []
        octets: list[Octets] = []
        for item in items:
            if isinstance(item, _OCTETS):
                octets.append(item)
                continue
            if octets:
                self._take_octets(octets, events)
                octets = []
            if isinstance(item, Message):
                # Of a HAR: nothing below has a part in it.
                events.append(item)
                self._take_message(item, events)
            else:
                self._take(item, events)
        if octets:
            self._take_octets(octets, events)
        return events

    def _take_octets(self, items: list[Octets], events: list[Event]) -> None:
        if not isinstance(self._bottom, WebSocket):
            interleaver = Interleaver(items)
            while not isinstance(self._bottom, WebSocket):
                item = interleaver.next()
                if item is None:
                    return
                self._take(item, events)
            items = interleaver.rest()
        bottom = self._bottom
        lanes: dict[Direction, list[Event]] = {way: [] for way in Direction}
        for item in items:
            lane = lanes[item.direction or Direction.TO_CLIENT]
            lane += bottom.feed(item)
        self._climb(by_time(*lanes.values()), events)

    def _take(self, item: Item, events: list[Event]) -> None:
        if isinstance(item, Upgrade):
            self._take_upgrade(item, events)
        elif isinstance(item, Anomaly | Exchange | SocketEnd):
            events.append(item)
        else:
            self._climb(self._bottom.feed(item), events)

    def _take_upgrade(self, upgrade: Upgrade, events: list[Event]) -> None:
        """A handshake, of a HAR or from the decoder below."""
        events.append(upgrade)
        if upgrade.accepted:
            self._upgrade = upgrade
            if not isinstance(self._bottom, Http1):
                self._switch("websocket", events)

    def _switch(self, protocol: str, events: list[Event]) -> None:
        make = DECODERS.get(protocol)
        self._bottom = Opaque(self._capture) if make is None else make(self._capture, self._upgrade)
        if isinstance(self._bottom, WebSocket) and self._upgrade is not None:
            events += self._bottom.feed(self._upgrade)

    def _climb(self, delivered: list[Event], events: list[Event]) -> None:
        """Hand on what the bottom decoder delivered, to whom it is for."""
        bottom = self._bottom
        for event in delivered:
            if isinstance(event, Frame):
                events.append(event)
            elif isinstance(event, Message):
                events.append(event)
                self._take_message(event, events)
            elif isinstance(event, Switched):
                if event.protocol != "http/1.1":
                    events.append(event)
                self._switch(event.protocol, events)
            elif isinstance(event, Upgrade):
                self._take_upgrade(event, events)
            elif isinstance(event, Chunk | Gap | End | Connection) and self._bottom is not bottom:
                self._take(event, events)
            elif not isinstance(event, Gap) or event.length != 0:
                events.append(event)

    def _take_message(self, message: Message, events: list[Event]) -> None:
        if message.direction not in self._speaks:
            agreed = self._upgrade.subprotocol if self._upgrade is not None else None
            if (agreed or "").lower() != "xmpp" and not holds_xmpp(message):
                return
            # Each direction by itself: which comes first may depend on how packets are delivered.
            self._speaks.append(message.direction)
        if self._above is None:
            self._above = DECODERS["xmpp"](self._capture, self._upgrade)
            events.append(Switched(protocol="xmpp"))
        events += self._above.feed(message)
