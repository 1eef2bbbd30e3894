"""
Cut the octets of an XMPP stream into its first-level elements (RFC 6120 section 4).

A tokeniser, not a parser: it knows tags, quotes, comments, CDATA sections and processing
instructions, and goes on where it stopped when more octets come, so each octet is looked at a fixed
number of times however the octets are cut. What stands behind a hole, or behind XML that is broken,
is passed over up to the next tag that only stands at the first level.
"""

import re
from enum import Enum, auto
from typing import NamedTuple

from ..model.limits import XML_DEPTH, XML_OCTETS
from .byte_queue import ByteQueue


class Kind(Enum):
    """What a part of the stream is."""

    HEADER = auto()
    """`<stream:stream …>`"""
    FOOTER = auto()
    """`</stream:stream>`"""
    ELEMENT = auto()
    DECLARATION = auto()
    """`<?xml …?>`"""
    FORBIDDEN = auto()
    """A comment or processing instruction (RFC 6120 section 11.1)."""
    BLANK = auto()
    """White space between elements."""
    BROKEN = auto()
    """The beginning of an element, up to where it is no XML any more."""
    EXCESS = auto()
    """The beginning of an element that is too long or too deep."""
    CUT = auto()
    """The beginning of an element; the rest was not captured."""
    SKIPPED = auto()
    """Octets of which nothing can be told; they are not kept."""
    TLS = auto()
    """Octets that are TLS records begin here; none is consumed."""


class Part(NamedTuple):
    """
    A part of the stream.

    Attributes:
        kind: What it is.
        begin: Offset in the direction of its first octet.
        length: Octets it has.
        octets: Those octets; empty where they are not kept.
        problem: What is broken (libxml2's name of it), or the limit that is reached.
    """

    kind: Kind
    begin: int
    length: int
    octets: bytes = b""
    problem: str = ""


_BLANK = re.compile(rb"[ \t\r\n]+")
_TAG = re.compile(rb"<(/?)([^\s<>/\"'=!?]++)(?=[\s/>])(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*>")
_NAME = re.compile(rb"<(/?)([^\s<>/\"'=!?]++)(?=[\s/>])")
_TAG_STOP = re.compile(rb"[<>\"']")
_QUOTES = {b'"': re.compile(rb"[<\"]"), b"'": re.compile(rb"[<']")}
_DECLARATION = re.compile(rb"<\?xml\s")
_LESS, _SLASH = b"</"
_TLS = rb"[\x14-\x17]\x03[\x00-\x04][\x00-\x48]"  # no character of XML 1.0 begins a record
_RECORD = re.compile(_TLS)

_SYNC = re.compile(
    rb"<(?:iq|message|presence)(?=[\s/>])"
    rb"|<(?:[ra]|enabled?|resumed?|failed|auth|challenge|response|success|failure|abort|starttls"
    rb"|proceed)\s(?=[^<>]{0,80}urn:(?:xmpp:sm:|ietf:params:xml:ns:xmpp-(?:sasl|tls)))"
    rb"|<(?:/?[\w.-]{1,20}:stream|stream:(?:features|error))(?=[\s/>])"
    rb"|" + _TLS
)
"""What stands at the first level of a stream, and hardly ever deeper."""

_SYNC_OCTETS = 160
"""The longest beginning of an element that `_SYNC` may have to look at."""

_SHORT_TAG = 4096
"""Tags up to this length are matched in one go, longer ones piece by piece."""

_CDATA = b"<![CDATA["
_UNDECIDED, _IN_TAG = b"<", b">"
_ENDS = {_CDATA: b"]]>", b"<!--": b"-->", b"<?": b"?>"}


class Splitter:
    """
    One direction of a stream.

    Attributes:
        queue: Its octets; whoever owns the splitter appends to it.
        lost: What comes next may stand anywhere within an element.
    """

    def __init__(self, capture: int) -> None:
        self.queue = ByteQueue(capture)
        self.lost = False
        self._names: list[bytes] = []
        self._inside = b""
        self._begin = 0  # of the markup that is being read
        self._scan = 0  # octets of the part that have been looked at
        self._skipped = 0

    def next(self) -> Part | None:
        """The next part; None if more octets are needed."""
        if self.lost:
            part = self._seek()
            if part is not None or self.lost:
                return part
        if not self._scan:
            return self._between()
        return self._within()

    def end(self) -> Part | None:
        """What is left when no more octets follow it; what comes next begins anew, or is lost."""
        left = len(self.queue)
        if self.lost or not (self._names or self._inside):
            return self._skip(left) if left or self._skipped else None
        return self._take(Kind.CUT, left)

    def _take(self, kind: Kind, length: int, problem: str = "") -> Part:
        """Consume octets as a part; a broken one leaves the rest in doubt."""
        begin = self.queue.position
        self._names, self._inside, self._scan = [], b"", 0
        self.lost = kind in {Kind.BROKEN, Kind.EXCESS}
        return Part(kind, begin, length, self.queue.take(length), problem)

    def _skip(self, length: int) -> Part:
        self.queue.at += length
        skipped, self._skipped = self._skipped + length, 0
        return Part(Kind.SKIPPED, self.queue.position - skipped, skipped)

    def _seek(self) -> Part | None:
        """Pass over what is no first-level element."""
        queue = self.queue
        found = _SYNC.search(queue.octets, queue.at)
        if found is None:
            passed = max(len(queue) - _SYNC_OCTETS, 0)
            queue.at += passed
            self._skipped += passed
            return None
        self.lost = False
        passed = found.start() - queue.at
        return self._skip(passed) if passed + self._skipped else None

    def _between(self) -> Part | None:
        """Outside of any element."""
        queue = self.queue
        if not len(queue):
            return None
        octets, at = queue.octets, queue.at
        blank = _BLANK.match(octets, at)
        if blank is not None:
            return self._take(Kind.BLANK, blank.end() - at)
        if 0x14 <= octets[at] <= 0x17:
            if len(queue) < 4:
                return None
            if _RECORD.match(octets, at):
                return Part(Kind.TLS, queue.position, 0)
        if octets[at] != _LESS:
            return self._take(Kind.BROKEN, 0, "ERR_DOCUMENT_END")
        return self._within()

    def _within(self) -> Part | None:
        """Read on in an element."""
        queue = self.queue
        stop = min(len(queue.octets), queue.at + XML_OCTETS)
        step: int | Part | None = queue.at + self._scan
        while isinstance(step, int):
            if not self._inside:
                step = self._content(step, stop)
            elif self._inside == _UNDECIDED:
                step = self._decide(step, stop)
            elif self._inside == _IN_TAG:
                step = self._tag(step, stop)
            elif self._inside in _QUOTES:
                step = self._value(step, stop)
            else:
                step = self._section(step, stop)
        if step is None and len(queue) >= XML_OCTETS:
            return self._take(Kind.EXCESS, XML_OCTETS, "XML_OCTETS")
        return step

    def _content(self, position: int, stop: int) -> int | Part | None:
        """Between the tags of an element."""
        octets, at = self.queue.octets, self.queue.at
        found = octets.find(b"<", position, stop)
        if found < 0:
            self._scan = stop - at
            return None
        tag = _TAG.match(octets, found, min(stop, found + _SHORT_TAG))
        if tag is not None:
            return self._whole(found, tag.end(), tag)
        self._begin = found - at
        self._inside = _UNDECIDED
        return found

    def _decide(self, position: int, stop: int) -> int | Part | None:
        """What begins with this "<"."""
        octets, at = self.queue.octets, self.queue.at
        head = bytes(octets[position : min(stop, position + len(_CDATA))])
        for opening, end in _ENDS.items():
            if head.startswith(opening):
                if opening == _CDATA and not self._names:
                    return self._take(Kind.BROKEN, 0, "ERR_DOCUMENT_END")
                self._inside = end
                return position + len(opening)
        if any(opening.startswith(head) for opening in _ENDS):
            self._scan = position - at
            return None
        if head.startswith(b"<!"):
            return self._take(Kind.BROKEN, position - at, "<!")
        self._inside = _IN_TAG
        return position + 1

    def _tag(self, position: int, stop: int) -> int | Part | None:
        """In a tag, outside of its values."""
        octets, at = self.queue.octets, self.queue.at
        found = _TAG_STOP.search(octets, position, stop)
        if found is None:
            self._scan = stop - at
            return None
        if found.group() == b"<":
            return self._take(Kind.BROKEN, found.start() - at, "ERR_GT_REQUIRED")
        if found.group() != b">":
            self._inside = bytes(found.group())
            return found.end()
        begin = at + self._begin
        name = _NAME.match(octets, begin, found.end())
        if name is None:
            return self._take(Kind.BROKEN, self._begin, "ERR_NAME_REQUIRED")
        self._inside = b""
        return self._whole(begin, found.end(), name)

    def _value(self, position: int, stop: int) -> int | Part | None:
        """In the value of an attribute."""
        found = _QUOTES[self._inside].search(self.queue.octets, position, stop)
        if found is None:
            self._scan = stop - self.queue.at
            return None
        if found.group() == b"<":
            length = found.start() - self.queue.at
            return self._take(Kind.BROKEN, length, "ERR_LT_IN_ATTRIBUTE")
        self._inside = _IN_TAG
        return found.end()

    def _section(self, position: int, stop: int) -> int | Part | None:
        """In a comment, a CDATA section or a processing instruction."""
        octets, at = self.queue.octets, self.queue.at
        found = octets.find(self._inside, position, stop)
        if found < 0:
            self._scan = max(position, stop - len(self._inside) + 1) - at
            return None
        end = found + len(self._inside)
        self._inside = b""
        if self._names:
            return end
        declares = _DECLARATION.match(octets, at) is not None
        return self._take(Kind.DECLARATION if declares else Kind.FORBIDDEN, end - at)

    def _whole(self, begin: int, end: int, tag: re.Match[bytes]) -> int | Part:
        """A tag that is there from "<" to ">"."""
        octets, at, names = self.queue.octets, self.queue.at, self._names
        name = bytes(tag[2])
        if tag[1]:
            if not names and _local(name) == b"stream":
                return self._take(Kind.FOOTER, end - at)
            if not names or names[-1] != name:
                return self._take(Kind.BROKEN, begin - at, "ERR_TAG_NAME_MISMATCH")
            names.pop()
        elif octets[end - 2] != _SLASH:
            if not names and _local(name) == b"stream":
                return self._take(Kind.HEADER, end - at)
            if len(names) >= XML_DEPTH - 1:
                return self._take(Kind.EXCESS, end - at, "XML_DEPTH")
            names.append(name)
        return end if names else self._take(Kind.ELEMENT, end - at)


def _local(name: bytes) -> bytes:
    return name.rpartition(b":")[2]
