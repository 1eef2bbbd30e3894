"""Bodies of requests: small ones are read before anything is done, uploads pass through."""

import re
from urllib.parse import parse_qsl

import anyio
from python_multipart.multipart import parse_options_header
from starlette.types import Message, Receive, Scope

from ..problems import Problem, ProblemCode
from ..settings import MIB
from .csrf import FIELD
from .fields import single

LARGEST = MIB
"""Octets of a body that is no upload."""

HEAD = 16_384
"""Octets in which the first field of an upload has to end."""

WHOLE_S = 30.0
"""In which a body that is no upload has to come whole."""

UPLOADS = re.compile(r"(?:/api/v1)?/cases(?:/[^/]+/files)?")
"""Paths that take files."""


class ClientGone(Exception):  # noqa: N818 - nobody is left to be told of an error
    """The connection ended before the body did."""


class Body:
    """A `receive` that lets one look at what comes before the application does."""

    def __init__(self, receive: Receive) -> None:
        """Read nothing yet; `receive` is the server's."""
        self._receive = receive
        self._held: bytearray | None = None
        self._ended = False

    async def __call__(self) -> Message:
        """Give what was looked at, in one piece, then what comes."""
        if self._held is None:
            return await self._receive()
        held, self._held = bytes(self._held), None
        return {"type": "http.request", "body": held, "more_body": not self._ended}

    async def first(self, octets: int, within_s: float) -> bytes:
        """
        Look at the body up to so many octets or its end; a bit more may be given.

        Raises:
            ClientGone: The connection ended.
            Problem: CUT_OFF if it takes longer than `within_s`, however steadily it comes.
        """
        found = bytearray()
        try:
            with anyio.fail_after(within_s):
                while not self._ended and len(found) < octets:
                    found += await self._next()
        except TimeoutError:
            raise Problem(ProblemCode.CUT_OFF, "the body came too slowly") from None
        return bytes(found)

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientGone
        octets: bytes = message.get("body", b"")
        if self._held is None:
            self._held = bytearray()
        self._held += octets
        self._ended = not message.get("more_body", False)
        return octets


def is_upload(scope: Scope) -> bool:
    """Tell whether the body is a form with files, which the application reads as it comes."""
    return (
        scope["method"] == "POST"
        and UPLOADS.fullmatch(scope["path"]) is not None
        and kind_of(scope)[0] == b"multipart/form-data"
    )


def kind_of(scope: Scope) -> tuple[bytes, dict[bytes, bytes]]:
    """Give the media type of the body in lower case, and its parameters."""
    kind, parameters = parse_options_header(single(scope, b"content-type"))
    return kind.lower(), parameters


async def read_whole(scope: Scope, body: Body) -> bytes:
    """
    Read a body that is no upload, up to `LARGEST`.

    Raises:
        ClientGone: The connection ended.
        Problem: TOO_LARGE, before anything is read where its length says so; or CUT_OFF.
    """
    length = single(scope, b"content-length")
    if length is None and single(scope, b"transfer-encoding") is None:
        return b""
    too_large = Problem(ProblemCode.TOO_LARGE, "the body is too large", limit=LARGEST)
    # Digits are compared by their number first: a million of them are slow to convert.
    if length is not None and (len(length) > 18 or int(length) > LARGEST):
        raise too_large
    found = await body.first(LARGEST + 1, WHOLE_S)
    if len(found) > LARGEST:
        raise too_large
    return found


def form_proof(scope: Scope, head: bytes) -> str | None:
    """Give the field `csrf` of a form; of one with files it has to be the first field."""
    kind, parameters = kind_of(scope)
    if kind == b"application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(head.decode("ascii"), max_num_fields=1_000)
        except ValueError:
            return None
        return next((value for name, value in pairs if name == FIELD), None)
    if kind == b"multipart/form-data":
        return first_field(head, parameters.get(b"boundary", b""))
    return None


def first_field(head: bytes, boundary: bytes) -> str | None:
    """Give the value of the first part of a form (RFC 7578) if it is the field `csrf`."""
    delimiter = b"--" + boundary
    start, _, rest = head.partition(b"\r\n")
    fields, found, value = rest.partition(b"\r\n\r\n")
    text, ended, _ = value.partition(b"\r\n" + delimiter)
    if not boundary or start != delimiter or not found or not ended:
        return None
    for field in fields.split(b"\r\n"):
        name, _, content = field.partition(b":")
        if name.strip().lower() == b"content-disposition":
            parameters = parse_options_header(content.strip())[1]
            if parameters.get(b"name") == FIELD.encode():
                return text.decode("latin-1")
    return None
