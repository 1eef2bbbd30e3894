"""Field lines of HTTP/1.1 (RFC 9112 section 5)."""

import re

from ..model.http import Headers, fields

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def field_lines(lines: list[bytes]) -> tuple[Headers, int]:
    """
    Field lines in the order sent (RFC 9112 section 5), and the octets of those that are none.

    A line that begins with a blank continues the one before it (obsolete folding, section 5.2).
    """
    found: list[tuple[str, str]] = []
    flawed = 0
    for line in lines:
        text = line.decode("latin-1").rstrip("\r")
        if not text:
            continue
        if text[0] in " \t" and found:
            name, value = found[-1]
            found[-1] = (name, " ".join(part for part in (value, text.strip(" \t")) if part))
            continue
        name, colon, value = text.partition(":")
        if not colon or _NAME.fullmatch(name) is None:
            flawed += len(line)
        if colon:
            found.append((name.strip(" \t"), value.strip(" \t")))
    return tuple(found), flawed


def content_length(headers: Headers) -> int | None:
    """Content-Length (RFC 9112 section 6.3); None if there is none, -1 if it cannot be told."""
    values = {
        part.strip() for value in fields(headers, "Content-Length") for part in value.split(",")
    }
    if not values:
        return None
    value = values.pop()
    if values or not (value.isascii() and value.isdigit()) or len(value) > 18:
        return -1
    return int(value)
