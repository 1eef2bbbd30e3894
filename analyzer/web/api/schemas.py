"""
What the API says and takes, as JSON.

Made of the records and never those themselves: keys of blobs stay inside, and a record may change
without the contract.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .. import records
from ..casebook import NOTES_LENGTH, NUMBER_LENGTH
from ..problems import ProblemCode
from ..settings import MOST_DAYS
from .moments import Instant, Moment

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""Random, fit for a URL."""

CaseId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of a case.")]
FileId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of a file of the case.")
]
JobId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of a job.")]

NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
"""One line."""

Words = Annotated[str, Field(max_length=200, pattern=NO_CONTROLS)]

LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Lines and tabs, and no other control characters."""


class _Told(BaseModel):
    """Part of an answer; made of a record by names."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class Progress(_Told):
    """How far a running job is."""

    phase: records.Phase
    name: str = Field(description="File that it reads.")
    delivered: int = Field(description="Connections or entries read of that file so far.")


class Failure(_Told):
    """Why a job came to nothing."""

    code: records.FailureCode
    detail: str = Field(description="What the analysis said, in English; may be empty.")


class Job(_Told):
    """Something that is done for a case."""

    id: Id
    case_id: Id
    kind: records.JobKind
    state: records.JobState = Field(description="It is over when it is `done` or `failed`.")
    profile: str = Field(description="What is expected of the sessions.")
    language: str = Field(description="BCP 47 tag; the report is written in it first.")
    good: Id | None = Field(description="Of a comparison: id of the file with the good session.")
    bad: Id | None = Field(description="Likewise of the bad one.")
    queued: Moment = Field(validation_alias="queued_ns")
    started: Moment | None = Field(
        validation_alias="started_ns", description="When its last try began."
    )
    finished: Moment | None = Field(validation_alias="finished_ns")
    progress: Progress | None = Field(description="While it runs.")
    failure: Failure | None = Field(description="Of a failed one.")

    @classmethod
    def of(cls, job: records.Job) -> Self:
        """A job as the API tells it."""
        return cls.model_validate(job)


class File(_Told):
    """A file of a case."""

    id: Id
    name: str = Field(description="As uploaded, without path and secrets.")
    kind: records.FileKind
    octets: int = Field(description="Length as uploaded.")
    sha256: str = Field(description="As uploaded, hexadecimal.")
    state: records.FileState = Field(
        description="`present`: as uploaded; `redacted`: without its secrets; `gone`: not kept."
    )
    received: Moment = Field(validation_alias="received_ns")
    derived: bool = Field(description="Not uploaded: the session of a capture, as a HAR.")


class Summary(_Told):
    """What was found, in short; the whole is the result."""

    outcome: str = Field(description="The verdict in one word.", examples=["broken", "healthy"])
    step: str | None = Field(description="The step that went wrong.", examples=["auth"])
    rule: str | None = Field(description="The rule that found the root.", examples=["SA-007"])
    headline: dict[str, str] = Field(description="What happened: BCP 47 tag → sentence.")
    agents: tuple[str, ...] = Field(description="Who logged in.")
    servers: tuple[str, ...] = Field(description="Where.")
    recorded: Moment | None = Field(
        validation_alias="recorded_ns", description="When the first session began."
    )
    sessions: int = Field(description="How many there are.")


class Case(_Told):
    """A case: what people say of it and what was found in its files."""

    id: Id
    number: str = Field(description="Of the support case elsewhere; may be empty.")
    notes: str
    created: Moment = Field(validation_alias="created_ns")
    changed: Moment = Field(validation_alias="changed_ns")
    expires: Moment | None = Field(
        validation_alias="expires_ns",
        description="When it is deleted with all its octets; null: when somebody deletes it.",
    )
    summary: Summary | None = Field(description="Of the last analysis that gave a result.")
    job: Job | None = Field(description="The last analysis.")

    @classmethod
    def of(cls, case: records.Case) -> Self:
        """A case as a list tells it."""
        return cls.model_validate(case)


class CaseDetails(Case):
    """A case with its files and jobs."""

    files: list[File]
    jobs: list[Job] = Field(description="The newest first.")

    @classmethod
    def whole(
        cls, case: records.Case, files: Iterable[records.File], jobs: Iterable[records.Job]
    ) -> Self:
        """A case with all that belongs to it."""
        return cls(
            **dict(Case.of(case)),
            files=[File.model_validate(file) for file in files],
            jobs=[Job.of(job) for job in jobs],
        )


class CasePage(BaseModel):
    """Cases, the newest first."""

    cases: list[Case]
    next: str | None = Field(
        description="Where the next page is, also in the header `Link`; null on the last one.",
        examples=["/api/v1/cases?limit=50&cursor=…"],
    )


class Asked(BaseModel):
    """Which cases are wanted; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid")

    search: Words = Field(
        "",
        description="Words, each of which stands in the number, the notes, the name of a file,"
        " an agent, a server, a rule or a headline.",
    )
    outcome: Words = Field(
        "",
        description="The verdict in one word, or `working` or `failed`, of the last analysis.",
    )
    agent: Words = Field("", description="Part of the name of an agent.")
    server: Words = Field("", description="Part of the name of a server.")
    since: Instant | None = Field(None, description="Created then or later.")
    before: Instant | None = Field(None, description="Created before.")
    cursor: Words = Field("", description="As of `next`; of a page with the same filters.")
    limit: Annotated[int, Field(ge=1, le=200)] = Field(50, description="Cases of a page.")

    def query(self) -> records.CaseQuery:
        """The same, for the casebook."""
        return records.CaseQuery(
            search=self.search,
            outcome=self.outcome,
            agent=self.agent,
            server=self.server,
            since_ns=self.since,
            before_ns=self.before,
            cursor=self.cursor,
            limit=self.limit,
        )


def _whole(number: object) -> object:
    """An integer, also one that is written as 7.0: to JSON Schema that is one."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


class CaseChange(BaseModel):
    """What is to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    number: Annotated[str, Field(max_length=NUMBER_LENGTH, pattern=NO_CONTROLS)] | None = None
    notes: Annotated[str, Field(max_length=NOTES_LENGTH, pattern=LINES)] | None = None
    keep_days: Annotated[int, Field(ge=0, le=MOST_DAYS), BeforeValidator(_whole)] | None = Field(
        None, description="Delete the case so many days from now; 0: when somebody deletes it."
    )


class _Asked(BaseModel):
    """What every job is told."""

    model_config = ConfigDict(extra="forbid")

    profile: Annotated[str, Field(max_length=100)] = Field(
        "", description="Name of a profile, as of `GET /version`; empty: the server's own."
    )
    language: Annotated[str, Field(max_length=20)] = Field(
        "en", description="BCP 47 tag, as of `GET /version`."
    )


class Analysis(_Asked):
    """Have what is left of the files analysed again."""

    kind: Literal[records.JobKind.ANALYZE]


class Comparison(_Asked):
    """Compare the session of a good file with that of a bad one; both are of the case."""

    kind: Literal[records.JobKind.COMPARE]
    good: Id = Field(description="Id of the file with the good session.")
    bad: Id = Field(description="Id of the file with the bad one.")


class Limits(BaseModel):
    """What the server takes."""

    max_file: int = Field(description="Octets of one file.")
    max_case: int = Field(description="Octets of all files of a case.")
    max_files: int = Field(description="Files of a case.")


class Version(BaseModel):
    """What runs here, and the names that it knows."""

    name: Literal["stanzascope"] = "stanzascope"
    version: str
    profiles: tuple[str, ...] = Field(description="The server's own first.")
    languages: dict[str, str] = Field(description="BCP 47 tag → name of the language in itself.")
    formats: tuple[str, ...] = Field(description="Of the report of an analysis.")
    comparison_formats: tuple[str, ...] = Field(description="Of the report of a comparison.")
    limits: Limits


class InvalidValue(BaseModel):
    """One value that is not valid."""

    where: str = Field(alias="in", examples=["query", "body", "header"])
    name: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused, as RFC 9457 has it."""

    type: str = Field(
        description="URI reference of a page that says what to do.",
        examples=["/problems#not-found"],
        json_schema_extra={"format": "uri-reference"},
    )
    title: str = Field(description="The same at each occurrence of this code.")
    status: int
    code: ProblemCode
    detail: str | None = Field(None, description="What exactly.")
    values: dict[str, str | int] | None = Field(
        None, description="What it is about: the name of a file, a limit, a field."
    )
    errors: list[InvalidValue] | None = Field(None, description="Each value that is not valid.")
