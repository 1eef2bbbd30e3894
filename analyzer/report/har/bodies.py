"""Bodies of a HAR: without their secrets where they are text with fields, else emptied."""

import re
from collections.abc import Callable
from typing import Any, Final

from ...model.har import Tree
from . import octets
from .text import HarText, clean

_KEPT = re.compile(
    r"(?:application|text)/(?:[\w.+-]*\b(?:json|xml)|x-www-form-urlencoded|x-ndjson|plain"
    r"|event-stream)|multipart/form-data",
    re.IGNORECASE,
)
"""Media types of what is kept; `image/svg+xml` and `application/xhtml+xml` are none."""

_UNKNOWN: Final = frozenset({"", "x-unknown", "application/octet-stream"})
_LIKE_TEXT = re.compile(r"\s*(?:[{\[]|<(?!!doctype html|html)|[\w.+%-]{1,80}=)", re.IGNORECASE)
_LIKE_JSON = re.compile(r"\s*[{\[]")
_LIKE_XMPP = re.compile(
    r"<body\b[^<>]*http://jabber\.org/protocol/httpbind|urn:ietf:params:xml:ns:xmpp-"
)

_LENGTH = 2 << 20
"""A longer body that no diagnosis reads is emptied."""


class Bodies:
    """
    Takes secrets out of bodies.

    Attributes:
        emptied: How many were emptied.
    """

    def __init__(self, text: HarText, comment: str, *, people: bool) -> None:
        """
        Take them out by texts.

        Args:
            text: Takes secrets out of texts.
            comment: What to say where a body was emptied.
            people: People are taken out, too: what no diagnosis reads is emptied.
        """
        self.emptied = 0
        self._text = text
        self._comment = comment
        self._people = people

    def body(self, body: Tree, *, told: bool) -> Tree:
        """
        `postData` or `content`, its text without secrets; its other fields as they were.

        Args:
            body: The object.
            told: An analysis reads it.
        """
        text = body.get("text")
        params = body.get("params")
        if not told and params and self._people:
            body = {**body, "params": []}
        if type(text) is not str or not text:
            # No text, but a Numeral, an object or an array: whoever wrote it so goes on with it.
            odd = self._people and not told and isinstance(text, dict | list)
            return self._emptied(body) if odd else body
        kind = _media_type(body)
        if not told and (len(text) > _LENGTH or not _is_kept(kind, body)):
            return self._emptied(body)
        left = self._left(body, text, kind)
        if left is None or (not told and self._people):
            return self._emptied(body)  # what is secret in it may stand elsewhere
        return {**body, "text": left}

    def packed(
        self, text: str, redact: Callable[[str], str], *, any_octets: bool = False
    ) -> str | None:
        """
        Base64 without the secrets in what it stands for; None where nobody can read that.

        Args:
            text: In base64, which many write loosely.
            redact: Takes secrets out of a text.
            any_octets: What is no text is kept, too, but for secrets in letters of ASCII.
        """
        found = octets.decoded(text)
        if found is None:
            return redact(clean(text)) if _LIKE_TEXT.match(text) else None
        told = octets.read(found) or (octets.latin_1(found) if any_octets else None)
        if told is None:
            return None
        left = redact(clean(told.text))
        return text if left == told.text else octets.encoded(told.octets(left), text)

    def emptied_row(self, row: Tree) -> Tree:
        """A message of which nothing can be kept."""
        self.emptied += 1
        return {**row, "data": "", "comment": self._comment}

    def _left(self, body: Tree, text: str, kind: str) -> str | None:
        if _claims_base64(body):
            return self.packed(text, lambda inner: self._reader(kind, inner)(inner))
        return self._reader(kind, text)(clean(text))

    def _reader(self, kind: str, text: str) -> Callable[[str], str]:
        if _LIKE_XMPP.search(text):
            return self._text.xmpp
        if kind.endswith("x-www-form-urlencoded"):
            return self._text.form
        if "json" in kind or _LIKE_JSON.match(text):
            return self._text.json
        return self._text.plain

    def _emptied(self, body: Tree) -> Tree:
        """Without its text; the size stays, and says that there was one."""
        self.emptied += 1
        left: dict[str, Any] = {
            key: value for key, value in body.items() if key not in {"text", "encoding"}
        }
        said = left.get("comment")
        left["comment"] = f"{said}; {self._comment}" if isinstance(said, str) else self._comment
        return left


def _media_type(body: Tree) -> str:
    kind = body.get("mimeType")
    return kind.partition(";")[0].strip().lower() if isinstance(kind, str) else ""


def _claims_base64(body: Tree) -> bool:
    encoding = body.get("encoding")
    return isinstance(encoding, str) and "base64" in encoding.lower()


def _is_kept(kind: str, body: Tree) -> bool:
    if _KEPT.fullmatch(kind):
        return "html" not in kind
    return (
        kind in _UNKNOWN
        and body.get("encoding") is None
        and _LIKE_TEXT.match(body["text"]) is not None
    )
