"""
The secrets that were found, and the search for every other place where one of them stands.

A password seen in a SASL message may turn up again in a query, a file name or a notification, in
another encoding and where no pattern expects it.
"""

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

from .patterns import SecretKind

MARK = re.compile(r"\[redacted: [a-z ]+\]")

_SHORTEST = 3
"""A shorter value cannot be searched for: it stands in half of all words."""

_WHOLE_WORD = 6
"""A value shorter than this is looked for as a whole word only."""

_LONGEST = 4_096
"""Of a longer value only this much is searched for."""


class Vault:
    """Keeps secrets while a report is redacted; nothing of it is ever rendered."""

    def __init__(self, identities: Iterable[str] = ()) -> None:
        """
        Begin empty.

        Args:
            identities: What the report has to name (users, hosts): a password that equals one of
                them is taken out where it is sent, but not searched for elsewhere.
        """
        self.counts: Counter[SecretKind] = Counter()
        self._identities = {identity.casefold() for identity in identities}
        self._secrets: dict[str, SecretKind] = {}
        self._search: re.Pattern[str] | None = None

    def take(self, kind: SecretKind, value: str) -> str:
        """Keep a secret as it was written; gives what to write instead."""
        plain = value.strip()
        if not plain or MARK.fullmatch(plain):
            return value
        self.counts[kind] += 1
        self.remember(kind, plain)
        return f"[redacted: {kind.value}]"

    def remember(self, kind: SecretKind, value: str) -> None:
        """Keep a secret to be searched for, with what its escapes stand for."""
        for plain in {value, html.unescape(value), _from_json(value), unquote(value)}:
            if len(plain) >= _SHORTEST and plain.casefold() not in self._identities:
                self._secrets.setdefault(plain[:_LONGEST], kind)
                self._search = None

    def sweep(self, text: str) -> str:
        """The text without any secret that was kept, in any of the usual encodings."""
        if self._search is None:
            self._search = _any_of(form for secret in self._secrets for form in forms(secret))
        return self._search.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        kind = self._secrets.get(match[0], SecretKind.PASSWORD)
        self.counts[kind] += 1
        return f"[redacted: {kind.value}]"


def _from_json(value: str) -> str:
    # RFC 8259 section 7. What is no valid string body (a cut escape) stands for itself.
    try:
        text = json.loads(f'"{value}"', strict=False)
    except ValueError:
        return value
    return text if isinstance(text, str) else value


def forms(secret: str) -> set[str]:
    """The secret as it may be written: plain, for JSON, XML, a URL, in hexadecimal, in base64."""
    octets = secret.encode("utf-8", "surrogatepass")
    found = {
        secret,
        html.escape(secret),
        html.escape(secret, quote=False),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(octets, safe=""),
        quote(octets, safe="").lower(),
        quote_plus(octets),
    }
    if len(secret) >= _WHOLE_WORD:
        found |= {octets.hex(), octets.hex().upper(), *_in_base64(octets)}
    return found


def _in_base64(octets: bytes) -> Iterator[str]:
    """What base64 makes of it wherever it begins: the letters that depend on it alone."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + octets).decode()
        first = 0 if before == 0 else before + 1
        last = len(text) if (before + len(octets)) % 3 == 0 else len(text.rstrip("=")) - 1
        core = text[first:last]
        if len(core) >= _WHOLE_WORD:
            yield core
            yield core.translate(_URL_SAFE)
            yield core.replace("/", "\\/")


_URL_SAFE = str.maketrans("+/", "-_")


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """One expression for all of them, the longest first; branched by its first two letters."""
    branches: dict[str, dict[str, list[str]]] = {}
    for text in sorted(set(texts), key=lambda text: (-len(text), text)):
        rest = re.escape(text[2:]) if len(text) >= _WHOLE_WORD else rf"{re.escape(text[2:])}(?!\w)"
        first = text[0] if len(text) >= _WHOLE_WORD else f"\0{text[0]}"
        branches.setdefault(first, {}).setdefault(text[1], []).append(rest)
    parts = []
    for first, seconds in branches.items():
        start = re.escape(first[-1]) if len(first) == 1 else rf"(?<!\w){re.escape(first[1])}"
        inner = "|".join(f"{re.escape(s)}(?:{'|'.join(rests)})" for s, rests in seconds.items())
        parts.append(f"{start}(?:{inner})")
    return re.compile("|".join(parts) or r"(?!)")
