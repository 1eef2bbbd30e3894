"""
The tower: what one decoder of a connection delivers is food for the one above it.

The bottom decoder is chosen by the first octets; from then on a `Switched` says who goes on. No
decoder knows the next. What TLS opens, and each stream of HTTP/2, is a flow of its own: above it
stands another tower.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..model.anomaly import Anomaly
from ..model.events import Decoder, Event, Item, Streamed
from ..model.flow import Chunk, Connection, End, Gap
from ..model.http import Exchange, Switched
from ..model.limits import TOWER_DEPTH
from ..model.network import Resolution, Unreachable
from ..model.source import Direction, HarSource
from ..model.tls import TlsFacts
from ..model.websocket import Frame, Message, SocketEnd, Upgrade
from .bosh import Bosh
from .finesse_rest import system_info
from .http1 import Http1
from .interleave import PORTION_OCTETS, Interleaver, Octets, by_time, portions
from .opaque import Opaque
from .sniff import Sniffer
from .tls.decoder import Tls
from .tls.keyring import KeyRing
from .websocket import WebSocket, holds_xmpp
from .xmpp import XmppFraming
from .xmpp_stream import XmppStream


class Place(NamedTuple):
    """
    Where in a connection a decoder stands.

    Attributes:
        capture: Index of the input.
        keys: What opens TLS.
        secure: TLS is below.
        upgrade: The handshake that led here; None where none did.
        depth: Towers below this one.
    """

    capture: int
    keys: KeyRing
    secure: bool = False
    upgrade: Upgrade | None = None
    depth: int = 0


def _http2(place: Place) -> Decoder:
    from .http2 import Http2  # noqa: PLC0415 - its library takes 15 ms, and few runs need it

    return Http2(place.capture, secure=place.secure)


DECODERS: dict[str, Callable[[Place], Decoder]] = {
    "http/1.1": lambda place: Http1(place.capture, secure=place.secure),
    "h2": _http2,
    "tls": lambda place: Tls(place.capture, place.keys),
    "websocket": lambda place: WebSocket(place.capture, place.upgrade),
    "xmpp": lambda place: XmppStream(place.capture),
    "tunnel": lambda place: Sniffer(place.capture),
}
"""Who decodes a protocol; whatever has no row is named and passed over."""

_OCTETS = (Chunk, Gap, End, Anomaly)

_APART = (WebSocket, Tls)
"""Decoders that need not see both directions in the order of time."""


class Tower:
    """Decodes one connection, or one socket of a HAR."""

    def __init__(self, capture: int, keys: KeyRing | None = None) -> None:
        """Take the index of the input, and what opens TLS."""
        self._place = Place(capture, KeyRing() if keys is None else keys)
        self._bottom: Decoder = Sniffer(capture)
        self._opened: Tower | None = None
        self._streams: dict[int, Tower] = {}
        self._bosh = Bosh(capture)
        self._framing: XmppFraming | None = None
        self._speaks: list[Direction] = []  # a set would hash the direction of every message

    def _above(self, *, secure: bool) -> "Tower":
        place = self._place
        tower = Tower(place.capture, place.keys)
        tower._place = place._replace(secure=secure, upgrade=None, depth=place.depth + 1)
        return tower

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
                if isinstance(item, Gap) and isinstance(item.source, HarSource):
                    events.append(item)  # of messages: there are no octets that it stands between
                else:
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
        if not isinstance(self._bottom, _APART):
            interleaver = Interleaver(items)
            while not isinstance(self._bottom, _APART):
                item = interleaver.next()
                if item is None:
                    return
                self._take(item, events)
            items = interleaver.rest()
        bottom = self._bottom
        if isinstance(bottom, Tls):
            # What one direction brings may open octets of the other that waited for it.
            self._climb([event for item in items for event in bottom.feed(item)], events)
            return
        lanes: dict[Direction, list[Event]] = {way: [] for way in Direction}
        for item in items:
            lane = lanes[item.direction or Direction.TO_CLIENT]
            lane += bottom.feed(item)
        self._climb(by_time(*lanes.values()), events)

    def _take(self, item: Item, events: list[Event]) -> None:
        if isinstance(item, Upgrade):
            self._take_upgrade(item, events)
        elif isinstance(item, Exchange):
            self._take_exchange(item, events)
        elif isinstance(item, Anomaly | SocketEnd | TlsFacts | Resolution | Unreachable):
            events.append(item)
        else:
            self._climb(self._bottom.feed(item), events)

    def _take_exchange(self, exchange: Exchange, events: list[Event]) -> None:
        events.append(exchange)
        events += self._bosh.feed(exchange)
        said = system_info(exchange)
        if said is not None:
            events.append(said)

    def _take_upgrade(self, upgrade: Upgrade, events: list[Event]) -> None:
        """A handshake, of a HAR or from the decoder below."""
        events.append(upgrade)
        if upgrade.accepted:
            self._place = self._place._replace(upgrade=upgrade)
            if not isinstance(self._bottom, Http1):
                self._switch("websocket", events)

    def _switch(self, protocol: str, events: list[Event]) -> None:
        make = DECODERS.get(protocol) if self._place.depth < TOWER_DEPTH else None
        place = self._place
        self._bottom = Opaque(place.capture) if make is None else make(place)
        if isinstance(self._bottom, Tls):
            self._opened = self._above(secure=True)
        elif isinstance(self._bottom, WebSocket) and place.upgrade is not None:
            events += self._bottom.feed(place.upgrade)

    def _climb(self, delivered: list[Event], events: list[Event]) -> None:
        """Hand on what the bottom decoder delivered, to whom it is for."""
        bottom = self._bottom
        opened: list[Item] = []
        for event in delivered:
            if type(event) is Frame:
                events.append(event)
            elif type(event) is Message:
                events.append(event)
                self._take_message(event, events)
            elif isinstance(event, Chunk | Gap | End | Connection):
                if self._bottom is not bottom:
                    self._take(event, events)
                elif isinstance(bottom, Tls):
                    opened.append(event)
                elif not isinstance(event, Gap) or event.length != 0:
                    self._pass_on(event, events)
            elif isinstance(event, Switched):
                if event.protocol != "http/1.1":
                    events.append(event)
                self._switch(event.protocol, events)
            elif isinstance(event, Upgrade):
                self._take_upgrade(event, events)
            elif isinstance(event, Exchange):
                self._take_exchange(event, events)
            elif isinstance(event, Streamed):
                self._take_stream(event.stream, event.events, events)
            else:
                events.append(event)
        if opened and self._opened is not None:
            events += self._opened.feed(opened)

    def _pass_on(self, event: Chunk | Gap | End | Connection, events: list[Event]) -> None:
        """What nobody above reads, and the end of the connection, which ends its streams."""
        if isinstance(event, Connection):
            for stream in self._streams:
                self._take_stream(stream, (event,), events)
            self._streams.clear()
        events.append(event)

    def _take_stream(self, stream: int, delivered: tuple[Event, ...], events: list[Event]) -> None:
        tower = self._streams.get(stream)
        if tower is None:
            tower = self._streams[stream] = self._above(secure=self._place.secure)
        items: list[Item] = [item for item in delivered if isinstance(item, _STREAMED)]
        events.append(Streamed(stream, tuple(tower.feed(items))))

    def _take_message(self, message: Message, events: list[Event]) -> None:
        if message.direction not in self._speaks:
            upgrade = self._place.upgrade
            agreed = upgrade.subprotocol if upgrade is not None else None
            if (agreed or "").lower() != "xmpp" and not holds_xmpp(message):
                return
            # Each direction by itself: which comes first may depend on how packets are delivered.
            self._speaks.append(message.direction)
        if self._framing is None:
            self._framing = XmppFraming()
            events.append(Switched(protocol="xmpp"))
        events += self._framing.feed(message)


_STREAMED = (Chunk, Gap, End, Upgrade, Anomaly, Connection)
"""What a stream delivers to the tower above it."""
