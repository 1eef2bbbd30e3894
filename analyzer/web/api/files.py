"""Files of a case: more of them, and what is left of one."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Response
from starlette.responses import StreamingResponse

from ..delivery import saved_file
from ..depends import CasebookDep, ServicesDep
from ..problems import ProblemCode
from ..records import Upload
from .links import made
from .once import REPLAYED, Key, once
from .refusals import KEYED, UNSAFE, UPLOAD, refusals
from .schemas import CaseId, FileId, Job
from .uploads import OF_FILES, Taking, fingerprint, form

router = APIRouter(tags=["files"])


@router.post(
    "/cases/{case_id}/files",
    status_code=202,
    operation_id="addFiles",
    summary="Add files to a case",
    response_description="The job that analyses all files of the case anew.",
    responses={
        202: made(case="/case_id", job="/id"),
        **refusals(ProblemCode.NOT_FOUND, *UPLOAD, *KEYED, *UNSAFE),
    },
    openapi_extra=form(OF_FILES),
)
async def add(
    case_id: CaseId,
    response: Response,
    upload: Annotated[Upload, Depends(Taking(OF_FILES))],
    services: ServicesDep,
    key: Key = None,
) -> Job:
    """Keys for a capture, the other end of a conversation: all of it is analysed as one case."""
    book = services.casebook

    def act() -> str:
        return book.add_files(case_id, upload, key).id

    def work() -> tuple[Job, bool]:
        asked_for = fingerprint(upload, f"files of {case_id}")
        job_id, before = once(services.stores.answers, key, asked_for, act)
        return Job.of(book.job(job_id)), before

    job, before = await anyio.to_thread.run_sync(work)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    response.headers.update(REPLAYED if before else {})
    return job


@router.get(
    "/cases/{case_id}/files/{file_id}",
    operation_id="getFile",
    summary="Download what is left of a file",
    response_class=StreamingResponse,
    response_description="Its octets.",
    responses={
        200: {
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            }
        },
        **refusals(ProblemCode.NOT_FOUND, ProblemCode.NOT_KEPT),
    },
)
def download(case_id: CaseId, file_id: FileId, book: CasebookDep) -> StreamingResponse:
    """`state` of the file tells whether that is what was uploaded, or a HAR without secrets."""
    return saved_file(*book.download(case_id, file_id))
