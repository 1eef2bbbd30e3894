"""The API as OpenAPI 3.1 describes it; openapi.json beside this file is its published copy."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from ...version import __version__
from . import schemas

_WORDS = """\
Upload a HAR or a packet capture of a Cisco Finesse agent's XMPP session, and read what went wrong.

`POST /cases` takes the files; the answer names a job. Follow it with `GET /jobs/{id}/events`, or
ask `GET /jobs/{id}` now and then until its state is `done` or `failed`. Then
`GET /cases/{id}/result` has the findings for programs, and `GET /cases/{id}/report` the report for
people in any format and language.

Requests bring the server's token: `Authorization: Bearer TOKEN`. Whatever is refused is answered
with `application/problem+json` (RFC 9457) whose `code` is stable. Times are UTC (RFC 3339), lengths
are octets. Members may be added to answers; those there are stay.
"""

EVENTS = "text/event-stream"

# OpenAPI 3.1 has no word for a stream (3.2 has `itemSchema`): tools take this for each event.
_EVENT = {
    "type": "object",
    "description": "One event.",
    "required": ["event", "data"],
    "properties": {
        "event": {"const": "job"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Job"},
        },
    },
}

_OTHERS = ("HTTPValidationError", "ValidationError")

_TAGS = [
    {"name": "cases", "description": "What was uploaded together, and what people say of it."},
    {"name": "files", "description": "The recordings and keys of a case."},
    {"name": "jobs", "description": "Analyses and comparisons."},
    {"name": "reports", "description": "What was found."},
    {"name": "server", "description": "What runs here."},
]


def document(router: APIRouter) -> dict[str, Any]:
    """The description of the operations of a router."""
    app = FastAPI()
    app.include_router(router)
    told = get_openapi(
        title="Stanzascope",
        version=__version__,
        openapi_version="3.1.0",
        summary="What went wrong in a Finesse agent's XMPP session.",
        description=_WORDS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        tags=_TAGS,
        servers=[{"url": "/", "description": "The server that this comes from."}],
        routes=app.routes,
    )
    components = told["components"]
    made = {**components["schemas"], **_problem()}
    components["schemas"] = {n: made[n] for n in sorted(made) if n not in _OTHERS}
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that the server prints when it starts.",
        }
    }
    told["security"] = [{"token": []}]
    for operations in told["paths"].values():
        for operation in operations.values():
            _only_ours(operation["responses"])
    return told


def _problem() -> dict[str, Any]:
    """Schemas of what refusals refer to."""
    _, made = models_json_schema(
        [(schemas.Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    parts: dict[str, Any] = made["$defs"]
    return parts


def _only_ours(responses: dict[str, Any]) -> None:
    """Take out what the framework supposes and this server never sends."""
    content = responses.get("422", {}).get("content", {})
    if "application/json" in content:
        del responses["422"]
    for stream in responses.values():
        if EVENTS in stream.get("content", {}):
            stream["content"] = {EVENTS: {"schema": _EVENT}}
