"""The refusals of an operation, as its description tells them."""

from typing import Any

from ..problems import STATUS, ProblemCode
from .answers import PROBLEM_JSON, TITLES

ANYWHERE = (
    ProblemCode.SIGN_IN,
    ProblemCode.WRONG_TOKEN,
    ProblemCode.WRONG_HOST,
    ProblemCode.BAD_FORM,
    ProblemCode.TOO_OFTEN,
    ProblemCode.FAULT,
)
"""What any request may be answered with."""

UNSAFE = (ProblemCode.CROSS_SITE, ProblemCode.CSRF, ProblemCode.TOO_LARGE)
"""And any that changes something."""

UPLOAD = (
    ProblemCode.NO_FILE,
    ProblemCode.EMPTY_FILE,
    ProblemCode.NOT_A_CAPTURE,
    ProblemCode.TOO_LARGE,
    ProblemCode.TOO_MANY_FILES,
    ProblemCode.CUT_OFF,
    ProblemCode.BAD_FORM,
    ProblemCode.BAD_VALUE,
    ProblemCode.QUEUE_FULL,
    ProblemCode.DISK_FULL,
)
"""And any that brings files."""

KEYED = (ProblemCode.CONFLICT, ProblemCode.KEY_REUSED)
"""And any with an idempotency key."""

_HEADERS: dict[int, dict[str, Any]] = {
    401: {
        "WWW-Authenticate": {
            "description": "What is asked for: `Bearer`.",
            "schema": {"type": "string"},
        }
    },
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
    503: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
}


def refusals(*codes: ProblemCode) -> dict[int | str, dict[str, Any]]:
    """Status → its answer in OpenAPI: those of these codes, and of what is refused anywhere."""
    by_status: dict[int, list[ProblemCode]] = {}
    for code in dict.fromkeys((*codes, *ANYWHERE)):
        by_status.setdefault(STATUS[code], []).append(code)
    return {status: _answer(status, by_status[status]) for status in sorted(by_status)}


def _answer(status: int, codes: list[ProblemCode]) -> dict[str, Any]:
    told = "; ".join(f"{TITLES[code]} (`{code}`)" for code in codes)
    answer: dict[str, Any] = {
        "description": f"{told}.",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        answer["headers"] = _HEADERS[status]
    return answer
