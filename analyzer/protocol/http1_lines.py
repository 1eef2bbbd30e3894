"""Lines of HTTP/1.1: start lines and field lines (RFC 9112 sections 3 to 5)."""

import re

from ..model.http import Headers, fields
from ..model.source import Direction

LINE_OCTETS = 8 << 10
"""Octets of one line that are waited for where a line is all that is known."""

_METHODS = rb"(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|TRACE)"

BEGINNING = {
    Direction.TO_SERVER: re.compile(_METHODS + rb" "),
    Direction.TO_CLIENT: re.compile(rb"HTTP/1\.\d "),
}
"""How a start line begins, where the beginning of a message is not known."""

LINE = {
    Direction.TO_SERVER: re.compile(_METHODS + rb" [^\s]+ HTTP/1\.\d\r?\n"),
    Direction.TO_CLIENT: re.compile(rb"HTTP/1\.\d [1-5]\d\d[ \r\n]"),
}
"""What such a line must look like."""

START = {
    Direction.TO_SERVER: re.compile(
        rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) (HTTP/\d\.\d)[ \t]*\r?$"
    ),
    Direction.TO_CLIENT: re.compile(rb"(HTTP/\d\.\d) (\d\d\d)(?: ([^\r\n]*))?\r?$"),
}
"""Start lines, without their line end."""

CUT_START = {
    Direction.TO_SERVER: re.compile(
        rb"(GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|TRACE) ([^\s]+)()"
    ),
    Direction.TO_CLIENT: re.compile(rb"(HTTP/1\.\d) ([1-5]\d\d) ([^\r\n]*)"),
}
"""Start lines cut off, in the target or behind the status."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def field_lines(lines: list[bytes]) -> tuple[Headers, int]:
    """
    Field lines in the order sent (RFC 9112 section 5), and the octets of those that are none.

    A line that begins with a blank continues the one before it (obsolete folding, section 5.2).
    """
    found: list[tuple[str, list[str]]] = []
    flawed = 0
    for line in lines:
        text = line.decode("latin-1").rstrip("\r")
        if not text:
            continue
        if text[0] in " \t" and found:
            found[-1][1].append(text.strip(" \t"))
            continue
        name, colon, value = text.partition(":")
        if not colon or _NAME.fullmatch(name) is None:
            flawed += len(line)
        if colon:
            found.append((name.strip(" \t"), [value.strip(" \t")]))
    headers = ((name, " ".join(part for part in values if part)) for name, values in found)
    return tuple(headers), flawed


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
