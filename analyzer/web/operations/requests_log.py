"""What was asked, by whom and how it went: a line of the log and a count for each request."""

import logging
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .logs import FIELDS
from .metrics import Requests

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

API = "/api/v1"

NO_ROUTE = "-"
"""Of a request that no route takes, or that was refused before."""

CLIENT_GONE = 499
"""Status in log and metrics of a request that ended without an answer."""

_log = logging.getLogger("stanzascope.requests")


class RequestsLog:
    """
    The outermost ASGI application.

    Told are method, template of the route, status, time, octets, client and a random id, which is
    answered as `X-Request-Id`; never a path, a query, a header or a body.
    """

    def __init__(
        self, app: ASGIApp, counts: Requests, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """`clock` gives seconds."""
        self.app = app
        self.counts = counts
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and tell of it when it is over."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = _Request(self.clock())
        scope.setdefault("state", {})["request_id"] = request.id

        async def receiving() -> Message:
            message = await receive()
            request.received += len(message.get("body", b""))
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request.id
            request.sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receiving, sending)
        finally:
            self._tell(scope, request)

    def _tell(self, scope: Scope, request: "_Request") -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        # The guard and the router change the scope itself: it knows the route, and the client
        # that a trusted proxy names.
        route, client = _template(scope), scope.get("client")
        seconds = self.clock() - request.began
        status = request.status or CLIENT_GONE
        self.counts.over(method, route, status, seconds, request.received)
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1_000, 1),
            "received": request.received,
            "sent": request.sent,
            "client": client[0] if client else "",
            "request": request.id,
        }
        _log.info("request", extra={FIELDS: fields})


class _Request:
    """What is counted while a request runs."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.id = secrets.token_hex(8)
        self.status = 0
        self.received = 0
        self.sent = 0


def _template(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        # FastAPI keeps the prefix of a router to itself where that router holds others.
        below = scope["path"].startswith(f"{API}/") and not path.startswith(API)
        return API + path if below else path
    # Files of a mounted folder: `app_root_path` is set by whoever mounts, the rest is theirs.
    mounted = scope.get("root_path", "")
    return f"{mounted}/{{path}}" if mounted and scope.get("endpoint") else NO_ROUTE
