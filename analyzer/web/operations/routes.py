"""What a monitor asks: is it alive, can it work, and the metrics."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from .health import Checker
from .metrics import Metrics

router = APIRouter(include_in_schema=False)


@router.get("/health/live")
async def live() -> Response:
    """The process answers; asks nothing of database or disk."""
    return JSONResponse({"status": "live"})


@router.get("/health/ready")
def ready(request: Request) -> Response:
    """It can take uploads and analyse them; what is amiss is told to those with a token."""
    checker: Checker = request.app.state.checker
    health = checker.look()
    told: dict[str, object] = {"status": "ready" if health.is_ready else "not ready"}
    if request.scope.get("state", {}).get("identity"):
        told["checks"] = health.checks
    return JSONResponse(told, 200 if health.is_ready else 503)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """In the text format of Prometheus."""
    measured: Metrics = request.app.state.metrics
    return Response(measured.written(), media_type=measured.content_type)
