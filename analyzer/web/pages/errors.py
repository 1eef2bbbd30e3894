"""Refusals as pages, and the page that explains all of them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ..problems import Problem, ProblemCode
from ..records import Failure, FailureCode
from .told import failure_told, problem_told
from .tongue import words_of
from .view import page

router = APIRouter()


def problem_page(request: Request, problem: Problem) -> HTMLResponse:
    """What went wrong with a request, and what to do."""
    headers = {} if problem.retry_s is None else {"Retry-After": str(problem.retry_s)}
    return page(
        request,
        "problem.html",
        code=problem.status,
        headers=headers,
        problem=problem,
        told=problem_told(words_of(request), problem),
    )


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
