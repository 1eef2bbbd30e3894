"""The result of an analysis, before redaction."""

from enum import StrEnum

from msgspec import Struct

from .diagnosis import Bring, Party, RuledOut
from .history import History
from .recording import Recording
from .rule import Confidence, Finding, Skipped
from .session import Session, StepName

SCHEMA_VERSION = "1.3"
"""Of the JSON output; the first number changes when a field changes its meaning or goes."""


class Outcome(StrEnum):
    """The verdict in one word."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    BROKEN = "broken"
    INCONCLUSIVE = "inconclusive"


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """
    What went wrong, in short.

    Attributes:
        outcome: One word.
        step: The step that failed, is missing or late; None if none is.
        cause: Rule id of the finding that is the root; None if there is none.
        session: Number of the session it is about; None if it is about a recording or none.
        finding: Index in `Report.findings` of the root; None if there is none.
        confidence: How sure the root is; None if there is none.
        party: On whose side the fault lies; None if that cannot be told.
        causes: Indices in `Report.findings` of the causes that are independent of each other, the
            root first, then the most harmful; empty if there is none.
        ruled_out: What it is not.
        bring: What would tell what cannot be told from these recordings.
    """

    outcome: Outcome
    step: StepName | None = None
    cause: str | None = None
    session: int | None = None
    finding: int | None = None
    confidence: Confidence | None = None
    party: Party | None = None
    causes: tuple[int, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    bring: tuple[Bring, ...] = ()


class RuleText(Struct, frozen=True, kw_only=True, gc=False):
    """The texts of a rule, as templates."""

    title: str
    cause: str
    remedy: str
    reference: str


class SkippedInput(Struct, frozen=True, kw_only=True, gc=False):
    """
    A file of a folder or an archive that was passed over.

    Attributes:
        name: Its name below that of the folder or archive.
        reason: Why; empty if it simply is no recording.
    """

    name: str
    reason: str


class KeyFile(Struct, frozen=True, kw_only=True, gc=False):
    """
    A file whose keys were used to look into TLS.

    Attributes:
        name: Its name.
        given: The user named it as such; else it stood beside a capture or among the inputs.
        secrets: TLS secrets in it.
        private_keys: Private keys in it.
    """

    name: str
    given: bool
    secrets: int
    private_keys: int


class Report(Struct, frozen=True, kw_only=True, gc=False):
    """
    All there is to say.

    Attributes:
        tool_version: Of the package.
        profile: Name of the profile.
        verdict: In short.
        recordings: The inputs.
        sessions: In the order they began.
        findings: Root causes first, then by severity, session and time.
        skipped: Rules that could not look.
        rules_run: Ids of the rules that looked at something.
        texts: Rule id → texts, for every rule in findings or skipped.
        histories: Agents with more than one session, or whose session has more than one chapter.
        key_files: Files with keys beside those in the captures.
        skipped_inputs: Files of folders and archives that were passed over.
    """

    tool_version: str
    profile: str
    verdict: Verdict
    recordings: tuple[Recording, ...]
    sessions: tuple[Session, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    rules_run: tuple[str, ...]
    texts: dict[str, RuleText]
    histories: tuple[History, ...] = ()
    key_files: tuple[KeyFile, ...] = ()
    skipped_inputs: tuple[SkippedInput, ...] = ()
