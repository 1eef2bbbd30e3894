"""What changes, told while it goes on; those who listen hear it as server-sent events."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import anyio
from anyio import to_thread

from .problems import Problem

POLL_S = 0.5
"""How often a listener looks at the database."""

_Seen = TypeVar("_Seen")


async def changes(
    look: Callable[[], _Seen], is_over: Callable[[_Seen], bool], stops: Callable[[], bool]
) -> AsyncIterator[_Seen]:
    """
    What is seen now and at each change; ends once it is over or there is nothing to see any more.

    What a proxy may buffer, comments while nothing happens and a listener that vanishes are
    the business of `fastapi.sse`.

    Args:
        look: What is seen at the moment; runs in a thread, and may raise `Problem`: it is gone.
        is_over: No change comes behind this.
        stops: The server wants to stop: listeners ask again, and find the next one.
    """
    before: _Seen | None = None
    while True:
        try:
            now = await to_thread.run_sync(look)
        except Problem:
            return
        if now != before:
            yield now
        if is_over(now) or stops():
            return
        before = now
        await anyio.sleep(POLL_S)
