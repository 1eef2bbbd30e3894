"""Writes a changed story back into the HAR it comes from, or changes other entries of a HAR."""

import copy
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from .story import TEXT, Call, Story, epoch_s, recorded_har, socket_of

_KINDS = {"C>": "send", "S>": "receive"}


def date(seconds: float) -> str:
    """As Chrome writes it."""
    found = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return found.replace("+00:00", "Z")


def har(*stories: Story, more: Iterable[Any] = ()) -> bytes:
    """
    One HAR with all of them, as the browser that recorded the first would have written it.

    Args:
        stories: Sessions of one browser.
        more: Entries to be added as they are.
    """
    whole = json.loads(recorded_har(stories[0].base))
    entries = [e for e in whole["log"]["entries"] if _is_page(e)]
    for one in stories:
        entries += [] if one.bare else [_socket(one)]
        entries += [_call(one, call) for call in one.calls]
    whole["log"]["entries"] = sorted([*entries, *more], key=lambda e: str(e["startedDateTime"]))
    return json.dumps(whole, indent=2).encode()


def entries_of(name: str) -> list[Any]:
    """The entries of a recorded HAR, free to be changed."""
    found: list[Any] = json.loads(recorded_har(name))["log"]["entries"]
    return found


def with_entries(name: str, entries: Iterable[Any]) -> bytes:
    """A recorded HAR with other entries."""
    whole = json.loads(recorded_har(name))
    whole["log"]["entries"] = list(entries)
    return json.dumps(whole, indent=2).encode()


def blocked(entry: Any, error: str) -> Any:
    """An entry as the browser writes it that refused it, or got no answer: status 0."""
    entry = copy.deepcopy(entry)
    response = entry["response"]
    response |= {"status": 0, "statusText": "", "httpVersion": "", "headers": []}
    response |= {"_error": error, "_transferSize": 0, "headersSize": -1, "bodySize": -1}
    response["content"] = {"size": 0, "mimeType": "x-unknown"}
    return entry


def moved(entry: Any, seconds: float) -> Any:
    """An entry at another time."""
    entry = copy.deepcopy(entry)
    entry["startedDateTime"] = date(epoch_s(entry["startedDateTime"]) + seconds)
    for row in entry.get("_webSocketMessages", ()):
        row["time"] += seconds
    return entry


def _is_page(entry: Any) -> bool:
    return entry.get("_resourceType") != "websocket" and "/finesse/api/" not in _url(entry)


def _url(entry: Any) -> str:
    return str(entry["request"]["url"])


def _begun(story: Story) -> float:
    begun = epoch_s(socket_of(json.loads(recorded_har(story.base)))["startedDateTime"])
    return begun + story.begin_s


def _socket(story: Story) -> Any:
    entry = socket_of(json.loads(recorded_har(story.base)))
    begun = _begun(story)
    last = story.said[-1].at_s if story.said else 0.0
    # A socket that is still open has as its time that of its last message.
    ended = last if story.end is None else max(story.end.at_s, last)
    entry["startedDateTime"] = date(begun)
    entry["time"] = ended * 1000
    entry["timings"] |= {"receive": (ended - last) * 1000, "wait": last * 1000}
    entry["_webSocketMessages"] = [
        {"type": _KINDS[one.way], "time": begun + one.at_s, "opcode": 1, "data": one.text}
        for one in story.said
        if one.opcode == TEXT and (story.dead_s is None or _passes(one.way, one.at_s, story.dead_s))
    ]
    for header in entry["response"]["headers"]:
        if header["name"] == "Date":
            header["value"] = formatdate(begun, usegmt=True)
    if story.host is not None:
        _rename(entry, story.host)
    return entry


def _passes(way: str, at_s: float, dead_s: float) -> bool:
    """A browser writes down what it sends, and what reaches it."""
    return way == "C>" or at_s < dead_s


def _rename(entry: Any, host: str) -> None:
    """Asked of another server."""
    request = entry["request"]
    scheme, _, _, path = request["url"].split("/", 3)
    request["url"] = f"{scheme}//{host}/{path}"
    for header in request["headers"]:
        if header["name"] == "Host":
            header["value"] = host


def _call(story: Story, call: Call) -> Any:
    """A recorded call of the same method, or the first, with other words."""
    calls = [e for e in entries_of(GOOD) if "/finesse/api/" in _url(e)]
    same = [e for e in calls if e["request"]["method"] == call.method]
    entry = (same or calls)[0]
    request, response = entry["request"], entry["response"]
    request["method"] = call.method
    request["url"] = request["url"].split("/finesse/")[0] + call.path
    request["headers"] = [h for h in request["headers"] if h["name"] != "requestId"]
    if call.request_id is not None:
        request["headers"].append({"name": "requestId", "value": call.request_id})
    if call.body:
        request["postData"] = {"mimeType": "application/xml", "text": call.body}
    entry["startedDateTime"] = date(_begun(story) + call.at_s)
    entry["time"] = call.took_s * 1000
    for header in response["headers"]:
        if header["name"] == "Date":
            header["value"] = formatdate(_begun(story) + call.at_s, usegmt=True)
    response["_error"] = None
    response["status"] = call.status
    if call.answer:
        mime = "application/xml"
        response["content"] = {"size": len(call.answer), "mimeType": mime, "text": call.answer}
    if story.host is not None:
        _rename(entry, story.host)
    return entry if call.status else blocked(entry, "net::ERR_FAILED")


GOOD = "good-ws"
"""The recording that holds REST calls."""
