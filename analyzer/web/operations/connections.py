"""HTTP/1.1 connections: how many there may be, and none of them half-open for ever."""

import asyncio
import errno
import resource
import time
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 20.0
"""
How long the head of a request may take, from the connection or its first octet on; and the rest of
a body whose request was answered before it came.
"""

MOST = 512
"""Connections at the same time, if there are descriptors for them; more are closed unheard."""

OWN = 128
"""Descriptors for what is no connection: the database, the log, analyses."""

DESCRIPTORS = 65_536
"""More are not asked for: some libraries close each one that may be open."""

OUT_OF_S = 60.0
"""How often it is told that descriptors ran out."""


def raise_descriptors() -> None:
    """Raise the limit of open descriptors to what we may have, up to `DESCRIPTORS`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """Give how many connections there may be: each of them may need a file of its own, too."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(1, min(MOST, (soft - OWN) // 2))


class OnceInAWhile:
    """
    An event loop's exception handler, that tells only now and then that descriptors ran out.

    asyncio tells it for each connection that waits, again and again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._told = -OUT_OF_S

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of a fault as the loop would."""
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            now = self._clock()
            if now - self._told < OUT_OF_S:
                return
            self._told = now
        loop.default_exception_handler(context)


class Connection(H11Protocol):
    """As uvicorn's, which waits for ever for the rest of a head (the attack called slowloris)."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """As of uvicorn."""
        super().__init__(*args, **more)
        self._head_until: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, unless there are too many connections."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.abort()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take octets; those of a head, or behind an answer, count from the first one on."""
        super().data_received(data)
        # uvicorn forgets its own time-out with each octet of a body that nobody reads any more.
        is_waiting = self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE
        if not is_waiting or self.transport.is_closing():
            self._stop_waiting()
        elif self._head_until is None:
            self._wait()

    def _wait(self) -> None:
        self._head_until = self.loop.call_later(HEAD_S, self._late)

    def _stop_waiting(self) -> None:
        if self._head_until is not None:
            self._head_until.cancel()
            self._head_until = None

    def _late(self) -> None:
        self._head_until = None
        self.timeout_keep_alive_handler()
