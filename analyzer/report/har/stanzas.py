"""Stanzas of a redacted report as the messages of a HAR: readable XML again."""

import re
from collections.abc import Iterable
from html import escape

from ...model.packed import unpack
from ...model.session import Session
from ...model.xmpp import Auth, Stanza
from ..redaction.transform import text_of
from ..redaction.vault import MARK
from .sasl import again

_SASL = re.compile(
    r"(<(?:[\w.-]{1,40}:)?(?:auth|response|challenge|success)(?![\w.:-])[^<>]*(?<!/)>)([^<>]*)"
)

_TAG = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([\w:.-]+)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>", re.DOTALL
)

_CUT = re.compile(r"(?:<[^<>]*|&[^;\s<>]{0,10})\Z")


def stanzas_of(session: Session) -> Iterable[Stanza]:
    """All that the report holds of them."""
    return unpack(session.packed) if session.packed else session.stanzas


def xml_of(stanza: Stanza) -> str:
    """The stanza as it was sent, less what was taken out of it, and as well-formed as it was."""
    text = text_of(stanza.octets)
    if not text:
        return _in_outline(stanza)
    if len(stanza.octets) < stanza.length and stanza.complete:
        text = closed(text)
    auth = stanza.payload if isinstance(stanza.payload, Auth) else None
    return _SASL.sub(lambda match: match[1] + _content(match[2], auth), text, count=1)


def _content(text: str, auth: Auth | None) -> str:
    return again(auth, text.strip()) if MARK.search(text) else text


def closed(text: str) -> str:
    """XML that is cut off, without its last broken piece and with every element ended."""
    text = _CUT.sub("", text)
    if text.count("<![CDATA[") > text.count("]]>"):
        text += "]]>"
    still_open: list[str] = []
    for tag in _TAG.finditer(text):
        if tag[1]:
            if still_open:
                still_open.pop()
        elif tag[2] and not tag[3]:
            still_open.append(tag[2])
    return text + "".join(f"</{name}>" for name in reversed(still_open))


def _in_outline(stanza: Stanza) -> str:
    """What is known of a stanza of which the text was let go."""
    namespace, _, name = stanza.name.rpartition("}")
    attributes = {
        "xmlns": namespace.lstrip("{"),
        "type": stanza.type,
        "id": stanza.id,
        "from": stanza.sender,
        "to": stanza.receiver,
    }
    said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items() if value)
    return f"<{name or stanza.kind.value}{said}/>"
