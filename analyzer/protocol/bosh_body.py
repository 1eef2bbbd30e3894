"""
`<body/>` wrappers: what they say, and the first-level elements they hold (XEP-0124 section 6).

The XMPP stream has no tags of its own in BOSH: a session's creation, a restart and the termination
are attributes of `<body/>` (XEP-0206), and are told as the OPEN and CLOSE that they stand for.
"""

import re
from collections.abc import Iterator
from itertools import islice

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.bosh import Body
from ..model.events import Event
from ..model.http import Request, Response
from ..model.limits import MESSAGE_ELEMENTS
from ..model.source import Direction, HarSource, Source
from ..model.xmpp import NS_STREAM_ERRORS, NS_STREAMS, Close, Open, Stanza, StanzaKind
from . import payloads
from .xml import Element, Flaw, first_tag, parse, parse_within, pieces, start_of
from .xmpp import DECLARATIONS, cut_short, stanza_of

NS_BOSH = "http://jabber.org/protocol/httpbind"
NS_XBOSH = "urn:xmpp:xbosh"

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_BEGIN = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?body(?=[\s/>])")
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]{0,40}:)?body\s*>\s*\Z")
_XMLNS = re.compile(rb"\sxmlns(?::[\w.-]{1,40})?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")

_ATTRIBUTES = 64
"""More no specification knows."""

_VALUE_LETTERS = 1_024


def begins_body(octets: bytes) -> bool:
    """Whether a start tag of `<body/>` stands in front."""
    return _BEGIN.match(octets) is not None


def names_bosh(octets: bytes) -> bool:
    """Whether that tag declares the namespace of BOSH."""
    return NS_BOSH.encode() in (first_tag(octets) or octets[:_VALUE_LETTERS])


class BodyReader:
    """Reads the body of one request or response."""

    def __init__(self, part: Request | Response, octets: bytes, before: int) -> None:
        """
        Take what begins like a `<body/>`.

        Args:
            part: The message that holds it.
            octets: Its body from the tag on, content coding undone.
            before: First-level elements that the same HAR entry holds before it.
        """
        self._octets = octets
        self._before = before
        self._direction = Direction.TO_SERVER if isinstance(part, Request) else Direction.TO_CLIENT
        self._source = part.body_source or part.source
        self._plain = part.body.endswith(octets[-64:]) and len(octets) <= len(part.body)
        self._skipped = len(part.body) - len(octets)
        self._length = max(part.body_length, len(part.body))
        self._whole = len(part.body) >= part.body_length
        self._tag = first_tag(octets)
        self._events: list[Event] = []

    def read(self) -> tuple[Body, list[Anomaly]]:
        """The body, as whole as it is, and the oddities found in it."""
        root = self._root()
        if isinstance(root, Flaw):
            if self._whole:
                self._report(root.values | {"problem": "not well-formed"})
            stanzas = self._salvaged()
            attributes = self._salvaged_attributes()
        else:
            if not root.tag.startswith(f"{{{NS_BOSH}}}"):
                self._report({"problem": "namespace"})
            attributes = _attributes(root)
            stanzas = self._children(root)
            if attributes.get("condition") == "remote-stream-error":
                stanzas = self._unwrapped(root, stanzas)
        found = [*self._stream(attributes), *stanzas, *self._end(attributes)]
        body = Body(
            direction=self._direction,
            attributes=attributes,
            stanzas=tuple(
                replace(stanza, source=self._place(index, at))
                for index, (at, stanza) in enumerate(found)
            ),
            octets=self._length,
            source=self._source,
        )
        anomalies = [event for event in self._events if isinstance(event, Anomaly)]
        return body, anomalies

    def _root(self) -> Element | Flaw:
        if not self._whole:
            return Flaw(AnomalyCode.XML_MALFORMED, {})
        root = parse(self._octets)
        if isinstance(root, Flaw) and root.undeclared:
            lenient = parse_within(DECLARATIONS, self._octets)
            if not isinstance(lenient, Flaw):
                self._note(AnomalyCode.XMPP_NAMESPACE, root.values, len(self._octets))
                return lenient
        return root

    def _children(self, root: Element) -> list[tuple[int, Stanza]]:
        """First-level elements, each with its offset in the body."""
        end = _END.search(self._octets, max(len(self._tag), len(self._octets) - 128))
        inner = self._octets[len(self._tag) : end.start() if end is not None else None]
        cut = pieces(inner, MESSAGE_ELEMENTS + 1)[:MESSAGE_ELEMENTS] if len(root) else []
        if len(root) > len(cut):
            values: dict[str, str | int] = {"limit": "MESSAGE_ELEMENTS", "value": MESSAGE_ELEMENTS}
            self._note(AnomalyCode.LIMIT, values, len(inner) - sum(map(len, cut)))
        found: list[tuple[int, Stanza]] = []
        at = len(self._tag)
        for element, piece in zip(root, cut, strict=False):
            octets = piece.strip()
            stanza = stanza_of(element, octets, self._direction, self._source, self._events)
            found.append((at + len(piece) - len(piece.lstrip()), stanza))
            at += len(piece)
        return found

    def _unwrapped(
        self, root: Element, found: list[tuple[int, Stanza]]
    ) -> list[tuple[int, Stanza]]:
        """A stream error may come without its `<stream:error/>` (XEP-0206 section 6)."""
        error = f"{{{NS_STREAM_ERRORS}}}"
        first = next((n for n, child in enumerate(root) if child.tag.startswith(error)), None)
        if first is None or first >= len(found):
            return found
        at, stanza = found[first]
        whole = replace(
            stanza,
            kind=StanzaKind.STREAM_ERROR,
            name=f"{{{NS_STREAMS}}}error",
            payload=payloads.stream_error_of(root),
            octets=self._octets,
            length=len(self._octets),
        )
        return [*found[:first], (at, whole)]

    def _salvaged(self) -> list[tuple[int, Stanza]]:
        """What stands in a body that is cut, or damaged, as far as elements can be told apart."""
        tag, direction, source = self._tag, self._direction, self._source
        if not tag or tag.endswith(b"/>"):
            return []
        end = _END.search(self._octets, max(len(tag), len(self._octets) - 128))
        inner = self._octets[len(tag) : end.start() if end is not None else None]
        head = b"".join(_XMLNS.findall(tag)) or DECLARATIONS
        found: list[tuple[int, Stanza]] = []
        at = len(tag)
        for piece in pieces(inner, MESSAGE_ELEMENTS):
            octets = piece.strip()
            element = parse_within(head, octets)
            if isinstance(element, Flaw):
                stanza = cut_short(octets, direction, source)
                if element.code is AnomalyCode.XML_FORBIDDEN:
                    self._note(element.code, element.values, len(octets))
            else:
                stanza = stanza_of(element, octets, direction, source, self._events)
            found.append((at + len(piece) - len(piece.lstrip()), stanza))
            at += len(piece)
        return found

    def _salvaged_attributes(self) -> dict[str, str]:
        head = start_of(self._octets)
        declared = head or self._tag
        root = parse(declared) if declared else Flaw(AnomalyCode.XML_MALFORMED, {})
        return {} if isinstance(root, Flaw) else _attributes(root)

    def _stream(self, attributes: dict[str, str]) -> Iterator[tuple[int, Stanza]]:
        """A creation, its answer, or a restart (XEP-0124 section 7, XEP-0206 section 5)."""
        if self._direction is Direction.TO_SERVER:
            creates = "sid" not in attributes and "rid" in attributes and "to" in attributes
            if not creates and attributes.get("xmpp:restart") not in {"true", "1"}:
                return
        elif not ("sid" in attributes and _SESSION & attributes.keys()):
            return
        said = Open(
            to=attributes.get("to"),
            sender=attributes.get("from"),
            stream_id=attributes.get("authid"),
            version=attributes.get("xmpp:version"),
            language=attributes.get("xml:lang"),
        )
        yield 0, self._stanza(StanzaKind.OPEN, said, attributes)

    def _end(self, attributes: dict[str, str]) -> Iterator[tuple[int, Stanza]]:
        """A termination (XEP-0124 section 13)."""
        if attributes.get("type") == "terminate":
            at = len(self._octets)
            yield at, self._stanza(StanzaKind.CLOSE, Close(), attributes)

    def _stanza(
        self, kind: StanzaKind, payload: Open | Close, attributes: dict[str, str]
    ) -> Stanza:
        octets = self._tag or self._octets[:_VALUE_LETTERS]
        return Stanza(
            direction=self._direction,
            kind=kind,
            name=f"{{{NS_BOSH}}}body",
            type=attributes.get("type"),
            sender=attributes.get("from"),
            receiver=attributes.get("to"),
            payload=payload,
            octets=octets,
            length=len(octets),
            source=self._source,
        )

    def _place(self, index: int, at: int) -> Source:
        """Where an element stands: several come in one message, and must be told apart."""
        source = self._source
        if isinstance(source, HarSource):
            return replace(source, element=self._before + index)
        begin = source.offset or 0
        # Offsets within a body that was compressed mean nothing: the index is as good.
        return replace(source, offset=begin + (self._skipped + at if self._plain else index))

    def _report(self, values: dict[str, str | int]) -> None:
        self._note(AnomalyCode.BOSH_BODY, values, len(self._octets))

    def _note(self, code: AnomalyCode, values: dict[str, str | int], length: int) -> None:
        anomaly = Anomaly(
            code=code,
            values=values,
            direction=self._direction,
            length=length,
            source=self._source,
        )
        self._events.append(anomaly)


_SESSION = frozenset({"wait", "inactivity", "requests", "hold"})
"""What only the answer to a creation says (XEP-0124 section 7.2)."""


def _attributes(root: Element) -> dict[str, str]:
    pairs = islice(root.items(), _ATTRIBUTES)
    return {_name(name): value[:_VALUE_LETTERS] for name, value in pairs}


def _name(name: str) -> str:
    """The name of an attribute as specifications write it."""
    if name == _LANGUAGE:
        return "xml:lang"
    local = name.removeprefix(f"{{{NS_XBOSH}}}")
    return name if local == name else f"xmpp:{local}"
