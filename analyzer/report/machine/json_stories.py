"""Stories of agents for machines, as schema-1.3.json describes them."""

from collections.abc import Callable

from ...model.history import Chapter, History
from ...model.source import Source
from .json_values import Json, milliseconds, moment


def story(history: History, evidence: Callable[[Source, int | None], Json]) -> Json:
    """
    The story of an agent.

    Args:
        history: It.
        evidence: A place in the session of that number as JSON.
    """
    return {
        "agent": history.agent or None,
        "sessions": list(history.sessions),
        "chapters": [_chapter(chapter, evidence) for chapter in history.chapters],
    }


def _chapter(chapter: Chapter, evidence: Callable[[Source, int | None], Json]) -> Json:
    return {
        "what": chapter.what.value,
        "session": chapter.session,
        "time": moment(chapter.time_ns),
        "server": chapter.server,
        "side": chapter.side,
        "detail": chapter.detail,
        "by": None if chapter.by is None else chapter.by.value,
        "count": chapter.count,
        "span_ms": milliseconds(chapter.span_ns),
        "evidence": [evidence(source, chapter.session) for source in chapter.evidence],
    }
