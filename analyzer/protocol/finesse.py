"""
Finesse notifications: `Update` documents in pubsub items, as XML or JSON.

Cisco documents the names in several spellings, so letter case counts for nothing (Finesse Web
Services Developer Guide, notification payloads; the desktop's own code normalizes case likewise).
"""

from collections.abc import Iterator
from functools import lru_cache
from sys import intern
from typing import TypeAlias, TypeGuard

import orjson

from ..model.anomaly import AnomalyCode
from ..model.limits import XML_MARKUP
from ..model.xmpp import ApiError, Update
from .xml import Element, Flaw, local_name, parse, without_declaration

Tree: TypeAlias = "Element | dict[str, Tree] | list[Tree] | str | int | float | None"
"""A node of either notation."""

_JSON = frozenset({dict, list, str, int, float, bool})

NOT_READABLE = "not XML or JSON"
FORBIDDEN = "forbidden XML"
NO_UPDATE = "no Update"
EMPTY = "empty"


def update_of(notification: Element) -> Update | str:
    """
    What a `<notification/>` says, or a short word for why it cannot be read.

    Args:
        notification: Holds the document as escaped text, in CDATA, or as a child.
    """
    if len(notification):
        return _update(notification[0], local_name(notification[0]))
    text = (notification.text or "").strip()
    if not text:
        return EMPTY
    if text[0] in "{[":
        return _from_json(text)
    # Text behind the last tag is no part of the document; what stands before it can be read.
    root = parse(without_declaration(text[: text.rfind(">") + 1].encode()))
    if type(root) is Flaw:
        return FORBIDDEN if root.code is AnomalyCode.XML_FORBIDDEN else NOT_READABLE
    return _update(root, local_name(root))


def _from_json(text: str) -> Update | str:
    if len(text) > XML_MARKUP and text.count(",") + text.count("[") > XML_MARKUP:
        return NOT_READABLE
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return NOT_READABLE
    if not isinstance(document, dict):
        return NO_UPDATE
    for name, value in document.items():
        if name.lower() == "update":
            return _update(value, name)
    return _update(document, "update" if "event" in _fields(document) else "")


def _update(node: Tree, name: str) -> Update | str:
    if name.lower() != "update":
        return NO_UPDATE
    fields = _fields(node)
    subject, content = next(iter(_children(fields.get("data"))), ("", None))
    about = _fields(content)
    event = _text(fields.get("event"))
    return Update(
        event=event and intern(event.upper()),
        source=_interned(_text(fields.get("source"))),
        request_id=_text(fields.get("requestid")),
        subject=_interned(subject) if subject else None,
        state=_interned(_text(about.get("state")) or _text(about.get("status"))),
        reason_code=_text(about.get("reasoncodeid")) or _reason(about.get("reasoncode")),
        user=_interned(_text(about.get("loginid"))),
        errors=tuple(_errors(content)) if subject == "apierrors" else (),
    )


def _reason(node: Tree) -> str | None:
    return None if node is None else _text(_fields(node).get("code")) or _text(node)


def _errors(node: Tree) -> Iterator[ApiError]:
    for name, child in _children(node):
        if name == "apierror":
            fields = _fields(child)
            yield ApiError(
                type=_text(fields.get("errortype")),
                message=_text(fields.get("errormessage")),
                data=_text(fields.get("errordata")),
            )


def _fields(node: Tree) -> dict[str, Tree]:
    """What names stand for; the last one of each counts."""
    if _is_element(node):
        return {_lower(child.tag): child for child in node}
    return dict(_children(node))


def _children(node: Tree) -> list[tuple[str, Tree]]:
    """Names, lower-cased, with what they name; a JSON list is repeated elements."""
    if _is_element(node):
        return [(_lower(child.tag), child) for child in node]
    if not isinstance(node, dict):
        return []
    return [
        (name.lower(), one)
        for name, value in node.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def _is_element(node: Tree) -> TypeGuard[Element]:
    """It is XML; all else is JSON, or not there."""
    return node is not None and type(node) not in _JSON


@lru_cache(256)
def _lower(tag: str) -> str:
    # Documents repeat a few dozen names.
    return tag.rpartition("}")[2].lower()


def _text(node: Tree) -> str | None:
    """Text of a leaf; None if it is empty or no leaf."""
    if node is None:
        return None
    if _is_element(node):
        text = node.text
        return text.strip() or None if text is not None and len(node) == 0 else None
    return None if isinstance(node, dict | list) else str(node).strip() or None


def _interned(text: str | None) -> str | None:
    # A capture repeats a few sources and states thousands of times.
    return None if text is None else intern(text)
