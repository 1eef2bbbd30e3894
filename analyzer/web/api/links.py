"""Where an answer leads, as OpenAPI links: tools can walk from an upload to its report."""

from typing import Any

LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
"""Header of what was made."""

OF_CASE = (
    *("getCase", "changeCase", "deleteCase"),
    *("addFiles", "createJob", "getResult", "getReport"),
)
"""Operations about a case."""

OF_JOB = ("getJob", "followJob", "getJobReport")
"""Operations about a job."""


def made(*, case: str, job: str) -> dict[str, Any]:
    """
    Headers and links of the answer that made something.

    Args:
        case: JSON pointer to the id of the case in it.
        job: Likewise of the job.
    """
    links = {name: _link(name, "case_id", case) for name in OF_CASE}
    links |= {name: _link(name, "job_id", job) for name in OF_JOB}
    return {"headers": LOCATION, "links": links}


def _link(name: str, parameter: str, pointer: str) -> dict[str, Any]:
    return {"operationId": name, "parameters": {parameter: f"$response.body#{pointer}"}}
