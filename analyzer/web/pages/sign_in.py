"""The page that asks for the token."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ..guard.cookie import sign_in_headers, sign_out_headers
from ..guard.local import local
from ..problems import Problem, ProblemCode
from .forms import Fields, see_other
from .told import problem_told
from .tongue import words_of
from .view import page

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/") -> HTMLResponse:  # noqa: A002 - as in the URL
    """Ask for the token."""
    return page(request, "sign_in.html", next=local(next), told=None)


@router.post("/sign-in")
def sign_in(request: Request, fields: Fields) -> Response:
    """Let the browser in, if it knows the token; else ask again."""
    wanted = local(fields.get("next", "/"))
    try:
        headers = sign_in_headers(request.scope, fields.get("token", "").strip())
    except Problem as problem:
        if problem.code is not ProblemCode.WRONG_TOKEN:
            raise
        told = problem_told(words_of(request), problem)
        return page(request, "sign_in.html", code=problem.status, next=wanted, told=told)
    answer = see_other(wanted)
    answer.headers.update(headers)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, _fields: Fields) -> RedirectResponse:
    """Make the browser forget the token."""
    answer = see_other("/sign-in")
    answer.headers.update(sign_out_headers(request.scope))
    return answer
