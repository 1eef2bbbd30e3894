"""
Count the secrets of a HAR's requests, so that the user is warned before the file is passed on.

Passwords within WebSocket messages are counted where they are decoded, not here.
"""

import re
from collections import Counter

from ..model.http import fields
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

CREDENTIALS = (
    (Secret.AUTHORIZATION, "authorization"),
    (Secret.AUTHORIZATION, "proxy-authorization"),
    (Secret.COOKIE, "cookie"),
)


def count_secrets(head: Head) -> Counter[Secret]:
    """Secrets of one entry by kind."""
    found: Counter[Secret] = Counter()
    for kind, name in CREDENTIALS:
        found[kind] += len(fields(head.request_headers, name))
    found[Secret.COOKIE] += len(fields(head.response_headers, "set-cookie"))
    if not found[Secret.COOKIE]:
        cookies = (head.request.cookies, head.response.cookies)
        found[Secret.COOKIE] += sum(len(har_json.listed(raw)) for raw in cookies)
    found[Secret.TOKEN] += bool(TOKEN_IN_URL.search(head.url))
    offered = ",".join(fields(head.request_headers, "sec-websocket-protocol")).split(",")
    found[Secret.TOKEN] += sum(len(name.strip()) > LONG_PROTOCOL for name in offered)
    return +found


def count_sasl(body: bytes) -> Counter[Secret]:
    """SASL secrets of a BOSH request (XEP-0206), which no decoder looks at."""
    found: Counter[Secret] = Counter()
    for auth in re.finditer(rb"<(auth|response)\b([^>]*)>[^<]", body):
        scram = auth[1] == b"response" or b"SCRAM" in auth[2].upper()
        found[Secret.SASL_EXCHANGE if scram else Secret.SASL_PASSWORD] += 1
    return found
