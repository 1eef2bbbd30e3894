"""A case as a list and the head of its page show it."""

from collections.abc import Sequence

from msgspec import Struct

from ...report.language.texts import say
from ...report.language.words import Words
from ..records import Case, JobState
from .told import progress_said


class Row(Struct, frozen=True, kw_only=True):
    """
    A case in short.

    Attributes:
        case: Which one.
        outcome: The verdict in one word, or "working", or "failed".
        pill: It in words.
        headline: What happened; of a case without a result, how far it is.
        agents: Who logged in.
        servers: Where.
    """

    case: Case
    outcome: str
    pill: str
    headline: str
    agents: str
    servers: str


def row(words: Words, case: Case) -> Row:
    """A case in the reader's language."""
    outcome, headline = _verdict(words, case)
    ours = outcome in ("working", "failed")
    summary = case.summary
    return Row(
        case=case,
        outcome=outcome,
        pill=words[f"web.outcome.{outcome}" if ours else outcome],
        headline=headline,
        agents=short(words, summary.agents if summary else ()),
        servers=short(words, summary.servers if summary else ()),
    )


def _verdict(words: Words, case: Case) -> tuple[str, str]:
    job, summary = case.job, case.summary
    if job is not None and not job.is_over:
        if job.state is JobState.QUEUED:
            return "working", words["web.job.waiting"]
        return "working", progress_said(words, job.progress)
    if summary is None or (job is not None and job.state is JobState.FAILED):
        code = job.failure.code.value if job is not None and job.failure else "fault"
        return "failed", words[f"web.failed.{code}"]
    headline = summary.headline
    return summary.outcome, headline.get(words.language) or headline.get("en", "")


def short(words: Words, names: Sequence[str]) -> str:
    """Names in one line: two of them, or the first and how many more."""
    if len(names) < 3:
        return ", ".join(names)
    return say(words, "web.and more", name=names[0], count=len(names) - 1)
