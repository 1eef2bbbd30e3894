"""What happened to each agent, chapter by chapter, ready to be laid out."""

from collections.abc import Sequence

from msgspec import Struct

from ..model.history import Chapter, Happening, History
from ..model.recording import Recording
from ..model.report import Report
from ..model.source import Source
from .evidence import duration, place_in, timestamp
from .language import Words
from .visible import clipped, visible

_DETAIL_LENGTH = 80


class Line(Struct, frozen=True, kw_only=True):
    """
    A chapter as it is shown.

    Attributes:
        time: Of day, or date and time in front of the first line of a day; empty if unknown.
        node: Host, with its side where that is known.
        what: What happened, in words.
        bad: It is nothing that should happen.
        session: Number; None before the first.
        place: Where the evidence stands; empty if it has no place.
        source: The evidence.
    """

    time: str
    node: str
    what: str
    bad: bool
    session: int | None
    place: str
    source: Source | None


class StoryView(Struct, frozen=True, kw_only=True):
    """
    The story of an agent as it is shown.

    Attributes:
        title: "What happened to …".
        lines: The first and the last of its chapters.
        hidden: How many between those are not shown.
        head: How many stand before these.
    """

    title: str
    lines: tuple[Line, ...]
    hidden: int
    head: int


def stories(report: Report, words: Words, most: int, length: int) -> tuple[StoryView, ...]:
    """
    The stories of a report, that of the verdict's session first.

    Args:
        report: As analysed.
        words: The language.
        most: Stories shown.
        length: Chapters shown of each.
    """
    number = report.verdict.session
    ordered = sorted(report.histories, key=lambda one: number not in one.sessions)
    return tuple(_story(one, report.recordings, words, length) for one in ordered[:most])


def _story(
    history: History, recordings: Sequence[Recording], words: Words, length: int
) -> StoryView:
    chapters = history.chapters
    hidden = max(0, len(chapters) - length)
    head = (length + 1) // 2 if hidden else len(chapters)
    shown = (*chapters[:head], *chapters[head + hidden :])
    name = visible(history.agent.partition("@")[0]) or words["nobody"]
    lines = []
    day = ""
    for chapter in shown:
        time = "" if chapter.time_ns is None else timestamp(chapter.time_ns)
        date, separator, rest = time.partition("T")
        lines.append(_line(chapter, rest if separator and date == day else time, recordings, words))
        day = date
    title = words["story"].format(agent=clipped(name, 60))
    return StoryView(title=title, lines=tuple(lines), hidden=hidden, head=head)


def _line(chapter: Chapter, time: str, recordings: Sequence[Recording], words: Words) -> Line:
    source = chapter.evidence[0] if chapter.evidence else None
    side = f" ({chapter.side})" if chapter.side is not None else ""
    return Line(
        time=time,
        node=f"{clipped(visible(chapter.server), 60)}{side}",
        what=said(chapter, words),
        bad=chapter.what in _BAD,
        session=chapter.session,
        place="" if source is None else visible(place_in(source, recordings)),
        source=source,
    )


def said(chapter: Chapter, words: Words) -> str:
    """A chapter in words."""
    key = f"story.{chapter.what.value}"
    template = words[f"{key}.one" if f"{key}.one" in words and chapter.count == 1 else key]
    detail = clipped(visible(chapter.detail or ""), _DETAIL_LENGTH)
    detail = words.get(f"carrier.{detail}", detail)
    parts = [template.format(count=chapter.count, detail=detail)]
    if chapter.by is not None and chapter.what in _BY:
        parts.append(words["story.by"].format(by=words[chapter.by.value]))
    span = words.get(f"story.span.{chapter.what.value}")
    if chapter.span_ns and span is not None:
        parts.append(span.format(span=duration(chapter.span_ns)))
    tail = f" ({detail})" if detail and "{detail}" not in template else ""
    return ", ".join(parts) + tail


_BY = frozenset({Happening.LOST, Happening.ENDED})

_BAD = frozenset(
    {
        Happening.IN_VAIN,
        Happening.REFUSED,
        Happening.LOST,
        Happening.REPLACED,
        Happening.FINESSE_GONE,
        Happening.OUT_OF_SERVICE,
        Happening.FORCED_LOGOUT,
    }
)
