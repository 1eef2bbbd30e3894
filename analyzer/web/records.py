"""
The words that the parts of the web share: cases, files, jobs and what became of them.

Times are nanoseconds since 1970 UTC, lengths are octets, ids are random and fit for a URL.
"""

from enum import StrEnum

from msgspec import Struct


class Keep(StrEnum):
    """What stays of an upload once it is analysed; its report always does."""

    CAPTURE = "capture"
    """The file as it came, with the secrets in it."""
    REDACTED = "redacted"
    """HARs without their secrets; of packets the session as such a HAR, and no keys."""
    NONE = "none"
    """Nothing."""


class FileKind(StrEnum):
    """What a file seems to be, by its first octets."""

    HAR = "har"
    PACKETS = "packets"
    KEYS = "keys"
    ARCHIVE = "archive"
    PACKED = "packed"
    """One compressed file; what is in it shows when it is read."""
    OTHER = "other"


class FileState(StrEnum):
    """What is left of a file."""

    PRESENT = "present"
    REDACTED = "redacted"
    GONE = "gone"


class File(Struct, frozen=True, kw_only=True):
    """
    A file of a case.

    Attributes:
        id: Of the file.
        case_id: Of its case.
        name: As uploaded, fit to be shown: no path, no control characters, no secret.
        kind: What it seems to be.
        octets: As uploaded.
        sha256: As uploaded, hexadecimal.
        state: What is left of it.
        blob: Key of what is left in the blobs of the case; None if nothing is.
        received_ns: When it was there whole.
        derived: It was not uploaded: a session that was made of packets.
    """

    id: str
    case_id: str
    name: str
    kind: FileKind
    octets: int
    sha256: str
    state: FileState
    blob: str | None
    received_ns: int
    derived: bool = False


class JobKind(StrEnum):
    """What a job does."""

    ANALYZE = "analyze"
    COMPARE = "compare"


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class FailureCode(StrEnum):
    """Why a job came to nothing; pages say what to do about each."""

    INPUT = "input"
    """No recording, or one that cannot be read; `Failure.detail` says why."""
    TIME = "time"
    """It took longer than a job may."""
    MEMORY = "memory"
    """It wanted more memory than a job gets."""
    CRASH = "crash"
    """Its process died, twice."""
    INTERRUPTED = "interrupted"
    """The server stopped under it, again and again."""
    STORAGE = "storage"
    """Its files could not be read, or its result not be written."""
    FAULT = "fault"
    """A fault of this program."""


class Failure(Struct, frozen=True, kw_only=True):
    """
    Why a job came to nothing.

    Attributes:
        code: Which way.
        detail: What the analysis said, in English; empty where the code tells all.
    """

    code: FailureCode
    detail: str = ""


class Phase(StrEnum):
    """What a running job is at."""

    READING = "reading"
    REDACTING = "redacting"
    WRITING = "writing"


class Progress(Struct, frozen=True, kw_only=True):
    """
    How far a running job is.

    Attributes:
        phase: What it is at.
        name: File that it reads.
        delivered: Connections or entries read of that file so far.
    """

    phase: Phase
    name: str = ""
    delivered: int = 0


class Job(Struct, frozen=True, kw_only=True):
    """
    Something to be done for a case.

    Attributes:
        id: Of the job.
        case_id: Of its case.
        kind: What it does.
        state: How far it is.
        profile: What is expected of the sessions.
        language: BCP 47 tag of who asked: the report is rendered in it first.
        good: Id of the file with the good session, of a comparison.
        bad: Likewise of the bad one.
        queued_ns: When it was asked for.
        started_ns: When its last try began; None if it waits for its first one.
        finished_ns: When it was done or failed.
        tries: How often its process died under it.
        interruptions: How often the server died under it.
        progress: How far it is while it runs.
        failure: Why it failed.
        result: Key of the saved report in the blobs of the case (of a comparison: its JSON).
    """

    id: str
    case_id: str
    kind: JobKind
    state: JobState
    profile: str
    language: str
    queued_ns: int
    good: str | None = None
    bad: str | None = None
    started_ns: int | None = None
    finished_ns: int | None = None
    tries: int = 0
    interruptions: int = 0
    progress: Progress | None = None
    failure: Failure | None = None
    result: str | None = None

    @property
    def is_over(self) -> bool:
        """Nothing more will come of it."""
        return self.state in (JobState.DONE, JobState.FAILED)


class Summary(Struct, frozen=True, kw_only=True):
    """
    What a list of cases shows of an analysis.

    Attributes:
        outcome: The verdict in one word, as of `model.report.Outcome`.
        step: The step that went wrong; None if none did.
        rule: Id of the rule that found the root; None if there is none.
        headline: What happened, without secrets: BCP 47 tag → sentence, in every language.
        agents: Who logged in, each once.
        servers: Where, each once.
        recorded_ns: When the first session began; None if no time is known.
        sessions: How many there are.
    """

    outcome: str
    headline: dict[str, str]
    step: str | None = None
    rule: str | None = None
    agents: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    recorded_ns: int | None = None
    sessions: int = 0


class Case(Struct, frozen=True, kw_only=True):
    """
    A case: files, what was found in them, and what people say of it.

    Attributes:
        id: Of the case.
        number: Of the support case elsewhere, as people typed it; may be empty.
        notes: Likewise.
        created_ns: When its first file came.
        changed_ns: When anything of it changed.
        expires_ns: When it is deleted with all its octets; None: when somebody deletes it.
        summary: Of its last analysis that came to an end; None before.
        job: Its last analysis; None before the first.
    """

    id: str
    number: str
    notes: str
    created_ns: int
    changed_ns: int
    expires_ns: int | None
    summary: Summary | None = None
    job: Job | None = None


class CaseQuery(Struct, frozen=True, kw_only=True):
    """
    Which cases are wanted; what is empty does not matter.

    Attributes:
        search: Words, each of which stands in number, notes, name of a file, agent, server, rule
            or headline (case does not matter).
        outcome: The verdict in one word; or "working" or "failed", of the last analysis.
        agent: Part of an agent's name.
        server: Part of a server's.
        since_ns: Created then or later.
        before_ns: Created before.
        cursor: Of the page before, for the next one.
        limit: Cases of a page, 1 to 200.
    """

    search: str = ""
    outcome: str = ""
    agent: str = ""
    server: str = ""
    since_ns: int | None = None
    before_ns: int | None = None
    cursor: str = ""
    limit: int = 50


class CasePage(Struct, frozen=True, kw_only=True):
    """
    Cases, the newest first.

    Attributes:
        cases: Of this page.
        cursor: For the next page; None if this is the last one.
    """

    cases: tuple[Case, ...]
    cursor: str | None


class Rendering(Struct, frozen=True, kw_only=True):
    """
    A report as a file.

    Attributes:
        format: Name of the format, as of `RENDERERS` or `COMPARISON_RENDERERS`.
        language: BCP 47 tag.
        blob: Key in the blobs of the case.
        octets: How long it is.
    """

    format: str
    language: str
    blob: str
    octets: int


class Received(Struct, frozen=True, kw_only=True):
    """
    A file that came in whole and waits on the local disk for its case.

    Attributes:
        path: Where it waits.
        name: As of `File.name`.
        kind: As of `File.kind`.
        octets: How long it is.
        sha256: Hexadecimal.
    """

    path: str
    name: str
    kind: FileKind
    octets: int
    sha256: str


class Upload(Struct, frozen=True, kw_only=True):
    """
    A form that came in whole.

    Attributes:
        fields: What was typed, by name.
        files: What was chosen or dropped.
    """

    fields: dict[str, str]
    files: tuple[Received, ...]


class FileChange(Struct, frozen=True, kw_only=True):
    """
    What is left of a file after its analysis.

    Attributes:
        file_id: Of the file.
        state: REDACTED or GONE.
        blob: Key of what is left; None if nothing is.
    """

    file_id: str
    state: FileState
    blob: str | None = None


class Derived(Struct, frozen=True, kw_only=True):
    """
    A file that an analysis made, to stand beside those that were uploaded.

    Attributes:
        name: As of `File.name`.
        kind: As of `File.kind`.
        blob: Its key.
        octets: How long it is.
        sha256: Hexadecimal.
        file_id: Of the derived file whose place it takes; empty if it is new.
    """

    name: str
    kind: FileKind
    blob: str
    octets: int
    sha256: str
    file_id: str = ""


class Done(Struct, frozen=True, kw_only=True):
    """
    What a job gave; its octets are in the blobs already.

    Attributes:
        result: As of `Job.result`.
        summary: Of an analysis; None of a comparison.
        renderings: Reports that were written.
        changes: What is left of the files.
        derived: Files that were made.
    """

    result: str
    summary: Summary | None = None
    renderings: tuple[Rendering, ...] = ()
    changes: tuple[FileChange, ...] = ()
    derived: tuple[Derived, ...] = ()
