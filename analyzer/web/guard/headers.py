"""What an answer may do in a browser, and who may see it."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

from ..settings import Settings
from .cookie import is_https

_POWERS = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)

EVERY: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": ", ".join(f"{power}=()" for power in _POWERS),
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Of every answer that does not say otherwise itself."""

PAGE: Mapping[str, str] = {
    **EVERY,
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    # "no-referrer" would make browsers send forms with `Origin: null` (Fetch section 3.2).
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}
"""Of our own pages."""

REPORT: Mapping[str, str] = {
    **EVERY,
    # The report's own policy names its scripts and styles by their hashes, and both policies
    # hold; this one takes away origin, network and forms whatever the file says. A page with
    # `sandbox` must have no opener policy: browsers refuse to show it (HTML section 7.1.3).
    "content-security-policy": (
        "sandbox allow-scripts allow-downloads; default-src 'none'; "
        "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "x-frame-options": "SAMEORIGIN",
}
"""Of a report, which is made of what strangers sent; it opens no windows and has no links out."""

DATA: Mapping[str, str] = {
    **EVERY,
    "content-security-policy": (
        "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-frame-options": "DENY",
}
"""Of answers to programs: nothing in them is a page."""


def for_download(name: str, content_type: str = "application/octet-stream") -> dict[str, str]:
    """
    Give the headers of a file that is saved and never shown.

    Args:
        name: Proposed to whoever saves it.
        content_type: Of a file we wrote ourselves; uploads keep the default.
    """
    return {**DATA, "content-type": content_type, "content-disposition": attachment(name)}


def attachment(name: str) -> str:
    """Write a Content-Disposition (RFC 6266) for any name (RFC 8187), also for old readers."""
    known = "".join(
        letter if " " <= letter <= "~" and letter not in '"\\%/;' else "_" for letter in name
    )
    exact = quote(name.encode("utf-8", "replace"), safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{known}\"; filename*=UTF-8''{exact}"


def dressed(scope: Scope, send: Send, settings: Settings) -> Send:
    """Give a `send` that adds what an answer does not say itself."""

    async def send_dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            # Now, as the guard reads the target first: it may hold the whole URL.
            is_data = scope["path"].startswith(("/api/", "/health/", "/metrics"))
            default = DATA if is_data else PAGE
            # What an endpoint chose stands: its policy is whole if it has one at all.
            chosen = EVERY if "content-security-policy" in headers else default
            for name, value in chosen.items():
                headers.setdefault(name, value)
            if is_https(scope, settings):
                headers.setdefault("strict-transport-security", "max-age=31536000")
            if message["status"] == 401:
                headers.setdefault("www-authenticate", 'Bearer realm="stanzascope"')
        await send(message)

    return send_dressed
