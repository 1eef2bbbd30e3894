"""
Count the secrets of a HAR's requests, so that the user is warned before the file is passed on.

Passwords within XMPP stanzas are counted where they are decoded, not here.
"""

import re
from collections import Counter

from ..model.recording import Secret
from . import har_json
from .har_http import Head

TOKEN_IN_URL = re.compile(
    r"[?&#;](?:[\w-]*token|jwt|api_?key|sig|signature|session(?:id|_id)?|password|passwd|pwd|auth)"
    r"=[^&#\s]",
    re.IGNORECASE,
)

LONG_PROTOCOL = 32
"""A longer member of Sec-WebSocket-Protocol is no name but a credential."""

CREDENTIALS = {
    "authorization": Secret.AUTHORIZATION,
    "proxy-authorization": Secret.AUTHORIZATION,
    "cookie": Secret.COOKIE,
    "set-cookie": Secret.COOKIE,
}


def count_secrets(head: Head, found: Counter[Secret]) -> None:
    """Add the secrets of one entry, by kind."""
    cookies = found[Secret.COOKIE]
    for name, value in (*head.request_headers, *head.response_headers):
        kind = CREDENTIALS.get(name.lower())
        if kind is not None:
            found[kind] += 1
        elif name.lower() == "sec-websocket-protocol":
            found[Secret.TOKEN] += sum(len(n.strip()) > LONG_PROTOCOL for n in value.split(","))
    if found[Secret.COOKIE] == cookies:
        # Some producers write the arrays alone.
        for raw in (head.request.cookies, head.response.cookies):
            found[Secret.COOKIE] += len(har_json.listed(raw))
    if TOKEN_IN_URL.search(head.url):
        found[Secret.TOKEN] += 1
