"""What happened to each agent, chapter by chapter, ready to be laid out."""

from collections.abc import Sequence

from msgspec import Struct

from ...model.history import Chapter, Happening, History
from ...model.recording import Recording
from ...model.report import Report
from ...model.source import Source
from ..facts.connection import end_word
from ..facts.evidence import duration, place_in, timestamp
from ..language.texts import Piece, aside, listed, say
from ..language.visible import clipped, legible, visible
from ..language.words import Words

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
    title = say(words, "story", agent=clipped(name, 60))
    return StoryView(title=title, lines=tuple(lines), hidden=hidden, head=head)


def _line(chapter: Chapter, time: str, recordings: Sequence[Recording], words: Words) -> Line:
    source = chapter.evidence[0] if chapter.evidence else None
    return Line(
        time=time,
        node=aside(words, clipped(visible(chapter.server), 60), chapter.side or ""),
        what=said(chapter, words),
        bad=chapter.what in BAD,
        session=chapter.session,
        place="" if source is None else legible(place_in(source, recordings, words)),
        source=source,
    )


def said(chapter: Chapter, words: Words) -> str:
    """A chapter in words."""
    key = f"story.{chapter.what.value}"
    if f"{key}.one" in words and chapter.count == 1:
        key += ".one"
    detail = clipped(legible(_detail(chapter, words)), _DETAIL_LENGTH)
    parts = [say(words, key, count=chapter.count, detail=Piece(detail))]
    if chapter.by is not None and chapter.what in _BY:
        parts.append(say(words, "story.by", by=words[chapter.by.value]))
    span = f"story.span.{chapter.what.value}"
    if chapter.span_ns and span in words:
        parts.append(say(words, span, span=duration(chapter.span_ns, words)))
    told = listed(words, parts)
    return told if "{detail}" in words[key] else aside(words, told, detail)


def _detail(chapter: Chapter, words: Words) -> str:
    """What says more, each word of ours in it in the language of the reader."""
    detail = chapter.detail or ""
    if chapter.what is Happening.FELL_BACK:
        return words.word("carrier", detail)
    if chapter.what is Happening.REFUSED:
        step, _, state = detail.partition(": ")
        return say(words, "named", name=step, value=Piece(words.word("status", state)))
    return listed(words, (_word(word, words) for word in detail.split(", ")))


def _word(word: str, words: Words) -> str:
    if f"attempt.{word}" in words:
        return words[f"attempt.{word}"]
    kind, _, code = word.rpartition(" ")
    if kind and code.isdigit():
        return f"{end_word(kind, words)} {code}"
    return end_word(word, words)


_BY = frozenset({Happening.LOST, Happening.ENDED})

BAD = frozenset(
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
"""What should not happen."""
