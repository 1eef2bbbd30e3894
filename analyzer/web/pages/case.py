"""The page of a case, and what its forms do."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ..casebook import KEPT_DAYS, Casebook, is_comparable
from ..depends import CasebookDep, services_of
from ..problems import Problem, ProblemCode
from ..records import Case, File, FileKind, FileState, Job, JobKind, JobState
from .editing import changes, seen
from .forms import Fields, Uploaded, see_other
from .progress import status
from .rows import choices, row, short
from .told import failure_told
from .tongue import words_of
from .uploading import form
from .view import page

router = APIRouter()

DOWNLOADS = ("html", "md", "zip", "json")
"""Formats that are offered of every report."""


@router.get("/cases/{case_id}")
def case_page(request: Request, casebook: CasebookDep, case_id: str) -> HTMLResponse:
    """A case: verdict, report, files, and everything that can be done with it."""
    return _shown(request, casebook, case_id)


def _shown(  # noqa: PLR0913 - the last three are of a form that was not saved
    request: Request,
    casebook: Casebook,
    case_id: str,
    *,
    code: int = 200,
    typed: Mapping[str, str] | None = None,
    lost: Mapping[str, str] | None = None,
) -> HTMLResponse:
    services, words = services_of(request), words_of(request)
    case, files, jobs = casebook.case(case_id), casebook.files(case_id), casebook.jobs(case_id)
    now = services.stores.clock()
    last = next((job for job in jobs if job.kind is JobKind.ANALYZE), None)
    failed = last is not None and last.state is JobState.FAILED
    return page(
        request,
        "case.html",
        code=code,
        row=row(words, case),
        names=short(words, [file.name for file in files if not file.derived]),
        job=last,
        status=last and status(words, casebook, last, now),
        failure=failure_told(words, last.failure) if last is not None and failed else None,
        has_report=any(job.kind is JobKind.ANALYZE and job.state is JobState.DONE for job in jobs),
        downloads=downloads(files),
        files=files,
        sessions=choices(words, [file for file in files if is_comparable(file)]),
        has_packets=any(file.kind is FileKind.PACKETS for file in files),
        is_capture_gone=any(
            file.kind is FileKind.PACKETS and file.state is FileState.GONE for file in files
        ),
        left=any(file.blob and file.kind is not FileKind.KEYS for file in files),
        typed={"number": case.number, "notes": case.notes, "keep_days": "", **(typed or {})},
        lost=lost or {},
        seen=seen(case),
        saved=request.query_params.get("saved") == "1",
        comparisons=_comparisons(jobs, files),
        upload=form(words, casebook, services.settings),
        keep_days=_keep_days(services.settings.retention_s),
        profile=_profile(casebook, case),
    )


def _keep_days(retention_s: int | None) -> list[int]:
    own = {retention_s // 86_400} - {0} if retention_s else set()
    return sorted({*KEPT_DAYS, *own})


def _profile(casebook: Casebook, case: Case) -> str:
    """The profile a case was last analysed by; the server's own if that one is not known by now."""
    used = case.job.profile if case.job is not None else ""
    return used if used in casebook.profiles else casebook.profiles[0]


def downloads(files: list[File]) -> tuple[str, ...]:
    """Formats that a report of these files makes sense in."""
    packets = any(file.kind is FileKind.PACKETS for file in files)
    return (*DOWNLOADS, "har") if packets else DOWNLOADS


def _comparisons(jobs: list[Job], files: list[File]) -> list[tuple[Job, str, str]]:
    names = {file.id: file.name for file in files}
    return [
        (job, names.get(job.good or "", "?"), names.get(job.bad or "", "?"))
        for job in jobs
        if job.kind is JobKind.COMPARE
    ]


@router.post("/cases/{case_id}")
def edit(request: Request, casebook: CasebookDep, case_id: str, fields: Fields) -> Response:
    """
    Change number, notes, and how long the case is kept.

    What somebody else saved since the form was sent stays; of two who save at the very same moment
    the later one's words do.
    """
    typed, lost = changes(casebook.case(case_id), fields)
    if lost:
        typed["keep_days"] = fields.get("keep_days", "")
        return _shown(request, casebook, case_id, code=409, typed=typed, lost=lost)
    casebook.edit(
        case_id,
        number=typed.get("number"),
        notes=typed.get("notes"),
        keep_days=_days(fields.get("keep_days", "")),
    )
    return see_other(f"/cases/{case_id}?saved=1#edit")


def _days(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise Problem(ProblemCode.BAD_VALUE, field="keep_days")
    return int(text)


@router.post("/cases/{case_id}/files")
def add_files(casebook: CasebookDep, case_id: str, upload: Uploaded) -> RedirectResponse:
    """Add files, and analyse the case anew."""
    casebook.add_files(case_id, upload)
    return see_other(f"/cases/{case_id}")


@router.post("/cases/{case_id}/analyses")
def analyse_again(
    request: Request, casebook: CasebookDep, case_id: str, fields: Fields
) -> RedirectResponse:
    """Analyse what is left of the files once more."""
    language = words_of(request).language
    casebook.analyze_again(case_id, fields.get("profile", ""), language)
    return see_other(f"/cases/{case_id}")


@router.post("/cases/{case_id}/delete")
def delete(casebook: CasebookDep, case_id: str, _fields: Fields) -> RedirectResponse:
    """Delete the case with all its octets."""
    casebook.delete(case_id)
    return see_other("/?deleted=1")
