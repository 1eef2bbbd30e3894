"""
The one hardened XML parser.

libxml2 resolves nothing, loads nothing, and stops at its own limits of depth and text. What
RFC 6120 section 11.1 forbids (comments, processing instructions, DTDs) never gets to it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, final

from lxml import etree
from msgspec import Struct

from ..model.anomaly import AnomalyCode
from ..model.limits import XML_DEPTH, XML_MARKUP, XML_OCTETS


class Element(Protocol):
    """What is used of an lxml element; without comments and entities every name is a string."""

    tag: str
    text: str | None

    def get(self, name: str, default: str | None = None, /) -> str | None:
        """An attribute."""
        ...

    def items(self) -> Iterable[tuple[str, str]]:
        """Every attribute."""
        ...

    def itertext(self) -> Iterator[str]:
        """Every piece of text."""
        ...

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator["Element"]: ...
    def __getitem__(self, index: int, /) -> "Element": ...


_OPTIONS = {
    "encoding": "utf-8",  # RFC 6120 section 11.6: nothing else, whatever a declaration says
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "decompress": False,
    "collect_ids": False,
}


def _parser() -> Any:
    make: Any = etree.XMLParser  # its type knows no `decompress` yet
    return make(**_OPTIONS)


@final
class Flaw(Struct, frozen=True):
    """
    Why octets were not parsed.

    Attributes:
        code: Kind of anomaly.
        values: 1-based line and column, and libxml2's name of the error; no captured text.
        undeclared: A namespace prefix is not declared; nothing else is known to be wrong.
    """

    code: AnomalyCode
    values: dict[str, str | int]
    undeclared: bool = False


class _Reader:
    """A parser that is used again: feeding it takes a quarter less time than `fromstring`."""

    def __init__(self) -> None:
        self._renew()

    def _renew(self) -> None:
        parser = _parser()
        self._feed, self._close = parser.feed, parser.close

    def read(self, octets: bytes) -> Element | None:
        """The root element; None if anything is wrong."""
        try:
            self._feed(octets)
            root: Element = self._close()
        except etree.XMLSyntaxError:
            self._renew()  # the old one is in the middle of something
            return None
        return root


_READER = _Reader()


def parse(octets: bytes) -> Element | Flaw:
    """
    The root element of a document, or what is wrong with it.

    Args:
        octets: One element, without DTD, comment or processing instruction.
    """
    if len(octets) > XML_MARKUP and (limit := _excess(octets)) is not None:
        return limit
    if b"<!" in octets or b"<?" in octets:
        word = forbidden(octets)
        if word is not None:
            return Flaw(AnomalyCode.XML_FORBIDDEN, {"found": word})
    root = _READER.read(octets)
    return root if root is not None else _again(octets)


def _excess(octets: bytes) -> Flaw | None:
    """The limit that a long document breaks, if it breaks one."""
    if len(octets) > XML_OCTETS:
        return Flaw(AnomalyCode.LIMIT, {"limit": "XML_OCTETS", "value": XML_OCTETS})
    if octets.count(b"<") + octets.count(b"=") > XML_MARKUP:
        return Flaw(AnomalyCode.LIMIT, {"limit": "XML_MARKUP", "value": XML_MARKUP})
    return None


def _again(octets: bytes) -> Element | Flaw:
    # The push interface tells some errors without their place; the other one knows it.
    found: Element | Flaw
    try:
        found = etree.fromstring(octets, _parser())
    except etree.XMLSyntaxError as error:
        found = _flaw(error)
    return found


def _flaw(error: etree.XMLSyntaxError) -> Flaw:
    line, column = error.position
    name = _ERRORS.get(error.code, "ERR_UNKNOWN")
    values: dict[str, str | int] = {"problem": name, "line": line or 0, "column": column or 0}
    if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        if "depth" in error.msg:
            return Flaw(AnomalyCode.LIMIT, {"limit": "XML_DEPTH", "value": XML_DEPTH})
        return Flaw(AnomalyCode.LIMIT, {"limit": "XML_OCTETS", "value": XML_OCTETS})
    if error.code in _NOT_UTF8:
        return Flaw(AnomalyCode.XMPP_UTF8, values)
    return Flaw(
        AnomalyCode.XML_MALFORMED,
        values,
        undeclared=error.code == etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE,
    )


_ERRORS: dict[int, str] = {
    code: name for name, code in vars(etree.ErrorTypes).items() if isinstance(code, int)
}

_NOT_UTF8 = frozenset({etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.I18N_CONV_FAILED})

_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_FORBIDDEN = re.compile(rb"<\?|<!(?:--|DOCTYPE|ENTITY|)")


def forbidden(octets: bytes) -> str | None:
    """The markup of RFC 6120 section 11.1 that stands there outside CDATA, if any."""
    found = _FORBIDDEN.search(_CDATA.sub(b"", octets))
    return found.group().decode() if found else None


_DECLARATION = re.compile(rb"\s*<\?xml\s[^<>]*\?>")


def without_declaration(octets: bytes) -> bytes:
    """The octets behind a leading XML declaration (RFC 6120 section 11.5)."""
    found = _DECLARATION.match(octets) if b"<?xml" in octets else None
    return octets[found.end() :] if found else octets


def parse_within(head: bytes, octets: bytes) -> Element | Flaw:
    """
    The only element of `octets`, with namespaces that an outer element declares.

    Args:
        head: Declarations as they stand in a start tag: `xmlns:stream='…'`.
        octets: One element.
    """
    root = parse(b"<outer %b>%b</outer>" % (head, octets))
    if isinstance(root, Flaw):
        return root
    if len(root) != 1:
        return Flaw(AnomalyCode.XML_MALFORMED, {"problem": "ERR_DOCUMENT_EMPTY"})
    return root[0]


# Possessive quantifiers: whatever does not match is left after one look, not tried again. No group
# has one: Python before 3.11.5, Debian 12's, does not step back behind its last round that failed
# (https://github.com/python/cpython/issues/106052).
_START = re.compile(
    rb"<[^\s<>/\"'=!?]++(?=[\s/>])(?:\s++[^\s<>/\"'=]++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+')){0,1000}"
)
_TAG = re.compile(rb"<!\[CDATA\[|<(/?)(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*>")


def start_of(octets: bytes) -> bytes:
    """
    The start tag of an element that is cut, as an empty element; empty octets if there is none.

    An attribute that is cut is left out; a name that ends with the octets may be cut as well.
    """
    found = _START.match(without_declaration(octets).lstrip())
    return found.group() + b"/>" if found else b""


def first_tag(octets: bytes) -> bytes:
    """The first tag, if the octets begin with a whole one."""
    found = _TAG.match(octets)
    return found.group() if found else b""


def pieces(octets: bytes, most: int) -> list[bytes]:
    """
    The elements that stand side by side, as captured.

    Args:
        octets: What is to be cut; text between elements goes to the element behind it.
        most: Pieces to cut off; the last one holds the rest.
    """
    cut: list[bytes] = []
    begin = position = depth = 0
    while len(cut) < most - 1:
        position = octets.find(b"<", position)
        tag = _TAG.match(octets, position) if position >= 0 else None
        if tag is None:
            break
        position = tag.end()
        if tag.group(1) is None:
            position = octets.find(b"]]>", position)
            if position < 0:
                break
            continue
        if tag.group(1):
            depth -= 1
        elif not tag.group().endswith(b"/>"):
            depth += 1
        if depth <= 0:
            cut.append(octets[begin:position])
            begin, depth = position, 0
    if octets[begin:].strip():
        cut.append(octets[begin:])
    return cut


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: Element) -> str:
    """All text of an element and what is in it; CDATA is text."""
    if len(element) == 0:
        return element.text or ""
    return "".join(element.itertext())
