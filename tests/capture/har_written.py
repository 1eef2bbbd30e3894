"""HARs for tests: real ones read by Python's own parser, and made ones in every layout."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from analyzer.capture.har import HarReader
from analyzer.model.events import Item
from analyzer.model.websocket import Message

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
GOOD = FIXTURES / "good-ws" / "session.har"

CHROME = {"name": "WebInspector", "version": "537.36"}
STARTED = "2026-11-20T20:44:38.796Z"
STARTED_NS = 1_795_207_478_796_000_000

LAYOUTS: dict[str, Callable[[Any], bytes]] = {
    "indented by 2": lambda har: json.dumps(har, indent=2).encode(),
    "indented by 4": lambda har: json.dumps(har, indent=4).encode(),
    "indented by tabs": lambda har: json.dumps(har, indent="\t").encode(),
    "with carriage returns": lambda har: json.dumps(har, indent=2).replace("\n", "\r\n").encode(),
    "compact": lambda har: json.dumps(har, separators=(",", ":")).encode(),
    "an entry a line": lambda har: json.dumps(har).replace('}, {"st', '},\n{"st').encode(),
}


def row(data: str, time: Any = 1_795_207_479.5, kind: str = "send", opcode: Any = 1) -> Any:
    return {"type": kind, "time": time, "opcode": opcode, "data": data}


def lines(**fields: str) -> list[dict[str, str]]:
    return [{"name": name.replace("_", "-"), "value": value} for name, value in fields.items()]


def http(url: str = "https://desk.example.test/desktop.js", **more: Any) -> dict[str, Any]:
    """An entry that is no socket."""
    return {
        "startedDateTime": STARTED,
        "time": 12.5,
        "request": {"method": "GET", "url": url, "httpVersion": "HTTP/1.1", "headers": []},
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "headers": [],
            "content": {"size": 2, "mimeType": "text/plain", "text": "ok"},
        },
        **more,
    }


def socket(rows: list[Any] | None, status: int = 101, **more: Any) -> dict[str, Any]:
    """A WebSocket entry as Chrome writes it."""
    entry = http("wss://finesse.example.test:8445/ws/", _resourceType="websocket", time=2000.0)
    entry["response"] |= {"status": status, "statusText": "", "content": {"size": 0}}
    entry["timings"] = {"receive": 9.8}
    if rows is not None:
        entry["_webSocketMessages"] = rows
    return entry | more


def log(*entries: Any, creator: Any = CHROME) -> dict[str, Any]:
    head = {"version": "1.2"} | ({"creator": creator} if creator else {})
    return {"log": {**head, "pages": [], "entries": list(entries)}}


def written(*entries: Any, creator: Any = CHROME) -> bytes:
    return LAYOUTS["indented by 2"](log(*entries, creator=creator))


def all_items(data: bytes, reader: HarReader | None = None) -> dict[int, list[Item]]:
    """Items by connection, every batch in order."""
    found: dict[int, list[Item]] = {}
    for number, items in (reader or HarReader(data, 0)).items():
        found.setdefault(number, []).extend(items)
    return found


def messages(items: dict[int, list[Item]]) -> list[tuple[int, int | None, str, bytes]]:
    """Entry, row, direction and payload of every message."""
    return [
        (number, item.source.message, item.direction.value, item.payload)  # type: ignore[union-attr]
        for number, several in items.items()
        for item in several
        if isinstance(item, Message)
    ]


def oracle(har: Any) -> Iterator[tuple[int, int | None, str, bytes]]:
    """The same of a HAR that Python's own parser has read."""
    directions = {"send": "C>", "receive": "S>"}
    for number, entry in enumerate(har["log"].get("entries", ())):
        for index, said in enumerate(entry.get("_webSocketMessages") or ()):
            if said["type"] in directions:
                payload = said["data"].encode()
                payload = payload if said["opcode"] == 1 else base64.b64decode(payload)
                yield number, index, directions[said["type"]], payload
