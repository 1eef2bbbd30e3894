"""Who went away and came back, from the stories of a cohort."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..model.history import ENTRIES, RETURNS, Chapter, History
from ..model.session import Session


class Return(NamedTuple):
    """
    A login behind the end of another one.

    Attributes:
        chapter: The login; its span is the absence.
        left: Number of the session before.
    """

    chapter: Chapter
    left: int


def returns(history: History) -> Iterator[Return]:
    """Those of an agent, in order."""
    inside: int | None = None
    for chapter in history.chapters:
        if chapter.what in RETURNS and inside is not None:
            yield Return(chapter, inside)
        if chapter.what in ENTRIES:
            inside = chapter.session


def names(histories: Iterable[History]) -> dict[int, str]:
    """Number of a session → agent it belongs to, though it may not say so itself."""
    return {number: one.agent for one in histories for number in one.sessions if one.agent}


def by_number(sessions: Iterable[Session]) -> dict[int, Session]:
    """Number of a session → session."""
    return {session.number: session for session in sessions}
