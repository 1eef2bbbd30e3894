"""
The secrets that were found, and the search for every other place where one of them stands.

A password seen in a SASL message may turn up again in a query, a file name or a notification, in
another encoding and where no pattern expects it.
"""

import base64
import html
import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus, unquote

from .patterns import PEOPLE, SecretKind

MARK = re.compile(r"\[redacted: [a-z ]+ [0-9]+\]")
"""What stands where a secret stood: its kind, and which one of that kind it was."""

PSEUDONYM = re.compile(r"\b(?:person|number)-[0-9]+\b")
"""What stands where a person or a number stood."""

_SHORTEST = 3
"""A shorter value cannot be searched for: it stands in half of all words."""

_WHOLE_WORD = 6
"""A value shorter than this is looked for as a whole word only."""

_OF_CALLS = frozenset({SecretKind.CALL_DATA, SecretKind.TEXT})
"""What may be any word; short ones are taken out where they stand only."""

_LONGEST = 4_096
"""A longer value is searched for piece by piece."""


_PROTOCOL_WORDS = frozenset(
    word.casefold()
    for words in (
        "true false null none undefined deleted required optional unknown",
        "basic bearer digest negotiate plain xmpp websocket http https text html xml json utf-8",
        "message presence error result set get type jid node item items event subscribe",
        "subscription available unavailable ready not_ready talk logout user dialog put post",
        "users dialogs agent supervisor administrator team queue finesse cisco system update data",
        "event source states reason code errors login work hold active reserved unknown delete",
        "client server proxy network desktop session stream open close ping pong body query bind",
    )
    for word in words.split()
)
"""A "secret" that is one of these is no secret, or nobody could read the report without it."""


_NOBODY = frozenset({"true", "false", "null", "none", "undefined", "unknown", "anonymous"})
"""What stands where nobody is named."""


class _Secret:
    """One secret, or one person, however it is written."""

    __slots__ = ("kind", "number")

    def __init__(self, kind: SecretKind) -> None:
        self.kind = kind
        self.number = 0

    @property
    def is_whole(self) -> bool:
        """It is looked for as a whole word only."""
        return self.kind in PEOPLE


class Vault:
    """Keeps secrets while a report is redacted; nothing of it is ever rendered."""

    def __init__(self, identities: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        """
        Begin empty.

        Args:
            identities: What the report has to name (users, hosts): a password that equals one of
                them is taken out where it is sent, but not searched for elsewhere.
            hosts: Those of them that stay where people are taken out too.
        """
        self.counts: Counter[SecretKind] = Counter()
        self._numbers: Counter[SecretKind] = Counter()
        self._spared = {identity.casefold() for identity in identities} | _PROTOCOL_WORDS
        self._places = {host.casefold() for host in hosts} | _PROTOCOL_WORDS
        self._known: dict[str, _Secret] = {}
        self._people: dict[str, _Secret] = {}
        self._met: dict[str, _Secret] = {}
        self._secrets: dict[str, _Secret] = {}
        self._search: _Search | None = None

    def take(self, kind: SecretKind, value: str) -> str:
        """Keep a secret as it was written; gives what to write instead."""
        plain = value.strip()
        if not plain or MARK.fullmatch(plain):
            return value
        return self._mark(self.remember(kind, plain))

    def remember(self, kind: SecretKind, value: str) -> _Secret:
        """Keep a secret to be searched for, with what its escapes stand for."""
        spellings = tuple(_spellings(value))
        known = (self._known[plain] for plain in spellings if plain in self._known)
        secret = next(known, None) or _Secret(kind)
        for plain in spellings:
            if plain not in self._known:
                self._known[plain] = secret
                self._seek(plain, secret, self._spared)
        return secret

    def take_person(self, kind: SecretKind, value: str) -> str:
        """The same for a name or a number of somebody: gives a pseudonym."""
        plain = value.strip()
        if not plain or plain.casefold() in _NOBODY or _TAKEN.fullmatch(plain):
            return value
        return value.replace(plain, self._mark(self.remember_person(kind, plain)))

    def remember_person(self, kind: SecretKind, value: str) -> _Secret:
        """The same for a person; the case of letters, and what parts digits, does not count."""
        met = self._met.get(value)
        if met is not None:
            return met
        spellings = tuple(_spellings(value))
        keys = [_key(plain) for plain in spellings]
        person = next((self._people[key] for key in keys if key in self._people), None)
        person = self._met[value] = person or _Secret(kind)
        for plain, key in zip(spellings, keys, strict=True):
            self._people.setdefault(key, person)
            # The key of a number is its digits alone.
            for cased in {plain, plain.lower(), plain.upper(), plain.title(), key}:
                self._seek(cased, person, self._places)
        return person

    def _seek(self, plain: str, secret: _Secret, spared: Container[str]) -> None:
        least = _WHOLE_WORD if secret.kind in _OF_CALLS else _SHORTEST
        if len(plain) < least or plain.casefold() in spared or plain in self._secrets:
            return
        for at in range(0, len(plain), _LONGEST):
            if len(plain) - at >= _SHORTEST:
                self._secrets.setdefault(plain[at : at + _LONGEST], secret)
        self._search = None

    def restart(self) -> None:
        """Count and number anew, by what is written from here on; what is known stays known."""
        self.counts.clear()
        self._numbers.clear()
        for secret in (*self._known.values(), *self._people.values()):
            secret.number = 0

    def sweep(self, text: str) -> str:
        """The text without any secret that was kept, in any of the usual encodings."""
        if "[redacted: " not in text:
            return self._swept(text)
        # A secret may be a word of ours: "cookie" must not be taken out of a mark.
        pieces = re.split(f"({MARK.pattern})", text)
        return "".join(p if at % 2 else self._swept(p) for at, p in enumerate(pieces))

    def _swept(self, text: str) -> str:
        pieces = []
        done = 0
        for begin, end, secret in self._searching().found(text):
            pieces += [text[done:begin], self._mark(secret)]
            done = end
        return "".join([*pieces, text[done:]]) if pieces else text

    def _searching(self) -> "_Search":
        if self._search is None:
            self._search = _Search(self._secrets)
        return self._search

    def _mark(self, secret: _Secret) -> str:
        # Numbered as they are met in the output: nothing is derived from the value.
        self.counts[secret.kind] += 1
        if not secret.number:
            self._numbers[secret.kind] += 1
            secret.number = self._numbers[secret.kind]
        if secret.kind in PEOPLE:
            return f"{secret.kind.value}-{secret.number}"
        return f"[redacted: {secret.kind.value} {secret.number}]"


_TAKEN = re.compile(
    rf"(?:(?:tel|sips?|mailto|xmpp):)?(?:{MARK.pattern}|{PSEUDONYM.pattern})(?:@[\w.:-]+)?(?:/\S*)?"
)


def _key(value: str) -> str:
    """By which two spellings of a person or a number are one."""
    digits = re.sub(r"[\s()./+-]", "", value)
    return digits if digits.isdigit() else value.casefold()


def _spellings(value: str) -> Iterator[str]:
    """What a value may stand for, itself first, each once; also escapes within escapes."""
    found = {value: None}
    for _ in range(_NESTED):
        once = dict.fromkeys(
            plain
            for each in found
            for plain in (html.unescape(each), _from_json(each), unquote(each), *_decoded(each))
        )
        if once.keys() <= found.keys():
            break
        found |= once
    yield from found


_NESTED = 4
"""Notifications are JSON in JSON in XML, and may be that in a query."""


def _decoded(value: str) -> Iterator[str]:
    """What base64 or hexadecimal stand for, where that is a text."""
    if not _CODED.fullmatch(value):
        return
    octets = []
    with suppress(ValueError):
        octets.append(bytes.fromhex(value))
    with suppress(ValueError):
        octets.append(
            base64.b64decode(
                value + "=" * (-len(value) % 4), b"-_" if set("-_") & set(value) else None
            )
        )
    for each in octets:
        with suppress(UnicodeDecodeError):
            text = each.decode()
            if text.isprintable() and len(text) >= _WHOLE_WORD:
                yield text


_CODED = re.compile(r"[A-Za-z0-9+/_-]{8,4096}={0,2}")


def _from_json(value: str) -> str:
    # RFC 8259 section 7. What is no valid string body (a cut escape) stands for itself.
    try:
        text = json.loads(f'"{value}"', strict=False)
    except ValueError:
        return value
    return text if isinstance(text, str) else value


def forms(secret: str) -> set[str]:
    """The secret as it may be written: plain, for JSON, XML, a URL, in hexadecimal, in base64."""
    return {*_written(secret), *_encoded(secret)}


def _written(secret: str) -> Iterator[str]:
    """With escapes, so that its letters can still be told."""
    octets = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield from _in_xml(secret)
    for once in {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}:
        twice = json.dumps(once)[1:-1]
        yield from (once, twice, *_in_xml(once), *_in_xml(twice))
    yield quote_plus(octets)
    quoted = quote(octets, safe="")
    yield quoted
    if "%" in quoted:
        yield quoted.lower()
        yield _ESCAPED.sub(lambda match: match[0].lower(), quoted)


_ESCAPED = re.compile("%[0-9A-F]{2}")


def _encoded(secret: str) -> Iterator[str]:
    """As other letters."""
    if len(secret) >= _WHOLE_WORD:
        octets = secret.encode("utf-8", "surrogatepass")
        yield from (octets.hex(), octets.hex().upper(), *_in_base64(octets))


def _in_xml(secret: str) -> Iterator[str]:
    """What may stand for it in XML, also in XML that XML carries."""
    text = html.escape(secret, quote=False)
    for apostrophe in ("'", "&apos;", "&#39;", "&#x27;"):
        for double in ('"', "&quot;", "&#34;", "&#x22;"):
            once = text.replace("'", apostrophe).replace('"', double)
            yield once
            yield html.escape(once, quote=False)


def _in_base64(octets: bytes) -> Iterator[str]:
    """What base64 makes of it wherever it begins: the letters that depend on it alone."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + octets).decode().rstrip("=")
        first = before and before + 1
        last = len(text) - ((before + len(octets)) % 3 > 0)
        core = text[first:last]
        yield from (core, core.translate(_URL_SAFE), core.replace("/", "\\/"))


_URL_SAFE = str.maketrans("+/", "-_")

_END_OF_BASE64 = re.compile(r"[A-Za-z0-9+/_-]?={1,2}|")

_HEAD = 4
"""Letters of a form that the expression knows: whole ones would take a kilobyte per letter."""


class _Search:
    """Finds every form of many secrets; the longest that stands at a place."""

    def __init__(self, secrets: dict[str, _Secret]) -> None:
        self._secrets = dict(secrets)
        for secret, of in secrets.items():
            for form in forms(secret):
                self._secrets.setdefault(form, of)
        self._words = {
            form for secret, of in secrets.items() if of.is_whole for form in _written(secret)
        }
        self._forms = sorted(self._secrets)
        self._longest = max(map(len, self._forms), default=0)
        self._heads = _any_of({form[:_HEAD] for form in self._forms})

    def found(self, text: str) -> Iterator[tuple[int, int, _Secret]]:
        """Begin and end of what is found, and what it is, in order."""
        head = self._heads.search(text)
        while head is not None:
            begin = head.start()
            form = self._form_at(text, begin)
            end = begin + 1
            if form:
                ending = _END_OF_BASE64.match(text, begin + len(form))
                end = begin + len(form) if ending is None else ending.end()
                yield begin, end, self._secrets[form]
            head = self._heads.search(text, end)

    def _form_at(self, text: str, begin: int) -> str:
        """The longest form that stands there; empty if none does."""
        rest, at = text[begin : begin + self._longest], len(self._forms)
        # What begins a text stands before it in order, and behind all that is shorter.
        while at := bisect_right(self._forms, rest, 0, at):
            form = self._forms[at - 1]
            if not rest.startswith(form):
                rest = rest[: _in_common(rest, form)]
            elif _is_whole(text, begin, form, person=form in self._words):
                return form
            else:
                rest = form[:-1]
        return ""


def _in_common(one: str, other: str) -> int:
    """Letters that two texts begin with alike; neither begins with the whole of the other."""
    return next(i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)


def _is_whole(text: str, begin: int, form: str, *, person: bool) -> bool:
    """Whether a form may be taken out there: a short one, and a person, only as a whole word."""
    if len(form) >= _WHOLE_WORD and not person:
        return True
    before, after = text[max(begin - 4, 0) : begin], text[begin + len(form) :][:1]
    if person:
        # A stanza's id, a port and a part of an address are no extensions.
        if form.isdigit() and len(form) < _LONG_NUMBER and _NO_NUMBER.search(before):
            return False
        return not (_LETTER.match(before[-1:]) or _LETTER.match(after))
    return not (_WORD.match(before[-1:]) or _WORD.match(after))


_WORD = re.compile(r"\w")

_LETTER = re.compile(r"[^\W_]")
"""Names in file names stand between underscores."""

_LONG_NUMBER = 7

_NO_NUMBER = re.compile(r"\bid=[\"']\Z|[\w\]]:\Z|[0-9]\.\Z")


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """One expression for all of them, branched by their first two letters."""
    branches: dict[str, dict[str, list[str]]] = {}
    for text in sorted(texts):
        seconds = branches.setdefault(re.escape(text[0]), {})
        seconds.setdefault(re.escape(text[1]), []).append(re.escape(text[2:]))
    parts = []
    for first, seconds in branches.items():
        inner = "|".join(f"{second}(?:{'|'.join(rests)})" for second, rests in seconds.items())
        parts.append(f"{first}(?:{inner})")
    return re.compile("|".join(parts) or "(?!)")
