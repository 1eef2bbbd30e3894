"""The application: every route behind the guard, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Scope

from ..version import __version__
from .api import answers
from .api.routes import router as api
from .guard.stack import guarded, log_fault
from .guard.token import Secrets
from .operations.health import Checker
from .operations.metrics import Metrics
from .operations.routes import router as operations
from .pages.errors import problem_page
from .pages.routes import router as pages
from .problems import Problem, ProblemCode
from .services import Services

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
"""Of which a path may have some."""

SWEEP_S = 60
"""How often what has had its time is looked for."""


def create_app(services: Services) -> FastAPI:
    """
    All routes, without the guard; what runs beside them runs while the application does.

    Args:
        services: What the server is made of.
    """
    app = FastAPI(
        title="Stanzascope",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # Else it leads on by the scheme and name that it sees, which behind a proxy may be others.
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.services = services
    app.state.checker = Checker(services)
    app.state.metrics = Metrics(services.stores)
    for router in (api, pages, operations):
        app.include_router(router)
    for kind in (Problem, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, refused)
    return app


def protected(app: FastAPI, services: Services, secrets: Secrets) -> ASGIApp:
    """The application behind its guard: what a server serves."""

    def refuse(scope: Scope, problem: Problem) -> Response:
        # The guard stands before the application, which would set this.
        return refused(Request({**scope, "app": app}), problem)

    return guarded(app, services.settings, secrets, refuse)


def refused(request: Request, error: Exception) -> Response:
    """The answer to a request that is refused, or that met a fault."""
    headers = _headers(request, error)
    if not request.url.path.startswith("/api/"):
        return problem_page(request, _problem(error), headers)
    if isinstance(error, RequestValidationError):
        return answers.of_validation_error(error)
    return answers.of_problem(_problem(error), headers)


def _headers(request: Request, error: Exception) -> Mapping[str, str]:
    """What the framework says in headers."""
    if not isinstance(error, HTTPException):
        return {}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Each method of a path has a route of its own, and the framework tells those of one.
        return {"Allow": ", ".join(_allowed(request))}
    return error.headers or {}


def _allowed(request: Request) -> list[str]:
    """Methods that the path of a request has (RFC 9110 section 10.2.1)."""
    scopes = {method: {**request.scope, "method": method} for method in METHODS}
    routes = request.app.routes
    return [
        method
        for method, scope in scopes.items()
        if any(route.matches(scope)[0] is Match.FULL for route in routes)
    ]


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return answers.problem_of(error)
    if isinstance(error, RequestValidationError):
        return Problem(ProblemCode.BAD_VALUE)
    return Problem(ProblemCode.FAULT)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    running = asyncio.create_task(services.runner.run())
    over = asyncio.Event()
    sweeping = asyncio.create_task(_sweep(services, over))
    try:
        yield
    finally:
        # To cancel it would not end the thread, whose database is closed after this.
        services.sweeper.stop()
        over.set()
        await services.runner.stop(services.settings.grace_s)
        await sweeping
        await running


async def _sweep(services: Services, over: asyncio.Event) -> None:
    """Delete what has had its time, again and again; a disk or database may be away for a while."""
    while not over.is_set():
        try:
            await anyio.to_thread.run_sync(services.sweeper.sweep)
        except Exception as error:  # noqa: BLE001 - the edge of the door: the next round tries again
            log_fault(error)
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), SWEEP_S)
