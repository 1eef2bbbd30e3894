"""A server from start to stop: opens what it needs, listens, and ends in order."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from ..pipeline import profile_as_toml
from .app import create_app, protected
from .guard.token import Secrets
from .operations.connections import Connection, OnceInAWhile, raise_descriptors
from .operations.logs import configure
from .operations.requests_log import RequestsLog
from .operations.startup import BACKLOG, Address, listen, url_of
from .services import Services
from .settings import Settings
from .stores import Stores

HEAD_OCTETS = 1 << 15
"""Of the head of a request, beyond which it is refused (RFC 9112 section 3)."""

IDLE_S = 15
"""A connection without a request is closed after so long."""

SIGNALS = (signal.SIGTERM, signal.SIGINT)
"""Each of them asks for the end."""


def serve(
    settings: Settings, secrets: Secrets, at: Address, announce: Callable[[str], None]
) -> None:
    """
    Serve until SIGTERM or SIGINT.

    Then it ends in order: no new connections, what is under way goes on for `grace_s`, and jobs
    that are not done by then go back to the queue.

    Args:
        settings: How the server runs.
        secrets: Of its data folder.
        at: Where it listens.
        announce: Told the URL once it answers.

    Raises:
        UsageError: Something it needs is not to be had.
    """
    profile_as_toml(settings.profile)
    raise_descriptors()
    with contextlib.closing(listen(at)) as listener, Stores(settings) as stores:
        configure()
        services = Services(stores)
        app = create_app(services)
        guarded = protected(app, services, secrets)
        config = uvicorn.Config(
            RequestsLog(guarded, app.state.metrics.requests),
            http=Connection,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            h11_max_incomplete_event_size=HEAD_OCTETS,
            # asyncio takes so many connections at once before it looks at the first of them.
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=settings.grace_s,
        )
        url = url_of(listener, settings.hosts)
        server = _Server(config, services, lambda: announce(url))
        asyncio.run(server.serve([listener]))


class _Server(uvicorn.Server):
    """uvicorn's, that ends with 0 when it is asked to end."""

    def __init__(
        self, config: uvicorn.Config, services: Services, started: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._services = services
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(OnceInAWhile())
        await super().startup(sockets)
        self._told()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Jobs have the same time as uploads, not what is left after them.
        grace_s = self._services.settings.grace_s
        jobs = asyncio.create_task(self._services.runner.stop(grace_s))
        await super().shutdown(sockets)
        if self.force_exit:
            # uvicorn would leave the jobs as they are.
            await self.lifespan.shutdown()
        await jobs

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in SIGNALS}
        for number in SIGNALS:
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)

    def stop(self) -> None:
        """End in order; asked twice, at once."""
        if self.should_exit:
            self.force_exit = True
            self._hurry = asyncio.create_task(self._services.runner.stop(0))
        self.should_exit = self._services.stopping = True
