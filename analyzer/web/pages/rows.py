"""A case as a list and the head of its page show it."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from ...report.language.texts import aside, listed, say
from ...report.language.visible import clipped, legible
from ...report.language.words import Words
from ..records import Case, File, JobState
from .measures import iso, moment
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
        return listed(words, names)
    return say(words, "web.and more", name=names[0], count=len(names) - 1)


class Choice(Struct, frozen=True, kw_only=True):
    """
    A file as one may choose it.

    Attributes:
        id: Of the file.
        label: Its name; of several that are named alike, with what tells them apart.
        says: The label with the place where a script writes the time; empty if it has none.
        time: When it was uploaded (RFC 3339).
    """

    id: str
    label: str
    says: str
    time: str


def choices(words: Words, files: Sequence[File]) -> list[Choice]:
    """Files, each told apart from all others by its label."""
    names = Counter(file.name for file in files)
    times = Counter((file.name, moment(words, file.received_ns)) for file in files)
    found = []
    for file in files:
        name, time = clipped(legible(file.name), 80), moment(words, file.received_ns)
        if times[file.name, time] > 1:
            name = aside(words, name, file.sha256[:8])
        is_alone = names[file.name] == 1
        found.append(
            Choice(
                id=file.id,
                label=name if is_alone else aside(words, name, time),
                says="" if is_alone else aside(words, name, "{time}"),
                time=iso(file.received_ns),
            )
        )
    return found
