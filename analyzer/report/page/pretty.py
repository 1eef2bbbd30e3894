"""XML laid out for reading: by its tags alone, because what was captured need not be XML."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"<(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>|<|[^<]+")
"""A tag, a lone bracket, or text. A `>` inside a quoted attribute does not end the tag."""

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))

_DEEPEST = 12
"""Further levels are not indented."""

_NOTIFICATION = re.compile(r">\s*(&lt;.*?)(?=<|\Z)", re.DOTALL)


def pretty(text: str) -> str:
    """One element a line, indented by two; an element that holds only text stays on one line."""
    return "\n".join(f"{'  ' * min(depth, _DEEPEST)}{line}" for depth, line in _lines(text))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    depth = 0
    tokens = [token for token in _TOKEN.findall(text) if token.strip()]
    i = 0
    while i < len(tokens):
        token = tokens[i]
        following = tokens[i + 1 : i + 3]
        if _opens(token):
            if following and _closes(following[0]):
                yield depth, token + following[0]
                i += 1
            elif len(following) == 2 and not _is_tag(following[0]) and _closes(following[1]):
                yield depth, token + following[0].strip() + following[1]
                i += 2
            else:
                yield depth, token
                depth += 1
        elif _closes(token):
            depth = max(0, depth - 1)
            yield depth, token
        else:
            yield depth, token.strip()
        i += 1


def _is_tag(token: str) -> bool:
    return token.startswith("<")


def _closes(token: str) -> bool:
    return token.startswith("</")


def _opens(token: str) -> bool:
    return len(token) > 2 and _is_tag(token) and token[1] not in "/!?" and token[-2] != "/"


def notification(text: str) -> str | None:
    """
    XML that a stanza carries in escaped form, as a Finesse notification is; None if there is none.

    Only the five entities of XML are undone: a secret is searched for in just these forms before.
    """
    match = _NOTIFICATION.search(text)
    if match is None:
        return None
    inner = match[1]
    for entity, character in _ENTITIES:
        inner = inner.replace(entity, character)
    return inner
