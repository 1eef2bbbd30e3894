"""What others want of a HAR: the schema of HAR 1.2, and the importer of Chrome's DevTools."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator  # type: ignore[import-untyped]  # has no types
from referencing import Registry, Resource

SCHEMA = Path(__file__).parent / "har_schema"


@cache
def _validator() -> Any:
    registry: Any = Registry()
    for path in SCHEMA.glob("*.json"):
        resource = Resource.from_contents(json.loads(path.read_text()))
        registry = registry.with_resources([(path.name, resource), (f"{path.name}#", resource)])
    har = json.loads((SCHEMA / "har.json").read_text())
    return Draft6Validator(har, registry=registry, format_checker=Draft6Validator.FORMAT_CHECKER)


def invalid(har: Any) -> list[str]:
    """What is wrong with a HAR by the schema of HAR 1.2."""
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(har)]


def refused(har: Any) -> list[str]:
    """
    What makes DevTools refuse a HAR, or lose a part of it.

    By its `models/har/HARFormat.ts`: where it asks for an object null is a fault, where it asks
    for a number or a date anything else is, and a field that it turns to text must not be missing.
    """
    return list(_refused(har["log"]))


def _refused(log: Any) -> Iterator[str]:
    yield from _texts(log, "version")
    yield from _texts(log["creator"], "name", "version")
    for page in log.get("pages", []):
        yield from _texts(page, "id", "title")
        yield from _dates(page, "startedDateTime")
        yield from _numbers(page["pageTimings"], optional=("onContentLoad", "onLoad"))
    for number, entry in enumerate(log["entries"]):
        yield from (f"{number}: {fault}" for fault in _entry(entry))


def _entry(entry: Any) -> Iterator[str]:
    yield from _dates(entry, "startedDateTime")
    yield from _numbers(entry, "time")
    request, response, content = entry["request"], entry["response"], entry["response"]["content"]
    yield from _texts(request, "method", "url", "httpVersion")
    yield from _texts(response, "statusText", "httpVersion", "redirectURL")
    yield from _texts(content, "mimeType")
    if "postData" in request:
        yield from _texts(request["postData"], "mimeType")
    yield from _numbers(request, "headersSize", "bodySize")
    yield from _numbers(response, "status", "headersSize", "bodySize", optional=("_transferSize",))
    yield from _numbers(content, "size", optional=("compression",))
    optional = ("blocked", "dns", "connect", "ssl", "_blocked_queueing", "_blocked_proxy")
    yield from _numbers(entry["timings"], "send", "wait", "receive", optional=optional)
    for message in (request, response):
        for line in (*message["headers"], *message["cookies"]):
            yield from _texts(line, "name", "value")
        for cookie in message["cookies"]:
            if cookie.get("expires"):
                yield from _dates(cookie, "expires")
    for line in request["queryString"]:
        yield from _texts(line, "name", "value")
    if not isinstance(entry.get("_initiator", {}), dict):
        yield "_initiator is no object"
    rows = entry.get("_webSocketMessages")
    for row in rows if isinstance(rows, list) else []:
        # A row without one of its fields is left out, one that is no object refused.
        yield from _numbers(row, optional=("time", "opcode"))


def _texts(holder: Any, *names: str) -> Iterator[str]:
    yield from (f"{name} is no text" for name in names if not isinstance(holder.get(name), str))


def _numbers(holder: Any, *names: str, optional: tuple[str, ...] = ()) -> Iterator[str]:
    for name in (*names, *(name for name in optional if holder.get(name) is not None)):
        value = holder.get(name)
        if isinstance(value, bool) or not _is_number(value):
            yield f"{name} is no number"


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _dates(holder: Any, name: str) -> Iterator[str]:
    try:
        if datetime.fromisoformat(holder[name]).tzinfo is None:
            yield f"{name} has no zone"
    except (ValueError, TypeError, KeyError):
        yield f"{name} is no date"
