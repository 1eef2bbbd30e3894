"""Answers of Finesse that the browser kept from the page: CORS, frame-ancestors."""

import re
from urllib.parse import urlsplit

from ..model.http import Headers, field
from ..model.source import HarSource
from .har_http import PORTS, Head

CORS = "CORS"
FRAME = "frame-ancestors"

_FRAME = re.compile(
    r"ERR_BLOCKED_BY_RESPONSE|NS_ERROR_XFO_VIOLATION|NS_ERROR_CSP_FRAME_ANCESTOR_VIOLATION"
)

_REFUSED = re.compile(r"ERR_FAILED\b|NS_ERROR_DOM_BAD_URI|CORS")

_PREFLIGHT = "access-control-request-method"


class Barred:
    """
    Requests to a node whose answers the browser did not hand on.

    Attributes:
        by: "CORS" or "frame-ancestors", of the first; empty if there is none.
        asked: Its URL, without query.
        origin: Of the page that asked; empty if that is not known.
        count: How many.
        source: Where the first one stands; None if there is none.
    """

    def __init__(self) -> None:
        self.by = self.asked = self.origin = ""
        self.count = 0
        self.source: HarSource | None = None

    def note(self, head: Head) -> None:
        """Look at a request to a node."""
        origin = _origin(field(head.request_headers, "origin") or "")
        origin = origin or _origin(field(head.request_headers, "referer") or "")
        if _FRAME.search(head.error):
            by = FRAME
        elif origin and origin != _origin(head.url) and _is_kept(head, origin):
            by = CORS
        else:
            return
        self.count += 1
        if not self.by:
            self.by, self.asked, self.origin = by, head.url.partition("?")[0], origin
            self.source = head.source


def _is_kept(head: Head, origin: str) -> bool:
    """Whether the browser keeps the answer to a request of another origin from the page."""
    if _allows(head.response_headers, origin):
        return False
    if head.method == "OPTIONS":
        asks = field(head.request_headers, _PREFLIGHT) is not None
        return asks and head.status > 0
    return _REFUSED.search(head.error) is not None


def _allows(headers: Headers, origin: str) -> bool:
    allowed = field(headers, "access-control-allow-origin") or ""
    return allowed == "*" or _origin(allowed) == origin


def _origin(url: str) -> str:
    """Scheme, host and port (RFC 6454 section 4); empty where there is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname else ""
