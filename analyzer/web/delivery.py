"""Reports and files as answers, for programs and for people."""

from collections.abc import Mapping
from functools import partial
from typing import BinaryIO

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from .guard.headers import for_download
from .records import File, FileState

CHUNK = 256 * 1024

SUFFIXES = {"text": "txt", "mermaid": "mmd", "junit": "xml", "sarif": "sarif.json"}
"""Format → ending of its file, where that is not its name."""


class Delivered(StreamingResponse):
    """What lies in a file, which is closed however the answer ends."""

    def __init__(
        self, content: BinaryIO, headers: Mapping[str, str], *, octets: int | None = None
    ) -> None:
        """
        Take what is open.

        Args:
            content: Read to its end.
            headers: As of `guard.headers`.
            octets: How long it is, if that is known.
        """
        length = {} if octets is None else {"content-length": str(octets)}
        pieces = iter(partial(content.read, CHUNK), b"")
        super().__init__(pieces, headers={**headers, **length})
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._content.close()


def report_name(stem: str, kind: str) -> str:
    """Name to save a report under."""
    return f"{stem}.{SUFFIXES.get(kind, kind)}"


def saved_file(file: File, content: BinaryIO) -> Delivered:
    """
    What is left of a file, to be saved: never shown, as its octets are a stranger's.

    Args:
        file: Which one; where not all of it is left, the name to save it under tells so.
        content: What is left, open.
    """
    is_changed = file.state is FileState.REDACTED and not file.derived
    name = f"redacted-{file.name}" if is_changed else file.name
    octets = file.octets if file.state is FileState.PRESENT else None
    return Delivered(content, for_download(name), octets=octets)
