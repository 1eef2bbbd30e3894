"""Texts within texts, in base64 or as a `data:` URL: a secret may be named in them alone."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote, unquote

from ..redaction.vault import MARK
from . import octets

_LONGEST: Final = 1 << 18
"""Letters of what is read so; longer ones stand in bodies, which are read for what they are."""

SHORTEST: Final = 16
"""Letters of base64 that may hold a secret with its name; no `data:` URL that does is shorter."""

_IN_BASE64 = re.compile(
    # The class comes first, as the search for one is fast; then what may not stand before it.
    r"[CDI-Za-f](?<![A-Za-z0-9+].)[A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]"
    rf"[A-Za-z0-9+/_-][CDI-Za-f][A-Za-z0-9+/_-]{{{SHORTEST - 5},}}={{0,2}}"
)
"""Base64 that begins with four letters of ASCII: of twenty random words one does."""

_DATA = re.compile(
    r"(?i:data:[\w.+-]{1,60}/[\w.+-]{1,60}(?:;[\w=.+-]{1,60}){0,4},)"
    rf"(?P<text>(?:{MARK.pattern}|[^\s\"'<>\\])+)"
)
"""RFC 2397, not in base64."""


def in_data(text: str, redact: Callable[[str], str]) -> str:
    """The text, with what `data:` URLs in it hold cleaned by `redact`; marks stay as they are."""
    return _DATA.sub(partial(_data, redact), text) if "%" in text and "ata:" in text else text


def in_base64(text: str, redact: Callable[[str], str]) -> str:
    """The text, with what stands in base64 in it cleaned by `redact`."""
    return _IN_BASE64.sub(partial(_base64, redact), text)


def _base64(redact: Callable[[str], str], match: re.Match[str]) -> str:
    if len(match[0]) > _LONGEST:
        return match[0]
    try:
        found = octets.decoded(match[0])
        told = "" if found is None else found.decode()
    except UnicodeDecodeError:
        return match[0]
    if not told.isprintable() and _CONTROL.search(told):
        return match[0]
    left = redact(told)
    return match[0] if left == told else octets.encoded(left.encode(), match[0])


_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _data(redact: Callable[[str], str], match: re.Match[str]) -> str:
    sent = match["text"]
    if "%" not in sent or len(sent) > _LONGEST:
        return match[0]
    told = unquote(sent)
    left = redact(told)
    if left == told:
        return match[0]
    pieces = re.split(f"({MARK.pattern})", left)
    quoted = (p if at % 2 else quote(p, safe="") for at, p in enumerate(pieces))
    return f"{match[0][: -len(sent)]}{''.join(quoted)}"
