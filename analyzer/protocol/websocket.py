"""
WebSocket on one connection: octets in, frames and messages out (RFC 6455, RFC 7692).

The directions do not depend on each other, so their octets may come in any order.
"""

import re

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event, Item
from ..model.flow import Chunk, Connection, End, EndCause, Gap
from ..model.source import Direction
from ..model.websocket import Message, MessageKind, Upgrade
from .deflate import Agreement, Budget, Inflater, agreement_of
from .websocket_frames import FrameReader
from .websocket_messages import MessageAssembler


class WebSocket:
    """The decoder behind an upgrade, or of a connection whose upgrade was not captured."""

    def __init__(self, capture: int, upgrade: Upgrade | None = None) -> None:
        """
        Begin behind the handshake.

        Args:
            capture: Index of the input.
            upgrade: The handshake; None if it was not captured.
        """
        agreement, self._flaws = _agreed(upgrade)
        budget = Budget()
        known = upgrade is not None
        self._ended: set[Direction] = set()
        self._readers: dict[Direction, FrameReader] = {}
        for direction in Direction:
            inflater = None
            if agreement is not None:
                takeover = agreement.takeover(direction)
                inflater = Inflater(budget, takeover=takeover, known=known)
            reader = FrameReader(direction, capture, MessageAssembler(inflater))
            if upgrade is None:
                reader.lose([])
            self._readers[direction] = reader

    def feed(self, item: Item) -> list[Event]:
        """Frames and messages that the octets complete; a message of a HAR as it is."""
        events: list[Event] = []
        if isinstance(item, Chunk):
            self._readers[item.direction].feed(item, events)
        elif isinstance(item, Gap):
            self._readers[item.direction].gap(item, events)
            events.append(item)
        elif isinstance(item, End):
            self._end(item, events)
            events.append(item)
        elif isinstance(item, Upgrade):
            events += self._flaws
            self._flaws = []
        elif isinstance(item, Connection):
            for direction in Direction:
                self._end(End(direction, 0, EndCause.UNKNOWN, None), events)
            events.append(item)
        else:
            events.append(item)
        return events

    def _end(self, end: End, events: list[Event]) -> None:
        if end.direction not in self._ended:
            self._ended.add(end.direction)
            self._readers[end.direction].end(end, events)


def _agreed(upgrade: Upgrade | None) -> tuple[Agreement | None, list[Anomaly]]:
    """What compression was agreed on; where that is not known, the most that may be."""
    if upgrade is None or upgrade.exchange.response is None:
        return Agreement(), []
    agreement, flaws = agreement_of(upgrade.exchange)
    if upgrade.accept_valid is False:
        source = upgrade.exchange.response.source
        values: dict[str, str | int] = {}
        flaws.append(Anomaly(code=AnomalyCode.WS_ACCEPT, values=values, source=source))
    return agreement, flaws


_STANZA = re.compile(
    rb"\s*<(?:\?xml\s|(?:[\w.-]+:)?(?:open|stream|features|auth|iq|message|presence|close|success"
    rb"|challenge|response|failure|error|abort|starttls)[\s/>])"
)


def holds_xmpp(message: Message) -> bool:
    """Whether a message looks like XMPP; asked where no subprotocol says what to expect."""
    return message.kind is MessageKind.TEXT and _STANZA.match(message.payload) is not None
