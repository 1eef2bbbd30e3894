"""People and numbers by what their names stand in: `<Agent><name>`, `{"phone": {"value": …}}`."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from .patterns import APOSTROPHE, GT, LT, QUOTE, SecretKind

KindOf = Callable[[str], SecretKind | None]
"""What a field of a name holds by itself."""

Told = tuple[SecretKind, int, int]
"""What was told, its begin and end."""

_ROLES = frozenset(
    {
        *("user", "agent", "supervisor", "customer", "owner", "caller"),
        *("contact", "member", "person", "employee", "participant"),
    }
)

_OF_SOMEBODY = frozenset({"name", "first", "last", "given", "family", "middle", "surname", "alias"})

_OF_A_NUMBER = frozenset({"number", "value"})

WRITTEN = frozenset({"body", "subject", "status", "thread"})
"""What people write to each other (RFC 6121 sections 4.7.2.2 and 5.2)."""

_CALL_VARIABLE = re.compile(r"call-?_?variable-?_?[0-9]{1,2}")
"""All that stands in it, however deep, is of the call."""

_STANZAS = frozenset({"message", "presence", "iq", "stream"})

_DEEP = 64
"""Levels that are remembered."""

_LETTERS = rf"(?:[^<&\\%\]]|(?!{LT}|\]\]>)[&\\%\]])"
"""Anything but the beginning of a tag."""

_INSIDE = rf"(?:[^<>&\\%]|(?!{LT}|{GT})[&\\%])"
"""What may stand in a tag behind its name."""

_TAG = (
    rf"{LT}(?P<close>\\?/)?(?:[\w.-]{{1,40}}:)?(?P<name>[\w-]{{1,40}})"
    rf"(?P<inside>\s{_INSIDE}{{0,1000}})?(?P<empty>/)?{GT}"
)

_CONTENT = rf"<!\[CDATA\[(?P<cdata>.*?)(?=\]\]>|\Z)|(?P<text>{_LETTERS}+)"

_CALLED = rf"\sname\s?=\s?(?P<quote>{QUOTE}|{APOSTROPHE})(?P<secret>.*?)(?=(?P=quote))"

_TOKEN = (
    rf"(?P<open>[\[{{])|(?P<close>[\]}}])"
    rf"|{QUOTE}(?P<name>[\w-]{{2,40}}){QUOTE}\s{{0,8}}(?::|%3A)\s{{0,8}}"
)

_ITEM = (
    rf"[\[,]\s{{0,8}}(?:(?P<quote>{QUOTE})(?P<text>(?:[^\"\\&%]|(?!{QUOTE})[\\&%]){{0,200}})(?=(?P=quote)\s{{0,8}}[,\]])"
    r"|(?P<number>\+?[0-9]{3,20})(?=\s{0,8}[,\]]))"
)

_NEXT = re.compile(r"[\[\]{}]")
"""Where the strings of an array end."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


class _Open:
    """Elements, or objects and arrays, that are open at a place."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def begin(self, name: str) -> None:
        if len(self.names) >= _DEEP:
            del self.names[: _DEEP // 2]
        self.names.append(name)

    def end(self, name: str) -> None:
        if name in self.names:
            while self.names.pop() != name:
                pass

    @property
    def last(self) -> str:
        return self.names[-1] if self.names else ""


def in_elements(text: str, kind_of: KindOf) -> Iterator[Told]:
    """
    What elements of XML tell, also escaped, in order.

    Args:
        text: Holds elements.
        kind_of: What an element of a name holds.
    """
    lower = text.lower()
    in_roster = "disco#items" not in lower
    of_calls = "variable" in lower
    still_open, done = _Open(), 0
    for tag in (tag for tag in _compiled(_TAG).finditer(text) if tag.start() >= done):
        name = tag["name"].lower()
        kind = None
        if tag["close"]:
            still_open.end(name)
        else:
            if name in {"item", "contact"} and in_roster and tag["inside"]:
                yield from _called(tag, lower)
            if tag["empty"] or (tag["inside"] or "").endswith("/"):
                continue
            kind = kind_of(name) or _by_parent(name, still_open.last, kind_of)
            still_open.begin(name)
        if of_calls and any(map(_CALL_VARIABLE.fullmatch, still_open.names)):
            kind = SecretKind.CALL_DATA
        if kind is not None:
            content = _compiled(_CONTENT).match(text, tag.end())
            if content is not None:
                group = "text" if content["cdata"] is None else "cdata"
                yield kind, *content.span(group)
                done = content.end()


def _called(tag: re.Match[str], lower: str) -> Iterator[Told]:
    """Somebody of a roster (RFC 6121 section 2.1.2)."""
    if "@" in tag["inside"] or "iq:roster" in lower:
        named = _compiled(_CALLED).search(tag.string, tag.start("inside"), tag.end("inside"))
        yield from () if named is None else ((SecretKind.PERSON, *named.span("secret")),)


def written(text: str, *, escaped: bool = True) -> Iterator[Told]:
    """
    What people wrote, in a message or a presence: also with elements in it.

    Args:
        text: The stanza.
        escaped: Also in XML that it carries escaped.
    """
    within, done = "", 0
    for tag in _compiled(_TAG).finditer(text):
        if tag.start() < done:
            continue
        name = tag["name"].lower()
        if not (escaped or text.startswith("<", tag.start())):
            continue
        if name in _STANZAS or (tag["close"] and name == within):
            within = ""
        elif tag["empty"] or (tag["inside"] or "").endswith("/"):
            pass
        elif not within and not tag["close"] and name in WRITTEN:
            within = "" if "httpbind" in (tag["inside"] or "") else name
        if within:
            content = _compiled(_CONTENT).match(text, tag.end())
            if content is not None:
                group = "text" if content["cdata"] is None else "cdata"
                yield SecretKind.TEXT, *content.span(group)
                done = content.end()


def in_objects(text: str, kind_of: KindOf) -> Iterator[Told]:
    """
    Strings in arrays, and where values of members begin (begin and end are the same), in order.

    Args:
        text: Holds members of JSON objects.
        kind_of: What a member of a name holds.
    """
    still_open, name, end = _Open(), "", -1
    for token in _compiled(_TOKEN).finditer(text):
        if token["name"]:
            name, end = token["name"].lower(), token.end()
            kind = kind_of(name) or _by_parent(name, still_open.last, kind_of)
            if kind is not None:
                yield kind, end, end
        elif token["open"]:
            # What stands in an array is called as the array is.
            owner = name if token.start() == end else still_open.last
            still_open.begin(owner)
            if token["open"] == "[" and token.start() == end:
                yield from _items(text, end, _one(owner, kind_of))
        elif still_open.names:
            still_open.names.pop()


def _items(text: str, begin: int, kind: SecretKind | None) -> Iterator[Told]:
    if kind is not None:
        close = _NEXT.search(text, begin + 1)
        end = len(text) if close is None else close.end()
        for item in _compiled(_ITEM).finditer(text, begin, end):
            yield kind, *item.span("text" if item["number"] is None else "number")


def _by_parent(name: str, parent: str, kind_of: KindOf) -> SecretKind | None:
    if name in _OF_SOMEBODY and _one(parent, kind_of) is SecretKind.PERSON:
        return SecretKind.PERSON
    if name in _OF_A_NUMBER and _one(parent, kind_of) is SecretKind.NUMBER:
        return SecretKind.NUMBER
    return None


def _one(name: str, kind_of: KindOf) -> SecretKind | None:
    """What one of those is that a field of that name holds."""
    single = name.removesuffix("s")
    if single in _ROLES or name == "n":
        return SecretKind.PERSON
    kind = kind_of(name) or kind_of(single)
    return kind if kind in {SecretKind.NUMBER, SecretKind.PERSON} else None
