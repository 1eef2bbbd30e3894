"""The guard before the application: every check, in its order, and the dress of every answer."""

import json
import logging
import time
import traceback
from collections.abc import Callable
from html import escape

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..problems import Problem, ProblemCode
from ..settings import Settings
from . import bodies, csrf
from .doorkeeper import Doorkeeper
from .fields import single
from .forwarded import follow, networks
from .headers import dressed
from .hosts import check_host, names_of, read_target
from .identity import identify, let_in
from .origins import READING, check_origin, check_site
from .rates import Rate, client_of
from .shape import check_shape
from .token import Secrets

LOG = logging.getLogger("stanzascope.web")

UNCOUNTED = ("/static/", "/health/")
"""Parts of pages, and what tells a supervisor that we live."""

Refuse = Callable[[Scope, Problem], Response]


def plain(scope: Scope, problem: Problem) -> Response:
    """Give the plainest answer to a refused request: RFC 9457 for programs, else a page."""
    title = problem.code.value.replace("-", " ").capitalize()
    told = {
        "type": f"/problems#{problem.code.value}",
        "title": title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code.value,
    }
    if scope["path"].startswith("/api/"):
        return Response(json.dumps(told), problem.status, media_type="application/problem+json")
    return HTMLResponse(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title></head><body><h1>{escape(title)}</h1><p>{escape(problem.detail)}</p></body>"
        "</html>\n",
        problem.status,
    )


def guarded(
    app: ASGIApp,
    settings: Settings,
    secrets: Secrets,
    refuse: Refuse = plain,
    ticks: Callable[[], int] = time.monotonic_ns,
) -> ASGIApp:
    """
    Put the guard before an application.

    Args:
        app: What is guarded.
        settings: Of the server; its token is the one that counts.
        secrets: Their key signs cookies and forms.
        refuse: Gives the answer to a refused request.
        ticks: Gives nanoseconds, and is never set back.

    Raises:
        UsageError: A trusted proxy is no address.
    """
    return Guard(app, Doorkeeper(settings, secrets, time.time_ns, ticks), refuse, ticks)


class Guard:
    """As of `guarded`; the application sees only requests that passed every check."""

    def __init__(
        self, app: ASGIApp, doorkeeper: Doorkeeper, refuse: Refuse, ticks: Callable[[], int]
    ) -> None:
        """Read the settings once."""
        self._app = app
        self._doorkeeper = doorkeeper
        self._refuse = refuse
        self._settings = doorkeeper.settings
        self._names = names_of(self._settings)
        self._proxies = networks(self._settings.trusted_proxies)
        # Strangers at the address of people we know take nothing from them.
        self._known = Rate(self._settings.requests_per_minute, ticks)
        self._strangers = Rate(self._settings.requests_per_minute, ticks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; no exception of it gets out."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        elif scope["type"] == "http":
            # The scope itself is changed: a log around the guard sees client and route.
            scope["state"] = {**scope.get("state", {}), "doorkeeper": self._doorkeeper}
            await self._serve(scope, receive, Answer(dressed(scope, send, self._settings)))
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: "Answer") -> None:
        body = bodies.Body(receive)
        try:
            answer = self._admit(scope)
            if answer is None:
                await self._check_body(scope, body)
                await self._app(scope, body, send)
                return
        except bodies.ClientGone:
            return
        except Problem as problem:
            answer = self._told(scope, problem)
        except Exception as error:  # noqa: BLE001 - the outermost edge: nobody else answers
            log_fault(error)
            answer = self._told(scope, Problem(ProblemCode.FAULT))
        if not send.started:
            await answer(scope, receive, send)

    def _admit(self, scope: Scope) -> Response | None:
        """
        Check everything but the body; give an answer if the request ends here.

        Raises:
            Problem: The request is refused.
        """
        read_target(scope)
        check_host(scope, self._names)
        check_shape(scope)
        follow(scope, self._proxies)
        identify(scope, self._doorkeeper)
        # Before anything is counted: a page of another site shall use up nothing of its reader's.
        check_site(scope, self._settings)
        if not scope["path"].startswith(UNCOUNTED):
            rate = self._known if scope["state"]["identity"] else self._strangers
            rate.take(client_of(scope))
        answer = let_in(scope, self._doorkeeper)
        if answer is None:
            check_origin(scope, self._settings)
        return answer

    async def _check_body(self, scope: Scope, body: bodies.Body) -> None:
        """
        Bound the body, and look for the proof that its form is ours.

        Raises:
            ClientGone: The connection ended.
            Problem: TOO_LARGE, CUT_OFF or CSRF.
        """
        upload = bodies.is_upload(scope)
        head = b"" if upload else await bodies.read_whole(scope, body)
        if scope["method"] in READING or scope["state"]["identity"] == "token":
            return
        proof = single(scope, csrf.HEADER)
        if proof is None:
            if upload:
                head = await body.first(bodies.HEAD, self._settings.upload_idle_s)
            proof = bodies.form_proof(scope, head)
        csrf.check(scope, proof)

    def _told(self, scope: Scope, problem: Problem) -> Response:
        try:
            answer = self._refuse(scope, problem)
        except Exception as error:  # noqa: BLE001 - likewise: an error page that has an error
            log_fault(error)
            answer = plain(scope, problem)
        if problem.code is ProblemCode.BAD_FORM:
            # Where this request ends, and the next one begins, may be a lie (RFC 9112 section 6.3).
            answer.headers["connection"] = "close"
        if problem.retry_s is not None:
            answer.headers.setdefault("retry-after", str(problem.retry_s))
        return answer


class Answer:
    """
    A `send` that knows whether an answer has begun.

    Attributes:
        started: It has.
    """

    def __init__(self, send: Send) -> None:
        """Nothing was sent yet."""
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Send a message on."""
        self.started = True
        await self._send(message)


def log_fault(error: Exception) -> None:
    """Log what a fault is and where, and none of its words: they may quote a capture."""
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-8:]))
    LOG.error("fault %s at %s", type(error).__name__, place)
