"""
A HAR without its secrets that is still a HAR: an entry in, an entry out.

Every entry is looked at twice: once to `collect` what is secret anywhere, once to be written
without it. What a diagnosis reads stays readable: XMPP messages, BOSH bodies, REST calls, headers,
times and sizes. Scripts, pages, images and whatever else is no text with fields is emptied.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from ...model.har import Numeral, Tree
from ..redaction.eraser import Eraser
from ..redaction.patterns import SecretKind, is_secret_name
from .bodies import Bodies
from .split_elements import Joined, Place, Run, is_spoken, is_text
from .text import BORDER, HarText, clean

ROWS: Final = "_webSocketMessages"

_DEEP = 200
"""Values in values; deeper ones go."""

_PAIRS: Final = frozenset({"headers", "cookies", "queryString", "params"})
"""Lists of names and values."""

_NUMBERS: Final = frozenset(
    {
        *("time", "startedTime", "status", "size", "bodySize", "headersSize", "compression"),
        *("onLoad", "onContentLoad", "lineNumber", "columnNumber", "scriptId", "connection"),
        *("_transferSize", "_priority", "_connectionId"),
    }
)
"""Members that hold numbers of no person."""

_LIKE_A_SECRET = re.compile(r"[0-9]{6,}")

_FORMS: Final = {
    "serverIPAddress": re.compile(r"\[?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]{2,39})\]?"),
    "startedDateTime": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(?:Z|[+-][0-9:]{4,5})"),
    "method": re.compile(r"[A-Z]{3,9}"),
    "httpVersion": re.compile(r"(?:HTTP|http)/[0-9.]{1,3}|h[23]"),
    "mimeType": re.compile(r"(?:text|application|image)/[a-z.+-]{1,30}(?:; ?charset=[\w-]{1,12})?"),
    "encoding": re.compile("base64"),
    "type": re.compile("send|receive|error"),
    "_resourceType": re.compile("[a-z]{1,12}"),
}
"""What no secret is though it may look like a short one: "200", "GET", "159" of an address."""

_CONTROL: Final = ("8", "9", "10")
"""Opcodes of messages that are of the connection."""

_URLS: Final = frozenset({"url", "redirectURL"})
"""Members that may hold a URL without a host."""


class HarRedaction:
    """
    Takes secrets out of one HAR.

    Attributes:
        bodies: How many bodies were emptied.
    """

    def __init__(self, eraser: Eraser, comment: str) -> None:
        """
        Begin with what an analysis found.

        Args:
            eraser: Made of the report on the same HAR.
            comment: What to say where a body was emptied.
        """
        self._text = HarText(eraser.vault, eraser.people)
        self._bodies = Bodies(self._text, comment, people=eraser.people is not None)

    @property
    def emptied(self) -> int:
        """How many bodies were emptied."""
        return self._bodies.emptied

    def begin(self) -> None:
        """All entries have been looked at: what comes out from here on is clean."""
        self._text.begin()
        self._bodies.emptied = 0

    def entry(self, fields: Tree, *, told: bool) -> Tree:
        """
        An entry, without its messages, which `rows` takes.

        Args:
            fields: The entry.
            told: An analysis looks into its bodies.
        """
        left: Tree = {}
        for key, value in fields.items():
            if key in {"request", "response"} and isinstance(value, dict):
                left[key] = self._message(value, told=told)
            else:
                left[self._text.plain(key)] = self._value(key, value, _DEEP)
        return left

    def frame(self, frame: Tree) -> Tree:
        """What stands around the entries: creator, browser, pages."""
        return self._object(frame, _DEEP)

    def rows(self, batches: Iterator[list[Tree | None]]) -> Iterator[Tree]:
        """Messages of one socket, in order; an element in several of them is read as one."""
        joined = Joined()
        for batch in batches:
            for row in batch:
                yield from self._runs(joined.add(dict(_UNREADABLE) if row is None else row))
        yield from self._runs(joined.rest())

    def _runs(self, runs: list[Run]) -> Iterator[Tree]:
        left: list[Place] = []
        for run in runs:
            left += self._run(run) if len(run) > 1 else [(run[0][0], self._row(run[0][1]))]
        left.sort(key=itemgetter(0))
        for _, row in left:
            yield row

    def _run(self, run: Run) -> Iterator[Place]:
        texts = self._text.xmpp(BORDER.join(clean(row["data"]) for _, row in run)).split(BORDER)
        # Where a border went with a secret, the last messages are empty: none is missing.
        texts += [""] * (len(run) - len(texts))
        for (place, row), text in zip(run, texts, strict=True):
            yield place, self._row(row, text)

    def _row(self, row: Tree, text: str | None = None) -> Tree:
        left = {}
        for key, value in row.items():
            if key == "data" and type(value) is str:
                data = self._data(row, value) if text is None else text
                if data is None:
                    return self._row(self._bodies.emptied_row(row))
                left[key] = data
            elif key == "data":
                left[key] = self._tree(key, value)
            else:
                left[self._text.plain(key)] = self._value(key, value, _DEEP)
        return left

    def _data(self, row: Tree, data: str) -> str | None:
        if is_text(row) or not is_spoken(row):
            return self._text.xmpp(clean(data))
        # What pings and closes hold is small, and read octet by octet (RFC 6455 section 5.5).
        control = row.get("opcode") in _CONTROL
        return self._bodies.packed(data, self._text.xmpp, any_octets=control)

    def _message(self, message: Tree, *, told: bool) -> Tree:
        """A request or a response."""
        left = {}
        for key, value in message.items():
            if key in {"postData", "content"} and isinstance(value, dict):
                body = self._bodies.body(value, told=told)
                left[key] = self._body(body)
            else:
                left[self._text.plain(key)] = self._value(key, value, _DEEP)
        return left

    def _body(self, body: Tree) -> Tree:
        """What is left to do of a body whose text is done, if it was one."""
        text = body.get("text")
        if isinstance(text, dict | list):
            body = {**body, "text": self._tree("text", text)}
        done = frozenset({"text"}) if type(text) is not Numeral else frozenset()
        return self._object(body, _DEEP, done=done)

    def _tree(self, name: str, value: Any) -> Any:
        """What should be a text; an object or an array is what JSON in a text would be."""
        return self._text.tree(self._value(name, value, _DEEP))

    def _object(self, value: Tree, deep: int, done: frozenset[str] = frozenset()) -> Tree:
        return {
            self._text.plain(key): member if key in done else self._value(key, member, deep)
            for key, member in value.items()
        }

    def _value(self, name: str, value: Any, deep: int) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._string(name, value)
        if not deep:
            return None
        if isinstance(value, dict):
            return self._object(value, deep - 1)
        if name in _PAIRS:
            return [self._pair(name, member, deep - 1) for member in value]
        return [self._value(name, member, deep - 1) for member in value]

    def _string(self, name: str, value: str) -> str:
        if isinstance(value, Numeral):
            # A number that nobody should know becomes a text; only a producer's field holds one.
            if _holds_secret(name):
                return self._text.secret(name, value)
            left = self._text.plain(value) if _LIKE_A_SECRET.fullmatch(value) else value
            return value if name in _NUMBERS or left == value else left
        form = _FORMS.get(name)
        if form is not None and form.fullmatch(value):
            return value
        if name in _URLS or self._text.is_url(value):
            return self._text.url(value)
        if _holds_secret(name):
            return self._text.secret(name, value)
        return self._text.plain(value)

    def _pair(self, kind: str, pair: Any, deep: int) -> Any:
        """A header, a cookie, a field; an object of name and value, or an array of the two."""
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) for p in pair):
            return [self._text.plain(pair[0]), self._named(kind, pair[0], pair[1])]
        if not isinstance(pair, dict):
            return self._value("", pair, deep)
        name = pair.get("name")
        known = name if isinstance(name, str) else ""
        return {
            self._text.plain(key): (
                self._named(kind, known, member)
                if key == "value" and isinstance(member, str)
                else self._value("" if key == "name" else key, member, deep)
            )
            for key, member in pair.items()
        }

    def _named(self, kind: str, name: str, value: str) -> str:
        if kind == "cookies":
            return self._text.vault.take(SecretKind.COOKIE, clean(value))
        if kind == "headers":
            return self._text.header(name, value)
        return self._text.field(name, value)


_UNREADABLE: Final[Tree] = {
    "type": "unreadable",
    "time": Numeral("-1"),
    "opcode": Numeral("-1"),
    "data": "",
}
"""Stands where a message could not be read, so that the others keep their numbers."""


def _holds_secret(name: str) -> bool:
    return _is_secret(name) if len(name) <= _USUAL else is_secret_name(name.lstrip("_"))


_USUAL: Final = 64
"""Characters of the names that come again and again."""


@lru_cache(maxsize=4_096)
def _is_secret(name: str) -> bool:
    # Producers put an underscore before what HAR 1.2 does not know.
    return is_secret_name(name.lstrip("_"))
