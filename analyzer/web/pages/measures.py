"""Sizes, times and durations as people read them."""

import re
from datetime import UTC, datetime, timedelta

from ...report.language.texts import Piece, say
from ...report.language.words import Words

SECOND_NS = 10**9

KB = 1 << 10
"""As file managers on Windows count."""


def size(words: Words, octets: int) -> str:
    """A number of octets, in the unit that suits it."""
    if octets < KB:
        return say(words, "web.size.bytes", count=octets)
    amount, unit = octets / KB, "kb"
    for larger in ("mb", "gb"):
        if amount < 1000:
            break
        amount, unit = amount / KB, larger
    spec = ",.0f" if amount >= 100 or amount == int(amount) else ".1f"
    return say(words, f"web.size.{unit}", number=Piece(words.number(amount, spec)))


def moment(words: Words, time_ns: int) -> str:
    """A time, to the minute, in UTC: scripts show it in the reader's own zone."""
    return say(words, "web.time", time=Piece(f"{_time(time_ns):%Y-%m-%d %H:%M}"))


def iso(time_ns: int) -> str:
    """A time for programs (RFC 3339)."""
    return f"{_time(time_ns):%Y-%m-%dT%H:%M:%SZ}"


def lasting(words: Words, nanoseconds: int) -> str:
    """A duration, to the second."""
    minutes, seconds = divmod(max(nanoseconds, 0) // SECOND_NS, 60)
    if not minutes:
        return say(words, "web.seconds", count=seconds)
    return say(words, "web.minutes", minutes=minutes, seconds=seconds)


def day_ns(text: str, offset: str = "") -> int | None:
    """
    The beginning of a day, as ns since 1970; None if the text is no date (ISO 8601).

    Args:
        text: The day.
        offset: Minutes by which the reader's clock is ahead of UTC; what is none counts for 0.
    """
    if not text.isascii():
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    minutes = int(offset) if _MINUTES.fullmatch(offset) else 0
    return ((day - _EPOCH) // timedelta(seconds=1) - minutes * 60) * SECOND_NS


_MINUTES = re.compile("-?[0-9]{1,3}")
"""As of every zone there is: from -12 h to +14 h."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _time(time_ns: int) -> datetime:
    return _EPOCH + timedelta(seconds=time_ns // SECOND_NS)
