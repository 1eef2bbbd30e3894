"""WebSockets that did not come about, as HARs and as packets: real refusals with other words."""

import copy
from collections.abc import Iterable
from typing import Any

from tests.transport.segments import C, S

from . import har_changes as har
from . import packet_changes as packets
from .packet_changes import S_NS, Conversation
from .story import FIXTURES

NODE = "finesse.example.test"

NOT_CONNECTED = "n-untrusted-cert-tls12"
"""A HAR of a socket that was never asked for, and what Chrome says why."""

NOT_UPGRADED = "upgrade-403"
"""A HAR and packets of a request for a socket that was refused."""

CONNECTION = "Error in connection establishment: net::"
STATUS = "Error during WebSocket handshake: Unexpected response code: "
UNAUTHORIZED = "HTTP Authentication failed; no valid credentials available"
"""What Chrome says instead of 401."""


def not_connected(
    error: str, url: str = f"wss://{NODE}:8445/ws/", *calls: Any, page: bool = True
) -> dict[str, bytes]:
    """A HAR whose browser could not connect; calls as entries beside, with the page or without."""
    entries = har.entries_of(NOT_CONNECTED)
    socket = next(entry for entry in entries if "_webSocketMessages" in entry)
    socket["request"]["url"] = url
    socket["_webSocketMessages"][0]["data"] = CONNECTION + error
    entries = entries if page else [socket]
    return {"session.har": har.with_entries(NOT_CONNECTED, [*entries, *calls])}


def not_upgraded(
    error: str, *, change: dict[str, str | None] | None = None, calls: Iterable[Any] = ()
) -> dict[str, bytes]:
    """
    A HAR whose request for a WebSocket was refused.

    Args:
        error: Text of the row that Chrome writes.
        change: Fields of the request to be changed; None: not there.
        calls: Entries beside.
    """
    entries = har.entries_of(NOT_UPGRADED)
    socket = next(entry for entry in entries if "_webSocketMessages" in entry)
    socket["request"]["url"] = socket["request"]["url"].replace("/ws403/", "/ws/")
    socket["_webSocketMessages"][0]["data"] = error
    for name, value in (change or {}).items():
        kept = [one for one in socket["request"]["headers"] if one["name"] != name]
        more = [{"name": name, "value": value}] if value is not None else []
        socket["request"]["headers"] = kept + more
    return {"session.har": har.with_entries(NOT_UPGRADED, [*entries, *calls])}


def call(path: str, status: int = 200, body: str = "", *, host: str = f"{NODE}:8080") -> Any:
    """A recorded REST call with another answer, at the time of the refused socket."""
    (found, *_) = [e for e in har.entries_of(har.GOOD) if "/finesse/api/" in e["request"]["url"]]
    entry = copy.deepcopy(found)
    socket = next(e for e in har.entries_of(NOT_UPGRADED) if "_webSocketMessages" in e)
    entry["startedDateTime"] = socket["startedDateTime"]
    entry["request"]["url"] = f"http://{host}{path}"
    for header in entry["request"]["headers"]:
        if header["name"] == "Host":
            header["value"] = host
    entry["response"] |= {"status": status, "statusText": ""}
    if body:
        entry["response"]["content"] |= {"size": len(body), "text": body}
    return entry


def socket(
    case: str = "good-ws", port: int = 8445, says: bytes = b"Upgrade: websocket"
) -> Conversation:
    """The packets of a recorded connection whose client says this, its server on another port."""
    found = packets.talk(FIXTURES / case / "capture.pcapng", says)
    return packets.moved(found, server=("192.0.2.10", port), client=("198.51.100.7", 51_530))


def answered(
    status: str, *, path: str = "/ws/", at_s: float = 0.0, port: int = 51_530, head: bytes = b""
) -> Conversation:
    """The packets of a recorded refusal with another status; `head` as a field of the request."""
    one = socket(NOT_UPGRADED)
    one = packets.replaced(one, C, b"/ws403/", path.encode())
    one = packets.replaced(one, S, b"403 Forbidden", status.encode())
    if head:
        one = packets.replaced(one, C, b"Sec-WebSocket-Protocol: xmpp\r\n", head)
    return packets.moved(one, client=("198.51.100.7", port), later_ns=round(at_s * S_NS))


def capture(*talks: Conversation, beside: Iterable[tuple[int, bytes]] = ()) -> dict[str, bytes]:
    """One capture of them."""
    return {"capture.pcap": packets.pcap(*talks, beside=beside)}
