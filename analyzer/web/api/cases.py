"""Cases: made of an upload, listed, read, changed, deleted."""

from typing import Annotated
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response

from ..casebook import Casebook
from ..depends import CasebookDep, ServicesDep
from ..problems import ProblemCode
from ..records import Upload
from .links import made
from .once import REPLAYED, Key, once
from .refusals import KEYED, UNSAFE, UPLOAD, refusals
from .schemas import Asked, Case, CaseChange, CaseDetails, CaseId, CasePage
from .uploads import OF_CASE, Taking, fingerprint, form

router = APIRouter(tags=["cases"])


@router.post(
    "/cases",
    status_code=201,
    operation_id="createCase",
    summary="Upload files as a new case",
    response_description="The case, with the job that analyses it.",
    responses={201: made(case="/id", job="/job/id"), **refusals(*UPLOAD, *KEYED, *UNSAFE)},
    openapi_extra=form(OF_CASE),
)
async def create(
    response: Response,
    upload: Annotated[Upload, Depends(Taking(OF_CASE))],
    services: ServicesDep,
    key: Key = None,
) -> CaseDetails:
    """
    All files of one upload are one case: a HAR, a capture and its keys belong together.

    The analysis begins at once; follow it by the `job` of the answer.
    """
    book = services.casebook

    def act() -> str:
        return book.open(upload, key)[0].id

    def work() -> tuple[CaseDetails, bool]:
        case_id, before = once(services.stores.answers, key, fingerprint(upload, "case"), act)
        return details(book, case_id), before

    case, before = await anyio.to_thread.run_sync(work)
    response.headers["Location"] = f"/api/v1/cases/{case.id}"
    response.headers.update(REPLAYED if before else {})
    return case


def details(book: Casebook, case_id: str) -> CaseDetails:
    """
    A case with its files and jobs.

    Raises:
        Problem: NOT_FOUND.
    """
    return CaseDetails.whole(book.case(case_id), book.files(case_id), book.jobs(case_id))


@router.get(
    "/cases",
    operation_id="listCases",
    summary="List cases, the newest first",
    response_description="A page of cases.",
    responses={
        200: {
            "headers": {
                "Link": {
                    "description": 'The next page (`rel="next"`), if there is one (RFC 8288).',
                    "schema": {"type": "string"},
                }
            }
        },
        **refusals(ProblemCode.BAD_VALUE),
    },
)
def page(
    request: Request,
    response: Response,
    book: CasebookDep,
    asked: Annotated[Asked, Query()],
) -> CasePage:
    """Follow `next` until it is null to see them all."""
    found = book.page(asked.query())
    after = None
    if found.cursor is not None:
        kept = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
        after = f"/api/v1/cases?{urlencode([*kept, ('cursor', found.cursor)])}"
        response.headers["Link"] = f'<{after}>; rel="next"'
    return CasePage(cases=[Case.of(case) for case in found.cases], next=after)


@router.get(
    "/cases/{case_id}",
    operation_id="getCase",
    summary="Read a case",
    response_description="The case with its files and jobs.",
    responses=refusals(ProblemCode.NOT_FOUND),
)
def read(case_id: CaseId, book: CasebookDep) -> CaseDetails:
    """With its files, all of its jobs, and what was found in short."""
    return details(book, case_id)


@router.patch(
    "/cases/{case_id}",
    operation_id="changeCase",
    summary="Change number, notes or retention",
    response_description="The case as it is now.",
    responses=refusals(ProblemCode.NOT_FOUND, ProblemCode.BAD_VALUE, ProblemCode.BAD_FORM, *UNSAFE),
)
def change(case_id: CaseId, changed: CaseChange, book: CasebookDep) -> CaseDetails:
    """What is left out or null stays as it is; a member of another name is refused."""
    book.edit(case_id, number=changed.number, notes=changed.notes, keep_days=changed.keep_days)
    return details(book, case_id)


@router.delete(
    "/cases/{case_id}",
    status_code=204,
    operation_id="deleteCase",
    summary="Delete a case",
    response_description="It is gone.",
    responses=refusals(ProblemCode.NOT_FOUND, *UNSAFE),
)
def delete(case_id: CaseId, book: CasebookDep) -> None:
    """All files and reports of it are gone from the disk when the answer comes."""
    book.delete(case_id)
