"""Texts of a HAR without their secrets: XMPP, JSON, forms, URLs, header fields, anything else."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final
from urllib.parse import quote, unquote, unquote_plus

from ...model.har import Numeral
from ..redaction.nested import written
from ..redaction.patterns import (
    SASL_ELEMENT,
    SASL_REMAINS,
    SecretKind,
    is_secret_name,
    kind_of_name,
    patterns,
)
from ..redaction.people import USER_HEADERS, People
from ..redaction.vault import MARK, Vault
from ..redaction.wire import (
    field_value,
    header_value,
    sasl_secrets,
    sasl_text,
    url_without_secrets,
)
from .embedded import SHORTEST, in_base64, in_data
from .sasl import without_secrets
from .written import compact

BORDER: Final = "\ud800"
"""Stands where a message ends within a text of several; no text of a HAR holds it by itself."""

_HELD = "\ud801"
"""Stands, with a number, where something clean is put back once all else is clean."""

_DIGITS = 0xDC30

_HOLD = re.compile("\ud801([\udc30-\udc39]+)")

_SURROGATE = re.compile("[\ud800-\udfff]")

_QUOTED_MARK = re.compile(r"%5Bredacted%3A(?:%20[a-z]+)+%20[0-9]+%5D")
"""A mark as `url` writes it: what was redacted once is left as it is."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}:/?/?\S+")

_MECHANISM = re.compile(r"\bmechanism\s*=\s*[\"']([^\"'<>]*)")

_WRITTEN = re.compile(
    r"(<(?:[\w.-]{1,40}:)?(?:body|subject|status|thread)(?:\s[^<>]*)?(?<!/)>)"
    r"((?:[^<>]+|<!\[CDATA\[.*?(?:\]\]>|\Z))+)",
    re.DOTALL,
)
"""What people write to each other (RFC 6121); a notification that is carried escaped is none."""

_DEEP = 2
"""How deep texts are looked for in texts that are coded."""

_KNOWN = 20_000
_KNOWN_LENGTH = 200


class HarText:
    """
    Takes secrets out of texts.

    Attributes:
        sweeping: Known secrets are taken out wherever they stand: once all of them are known.
    """

    def __init__(self, vault: Vault, people: People | None) -> None:
        """
        Take them out by a vault.

        Args:
            vault: Keeps them.
            people: Takes people out, too; None if they stay.
        """
        self.vault = vault
        self.people = people
        self.sweeping = False
        self._clean: set[str] = set()

    def begin(self) -> None:
        """All secrets are known now: from here on texts come out clean, and marks are counted."""
        self.sweeping = True
        self.vault.restart()
        self._clean.clear()

    def plain(self, text: str) -> str:
        """A text of unknown content."""
        if text in self._clean:
            return text
        left = self._swept(self._patterns(clean(text)))
        if left == text and len(text) <= _KNOWN_LENGTH:
            if len(self._clean) >= _KNOWN:
                self._clean.clear()
            self._clean.add(text)
        return left

    def xmpp(self, text: str) -> str:
        """XMPP, whole or in parts with a `BORDER` between them; SASL stays readable."""
        held: list[str] = []

        def hold(left: str) -> str:
            held.append(left)
            return _HELD + "".join(chr(_DIGITS + int(digit)) for digit in str(len(held) - 1))

        text = SASL_ELEMENT.sub(partial(self._sasl, hold), text)
        for pattern in SASL_REMAINS if _SASL_ENDS.search(text) else ():
            text = pattern.sub(self._remains, text)
        if self.people is not None:
            text = self._unwritten(_WRITTEN.sub(self._written, text))
        text = self._patterns(text)
        parts = (self._swept(part) for part in text.split(BORDER))
        return _HOLD.sub(lambda hold: held[_number(hold[1])], BORDER.join(parts))

    def url(self, url: str) -> str:
        """A URL; what stands where something was in it is written as a URL is."""
        url = _QUOTED_MARK.sub(lambda mark: unquote(mark[0]), clean(url))
        left = self.plain(url_without_secrets(url, self.vault))
        return MARK.sub(lambda mark: quote(mark[0], safe=""), left)

    def header(self, name: str, value: str) -> str:
        """The value of a field of a message."""
        left = header_value(name, clean(value), self.vault)
        if self.people is not None and name.lower().endswith(USER_HEADERS):
            left = self.people.who(left)
        return self.plain(left)

    def field(self, name: str, value: str) -> str:
        """The value of a field of a query or a form, as it was written or as it was meant."""
        left = field_value(name, clean(value), self.vault)
        return self.plain(left) if left == value else left

    def form(self, text: str) -> str:
        """Fields of a form, `name=value` with & between them."""
        left = []
        for part in clean(text).split("&"):
            name, equals, value = part.partition("=")
            hidden = self.field(unquote_plus(name), value) if value else value
            if hidden != value:
                self.vault.remember(kind_of_name(name, SecretKind.TOKEN), unquote_plus(value))
            left.append(f"{name}{equals}{hidden}")
        return self.plain("&".join(left))

    def json(self, text: str) -> str:
        """JSON, which it stays; what stands below the name of a secret is one, however deep."""
        try:
            found = _json(text)
            for name, value in _below_secret_names(found, ""):
                self.vault.remember(kind_of_name(name, SecretKind.TOKEN), value)
            left = self._json_left(text)
            return compact(self._member("", found)) if left is None else left
        except (ValueError, RecursionError):
            return self.plain(text)

    def _json_left(self, text: str) -> str | None:
        """JSON that still is some; None where an array or an object went with its brackets."""
        counts = self.vault.counts.copy()
        left = self.plain(text)
        if left == text or _is_json(left):
            return left
        self.vault.counts = counts
        return None

    def _member(self, name: str, value: Any) -> Any:
        """A member of an object, with the names of those it stands below."""
        if isinstance(value, dict):
            named = value.get("name")
            return {
                self.plain(key): self._member(
                    f"{named}" if key == "value" and isinstance(named, str) else key,
                    _hidden(self.secret, key, member) if is_secret_name(key) else member,
                )
                for key, member in value.items()
            }
        if isinstance(value, list):
            return [self._member(name, member) for member in value]
        if not isinstance(value, str):
            return value
        line = compact({name: value})
        left = self._json_left(line)
        if left == line:
            return value
        # Its own name may have been taken out, too.
        return self.secret(name, value) if left is None else next(iter(_json(left).values()))

    def tree(self, value: Any) -> Any:
        """The same of JSON that has been read; what it is nested in must not be deep."""
        for name, secret in _below_secret_names(value, ""):
            self.vault.remember(kind_of_name(name, SecretKind.TOKEN), secret)
        return self._member("", value)

    def secret(self, name: str, value: str) -> str:
        """What stands in a field with the name of a secret."""
        return self.vault.take(kind_of_name(name, SecretKind.TOKEN), clean(value))

    def is_url(self, text: str) -> bool:
        """Whether a text is but a URL."""
        return _URL.fullmatch(text) is not None

    def _patterns(self, text: str, deep: int = _DEEP) -> str:
        inner = None
        if deep and len(text) >= SHORTEST:
            inner = partial(self._patterns, deep=deep - 1)
            text = in_data(text, inner)
        for kind, pattern in patterns(text):
            text = pattern.sub(partial(self._taken, kind), text)
        if inner is not None:
            text = in_base64(text, inner)
        return text if self.people is None else self.people.text(text)

    def _taken(self, kind: SecretKind, match: re.Match[str]) -> str:
        group = "secret" if match["secret"] is not None else "bare"
        start, end = (at - match.start() for at in match.span(group))
        if kind is SecretKind.PASSWORD:
            kind = kind_of_name(match[0][:start], kind)
        return f"{match[0][:start]}{self._mark(kind, match[group])}{match[0][end:]}"

    def _mark(self, kind: SecretKind, value: str) -> str:
        """A mark in the first of the messages that a secret stands in."""
        return self.vault.take(kind, value.replace(BORDER, "")) + BORDER * value.count(BORDER)

    def _sasl(self, hold: Callable[[str], str], match: re.Match[str]) -> str:
        sent = match["secret"]
        if not match[0].startswith("<") or ("<" in sent and "xmpp-sasl" not in match[0]):
            return match[0]  # escaped, or no SASL but an element of that name: patterns see to it
        start = match.start("secret") - match.start()
        text = sasl_text(sent.replace(BORDER, ""))
        secret, *within = sasl_secrets(text)
        self.vault.remember(SecretKind.SASL, secret)
        for each in within:
            self.vault.remember(SecretKind.PASSWORD, each)
        named = _MECHANISM.search(match[0][:start])
        mechanism = (named[1] if named else "") if match["name"].lower() == "auth" else None
        left = without_secrets(mechanism, text, self.vault.take, self._name)
        return match[0][:start] + hold(left) + BORDER * sent.count(BORDER)

    def _remains(self, match: re.Match[str]) -> str:
        if _HELD in match["secret"] or not match["secret"].strip():
            return match[0]
        start, end = (at - match.start() for at in match.span("secret"))
        left = self._mark(SecretKind.SASL, match["secret"])
        return f"{match[0][:start]}{left}{match[0][end:]}"

    def _written(self, match: re.Match[str]) -> str:
        return match[1] + self._mark(SecretKind.TEXT, match[2])

    def _unwritten(self, text: str) -> str:
        """The same behind and within elements that stand in it."""
        pieces, done = [], 0
        for kind, begin, end in written(text, escaped=False):
            pieces += [text[done:begin], self._mark(kind, text[begin:end])]
            done = end
        return "".join([*pieces, text[done:]])

    def _name(self, name: str) -> str:
        if self.people is None:
            return name
        return self.people.text(self.people.who(name))

    def _swept(self, text: str) -> str:
        return self.vault.sweep(text) if self.sweeping else text


_SASL_ENDS = re.compile(r"</(?:[\w.-]{1,40}:)?(?:auth|response|challenge|success)\b")


def clean(text: str) -> str:
    """The text without halves of characters, which no parser but Python's takes."""
    return _SURROGATE.sub("\ufffd", text)


def _number(digits: str) -> int:
    return int("".join(str(ord(digit) - _DIGITS) for digit in digits))


def _json(text: str) -> Any:
    return json.loads(text, parse_int=Numeral, parse_float=Numeral, parse_constant=lambda _: None)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _hidden(hide: Callable[[str, str], str], name: str, value: Any) -> Any:
    """What stands below the name of a secret, with every text hidden."""
    if isinstance(value, dict):
        return {key: _hidden(hide, name, member) for key, member in value.items()}
    if isinstance(value, list):
        return [_hidden(hide, name, member) for member in value]
    return hide(name, value) if isinstance(value, str) else value


def _below_secret_names(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if name:
            yield name, value
    elif isinstance(value, list):
        for member in value:
            yield from _below_secret_names(member, name)
    elif isinstance(value, dict):
        for key, member in value.items():
            inner = key if is_secret_name(key) else name
            yield from _below_secret_names(member, inner)
