"""Stories of agents for machines, as schema-1.2.json describes them."""

from collections.abc import Callable
from typing import Any

from ..model.history import Chapter, History
from ..model.source import Source
from .evidence import timestamp

_Json = dict[str, Any]


def story(history: History, evidence: Callable[[Source, int | None], _Json]) -> _Json:
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


def _chapter(chapter: Chapter, evidence: Callable[[Source, int | None], _Json]) -> _Json:
    span_ns = chapter.span_ns
    return {
        "what": chapter.what.value,
        "session": chapter.session,
        "time": None if chapter.time_ns is None else timestamp(chapter.time_ns),
        "server": chapter.server,
        "side": chapter.side,
        "detail": chapter.detail,
        "by": None if chapter.by is None else chapter.by.value,
        "count": chapter.count,
        "span_ms": None if span_ns is None else round(span_ns / 1e6, 3),
        "evidence": [evidence(source, chapter.session) for source in chapter.evidence],
    }
