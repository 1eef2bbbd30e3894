"""Two recordings of a case side by side."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ..depends import CasebookDep, services_of
from ..records import JobState
from .forms import Fields, see_other
from .progress import comparison, status
from .told import failure_told
from .tongue import words_of
from .view import page

router = APIRouter()

DOWNLOADS = ("html", "md", "json")
"""Formats of a comparison that are offered."""


@router.post("/cases/{case_id}/comparisons")
def compare(
    request: Request, casebook: CasebookDep, case_id: str, fields: Fields
) -> RedirectResponse:
    """Have two files compared."""
    good, bad = fields.get("good", ""), fields.get("bad", "")
    language = words_of(request).language
    job = casebook.compare(case_id, good, bad, fields.get("profile", ""), language)
    return see_other(f"/cases/{case_id}/comparisons/{job.id}")


@router.get("/cases/{case_id}/comparisons/{job_id}")
def comparison_page(
    request: Request, casebook: CasebookDep, case_id: str, job_id: str
) -> HTMLResponse:
    """A comparison: how far it is, or its report."""
    words = words_of(request)
    job = comparison(casebook, case_id, job_id)
    names = {file.id: file.name for file in casebook.files(case_id)}
    now = services_of(request).stores.clock()
    return page(
        request,
        "comparison.html",
        case=casebook.case(case_id),
        job=job,
        good=names.get(job.good or "", "?"),
        bad=names.get(job.bad or "", "?"),
        status=status(words, casebook, job, now),
        failure=failure_told(words, job.failure) if job.state is JobState.FAILED else None,
        downloads=DOWNLOADS,
    )
