"""The search for many secrets at once, each in every form it may have."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Generic, TypeVar

from .spelling import WHOLE_WORD, common_forms, encoded, written

_Of = TypeVar("_Of")

_END_OF_BASE64 = re.compile(r"[A-Za-z0-9+/_-]?={1,2}|")

_HEAD = 4
"""Letters of a form that the expression knows: whole ones would take a kilobyte per letter."""

_RICH = 32 << 20
"""Letters of forms in all, beyond which a secret has but the common ones."""

_MOST = 64 << 20
"""Letters of forms in all, beyond which a secret is looked for as it is."""


class Search(Generic[_Of]):
    """Finds every form of many secrets; the longest that stands at a place."""

    def __init__(self, secrets: Mapping[str, _Of], words: Iterable[str] = ()) -> None:
        """
        Get ready.

        Args:
            secrets: Each with what it is found as.
            words: Those of them that are looked for as whole words only.
        """
        self._secrets = dict(secrets)
        whole = set(words)
        self._words: set[str] = set()
        room = 0
        # Short ones first: so a few huge ones cannot take away the forms of all others.
        for secret in sorted(secrets, key=len):
            forms = _forms(secret, room)
            room += sum(map(len, forms))
            for form in forms:
                self._secrets.setdefault(form, secrets[secret])
            if secret in whole:
                self._words.update(written(secret))
        self._forms = sorted(self._secrets)
        self._shorter = _prefixes(self._forms)
        self._longest = max(map(len, self._forms), default=0)
        self._heads = _any_of({form[:_HEAD] for form in self._forms})

    def found(self, text: str) -> Iterator[tuple[int, int, _Of]]:
        """Begin and end of what is found, and what it is, in order."""
        grammar: list[tuple[int, int]] | None = None
        head = self._heads.search(text)
        while head is not None:
            begin = head.start()
            form = self._form_at(text, begin)
            end = begin + 1
            if form:
                if _is_word(form):
                    grammar = _grammar(text) if grammar is None else grammar
                    if _is_within(begin, begin + len(form), grammar):
                        head = self._heads.search(text, begin + len(form))
                        continue
                ending = _END_OF_BASE64.match(text, begin + len(form))
                end = begin + len(form) if ending is None else ending.end()
                yield begin, end, self._secrets[form]
            head = self._heads.search(text, end)

    def _form_at(self, text: str, begin: int) -> str:
        """The longest form that stands there; empty if none does."""
        # Whatever begins the text there begins also that which comes last before it in order.
        at = bisect_right(self._forms, text[begin : begin + self._longest])
        form = self._forms[at - 1] if at else ""
        while form:
            if text.startswith(form, begin) and _is_whole(
                text, begin, form, person=form in self._words
            ):
                return form
            form = self._shorter.get(form, "")
        return ""


def _forms(secret: str, room: int) -> set[str]:
    if room > _MOST:
        return {secret}
    if room + 32 * len(secret) > _RICH:
        return set(common_forms(secret))
    return set(chain(written(secret), encoded(secret)))


def _prefixes(forms: list[str]) -> dict[str, str]:
    """For forms in order, the longest other that each begins with; only where there is one."""
    shorter = {}
    above: list[str] = []
    for form in forms:
        while above and not form.startswith(above[-1]):
            above.pop()
        if above:
            shorter[form] = above[-1]
        above.append(form)
    return shorter


def _is_word(value: str) -> bool:
    """A word or a number, which may stand for many things; also with the signs of a tag."""
    return _A_WORD.fullmatch(value) is not None


_A_WORD = re.compile(
    r"[\s\"'=<>/{}]{0,2}"
    r"(?:[^\W\d_](?:[^\W\d_A-Z]{0,11}|[A-Z]{0,11})(?:[:-][a-z]{1,8})?|[0-9.,:/_-]{1,7})"
    r"[\s\"'=<>/{}]{0,2}"
)

_GRAMMAR = re.compile(
    r"(?:<|&lt;)/?[\w:.-]+"
    r"|\s(?:xmlns(?::[\w.-]{1,40})?|version|type|xml:lang|mechanism|hash|encoding)"
    r"\s?=\s?(?:'[^'<>]{0,400}'|\"[^\"<>]{0,400}\")"
    r"|(?<=\s)[A-Za-z_][\w:.-]*(?==[\"'])"
    r"|\{[^{}\s]{1,400}\}[\w.-]*"
    r"|(?<![\w:.-])(?:urn:(?:ietf|xmpp)|jabber):[\w:.-]+(?:\#[\w.+-]+)?"
    r"|https?://(?:etherx\.)?jabber\.org/[\w/.-]+(?:\#[\w.+-]+)?"
)
"""What XML and the protocol say by themselves: names, namespaces, versions, types, languages."""


def _grammar(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _GRAMMAR.finditer(text)]


def _is_within(begin: int, end: int, spans: list[tuple[int, int]]) -> bool:
    at = bisect_right(spans, (begin, len(spans) and spans[-1][1])) - 1
    return at >= 0 and end <= spans[at][1]


def _is_whole(text: str, begin: int, form: str, *, person: bool) -> bool:
    """Whether a form may be taken out there: a short one, and a person, only as a whole word."""
    if len(form) >= WHOLE_WORD and not person:
        return True
    end = begin + len(form)
    before, after = text[max(begin - 4, 0) : begin], text[end : end + 1]
    if person:
        # A stanza's id, a port and a part of an address are no extensions.
        if form.isdigit() and len(form) < _LONG_NUMBER and _NO_NUMBER.search(before):
            return False
        if IDEOGRAPHS.fullmatch(form):
            return True
        return not (_LETTER.match(before[-1:]) or _LETTER.match(after))
    return not (_WORD.match(before[-1:]) or _WORD.match(after))


IDEOGRAPHS = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+")
"""Writing without blanks: a name stands within other letters, and two are a name."""

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
