"""
Decode pieces of a HAR so that no oddity of its producer loses more than the field it stands in.

Every field is kept raw and decoded where it is needed: of 644 real files a strict schema refuses 91
(`null`, strings for numbers, arrays for objects), and bodies that nobody asks for cost nothing.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec import field as named

from ..model.har import Numeral, Tree
from ..model.http import Headers

NONE = Raw()
"""A field that is not there."""

UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for octets that are no JSON, or not of the shape asked for."""

HUGE = 1e18
"""Larger numbers count nothing."""

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
BYTE = re.compile(r"\(byte (\d+)\)")


class Entry(Struct):
    """An entry of `log.entries` (HAR 1.2 section 4.2.3, and what producers add to it)."""

    started: Raw = named(name="startedDateTime", default=NONE)
    time: Raw = NONE
    request: Raw = NONE
    response: Raw = NONE
    timings: Raw = NONE
    address: Raw = named(name="serverIPAddress", default=NONE)
    resource_type: Raw = named(name="_resourceType", default=NONE)
    messages: Raw = named(name="_webSocketMessages", default=NONE)
    close: Raw = named(name="_webSocketClose", default=NONE)
    priority: Raw = named(name="_priority", default=NONE)

    def is_one(self) -> bool:
        """Whether it has anything that makes an entry of an object; pages have a start, too."""
        return not (self.request is self.response is self.messages is NONE)


class Request(Struct):
    """A request (HAR 1.2 section 4.2.4)."""

    method: Raw = NONE
    url: Raw = NONE
    version: Raw = named(name="httpVersion", default=NONE)
    headers: Raw = NONE
    cookies: Raw = NONE
    body: Raw = named(name="postData", default=NONE)


class Response(Struct):
    """A response (HAR 1.2 section 4.2.5); Chrome and Playwright say what went wrong."""

    status: Raw = NONE
    reason: Raw = named(name="statusText", default=NONE)
    version: Raw = named(name="httpVersion", default=NONE)
    headers: Raw = NONE
    cookies: Raw = NONE
    content: Raw = NONE
    error: Raw = named(name="_error", default=NONE)
    failure: Raw = named(name="_failureText", default=NONE)


class Body(Struct):
    """`postData` or `content`; Playwright puts the body in a file beside the HAR."""

    text: Raw = NONE
    encoding: Raw = NONE
    size: Raw = NONE
    file: Raw = named(name="_file", default=NONE)
    digest: Raw = named(name="_sha1", default=NONE)


class Timings(Struct):
    """`timings`, milliseconds (HAR 1.2 section 4.2.11)."""

    receive: Raw = NONE


class Close(Struct):
    """`_webSocketClose` of HTTP Toolkit; `_by` in our own export of a capture."""

    code: Raw = NONE
    reason: Raw = NONE
    timestamp: Raw = NONE
    by: Raw = named(name="_by", default=NONE)


class Creator(Struct):
    """`creator` (HAR 1.2 section 4.2.1)."""

    name: Raw = NONE
    version: Raw = NONE


class Row(Struct, gc=False):
    """
    A row of `_webSocketMessages`.

    What begins with an underscore stands in our own export of a capture: octets that are missing,
    and messages of which a part is.
    """

    type: str | None = None
    time: float | str | None = None
    opcode: float | str | None = None
    data: str | None = None
    cut: bool | None = named(name="_cut", default=None)
    missing: str | None = named(name="_missing", default=None)
    octets: int | None = named(name="_octets", default=None)


class _Line(Struct, gc=False):
    name: str
    value: str


class _OddLine(Struct):
    name: Raw = NONE
    value: Raw = NONE


T = TypeVar("T", bound=Struct)

_entry = msgspec.json.Decoder(Entry).decode
_raw = msgspec.json.Decoder(Raw).decode
_number = msgspec.json.Decoder(float | str | None).decode
_string = msgspec.json.Decoder(str).decode
_list = msgspec.json.Decoder(list[Raw]).decode
_lines = msgspec.json.Decoder(list[_Line]).decode


def entry(octets: bytes | memoryview) -> Entry | None:
    """An entry; its fields are views of `octets`. None if it is none, or if more stands behind."""
    try:
        found = _entry(octets)
    except UNDECODABLE:
        return None
    return found if found.is_one() else None


def end_of_value(octets: memoryview) -> tuple[int | None, int]:
    """
    Where the JSON value that `octets` begin with ends, and how far was read to know it.

    None if the value is malformed or not all there. Bounds come from msgspec's own scanner, which
    reads a gigabyte a second and stops behind the value.
    """
    try:
        _raw(octets)
    except msgspec.DecodeError as error:
        message = str(error)
        if behind := TRAILING.search(message):
            length = int(behind[1]) - 1  # it names the first octet too many, counted from 1
            return length, length
        at = BYTE.search(message)
        return None, int(at[1]) if at else len(octets)
    except RecursionError:
        return None, len(octets)
    return len(octets), len(octets)


_decoder = cache(msgspec.json.Decoder)


def struct(raw: Raw | bytes | memoryview, shape: type[T]) -> T:
    """An object, or an empty one where it is none."""
    try:
        found: T = _decoder(shape).decode(raw)
    except UNDECODABLE:
        return shape()
    return found


def text(raw: Raw) -> str:
    """A string; empty where it is none. Invalid UTF-8 becomes U+FFFD."""
    if raw is NONE:
        return ""
    try:
        return _string(raw)
    except UnicodeDecodeError:
        return _string(bytes(raw).decode("utf-8", "replace").encode())
    except UNDECODABLE:
        return ""


def number(raw: Raw) -> float | None:
    """A number, or a string that holds one; None where it is none, NaN or infinite."""
    if raw is NONE:
        return None
    try:
        value = _number(raw)
        return finite(value)
    except UNDECODABLE:
        return None


def finite(value: float | str | None) -> float | None:
    """A number as `number` gives it, of what has been decoded already."""
    if value is None:
        return None
    try:
        value = float(value)
    except ValueError:
        return None
    return value if abs(value) < HUGE else None


def listed(raw: Raw) -> list[Raw]:
    """Members of an array; none where it is none."""
    if raw is NONE:
        return []
    try:
        return _list(raw)
    except UNDECODABLE:
        return []


def is_list(raw: Raw | memoryview) -> bool:
    """Whether an array stands there; its members need not be whole."""
    return bytes(memoryview(raw)[:1]) == b"["


def headers(raw: Raw) -> Headers:
    """Field lines: objects of `name` and `value`, or arrays of the two (Slack)."""
    if raw is NONE:
        return ()
    try:
        return tuple([(line.name, line.value.strip()) for line in _lines(raw) if line.name])
    except UNDECODABLE:
        return tuple(_odd_headers(raw))


def _odd_headers(raw: Raw) -> Iterator[tuple[str, str]]:
    for line in listed(raw):
        if is_list(line):
            pair = [text(member) for member in listed(line)]
            name, value = pair if len(pair) == 2 else ("", "")
        else:
            both = struct(line, _OddLine)
            name, value = text(both.name), text(both.value)
        if name:
            yield name, value.strip()


def mended(octets: bytes | memoryview) -> bytes | None:
    """
    The same JSON as every parser takes it; None if nobody can read it.

    Python's own parser takes NaN, Infinity, control characters in strings and lone surrogates, all
    of which have been seen in HARs; invalid UTF-8 becomes U+FFFD.
    """
    try:
        value = json.loads(
            bytes(octets).decode("utf-8", "replace"),
            strict=False,
            parse_float=finite,
            parse_constant=lambda _: None,
        )
        written = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return LONE_SURROGATE.sub("\ufffd", written).encode()


def tree(octets: bytes | memoryview) -> Tree | None:
    """
    An object with all of its fields, numbers as they were written; None if it is none.

    What JSON does not know (NaN, control characters in strings, invalid UTF-8) comes out as of
    `mended`.
    """
    try:
        found = _value(octets)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def trees(octets: bytes) -> list[Any]:
    """
    An array of objects, likewise; None for a member that is no object.

    Raises:
        msgspec.DecodeError: It is no array that Python's parser takes.
    """
    try:
        found = _value(octets)
    except (ValueError, RecursionError):
        raise msgspec.DecodeError from None
    return [member if isinstance(member, dict) else None for member in found]


def _value(octets: bytes | memoryview) -> Any:
    text = bytes(octets).decode("utf-8", "replace")
    return json.loads(
        text, strict=False, parse_float=Numeral, parse_int=Numeral, parse_constant=lambda _: None
    )
