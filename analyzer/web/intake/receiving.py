"""Take an upload in: counted, hashed, looked at and written while it comes."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Final

import anyio
from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect, Request

from ..blobs.incoming import Incoming, is_full
from ..problems import Problem, ProblemCode
from ..records import Upload
from ..settings import Settings
from .arriving import OVERHEAD_OCTETS, Arriving, BeforeFiles
from .multipart import Multipart

LEAST_OCTETS: Final = 16 << 10
"""Octets that have to come within the idle time: one a minute would keep a connection for ever."""


async def receive(
    request: Request,
    incoming: Incoming,
    settings: Settings,
    before_files: BeforeFiles | None = None,
) -> Upload:
    """
    Take in a form with files.

    Whoever asked owns the files then: they are moved away, or removed with `incoming.discard`;
    `received` sees to that. A form without files is none of the problems here.

    Args:
        request: Its body has not been read.
        incoming: Where the files are written.
        settings: The limits.
        before_files: Called once with all fields that came before the first file, before an octet
            of that is taken, or at the end; may raise.

    Raises:
        Problem: It is refused, or did not come whole; nothing of it is left then.
    """
    form = Multipart(request.headers.get("content-type", ""))
    arriving = Arriving(incoming, settings, before_files)
    try:
        await run_sync(_announced, request, incoming, settings)
        async for octets in _body(request, settings.upload_idle_s):
            for piece in form.feed(octets):
                await arriving.take(piece)
            arriving.count(len(octets))
        form.finish()
        return arriving.upload()
    except BaseException as error:
        with anyio.CancelScope(shield=True):
            await run_sync(arriving.discard)
        if isinstance(error, ClientDisconnect):
            raise Problem(ProblemCode.CUT_OFF, "the client went away") from None
        if isinstance(error, OSError) and is_full(error):
            raise Problem(ProblemCode.DISK_FULL) from None
        raise


@asynccontextmanager
async def received(
    request: Request,
    incoming: Incoming,
    settings: Settings,
    before_files: BeforeFiles | None = None,
) -> AsyncIterator[Upload]:
    """The same; what nobody has taken of it is removed behind."""
    upload = await receive(request, incoming, settings, before_files)
    try:
        yield upload
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(incoming.discard, upload.files)


def _announced(request: Request, incoming: Incoming, settings: Settings) -> None:
    """
    Look at the length that the client says, which may be a lie, but not a smaller one.

    Raises:
        Problem: There is no use in reading on.
    """
    said = request.headers.get("content-length", "")
    if not (said.isascii() and said.isdigit()):
        return
    length = int(said[:20]) if len(said) < 20 else 10**20
    if length > settings.max_case + OVERHEAD_OCTETS:
        raise Problem(ProblemCode.TOO_LARGE, limit=settings.max_case)
    if incoming.free() - length < settings.free_disk:
        raise Problem(ProblemCode.DISK_FULL)


async def _body(request: Request, idle_s: float) -> AsyncIterator[bytes]:
    """
    The body as it comes.

    Raises:
        Problem: Hardly anything comes.
        ClientDisconnect: Nothing will come any more.
    """
    waited, came = 0.0, 0
    async with aclosing(request.stream()) as stream:
        while True:
            begun = anyio.current_time()
            try:
                with anyio.fail_after(idle_s - waited):
                    octets = await anext(stream, None)
            except TimeoutError:
                raise Problem(ProblemCode.CUT_OFF, f"hardly anything came for {idle_s} s") from None
            if octets is None:
                return
            waited += anyio.current_time() - begun
            came += len(octets)
            if came >= LEAST_OCTETS:
                waited, came = 0.0, 0
            yield octets
