"""What was found: the result for programs, reports for people."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from ...report.formats import COMPARISON_RENDERERS, RENDERERS
from ...report.language.words import LANGUAGES
from .. import records
from ..casebook import Casebook
from ..delivery import Delivered, report_name
from ..depends import CasebookDep
from ..guard.headers import for_download
from ..problems import Problem, ProblemCode
from .refusals import refusals
from .schemas import CaseId, JobId

router = APIRouter(tags=["reports"])

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "text": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "mermaid": "text/plain; charset=utf-8",
    "junit": "application/xml",
    "har": "application/json",
    "sarif": "application/sarif+json",
    "zip": "application/zip",
}
"""Format of a report → what it is."""

Format = Annotated[
    str,
    Query(
        alias="format",
        description="Of the report; of a comparison there are "
        f"{', '.join(f'`{name}`' for name in COMPARISON_RENDERERS)}.",
        json_schema_extra={"enum": [*RENDERERS]},
    ),
]
Language = Annotated[
    str | None,
    Query(
        description="BCP 47 tag; left out: that of the job.",
        json_schema_extra={"enum": [*LANGUAGES]},
    ),
]
_NONE_YET = (
    ProblemCode.NOT_FOUND,
    ProblemCode.NOT_READY,
    ProblemCode.NO_RESULT,
    ProblemCode.BAD_VALUE,
    ProblemCode.RENDERING,
)


def _types(names: list[str]) -> dict[str, Any]:
    """Media types of formats, as OpenAPI has them."""
    kinds = sorted({MEDIA_TYPES[name].partition(";")[0] for name in names})
    return {kind: {"schema": {}} for kind in kinds}


_RESULT = {
    "application/json": {
        "schema": {
            "type": "object",
            "description": "As of schema-1.3.json of `stanzascope analyze --format json`.",
            "required": ["schema_version", "tool", "verdict", "inputs", "sessions", "findings"],
        }
    }
}


@router.get(
    "/cases/{case_id}/result",
    operation_id="getResult",
    summary="Read what was found, as JSON",
    response_class=StreamingResponse,
    response_description="The last analysis that gave a result.",
    responses={200: {"content": _RESULT}, **refusals(*_NONE_YET)},
)
async def result(case_id: CaseId, book: CasebookDep) -> StreamingResponse:
    """What `stanzascope analyze --format json` writes: verdict, sessions, findings, evidence."""
    job = await anyio.to_thread.run_sync(book.last_result, case_id)
    return await _report(book, job, "json", "en")


@router.get(
    "/cases/{case_id}/report",
    operation_id="getReport",
    summary="Download the report of a case",
    response_class=StreamingResponse,
    response_description="The report of the last analysis that gave a result.",
    responses={200: {"content": _types([*RENDERERS])}, **refusals(*_NONE_YET)},
)
async def of_case(
    case_id: CaseId, book: CasebookDep, kind: Format = "html", language: Language = None
) -> StreamingResponse:
    """`html` for people, `md` for a ticket, `zip` with several of them where HTML is blocked."""
    job = await anyio.to_thread.run_sync(book.last_result, case_id)
    return await _report(book, job, kind, language or job.language)


@router.get(
    "/jobs/{job_id}/report",
    operation_id="getJobReport",
    summary="Download the report of a job",
    response_class=StreamingResponse,
    response_description="The report.",
    responses={200: {"content": _types([*RENDERERS])}, **refusals(*_NONE_YET)},
)
async def of_job(
    job_id: JobId, book: CasebookDep, kind: Format = "html", language: Language = None
) -> StreamingResponse:
    """Of a comparison, or of an earlier analysis."""
    job = await anyio.to_thread.run_sync(book.job, job_id)
    return await _report(book, job, kind, language or job.language)


async def _report(book: Casebook, job: records.Job, kind: str, language: str) -> StreamingResponse:
    known = RENDERERS if job.kind is records.JobKind.ANALYZE else COMPARISON_RENDERERS
    if kind not in known:
        raise Problem(ProblemCode.BAD_VALUE, f"formats: {', '.join(known)}", field="format")
    rendering = await book.rendering(job, kind, language)
    content = await anyio.to_thread.run_sync(book.open_rendering, job, rendering)
    stem = "comparison" if job.kind is records.JobKind.COMPARE else "report"
    name = report_name(f"{stem}-{job.case_id[:8]}", kind)
    return Delivered(content, for_download(name, MEDIA_TYPES[kind]), octets=rendering.octets)
