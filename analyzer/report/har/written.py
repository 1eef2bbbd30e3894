"""JSON as `JSON.stringify(har, null, 2)` writes it, piece by piece: a HAR may be very large."""

import json
from collections.abc import Iterator
from typing import Any

from ...model.har import Numeral


def _string(text: str) -> str:
    """A string; what nobody would see on a terminal or in an editor is escaped (RFC 8259 7)."""
    quoted = json.encoder.encode_basestring(text)
    if quoted.isprintable():
        return quoted
    # Escaped by ASCII's rules, letter by letter, a pair of halves beyond the first 65,536.
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in quoted)


def written(value: Any, margin: str = "\n") -> Iterator[str]:
    """
    A value of `Tree`s; an iterator of values is written as an array.

    What is callable gives a text that is known only when all before it has been written.

    Args:
        value: What to write.
        margin: A newline and the indentation of what stands around it.
    """
    inner = f"{margin}  "
    if isinstance(value, dict):
        if not value:
            yield "{}"
            return
        before = "{"
        for key, member in value.items():
            yield f"{before}{inner}{_string(key)}: "
            if isinstance(member, str | bool):
                yield _scalar(member)
            else:
                yield from written(member, inner)
            before = ","
        yield f"{margin}}}"
    elif isinstance(value, list | Iterator):
        before = "["
        for member in value:
            yield f"{before}{inner}"
            yield from written(member, inner)
            before = ","
        yield "[]" if before == "[" else f"{margin}]"
    else:
        yield _scalar(value() if callable(value) else value)


def _scalar(value: Any) -> str:
    if isinstance(value, Numeral):
        return str(value)
    return _string(value) if isinstance(value, str) else _LITERALS[value]


_LITERALS = {None: "null", True: "true", False: "false"}


def compact(value: Any) -> str:
    """The same in one line, without iterators."""
    if isinstance(value, dict):
        members = (f"{_string(key)}: {compact(member)}" for key, member in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(compact, value))}]"
    return "".join(written(value))
