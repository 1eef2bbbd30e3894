"""Forms of the pages: small ones are read here, uploads by `intake`."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import parse_qsl

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from ..depends import services_of
from ..intake.receiving import received
from ..problems import Problem, ProblemCode
from ..records import Upload

MOST_OCTETS = 1 << 18
"""Of a small form: notes of 20,000 characters, each of which may be written in twelve octets."""

MOST_FIELDS = 20


async def fields_of(request: Request) -> dict[str, str]:
    """
    Fields of a small form; the guard has seen that it is ours.

    Raises:
        Problem: It is too long, or no such form.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_OCTETS:
            raise Problem(ProblemCode.TOO_LARGE)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Problem(ProblemCode.BAD_FORM) from None
    return dict(pairs)


async def upload_of(request: Request) -> AsyncIterator[Upload]:
    """
    An upload, taken in whole; the guard has seen that its form is ours.

    What has no case or no room any more is refused before anything is taken in.
    Files of it that nobody took are gone when it is answered.

    Raises:
        Problem: It is refused.
    """
    services = services_of(request)
    stores = services.stores
    await run_sync(services.casebook.admit, request.path_params.get("case_id"))

    async with received(request, stores.incoming, stores.settings) as upload:
        yield upload


Fields = Annotated[dict[str, str], Depends(fields_of)]
Uploaded = Annotated[Upload, Depends(upload_of)]


def see_other(path: str) -> RedirectResponse:
    """Send the browser on after a form, so that loading anew sends nothing twice (303)."""
    return RedirectResponse(path, 303)
