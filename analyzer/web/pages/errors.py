"""Refusals as pages, and the page that explains all of them."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ..guard.headers import REPORT
from ..guard.local import local
from ..problems import Problem, ProblemCode
from ..records import Failure, FailureCode
from .told import failure_told, problem_told
from .tongue import words_of
from .view import page

router = APIRouter()


def problem_page(
    request: Request, problem: Problem, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """What went wrong with a request, and what to do; `headers`: further ones of the answer."""
    headers = {} if headers is None else headers
    retry = {} if problem.retry_s is None else {"Retry-After": str(problem.retry_s)}
    told = problem_told(words_of(request), problem)
    if problem.code is ProblemCode.WRONG_TOKEN:
        # Of a link; the form to try again is of more use than a way back.
        path = local(request.url.path)
        wanted = "/" if path == "/sign-in" else path
        return page(request, "sign_in.html", code=problem.status, next=wanted, told=told)
    template = "problem.html"
    if _is_framed(request):
        template, headers = "framed.html", {**REPORT, **headers}
    return page(
        request,
        template,
        code=problem.status,
        headers={**headers, **retry},
        problem=problem,
        told=told,
    )


def _is_framed(request: Request) -> bool:
    """Whether the answer is shown in the frame of a report, as other pages must not be."""
    # Browsers that reach a server without TLS under a name do not say what for they ask.
    alone = request.headers.get("sec-fetch-dest") == "document"
    return request.url.path.endswith("/report") and not alone


@router.get("/problems")
def problems(request: Request) -> HTMLResponse:
    """Every refusal and every failure in words."""
    words = words_of(request)
    return page(
        request,
        "problems.html",
        refusals=[(code.value, problem_told(words, Problem(code))) for code in ProblemCode],
        failures=[
            (f"job-{code.value}", failure_told(words, Failure(code=code))) for code in FailureCode
        ],
    )
