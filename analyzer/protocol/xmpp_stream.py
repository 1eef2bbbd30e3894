"""
XMPP on TCP: octets in, stanzas out (RFC 6120).

No tree is held for the stream: each first-level element is cut out and parsed with the namespaces
that the stream header declares. What is broken, cut or too long is named, and the stream read on
where the next element can be told.
"""

import re

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event, Item
from ..model.flow import Chunk, Connection, End, Gap, GapReason
from ..model.http import Switched
from ..model.limits import TLS_WAITING_OCTETS, XML_DEPTH, XML_OCTETS
from ..model.source import Direction, Source
from ..model.stream import Keepalive
from ..model.xmpp import NS_COMPRESS, NS_STREAMS, NS_TLS, Close, Stanza, StanzaKind
from . import payloads
from .xml import Element, Flaw, parse, parse_within
from .xmpp import DECLARATIONS, cut_short, stanza_of
from .xmpp_split import Kind, Part, Splitter

_TO_SERVER = Direction.TO_SERVER
_STREAM = f"{{{NS_STREAMS}}}stream"
_SWITCHES = {f"{{{NS_TLS}}}proceed": "tls", f"{{{NS_COMPRESS}}}compressed": "zlib"}
"""Behind these elements of the server the connection speaks something else."""

_NAMESPACES = re.compile(rb"\sxmlns(?::[^\s<>/\"'=:]+)?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_CONTENT = re.compile(rb"\sxmlns\s*=\s*['\"](jabber:(?:server|component:[a-z]+))['\"]")
_LIMITS = {"XML_OCTETS": XML_OCTETS, "XML_DEPTH": XML_DEPTH}


class XmppStream:
    """Decodes both directions of a connection, which must come in the order of time."""

    def __init__(self, capture: int) -> None:
        """Take the index of the input."""
        self._lanes = {direction: _Lane(direction, capture) for direction in Direction}
        self._asked_tls = False
        self._switched = False

    def feed(self, item: Item) -> list[Event]:
        """
        Stanzas that the item completes, each behind the anomalies found in it.

        Behind a `Switched` comes what the next decoder is to be fed: octets left, and the item.
        """
        events: list[Event] = []
        if isinstance(item, Chunk):
            lane = self._lanes[item.direction]
            lane.splitter.queue.push(item)
            self._advance(lane, events)
            return events
        if isinstance(item, Gap):
            self._leave(self._lanes[item.direction], events)
            self._lanes[item.direction].splitter.lost = True
        elif isinstance(item, End):
            self._leave(self._lanes[item.direction], events)
        elif isinstance(item, Connection):
            for lane in self._lanes.values():
                self._leave(lane, events)
        return [*events, item]

    def _advance(self, lane: "_Lane", events: list[Event]) -> None:
        while not self._switched and (part := lane.splitter.next()) is not None:
            if part.kind is Kind.TLS:
                waits = lane.direction is _TO_SERVER and self._asked_tls
                if waits and len(lane.splitter.queue) <= TLS_WAITING_OCTETS:
                    return  # the server's <proceed/> may have been captured late
                self._switch("tls", lane.source(part), events)
            else:
                self._take(lane, part, events)

    def _leave(self, lane: "_Lane", events: list[Event]) -> None:
        """Nothing follows what has come of a direction."""
        part = None if self._switched else lane.splitter.next() or lane.splitter.end()
        if part is None:
            return
        if part.kind is Kind.TLS:
            self._switch("tls", lane.source(part), events)
        else:
            self._take(lane, part, events)

    def _take(self, lane: "_Lane", part: Part, events: list[Event]) -> None:
        stanza = lane.take(part, events)
        if stanza is None:
            return
        if stanza.kind is StanzaKind.STARTTLS:
            self._asked_tls = lane.direction is _TO_SERVER
        if lane.direction is _TO_SERVER:
            return
        if stanza.name in _SWITCHES:
            self._switch(_SWITCHES[stanza.name], stanza.source, events)
        elif stanza.kind is StanzaKind.STARTTLS:
            self._advance(self._lanes[_TO_SERVER], events)

    def _switch(self, protocol: str, source: Source, events: list[Event]) -> None:
        self._switched = True
        events.append(Switched(protocol=protocol, source=source))
        for direction, lane in self._lanes.items():
            rest = lane.splitter.queue.rest(direction)
            if rest is not None:
                events.append(rest)


class _Lane:
    """
    One direction.

    Attributes:
        direction: Which.
        splitter: Its octets.
    """

    def __init__(self, direction: Direction, capture: int) -> None:
        self.direction = direction
        self.splitter = Splitter(capture)
        # Namespaces of the stream header; those of RFC 6120 where none was seen.
        self._declarations = DECLARATIONS
        self._content: str | None = None
        # An XML declaration that no stream header has followed yet.
        self._declared: Anomaly | None = None

    def source(self, part: Part) -> Source:
        """The packets of a part."""
        return self.splitter.queue.source(part.begin, part.begin + max(part.length, 1))

    def take(self, part: Part, events: list[Event]) -> Stanza | None:
        """The stanza that a part is, if it is one; `events` takes it, and what is odd of it."""
        if part.kind is Kind.BLANK:
            self._blank(part, events)
            return None
        if part.kind is Kind.SKIPPED:
            last = part.begin + part.length - 1
            place = self.splitter.queue.source(last, last + 1)
            gap = Gap(self.direction, part.begin, part.length, GapReason.OPAQUE, place)
            events.append(gap)
            return None
        source = self.source(part)
        if self._declared is not None and part.kind is not Kind.HEADER:
            events.append(self._declared)  # RFC 6120 section 11.5: only in front of a header
        self._declared = None
        if part.kind in {Kind.DECLARATION, Kind.FORBIDDEN}:
            values: dict[str, str | int] = {"found": "<!--" if part.octets[1] == 0x21 else "<?"}
            anomaly = self._anomaly(AnomalyCode.XML_FORBIDDEN, values, part, source)
            if part.kind is Kind.DECLARATION:
                self._declared = anomaly
            else:
                events.append(anomaly)
            return None
        stanza = self._stanza(part, source, events)
        if stanza is not None:
            events.append(stanza)
        return stanza

    def _blank(self, part: Part, events: list[Event]) -> None:
        """White space that a packet begins with was sent to keep the connection alive."""
        queue = self.splitter.queue
        events += [
            Keepalive(self.direction, queue.source(begin, begin + 1))
            for begin in queue.beginnings(part.begin, part.begin + part.length)
        ]

    def _stanza(self, part: Part, source: Source, events: list[Event]) -> Stanza | None:
        if part.kind is Kind.HEADER:
            return self._header(part, source, events)
        if part.kind is Kind.FOOTER:
            self._declarations = DECLARATIONS
            return self._plain(part, source, StanzaKind.CLOSE, _STREAM, Close())
        if part.kind is Kind.ELEMENT:
            element = self._parse(part, source, events)
            if element is None:
                return self._plain(part, source, StanzaKind.MALFORMED)
            found: list[Event] = []
            stanza = stanza_of(element, part.octets, self.direction, source, found)
            if self._content and element.tag.startswith(f"{{{self._content}}}"):
                # Servers and components have iqs of their own (RFC 6120 section 4.8.2).
                found = [one for one in found if not _is_about_namespace(one)]
            events += found
            return stanza
        if part.kind is Kind.BROKEN:
            if part.problem == "<!":
                code, name = AnomalyCode.XML_FORBIDDEN, "found"
            else:
                code, name = AnomalyCode.XML_MALFORMED, "problem"
            events.append(self._anomaly(code, {name: part.problem}, part, source))
            return self._plain(part, source, StanzaKind.MALFORMED) if part.length else None
        if part.kind is Kind.EXCESS:
            values: dict[str, str | int] = {"limit": part.problem, "value": _LIMITS[part.problem]}
            events.append(self._anomaly(AnomalyCode.LIMIT, values, part, source))
        return cut_short(part.octets, self.direction, source)

    def _parse(self, part: Part, source: Source, events: list[Event]) -> Element | None:
        """An element with the namespaces around it."""
        element = parse_within(self._declarations, part.octets)
        if not isinstance(element, Flaw):
            return element
        flaw = element
        if flaw.undeclared:
            element = parse_within(_merged(self._declarations), part.octets)
        code = AnomalyCode.XMPP_NAMESPACE if flaw.undeclared else flaw.code
        events.append(self._anomaly(code, flaw.values, part, source))
        return None if isinstance(element, Flaw) else element

    def _header(self, part: Part, source: Source, events: list[Event]) -> Stanza:
        """A stream begins, or begins anew behind SASL (RFC 6120 sections 4.2 and 4.3.3)."""
        self._declarations = b"".join(_NAMESPACES.findall(part.octets)) or DECLARATIONS
        octets = part.octets[:-1] + b"/>"
        element = parse(octets)
        if isinstance(element, Flaw):
            flaw = element
            code = AnomalyCode.XMPP_NAMESPACE if flaw.undeclared else flaw.code
            events.append(self._anomaly(code, flaw.values, part, source))
            self._declarations = _merged(self._declarations)
            element = parse_within(self._declarations, octets)
        elif element.tag != _STREAM:
            values: dict[str, str | int] = {"element": StanzaKind.OPEN.value}
            events.append(self._anomaly(AnomalyCode.XMPP_NAMESPACE, values, part, source))
        if isinstance(element, Flaw):
            self._declarations = DECLARATIONS
            return cut_short(part.octets, self.direction, source, complete=True)
        opened = payloads.open_of(element)
        content = _CONTENT.search(self._declarations)
        self._content = content[1].decode() if content is not None else None
        opened = replace(opened, content=self._content)
        return Stanza(
            direction=self.direction,
            kind=StanzaKind.OPEN,
            name=element.tag,
            id=element.get("id"),
            sender=element.get("from"),
            receiver=element.get("to"),
            payload=opened,
            octets=part.octets,
            length=part.length,
            source=source,
        )

    def _plain(
        self,
        part: Part,
        source: Source,
        kind: StanzaKind,
        name: str = "",
        payload: Close | None = None,
    ) -> Stanza:
        return Stanza(
            direction=self.direction,
            kind=kind,
            name=name,
            payload=payload,
            octets=part.octets,
            length=part.length,
            source=source,
        )

    def _anomaly(
        self, code: AnomalyCode, values: dict[str, str | int], part: Part, source: Source
    ) -> Anomaly:
        length = part.length
        return Anomaly(
            code=code, values=values, direction=self.direction, length=length, source=source
        )


def _is_about_namespace(event: Event) -> bool:
    return isinstance(event, Anomaly) and event.code is AnomalyCode.XMPP_NAMESPACE


def _merged(declarations: bytes) -> bytes:
    """Declarations of a stream header, and those that it lacks though it should have them."""
    lacks = b"" if b"xmlns:stream" in declarations else b" xmlns:stream='%b'" % NS_STREAMS.encode()
    default = b"" if b"xmlns=" in declarations else b" xmlns='jabber:client'"
    return declarations + lacks + default
