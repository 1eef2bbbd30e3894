"""What the drawings share: how wide a text is, which ticks an axis has, how a path is written."""

import unicodedata
from collections.abc import Iterable, Iterator
from math import floor, log10

from msgspec import Struct

from ..language.texts import say
from ..language.words import Words

SECOND_NS = 1_000_000_000

_NARROW = frozenset("iljtfrI.,:;'|!()[]{}/\\ -\"`")
_BROAD = frozenset("mwMW@%&—…")


def width_of(text: str, size: float) -> float:
    """
    About how many pixels a text takes: as much as in DejaVu Sans, the widest of the page's fonts.

    Args:
        text: One line, visible.
        size: Of the font, pixels.
    """
    return sum(map(_em, text)) * size


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.4
    if character in _BROAD:
        return 1.0
    if character.isascii():
        return 0.72 if character.isupper() else 0.64
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.72


def fitted(text: str, pixels: float, size: float) -> str:
    """The text, or as much of its beginning as the room holds, with an ellipsis."""
    room = pixels
    for index, character in enumerate(text):
        room -= _em(character) * size
        if room < 0:
            # The ellipsis takes the place of what is behind the last that fits.
            kept = index
            while kept and room < size:
                kept -= 1
                room += _em(text[kept]) * size
            return f"{text[:kept].rstrip()}…"
    return text


class Tick(Struct, frozen=True):
    """
    A mark of an axis.

    Attributes:
        at: Pixels.
        text: What stands there.
    """

    at: float
    text: str


_STEPS = (
    *(10**power * factor for power in range(6, 10) for factor in (1, 2, 5)),
    *(SECOND_NS * seconds for seconds in (10, 20, 30, 60, 120, 300, 600, 1_200, 1_800)),
    *(SECOND_NS * 3_600 * hours for hours in (1, 2, 3, 6, 12, 24)),
)
"""Distances of ticks that read well: 1, 2, 5 ms … 10 s, 20 s, 30 s, 1 min … 24 h."""


def steps(span_ns: int, most: int) -> Iterator[int]:
    """Round times from 0 to a span, `most` at most."""
    days = 24 * 3_600 * SECOND_NS
    step = next((step for step in _STEPS if span_ns // step < most), None)
    if step is None:
        step = days * (span_ns // (days * most) + 1)
    yield from range(0, span_ns + 1, step)


def clock(time_ns: int, step_ns: int) -> str:
    """
    A time on an axis as hours, minutes and seconds: "0:20", "1:02:00", "0:00.05".

    Args:
        time_ns: Since the origin.
        step_ns: From one tick to the next; below a second the tick has decimals.
    """
    seconds, rest = divmod(time_ns, SECOND_NS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    if step_ns >= SECOND_NS:
        return f"{head}:{seconds:02d}"
    digits = max(1, -floor(log10(step_ns / SECOND_NS)))
    return f"{head}:{seconds:02d}.{rest:09d}"[: len(f"{head}:00.") + digits]


def rounded(time_ns: int, words: Words) -> str:
    """A time that is round: "10 ms", "1.5 s", "20 s", "100 s", decimals only if it has some."""
    if 0 < time_ns < SECOND_NS:
        return say(words, "duration.ms", value=words.number(round(time_ns / 1_000_000)))
    spec = ".1f" if time_ns % SECOND_NS else ".0f"
    return say(words, "duration.s", value=words.number(time_ns / SECOND_NS, spec))


def number(value: float) -> str:
    """A coordinate with one decimal at most, as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")


def uprights(marks: Iterable[tuple[float, float, float]]) -> str:
    """The path of upright strokes: x, where each begins, and how long it is, upwards negative."""
    return "".join(f"M{number(x)} {number(y)}v{number(length)}" for x, y, length in marks)
