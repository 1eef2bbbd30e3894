"""The list of cases, with the form for a new one above it."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ...model.report import Outcome
from ..depends import CasebookDep, services_of
from ..records import CaseQuery
from .forms import Uploaded, see_other
from .measures import day_ns
from .rows import row
from .tongue import words_of
from .uploading import form
from .view import page

router = APIRouter()

FILTERS = ("search", "outcome", "agent", "server", "since", "before")
"""Names of the fields that choose among the cases."""

OFFSETS = ("since_offset", "before_offset")
"""By how many minutes the reader's clock is ahead of UTC on these days; filled in by script."""

OUTCOMES = (*(outcome.value for outcome in Outcome), "working", "failed")

LONGEST = 200
"""Characters of a filter that are looked at."""


@router.get("/")
def cases(request: Request, casebook: CasebookDep) -> HTMLResponse:
    """The cases that fit, the newest first."""
    chosen, offsets = _given(request, FILTERS), _given(request, OFFSETS)
    cursor = request.query_params.get("cursor", "")[:LONGEST]
    found = casebook.page(
        CaseQuery(
            search=chosen["search"],
            outcome=chosen["outcome"] if chosen["outcome"] in OUTCOMES else "",
            agent=chosen["agent"],
            server=chosen["server"],
            since_ns=day_ns(chosen["since"], offsets["since_offset"]),
            before_ns=day_ns(chosen["before"], offsets["before_offset"]),
            cursor=cursor,
        )
    )
    words = words_of(request)
    given = {name: value for name, value in {**chosen, **offsets}.items() if value}
    return page(
        request,
        "cases.html",
        rows=[row(words, case) for case in found.cases],
        working=any(case.job is not None and not case.job.is_over for case in found.cases),
        chosen=chosen,
        deleted=request.query_params.get("deleted") == "1",
        is_chosen=any(chosen.values()),
        outcomes=OUTCOMES,
        first=not cursor,
        newest=f"/?{urlencode(given)}",
        older=found.cursor and f"/?{urlencode({**given, 'cursor': found.cursor})}",
        upload=form(words, casebook, services_of(request).settings),
    )


def _given(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.query_params.get(name, "")[:LONGEST].strip() for name in names}


@router.get("/new")
def new_case(request: Request, casebook: CasebookDep) -> HTMLResponse:
    """The form for a new case by itself."""
    settings = services_of(request).settings
    return page(request, "new.html", upload=form(words_of(request), casebook, settings))


@router.post("/cases")
def open_case(casebook: CasebookDep, upload: Uploaded) -> RedirectResponse:
    """Make a case of what was uploaded, and show it."""
    case, _ = casebook.open(upload)
    return see_other(f"/cases/{case.id}")
