"""Reports as pages and as files, and what is left of uploads."""

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from ..casebook import Casebook
from ..delivery import Delivered, report_name, saved_file
from ..depends import CasebookDep
from ..guard.headers import REPORT, for_download
from ..records import Case, Job
from .progress import comparison
from .tongue import words_of

router = APIRouter()


@router.get("/cases/{case_id}/report")
async def report(request: Request, casebook: CasebookDep, case_id: str) -> Response:
    """The report of a case as a page."""
    job = await to_thread.run_sync(casebook.last_result, case_id)
    return await _page(request, casebook, job)


@router.get("/cases/{case_id}/report.{kind}")
async def report_file(request: Request, casebook: CasebookDep, case_id: str, kind: str) -> Response:
    """The report of a case as a file."""
    job = await to_thread.run_sync(casebook.last_result, case_id)
    return await _saved(request, casebook, job, kind)


@router.get("/cases/{case_id}/comparisons/{job_id}/report")
async def comparison_report(
    request: Request, casebook: CasebookDep, case_id: str, job_id: str
) -> Response:
    """A comparison as a page."""
    job = await to_thread.run_sync(comparison, casebook, case_id, job_id)
    return await _page(request, casebook, job)


@router.get("/cases/{case_id}/comparisons/{job_id}/report.{kind}")
async def comparison_file(
    request: Request, casebook: CasebookDep, case_id: str, job_id: str, kind: str
) -> Response:
    """A comparison as a file."""
    job = await to_thread.run_sync(comparison, casebook, case_id, job_id)
    return await _saved(request, casebook, job, kind)


@router.get("/cases/{case_id}/files/{file_id}")
def file(casebook: CasebookDep, case_id: str, file_id: str) -> Response:
    """What is left of a file, to be saved: never shown, as its octets are a stranger's."""
    return saved_file(*casebook.download(case_id, file_id))


async def _page(request: Request, casebook: Casebook, job: Job) -> Response:
    rendering = await casebook.rendering(job, "html", words_of(request).language)
    content = await to_thread.run_sync(casebook.open_rendering, job, rendering)
    headers = {**REPORT, "content-type": "text/html; charset=utf-8"}
    return Delivered(content, headers, octets=rendering.octets)


async def _saved(request: Request, casebook: Casebook, job: Job, kind: str) -> Response:
    rendering = await casebook.rendering(job, kind, words_of(request).language)
    case = await to_thread.run_sync(casebook.case, job.case_id)
    content = await to_thread.run_sync(casebook.open_rendering, job, rendering)
    name = report_name(stem(case), kind)
    return Delivered(content, for_download(name), octets=rendering.octets)


def stem(case: Case) -> str:
    """Name of a case's files, without what follows its last dot."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in case.number)
    return f"stanzascope-{safe.strip('-')[:60] or case.id[:8]}"
