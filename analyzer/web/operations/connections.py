"""HTTP/1.1 connections that may not stay half-open: a head must come whole within its time."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 20.0
"""How long the head of a request may take, from the connection or its first octet on."""


class Connection(H11Protocol):
    """As uvicorn's, which waits for ever for the rest of a head (the attack called slowloris)."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """As of uvicorn."""
        super().__init__(*args, **more)
        self._head_until: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take octets; those of a head count from the first one on."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
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
