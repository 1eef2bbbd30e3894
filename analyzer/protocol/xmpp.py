"""
XMPP over WebSocket: messages in, stanzas out (RFC 7395 on RFC 6120).

A message should hold one element that stands alone as XML. What does not is decoded as far as it
goes, and named: nothing captured raises. `decode` and `stanza_of` know nothing of messages; any
other carrier of first-level elements may use them.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Callable
from sys import intern
from typing import TypeAlias

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event, Item
from ..model.limits import MESSAGE_ELEMENTS, XML_OCTETS
from ..model.source import Direction, Source
from ..model.websocket import Message, MessageKind
from ..model.xmpp import (
    NS_CLIENT,
    NS_FRAMING,
    NS_SASL,
    NS_STREAMS,
    NS_TLS,
    STANZAS,
    Auth,
    Payload,
    Stanza,
    StanzaError,
    StanzaKind,
)
from . import payloads
from .sasl import auth_of
from .xml import (
    Element,
    Flaw,
    first_tag,
    local_name,
    parse,
    parse_within,
    pieces,
    start_of,
    text_of,
    without_declaration,
)


class XmppFraming:
    """The decoder above WebSocket; no message depends on another, so it keeps no state."""

    def feed(self, item: Item) -> list[Event]:
        """The stanzas of a message, each behind the anomalies found in it."""
        if type(item) is not Message:
            return []
        octets, direction, source = item.payload, item.direction, item.source
        if not item.complete:
            return [cut_short(octets, direction, source)]
        if octets[:1] == b"<" and item.kind is _TEXT:
            element = parse(octets)
            if type(element) is not Flaw:
                events: list[Event] = []
                events.append(stanza_of(element, octets, direction, source, events))
                return events
        return _irregular(item)


def _irregular(message: Message) -> list[Event]:
    """A message that is not just one element."""
    events: list[Event] = []
    octets, direction, source = message.payload, message.direction, message.source
    if message.kind is MessageKind.BINARY:
        # RFC 7395 section 3.2: data frames MUST be of type text.
        events.append(_anomaly(AnomalyCode.XMPP_BINARY, {}, octets, direction, source))
    body = octets.removeprefix(BOM_UTF8).lstrip()
    if len(body) != len(octets) or not octets:
        # RFC 7395 section 3.3.3: the first character MUST be "<"; 3.8: no whitespace keepalives.
        blanks = octets[: len(octets) - len(body)]
        values: dict[str, str | int] = {"octets": len(blanks)}
        events.append(_anomaly(AnomalyCode.XMPP_WHITESPACE, values, blanks, direction, source))
    parts = pieces(body, MESSAGE_ELEMENTS) if len(body) <= XML_OCTETS else [body]
    if len(parts) == MESSAGE_ELEMENTS:
        values = {"limit": "MESSAGE_ELEMENTS", "value": MESSAGE_ELEMENTS}
        events.append(_anomaly(AnomalyCode.LIMIT, values, parts[-1], direction, source))
    if len(parts) > 1:
        # RFC 7395 section 3.3.3: each message contains one first-level element.
        values = {"elements": len(parts)}
        events.append(_anomaly(AnomalyCode.XMPP_SEVERAL, values, octets, direction, source))
    for part in parts:
        decode(part, direction, source, events)
    return events


def decode(octets: bytes, direction: Direction, source: Source, events: list[Event]) -> None:
    """
    One first-level element, well-formed or not.

    Args:
        octets: The element, with what may stand around it.
        direction: Which way it went.
        source: Where it stands.
        events: Takes one stanza, behind the anomalies found in it; a stream tag in front of more
            gives another.
    """
    element = parse(octets)
    if isinstance(element, Flaw) and (tag := _STREAM_TAG.match(octets)):
        octets = _take_stream_tag(octets, tag, direction, source, events)
        if not octets.strip():
            return
        element = parse(octets)
    if isinstance(element, Flaw):
        flaw = element
        element = _leniently(octets, flaw)
        code = AnomalyCode.XMPP_NAMESPACE if flaw.undeclared else flaw.code
        events.append(_anomaly(code, flaw.values, octets, direction, source))
        if isinstance(element, Flaw):
            events.append(_unreadable(element, octets, direction, source))
            return
    events.append(stanza_of(element, octets, direction, source, events))


def _leniently(octets: bytes, flaw: Flaw) -> Element | Flaw:
    """An element that lacks declarations, or has an XML declaration that it should not have."""
    if flaw.undeclared:
        return parse_within(DECLARATIONS, octets)
    bare = without_declaration(octets)
    return parse(bare) if len(bare) != len(octets) else flaw


def _unreadable(flaw: Flaw, octets: bytes, direction: Direction, source: Source) -> Stanza:
    if flaw.code is AnomalyCode.LIMIT:
        return cut_short(octets, direction, source)
    return Stanza(
        direction=direction,
        kind=StanzaKind.MALFORMED,
        octets=octets,
        length=len(octets),
        source=source,
    )


DECLARATIONS = f"xmlns='{NS_CLIENT}' xmlns:stream='{NS_STREAMS}'".encode()
"""What a message lacks that was written for a TCP stream, whose header declares them."""

_STREAM_TAG = re.compile(rb"\s*(?:<\?xml\s[^<>]*\?>\s*)?<(/?)(?:[\w.-]+:)?stream(?=[\s/>])")


def _take_stream_tag(
    octets: bytes,
    found: re.Match[bytes],
    direction: Direction,
    source: Source,
    events: list[Event],
) -> bytes:
    """`<stream:stream …>` or its end tag (RFC 7395 section 3.3 has neither); gives what follows."""
    begin = found.end(1) - len(found.group(1)) - 1
    length = len(first_tag(octets[begin:]))
    tag = octets[: begin + length] if length else octets
    values: dict[str, str | int] = {"element": "stream:stream"}
    events.append(_anomaly(AnomalyCode.XMPP_STREAM_TAG, values, tag, direction, source))
    stanza = cut_short(tag, direction, source, complete=tag.endswith(b">"))
    if found.group(1):
        stanza = replace(stanza, kind=StanzaKind.CLOSE, name=_STREAM)
    events.append(stanza)
    return octets[len(tag) :]


def cut_short(
    octets: bytes, direction: Direction, source: Source, *, complete: bool = False
) -> Stanza:
    """What the start tag of an incomplete element says."""
    head = start_of(octets)
    element = parse_within(DECLARATIONS, head) if head else Flaw(AnomalyCode.XML_MALFORMED, {})
    if isinstance(element, Flaw):
        return Stanza(
            direction=direction,
            kind=StanzaKind.MALFORMED,
            octets=octets,
            length=len(octets),
            complete=complete,
            source=source,
        )
    name, kind, _ = _KINDS.get(element.tag) or _strayed(element)
    return Stanza(
        direction=direction,
        kind=kind,
        name=name,
        id=element.get("id"),
        type=_interned(element.get("type")),
        sender=_interned(element.get("from")),
        receiver=_interned(element.get("to")),
        payload=payloads.open_of(element) if kind is StanzaKind.OPEN else None,
        octets=octets,
        length=len(octets),
        complete=complete,
        source=source,
    )


def stanza_of(
    element: Element, octets: bytes, direction: Direction, source: Source, events: list[Event]
) -> Stanza:
    """
    A first-level element as a stanza.

    Args:
        element: Parsed.
        octets: As captured.
        direction: Which way it went.
        source: Where it stands.
        events: Takes the anomalies found in it.
    """
    entry = _KINDS.get(element.tag)
    if entry is None:
        entry = _strayed(element)
        if entry[1] not in _OF_NO_RFC:
            # RFC 7395 section 3.3.3: each message declares the namespaces it uses.
            values: dict[str, str | int] = {"element": entry[1].value}
            events.append(_anomaly(AnomalyCode.XMPP_NAMESPACE, values, octets, direction, source))
    name, kind, reader = entry
    type_ = _interned(element.get("type"))
    error: StanzaError | None = None
    if kind is _IQ:
        payload = payloads.iq_of(element, type_)
    else:
        payload = reader(element) if reader is not None else None
    if type_ == "error" and kind in STANZAS:
        error = payloads.error_of(element)
    if type(payload) is Auth and payload.problem is not None:
        values = {"octets": payload.secret_octets}
        code = AnomalyCode(payload.problem)
        events.append(_anomaly(code, values, octets, direction, source))
    if name is _STREAM:
        values = {"element": "stream:stream"}
        events.append(_anomaly(AnomalyCode.XMPP_STREAM_TAG, values, octets, direction, source))
    return Stanza(
        direction=direction,
        kind=kind,
        name=name,
        id=element.get("id"),
        type=type_,
        sender=_interned(element.get("from")),
        receiver=_interned(element.get("to")),
        payload=payload,
        error=error,
        octets=octets,
        length=len(octets),
        source=source,
    )


_IQ = StanzaKind.IQ  # looking an enum's member up costs as much as comparing it
_TEXT = MessageKind.TEXT

_OF_NO_RFC = frozenset({StanzaKind.OTHER, StanzaKind.STREAM_MANAGEMENT})
"""Kinds of elements with namespaces of their own."""


def _auth(element: Element) -> Auth:
    return auth_of(element.get("mechanism") or "", text_of(element))


def _response(element: Element) -> Auth:
    return auth_of(None, text_of(element))


_Reader: TypeAlias = Callable[[Element], Payload | None]

_READERS: dict[StanzaKind, _Reader] = {
    StanzaKind.OPEN: payloads.open_of,
    StanzaKind.CLOSE: payloads.close_of,
    StanzaKind.FEATURES: payloads.features_of,
    StanzaKind.STREAM_ERROR: payloads.stream_error_of,
    StanzaKind.AUTH: _auth,
    StanzaKind.RESPONSE: _response,
    StanzaKind.STREAM_MANAGEMENT: payloads.stream_management_of,
    StanzaKind.FAILURE: payloads.sasl_failure_of,
    StanzaKind.MESSAGE: payloads.message_of,
    StanzaKind.PRESENCE: payloads.presence_of,
}


_STREAM = f"{{{NS_STREAMS}}}stream"

_ELEMENTS: dict[str, StanzaKind] = {
    f"{{{NS_FRAMING}}}open": StanzaKind.OPEN,
    f"{{{NS_FRAMING}}}close": StanzaKind.CLOSE,
    f"{{{NS_STREAMS}}}features": StanzaKind.FEATURES,
    f"{{{NS_STREAMS}}}error": StanzaKind.STREAM_ERROR,
    f"{{{NS_SASL}}}auth": StanzaKind.AUTH,
    f"{{{NS_SASL}}}challenge": StanzaKind.CHALLENGE,
    f"{{{NS_SASL}}}response": StanzaKind.RESPONSE,
    f"{{{NS_SASL}}}success": StanzaKind.SUCCESS,
    f"{{{NS_SASL}}}failure": StanzaKind.FAILURE,
    f"{{{NS_SASL}}}abort": StanzaKind.ABORT,
    f"{{{NS_CLIENT}}}iq": StanzaKind.IQ,
    f"{{{NS_CLIENT}}}message": StanzaKind.MESSAGE,
    f"{{{NS_CLIENT}}}presence": StanzaKind.PRESENCE,
    _STREAM: StanzaKind.OPEN,
    f"{{{NS_TLS}}}starttls": StanzaKind.STARTTLS,
    f"{{{NS_TLS}}}proceed": StanzaKind.STARTTLS,
    f"{{{NS_TLS}}}failure": StanzaKind.STARTTLS,
}

# The name with the kind, so that all stanzas share one string, and with who reads such elements.
_KINDS = {name: (name, kind, _READERS.get(kind)) for name, kind in _ELEMENTS.items()}
_LOCAL = {name.rpartition("}")[2]: kind for name, kind in reversed(_ELEMENTS.items())}


def _strayed(element: Element) -> tuple[str, StanzaKind, _Reader | None]:
    """As in `_KINDS`, of an element that has no namespace, or not the one it should have."""
    name = intern(element.tag)
    kind = _LOCAL.get(local_name(element), StanzaKind.OTHER)
    if name.startswith("{urn:xmpp:sm:"):
        kind = StanzaKind.STREAM_MANAGEMENT
    return name, kind, _READERS.get(kind)


def _anomaly(
    code: AnomalyCode,
    values: dict[str, str | int],
    octets: bytes,
    direction: Direction,
    source: Source,
) -> Anomaly:
    return Anomaly(code=code, values=values, direction=direction, length=len(octets), source=source)


def _interned(text: str | None) -> str | None:
    # A session repeats a few addresses and types in every stanza.
    return None if text is None else intern(text)
