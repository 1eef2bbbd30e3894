"""Forms as clients send them, and a receiver for them without a server."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace
from starlette.requests import Request

from analyzer.web.blobs.incoming import Incoming
from analyzer.web.intake.receiving import receive
from analyzer.web.problems import Problem
from analyzer.web.records import Upload
from analyzer.web.settings import Settings

BOUNDARY = "3ab0d1c2"

HAR = b'{"log": {"version": "1.2", "entries": []}}'

PCAP = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")

File = tuple[str, bytes]
"""Name and octets."""


def encoded(fields: Mapping[str, str], files: Sequence[File]) -> bytes:
    """A form as httpx writes it, which is an encoder of its own."""
    request = httpx.Request(
        "POST",
        "http://localhost/",
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        data=dict(fields),
        files=[("file", (name, octets)) for name, octets in files] or {"": ("", b"")},
    )
    return request.read()


def part(octets: bytes, *headers: str) -> bytes:
    """A part as written by hand."""
    head = "".join(f"{header}\r\n" for header in headers).encode()
    return f"--{BOUNDARY}\r\n".encode() + head + b"\r\n" + octets + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A body of such parts."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def chosen(name: str, octets: bytes = HAR) -> bytes:
    """A part with a file."""
    return part(octets, f'Content-Disposition: form-data; name="file"; filename="{name}"')


def typed(name: str, value: str | bytes) -> bytes:
    """A part with a field."""
    octets = value.encode() if isinstance(value, str) else value
    return part(octets, f'Content-Disposition: form-data; name="{name}"')


class Client:
    """
    Sends one request to `receive`.

    Attributes:
        incoming: Where the files are written.
        settings: The limits.
        taken: Octets that were asked for.
    """

    def __init__(self, incoming: Incoming, settings: Settings) -> None:
        self.incoming = incoming
        self.settings = settings
        self.taken = 0

    def limited(self, **limits: float) -> "Client":
        """The same with other limits."""
        return Client(self.incoming, replace(self.settings, **limits))

    def request(
        self,
        pieces: Iterable[bytes | float],
        headers: Mapping[str, str] | None = None,
        *,
        leaves: bool = False,
    ) -> Request:
        """
        A request.

        Args:
            pieces: Of the body; a number is a pause in seconds.
            headers: Beside or instead of the content type.
            leaves: The client goes away behind the last piece.
        """
        messages = self._messages(pieces, leaves=leaves)

        async def next_message() -> dict[str, Any]:
            message = next(messages)
            while isinstance(message, float):
                await asyncio.sleep(message)
                message = next(messages)
            return message

        given = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"} | dict(headers or {})
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]
        return Request({"type": "http", "method": "POST", "headers": raw}, next_message)

    def _messages(
        self, pieces: Iterable[bytes | float], *, leaves: bool
    ) -> Iterator[dict[str, Any] | float]:
        for piece in pieces:
            if isinstance(piece, float):
                yield piece
            else:
                self.taken += len(piece)
                yield {"type": "http.request", "body": piece, "more_body": True}
        if leaves:
            yield {"type": "http.disconnect"}
        yield {"type": "http.request", "body": b"", "more_body": False}

    def send(
        self,
        *pieces: bytes | float,
        headers: Mapping[str, str] | None = None,
        leaves: bool = False,
        before_files: Callable[[Mapping[str, str]], None] | None = None,
    ) -> Upload:
        """What comes of these pieces of a body."""
        request = self.request(pieces, headers, leaves=leaves)
        return asyncio.run(receive(request, self.incoming, self.settings, before_files))

    def refused(
        self,
        *pieces: bytes | float,
        headers: Mapping[str, str] | None = None,
        leaves: bool = False,
    ) -> Problem:
        """Why these pieces are refused; nothing of them may be left."""
        try:
            upload = self.send(*pieces, headers=headers, leaves=leaves)
        except Problem as problem:
            assert self.left() == []
            return problem
        raise AssertionError(f"taken in: {upload}")

    def left(self) -> list[str]:
        """Names of the files that wait."""
        return sorted(path.name for path in self.incoming.folder.iterdir())


@contextmanager
def client(data: Path) -> Iterator[Client]:
    """A client with a folder for uploads."""
    incoming = Incoming(data / "incoming")
    try:
        yield Client(incoming, Settings(data=data, free_disk=0))
    finally:
        incoming.close()


def contents(upload: Upload) -> list[File]:
    """Names and octets of the files."""
    return [(file.name, Path(file.path).read_bytes()) for file in upload.files]
