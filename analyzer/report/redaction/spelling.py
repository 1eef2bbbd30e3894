"""How one secret may be written: escaped, encoded, within what was escaped before."""

import base64
import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus, unquote

WHOLE_WORD = 6
"""A value shorter than this is looked for as a whole word only."""

_NESTED = 4
"""Notifications are JSON in JSON in XML, and may be that in a query."""

_MUCH = 65_536
"""Letters of all spellings of one value; of a longer value there are only a few."""


def spellings(value: str) -> Iterator[str]:
    """What a value may stand for, itself first, each once; also escapes within escapes."""
    found = {value: None}
    for _ in range(_NESTED):
        once = dict.fromkeys(
            plain
            for each in found
            for plain in (html.unescape(each), _from_json(each), unquote(each), *_decoded(each))
            if plain not in found
        )
        if not once:
            break
        found |= once
        if sum(map(len, found)) > _MUCH:
            break
    yield from found


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
            if text.isprintable() and len(text) >= WHOLE_WORD:
                yield text


_CODED = re.compile(r"[A-Za-z0-9+/_-]{8,4096}={0,2}")


def _from_json(value: str) -> str:
    # RFC 8259 section 7. What is no valid string body (a cut escape) stands for itself.
    try:
        text = json.loads(f'"{value}"', strict=False)
    except ValueError:
        return value
    return text if isinstance(text, str) else value


def written(secret: str) -> Iterator[str]:
    """With escapes, so that its letters can still be told."""
    yield secret
    if _PLAIN.fullmatch(secret):
        return
    octets = secret.encode("utf-8", "surrogatepass")
    yield from _in_xml(secret)
    for once in {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}:
        twice = json.dumps(once)[1:-1]
        yield from (once, twice, *_in_xml(once), *_in_xml(twice))
    yield quote_plus(octets)
    quoted = quote(octets, safe="")
    yield quoted
    yield quoted.lower() if "%" in quoted else quoted
    yield _ESCAPED.sub(lambda match: match[0].lower(), quoted)


_PLAIN = re.compile(r"[\w.~-]+", re.ASCII)
"""Nobody escapes these."""

_ESCAPED = re.compile("%[0-9A-F]{2}")


def encoded(secret: str) -> Iterator[str]:
    """As other letters."""
    if len(secret) >= WHOLE_WORD:
        octets = secret.encode("utf-8", "surrogatepass")
        yield from (octets.hex(), octets.hex().upper(), *_in_base64(octets))


def common_forms(secret: str) -> Iterator[str]:
    """The usual ones: so many that all secrets of a recording have them, however long."""
    text = html.escape(secret, quote=False)
    once = json.dumps(secret)[1:-1]
    yield secret
    yield from (text, text.replace('"', "&quot;"), html.escape(secret))
    yield from (once, html.escape(once, quote=False), json.dumps(secret, ensure_ascii=False)[1:-1])
    yield quote(secret.encode("utf-8", "surrogatepass"), safe="")


def _in_xml(secret: str) -> Iterator[str]:
    """What may stand for it in XML, also in XML that XML carries."""
    text = html.escape(secret, quote=False)
    if "'" not in text and '"' not in text:
        yield text
        yield html.escape(text, quote=False)
        return
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
