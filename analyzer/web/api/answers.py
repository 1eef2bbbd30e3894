"""Refusals as programs read them: RFC 9457 problem details."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ..problems import Problem, ProblemCode

PROBLEM_JSON = "application/problem+json"
"""RFC 9457 section 3."""

TITLES = {
    ProblemCode.NO_FILE: "There is no file in the form",
    ProblemCode.EMPTY_FILE: "The file is empty",
    ProblemCode.NOT_A_CAPTURE: "The file is no recording that can be analysed",
    ProblemCode.TOO_LARGE: "This is larger than the server takes",
    ProblemCode.TOO_MANY_FILES: "These are more files than a case may have",
    ProblemCode.CUT_OFF: "The connection ended before the upload did",
    ProblemCode.BAD_FORM: "The request is not well-formed",
    ProblemCode.BAD_VALUE: "A value is not valid",
    ProblemCode.QUEUE_FULL: "Too many analyses wait at the moment",
    ProblemCode.DISK_FULL: "The server has no room for this",
    ProblemCode.NOT_FOUND: "There is nothing here",
    ProblemCode.NOT_READY: "There is no result yet",
    ProblemCode.NO_RESULT: "There is no result, as the analysis failed",
    ProblemCode.NOT_KEPT: "This was not kept",
    ProblemCode.CONFLICT: "A request with this key is still under way",
    ProblemCode.KEY_REUSED: "This key was used for another request",
    ProblemCode.SIGN_IN: "A token is needed",
    ProblemCode.WRONG_TOKEN: "The token is wrong",
    ProblemCode.WRONG_HOST: "The server is not known by this name",
    ProblemCode.CROSS_SITE: "The request comes from another site",
    ProblemCode.CSRF: "The form is not one of this server, or too old",
    ProblemCode.TOO_OFTEN: "There are too many requests",
    ProblemCode.RENDERING: "The report could not be written in this format",
    ProblemCode.METHOD: "The method is not allowed here",
    ProblemCode.FAULT: "A fault of the server",
}
"""Code → RFC 9457 `title`: the same at each occurrence."""

_BY_STATUS = {
    HTTPStatus.BAD_REQUEST: ProblemCode.BAD_FORM,
    HTTPStatus.NOT_FOUND: ProblemCode.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ProblemCode.METHOD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ProblemCode.TOO_LARGE,
}

_OF_KINDS = {
    "union_tag_invalid": "not one of the values that there are",
    "union_tag_not_found": "Field required",
}
"""
Errors about the member that says what a body is: pydantic's words of them repeat its value, or tell
of Python, and its place is that of the body.
"""


def of_problem(
    problem: Problem,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> JSONResponse:
    """
    The answer to a request that is refused.

    Args:
        problem: Why.
        headers: Further ones.
        errors: Each value that is not valid: `in`, `name` and `detail`.
    """
    content: dict[str, Any] = {
        "type": f"/problems#{problem.code}",
        "title": TITLES[problem.code],
        "status": problem.status,
        "code": problem.code.value,
    }
    if problem.detail:
        content["detail"] = problem.detail
    if problem.values:
        content["values"] = problem.values
    if errors:
        content["errors"] = errors
    retry = {} if problem.retry_s is None else {"Retry-After": str(problem.retry_s)}
    return JSONResponse(
        content,
        problem.status,
        {**retry, **(headers or {})},
        media_type=PROBLEM_JSON,
    )


def problem_of(error: HTTPException) -> Problem:
    """What the framework refuses: a path or method that does not exist, a body it cannot read."""
    known = _BY_STATUS.get(HTTPStatus(error.status_code))
    if known is not None:
        return Problem(known)
    return Problem(ProblemCode.BAD_VALUE if error.status_code < 500 else ProblemCode.FAULT)


def of_validation_error(error: RequestValidationError) -> JSONResponse:
    """The answer to values that are not valid: says which, and never repeats them."""
    errors = [_told(each) for each in error.errors()]
    if errors and all(each["in"] == "path" for each in errors):
        return of_problem(Problem(ProblemCode.NOT_FOUND))
    first = next((f"{each['name']}: {each['detail']}" for each in errors), "")
    return of_problem(Problem(ProblemCode.BAD_VALUE, first), errors=errors)


def _told(error: Mapping[str, Any]) -> dict[str, str]:
    where, *inside = map(str, error["loc"])
    message = error["msg"]
    if error["type"] in _OF_KINDS:
        message = _OF_KINDS[error["type"]]
        inside.append("kind")
    # Names of unknown fields are the client's words, and may hold half a surrogate pair.
    name = ".".join(inside)[:100].encode(errors="replace").decode()
    return {"in": where, "name": name, "detail": message}
