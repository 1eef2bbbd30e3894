"""A rule, a hit, a finding."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from msgspec import Struct

from .diagnosis import Party
from .recording import Recording
from .session import Cohort, Needs, Session
from .source import Source


class Severity(StrEnum):
    """How bad it is for the agent."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(StrEnum):
    """How sure the evidence makes us."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Effect(StrEnum):
    """What a finding does to the outcome."""

    BREAKS = "breaks"
    """A login step failed, or the session died of it."""
    DEGRADES = "degrades"
    """It works, with a fault an agent would notice."""
    BLINDS = "blinds"
    """The recording cannot tell how it went."""
    NONE = "none"
    """Hygiene and background: told, without changing the outcome."""


Value = str | int | float
"""A fact for the texts: a protocol word or a number, never a sentence."""

Subject = Session | Recording | Cohort
"""What a rule looks at."""


class Hit(Struct, frozen=True, gc=False):
    """
    A rule says yes.

    Attributes:
        evidence: What proves it, the first the primary one; never empty.
        values: For the placeholders of the texts.
        session: Number of the session; only rules on a cohort say it.
        sessions: Numbers of the sessions, where it concerns several of a cohort; empty: all.
        severity: Where it differs from the rule's own.
        effect: Where it differs from the rule's own.
        party: Where it differs from the rule's own.
    """

    evidence: tuple[Source, ...]
    values: dict[str, Value] = {}
    session: int | None = None
    sessions: tuple[int, ...] = ()
    severity: Severity | None = None
    effect: Effect | None = None
    party: Party | None = None


class Rule(Struct, frozen=True, kw_only=True, gc=False):
    """
    One thing worth checking, with its page, its examples and its code.

    Attributes:
        id: FAMILY-NNN, as its file is named.
        severity: How bad.
        confidence: How sure.
        effect: What it does to the outcome.
        party: On whose side the fault lies; None if the finding does not tell.
        title: What was seen. Texts may hold {placeholders} that every hit's values fill; a number
            takes its noun along, as in {count:packet was|packets were}.
        cause: Why, in the words of a support engineer.
        remedy: What to do next.
        reference: RFC, XEP or Cisco page with section.
        needs: What it must see; otherwise it is skipped with the reason.
        explains: Ids of rules whose findings are its consequences.
        check: Looks at one subject; its annotation says which kind.
        fires_on: Ladders in which it fires.
        silent_on: Ladders in which it does not.
    """

    id: str
    severity: Severity
    confidence: Confidence = Confidence.HIGH
    effect: Effect = Effect.NONE
    party: Party | None = None
    title: str
    cause: str
    remedy: str
    reference: str
    needs: frozenset[Needs] = frozenset()
    explains: tuple[str, ...] = ()
    check: (
        Callable[[Session], Iterator[Hit]]
        | Callable[[Recording], Iterator[Hit]]
        | Callable[[Cohort], Iterator[Hit]]
    )
    fires_on: tuple[str, ...]
    silent_on: tuple[str, ...]


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """
    What the reader gets; values, not sentences.

    Attributes:
        rule_id: Whose.
        severity: How bad.
        confidence: How sure.
        effect: What it does to the outcome.
        party: On whose side the fault lies; None if the finding does not tell.
        capture: Index of the input; None if it concerns several.
        session: Number of the session; None if it concerns a recording or several sessions.
        sessions: Numbers of those several; empty if it concerns all.
        evidence: What proves it, the first the primary one.
        values: For the texts.
        explained_by: Rule id of the finding that is its cause; None if nothing explains it.
    """

    rule_id: str
    severity: Severity
    confidence: Confidence
    effect: Effect
    party: Party | None = None
    capture: int | None
    session: int | None
    sessions: tuple[int, ...] = ()
    evidence: tuple[Source, ...]
    values: dict[str, Value] = {}
    explained_by: str | None = None


class Skipped(Struct, frozen=True, kw_only=True, gc=False):
    """
    A rule that could not look.

    Attributes:
        rule_id: Which.
        session: Number of the session; None: of a recording.
        lacking: What it needed and did not get.
    """

    rule_id: str
    session: int | None
    lacking: tuple[Needs, ...]
