"""Read the beginning of a JSON object that breaks off: what is whole before the break is kept."""

import re

from msgspec import Raw

from ..model.limits import JSON_DEPTH
from . import har_json
from .har_json import Entry

TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*"|["{}\[\],]', re.DOTALL)
"""A string, a bracket, a comma; a lone quotation mark begins a string that breaks off."""

MESSAGES = re.compile(rb'"_webSocketMessages"\s*:\s*(?=\[)')

CLOSER = {b"{": b"}", b"[": b"]"}

SALVAGED_OCTETS = 4 << 20
"""Octets looked at before and behind the messages; the rest of an entry is bodies."""


def salvage(octets: memoryview) -> Entry | None:
    """
    An entry of which the end is missing or damaged; None if nothing of it can be read.

    Its messages are handed on as they stand, whole or not.
    """
    found = MESSAGES.search(octets)
    if found is None:
        return _beginning(octets)
    messages = octets[found.end() :]
    length, _ = har_json.end_of_value(messages)
    before = octets[: min(found.start(), SALVAGED_OCTETS)]
    if length is None:
        entry = _beginning(before)
    else:
        # Older Chrome writes the messages first, the request behind them.
        behind = bytes(messages[length : length + SALVAGED_OCTETS])
        messages = messages[:length]
        entry = _beginning(memoryview(bytes(before) + b'"_":0' + behind))
    if entry is None:
        # The request may be lost, what was said is not.
        entry = Entry()
    entry.messages = Raw(messages)
    return entry


def closed(octets: bytes | memoryview) -> bytes:
    """The object without its last, broken member, and with every bracket closed."""
    whole = 0
    still_open: list[bytes] = []
    for token in TOKEN.finditer(octets):
        mark = token[0]
        if mark == b'"':
            break
        if mark in CLOSER:
            if len(still_open) == JSON_DEPTH:
                break
            still_open.append(CLOSER[mark])
            whole = token.end()
        elif mark == b",":
            whole = token.start()
        elif mark in CLOSER.values():
            if not still_open or still_open[-1] != mark:
                break
            still_open.pop()
            whole = token.end()
    return bytes(octets[:whole]) + b"".join(reversed(still_open))


def _beginning(octets: memoryview) -> Entry | None:
    """What can be read of an entry: all but its last member, or else what precedes the damage."""
    octets = octets[: 2 * SALVAGED_OCTETS]
    _, sound = har_json.end_of_value(octets)
    for part in (octets, octets[:sound]):
        whole = closed(part)
        for attempt in (whole, har_json.mended(whole)):
            entry = None if attempt is None else har_json.entry(attempt)
            if entry is not None:
                return entry
    return None
