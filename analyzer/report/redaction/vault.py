"""
The secrets that were found, and the search for every other place where one of them stands.

A password seen in a SASL message may turn up again in a query, a file name or a notification, in
another encoding and where no pattern expects it.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable
from itertools import islice

from .patterns import PEOPLE, SecretKind
from .search import IDEOGRAPHS, Search
from .spelling import WHOLE_WORD, spellings

MARK = re.compile(r"\[redacted: [a-z ]+ [0-9]+\]")
"""What stands where a secret stood: its kind, and which one of that kind it was."""

PSEUDONYM = re.compile(r"\b(?:person|number)-[0-9]+\b")
"""What stands where a person or a number stood."""

_SHORTEST = 3
"""A shorter value cannot be searched for: it stands in half of all words."""

_OF_CALLS = frozenset({SecretKind.CALL_DATA, SecretKind.TEXT})
"""What may be any word; short ones are taken out where they stand only."""

_GUARDED = PEOPLE | _OF_CALLS | {SecretKind.PASSWORD}
"""What may be a word or a number, and is looked for even so."""

_LONGEST = 4_096
"""A longer value is searched for piece by piece."""


_WEAK = re.compile(r"[A-Za-z]?(?:[a-z]{0,6}|[A-Z]{0,6})|[\W\d_]{1,7}")
"""A cookie that is a word or a number is no secret of that kind: `consent=1.0`, `k=version`."""

_PROTOCOL_WORDS = frozenset(
    word.casefold()
    for words in (
        "true false null none undefined deleted required optional unknown basic bearer digest",
        "negotiate plain xmpp websocket http https text html xml json utf-8 message presence",
        "error result set get type jid node item items event subscribe subscription available",
        "unavailable ready not_ready talk logout user dialog put post users dialogs agent",
        "supervisor administrator team queue finesse cisco system update data source states",
        "reason code errors login work hold active reserved delete version jabber protocol urn",
        "ietf params org xmlns xml:lang lang features mechanism mechanisms sasl xmpp-sasl",
        "xmpp-tls xmpp-bind xmpp-session xmpp-stanzas xmpp-streams pubsub disco#info",
        "disco#items caps ver hash sha-1 chatstates stanzas streams iq challenge response",
        "success failure auth starttls compress framing body upgrade connection keep-alive host",
        "origin options head patch api devices client server proxy network desktop session",
        "stream open close ping pong query bind",
    )
    for word in words.split()
)
"""A "secret" that is one of these is no secret, or nobody could read the report without it."""


_DIGITS = 7
"""Two numbers that end with as many digits, and differ in what stands before them, are one."""

_ALIKE = 32
"""Numbers that end alike and are compared."""

_CALLED = re.compile(r"(?<![\w.:/-])(?:\+|\([0-9])?[0-9](?:[ .()/-]{0,2}[0-9]){6,18}(?![\w.-]?\w)")
"""What may be a number that somebody can be called by."""

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
        self._ends: dict[str, dict[str, _Secret]] = {}
        self._met: dict[str, _Secret] = {}
        self._secrets: dict[str, _Secret] = {}
        self._search: Search[_Secret] | None = None

    def take(self, kind: SecretKind, value: str) -> str:
        """Keep a secret as it was written; gives what to write instead."""
        plain = value.strip()
        if not plain or MARK.fullmatch(plain):
            return value
        return self._mark(self.remember(kind, plain))

    def remember(self, kind: SecretKind, value: str) -> _Secret:
        """Keep a secret to be searched for, with what its escapes stand for."""
        meanings = tuple(spellings(value))
        known = (self._known[plain] for plain in meanings if plain in self._known)
        secret = next(known, None) or _Secret(kind)
        for plain in meanings:
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
        meanings = tuple(spellings(value))
        keys = [_key(plain) for plain in meanings]
        known = (self._people.get(key) or self._with_digits(key) for key in keys)
        person = next(filter(None, known), None)
        person = self._met[value] = person or _Secret(kind)
        for plain, key in zip(meanings, keys, strict=True):
            self._people.setdefault(key, person)
            if key.isdecimal() and len(key.lstrip("0")) >= _DIGITS:
                self._ends.setdefault(key[-_DIGITS:], {})[key.lstrip("0")] = person
            # The key of a number is its digits alone.
            for cased in {plain, plain.lower(), plain.upper(), plain.title(), key}:
                self._seek(cased, person, self._places)
        return person

    def _with_digits(self, written: str) -> _Secret | None:
        """Whose number it is, however it is parted, with or without the code of its country."""
        digits = re.sub("[^0-9]", "", written).lstrip("0")
        if len(digits) >= _DIGITS and not re.search(r"[^\W\d]", written):
            alike = islice(self._ends.get(digits[-_DIGITS:], {}).items(), _ALIKE)
            ends = (one for known, one in alike if known.endswith(digits) or digits.endswith(known))
            return next(ends, None)
        return None

    def _seek(self, plain: str, secret: _Secret, spared: Container[str]) -> None:
        least = WHOLE_WORD if secret.kind in _OF_CALLS else _SHORTEST
        if secret.kind in PEOPLE and IDEOGRAPHS.fullmatch(plain):
            least = 2
        if len(plain) < least or plain.casefold() in spared or plain in self._secrets:
            return
        if secret.kind not in _GUARDED and _WEAK.fullmatch(plain):
            return
        for at in range(0, len(plain), _LONGEST):
            if len(plain) - at >= least:
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
        left = "".join([*pieces, text[done:]]) if pieces else text
        return _CALLED.sub(self._called, left) if self._ends else left

    def _called(self, match: re.Match[str]) -> str:
        person = self._with_digits(match[0])
        return match[0] if person is None else self._mark(person)

    def _searching(self) -> Search[_Secret]:
        if self._search is None:
            self._search = Search(
                self._secrets, [plain for plain, of in self._secrets.items() if of.is_whole]
            )
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
