"""Reports and files as answers."""

from functools import partial
from typing import BinaryIO

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ..guard.headers import for_download

CHUNK = 256 * 1024

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "text": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "mermaid": "text/plain; charset=utf-8",
    "junit": "application/xml",
    "har": "application/json",
    "sarif": "application/sarif+json",
    "zip": "application/zip",
}
"""Format of a report → what it is."""

SUFFIXES = {"text": "txt", "mermaid": "mmd", "junit": "xml", "sarif": "sarif.json"}
"""Format → ending of its file, where that is not its name."""


class Delivered(StreamingResponse):
    """A file to be saved, never shown; it is closed however the answer ends."""

    def __init__(
        self,
        content: BinaryIO,
        *,
        name: str,
        media_type: str = "application/octet-stream",
        octets: int | None = None,
    ) -> None:
        """
        Take what is open.

        Args:
            content: Read to its end.
            name: To save it under.
            media_type: What it is; of a file that was uploaded nobody knows.
            octets: How long it is, if that is known.
        """
        headers = for_download(name, media_type)
        if octets is not None:
            headers["content-length"] = str(octets)
        super().__init__(iter(partial(content.read, CHUNK), b""), headers=headers)
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._content.close()


def report_name(stem: str, kind: str) -> str:
    """Name for the file of a report."""
    return f"{stem}.{SUFFIXES.get(kind, kind)}"
