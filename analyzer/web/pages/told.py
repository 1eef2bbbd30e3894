"""Jobs, failures and refusals in the words of the reader."""

from msgspec import Struct

from ...report.language.texts import Piece, named, reason_said, say
from ...report.language.words import Words
from ..problems import Problem, ProblemCode
from ..records import Failure, FailureCode, Job, JobState, Phase, Progress
from .measures import lasting, size


class Told(Struct, frozen=True, kw_only=True):
    """
    Something that went wrong, for a reader.

    Attributes:
        title: What it is.
        remedy: What to do.
        more: What exactly, sentence by sentence.
    """

    title: str
    remedy: str
    more: tuple[str, ...] = ()


def job_said(words: Words, job: Job, place: int, now_ns: int) -> str:
    """
    How far a job is.

    Args:
        words: Of the reader.
        job: Which one.
        place: How many wait before it.
        now_ns: What time it is.
    """
    if job.is_over:
        return words[f"web.job.{job.state.value}"]
    if job.state is JobState.QUEUED:
        if place:
            return say(words, "web.job.queued.behind", count=place)
        return words["web.job.queued"]
    what = progress_said(words, job.progress)
    elapsed = lasting(words, now_ns - (job.started_ns or now_ns))
    return say(words, "web.job.elapsed", what=Piece(what), elapsed=Piece(elapsed))


def progress_said(words: Words, progress: Progress | None) -> str:
    """What a running job is at."""
    if progress is None:
        return words["web.job.running"]
    if progress.phase is not Phase.READING or not progress.name:
        phase = progress.phase.value
        return words["web.job.running" if phase == "reading" else f"web.job.{phase}"]
    if not progress.delivered:
        return say(words, "web.job.reading", name=progress.name)
    return say(words, "web.job.reading.far", name=progress.name, count=progress.delivered)


def failure_told(words: Words, failure: Failure | None) -> Told:
    """Why a job came to nothing."""
    failure = failure or Failure(code=FailureCode.FAULT)
    detail = Piece(reason_said(words, failure.detail), captured=True)
    more = (say(words, "web.failed.said", detail=detail),) if failure.detail else ()
    key = f"web.failed.{failure.code.value}"
    return Told(title=words[key], remedy=words[f"{key}.do"], more=more)


def problem_told(words: Words, problem: Problem) -> Told:
    """Why a request was refused."""
    # Of all fields only that one is chosen from a list whose entries are all right by themselves.
    is_same = problem.code is ProblemCode.BAD_VALUE and problem.values.get("field") == "bad"
    key = "web.problem.same-file" if is_same else f"web.problem.{problem.code.value}"
    more = []
    name, limit = problem.values.get("name"), problem.values.get("limit")
    if isinstance(name, str) and name:
        if problem.code is ProblemCode.NOT_A_CAPTURE and problem.detail:
            more.append(named(words, name, reason_said(words, problem.detail)))
        else:
            more.append(say(words, "web.about file", name=name))
    if isinstance(limit, int):
        more.append(_limit(words, problem, limit))
    if problem.retry_s:
        more.append(say(words, "web.problem.wait", count=problem.retry_s))
    return Told(title=words[key], remedy=words[f"{key}.do"], more=tuple(more))


def _limit(words: Words, problem: Problem, limit: int) -> str:
    if problem.code is ProblemCode.TOO_MANY_FILES:
        return say(words, "web.limit.files", count=limit)
    key = "web.limit.file" if "name" in problem.values else "web.limit.case"
    return say(words, key, size=Piece(size(words, limit)))
