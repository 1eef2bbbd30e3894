"""
What HAR 1.2 wants every entry to have, for those that came without it.

An importer refuses a whole file for one `null`. What is filled in says nothing: no status, no
length, no time.
"""

import re
from typing import Any, Final

from ...model.har import Numeral, Tree

_NONE: Final = Numeral("-1")
_ZERO: Final = Numeral("0")

NEVER: Final = "1970-01-01T00:00:00.000Z"
"""Stands where there is no time; no reader takes it for one."""

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?")

_DATE = re.compile(
    r"\s*([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))[Tt ]"
    r"((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:[.,]([0-9]+))?"
    r"\s*(?:([Zz])|([+-][0-9]{2}):?([0-9]{2})|)\s*"
)


def entry(fields: Tree) -> Tree:
    """An entry with all that HAR 1.2 section 4.2.3 wants."""
    left = _without_nulls(fields)
    left["startedDateTime"] = _date(left.get("startedDateTime")) or NEVER
    if "_initiator" in left and not isinstance(left["_initiator"], dict):
        del left["_initiator"]  # Chrome takes null for an initiator, and refuses it
    address = left.get("serverIPAddress")
    left |= {"serverIPAddress": address.strip("[]")} if isinstance(address, str) else {}
    if not left.get("serverIPAddress"):
        left.pop("serverIPAddress", None)  # an empty one is no address, and Chrome brackets IPv6
    _number(left, "time", _NONE)
    left["request"] = _request(left.get("request"))
    left["response"] = _response(left.get("response"))
    left["cache"] = _cache(left.get("cache"))
    timings = left["timings"] = _object(left.get("timings"))
    for name in ("send", "wait", "receive"):
        _number(timings, name, _NONE)
    _optional(timings, "blocked", "dns", "connect", "ssl", "_blocked_queueing", "_blocked_proxy")
    return left


def row(fields: Tree) -> Tree:
    """A message of a socket; a time or an opcode that is no number counts as missing."""
    for name in ("time", "opcode"):
        if isinstance(fields.get(name), str) and not _is_number(fields[name]):
            fields[name] = None
    return fields


def unread(comment: str) -> Tree:
    """What stands where an entry could not be read."""
    return entry({"comment": comment})


def log(fields: Tree) -> Tree:
    """The log with all that HAR 1.2 section 4.2.1 wants but its entries."""
    left = _without_nulls(fields)
    if "version" not in left:
        left = {"version": "1.2", **left}
    _texts(left, "version")
    creator = _object(left.get("creator"))
    _texts(creator, "name", "version")
    left["creator"] = creator
    if "pages" in left:
        pages = left["pages"] if isinstance(left["pages"], list) else []
        left["pages"] = [_page(page) for page in pages if isinstance(page, dict)]
    return left


def _page(fields: Tree) -> Tree:
    page = _without_nulls(fields)
    _texts(page, "id", "title")
    page["startedDateTime"] = _date(page.get("startedDateTime")) or NEVER
    timings = page["pageTimings"] = _object(page.get("pageTimings"))
    _optional(timings, "onContentLoad", "onLoad")
    return page


def _cache(value: Any) -> Tree:
    """What HAR 1.2 section 4.2.10 tells of a cache; what Firefox writes there it does not know."""
    parts = {key: _object(part) for key, part in _object(value).items() if isinstance(part, dict)}
    return {
        key: part
        for key, part in parts.items()
        if isinstance(part.get("hitCount"), Numeral)
        and isinstance(part.get("eTag"), str)
        and _date(part.get("lastAccess"))
        and _date(part.get("expires", NEVER))
    }


def _request(value: Any) -> Tree:
    request = _object(value)
    _texts(request, "method", "url", "httpVersion")
    request["cookies"] = _cookies(request.get("cookies"))
    for name in ("headers", "queryString"):
        request[name] = _pairs(request.get(name))
    if "postData" in request:
        body = request["postData"] = _object(request["postData"])
        _texts(body, "mimeType")
        if "params" in body:
            body["params"] = _pairs(body["params"])
    return _sized(request)


def _response(value: Any) -> Tree:
    response = _object(value)
    _number(response, "status", _ZERO)
    _texts(response, "statusText", "httpVersion")
    response["cookies"] = _cookies(response.get("cookies"))
    response["headers"] = _pairs(response.get("headers"))
    content = response["content"] = _object(response.get("content"))
    _number(content, "size", _ZERO)
    _optional(content, "compression")
    _optional(response, "_transferSize")
    _texts(content, "mimeType")
    _texts(response, "redirectURL")
    return _sized(response)


def _sized(message: Tree) -> Tree:
    for name in ("headersSize", "bodySize"):
        _number(message, name, _NONE)
    return message


def _object(value: Any) -> Tree:
    return _without_nulls(value) if isinstance(value, dict) else {}


def _without_nulls(fields: Tree) -> Tree:
    """What is null counts as missing, but for a producer's own fields."""
    return {k: v for k, v in fields.items() if v is not None or k.startswith("_")}


def _date(value: Any) -> str:
    """A date as ISO 8601 and every browser have it; empty if it is none. Without a zone: UTC."""
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return ""
    day, time, fraction, _, hours, minutes = found.groups()
    zone = f"{hours}:{minutes}" if hours else "Z"
    return f"{day}T{time}{'.' + fraction if fraction else ''}{zone}"


def _number(fields: Tree, name: str, default: Numeral) -> None:
    value = fields.get(name)
    fields[name] = Numeral(value) if _is_number(value) else default


def _optional(fields: Tree, *names: str) -> None:
    """Numbers that need not be there; what is none counts as missing."""
    for name in names:
        if name in fields and not _is_number(fields[name]):
            del fields[name]


def _is_number(value: Any) -> bool:
    if isinstance(value, Numeral):
        return True
    return isinstance(value, str) and _JSON_NUMBER.fullmatch(value) is not None


def _texts(fields: Tree, *names: str) -> None:
    for name in names:
        value = fields.get(name)
        if not isinstance(value, str) or isinstance(value, Numeral):
            fields[name] = str(value) if isinstance(value, Numeral) else ""


def _cookies(value: Any) -> list[Tree]:
    cookies = _pairs(value)
    for cookie in cookies:
        if "expires" in cookie:
            date = _date(cookie.pop("expires"))
            cookie.update({"expires": date} if date else {})
    return cookies


def _pairs(value: Any) -> list[Tree]:
    """Lines of `name` and `value`; an array of the two is one, too."""
    pairs = []
    for line in value if isinstance(value, list) else []:
        if isinstance(line, dict):
            pair = _without_nulls(line)
        elif isinstance(line, list) and len(line) == 2:
            pair = {"name": line[0], "value": line[1]}
        else:
            continue
        _texts(pair, "name")
        if "value" in pair or "fileName" not in pair:
            _texts(pair, "value")
        pairs.append(pair)
    return pairs
