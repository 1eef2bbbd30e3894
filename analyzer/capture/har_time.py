"""Times of a HAR: ISO 8601 dates, and message times that count four different things."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from ..model.recording import TimeBase
from .har_json import HUGE, finite

DATE = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?\s*"
    r"(?:[Zz]|([+-])(\d\d):?(\d\d)|)\s*"
)
"""As producers write it: any number of fraction digits, zone as +02:00, +0530, Z or not at all."""

SANE_S = 1e9
"""Earlier times (before September 2001) are no wall clock: Chrome writes 1969 where it has none."""

MILLISECONDS_FROM = 1e11
"""From here on a number counts milliseconds since 1970: as seconds it would be the year 5138."""


def instant_ns(text: str) -> int | None:
    """
    A date as nanoseconds since 1970 UTC; None if it is none, or not sane.

    A date without a zone is taken for UTC.
    """
    match = DATE.fullmatch(text)
    if match is None:
        return None
    try:
        second = datetime(*map(int, match.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None
    sign, hours, minutes = match.groups()[7:]
    offset_s = (int(hours) * 3600 + int(minutes) * 60) * (-1 if sign == "-" else 1) if sign else 0
    since_s = int(second.timestamp()) - offset_s
    if since_s < SANE_S:
        return None
    return since_s * 1_000_000_000 + int(f"{match[7] or '':0<9}"[:9])


class Clock(Struct, frozen=True):
    """
    How the message times of one entry become nanoseconds since 1970 UTC.

    Attributes:
        base: What they count.
        per_us: Microseconds of one count.
        zero_ns: When they count zero; None if that cannot be told.
    """

    base: TimeBase = TimeBase.NONE
    per_us: float = 0
    zero_ns: int | None = None

    def ns(self, time: float | str | None) -> int | None:
        """Nanoseconds since 1970 UTC, to the microsecond; None where none is known."""
        if type(time) is not float:
            time = finite(time)
        if time is None or self.zero_ns is None or not 0 <= time < HUGE:
            return None
        return round(time * self.per_us) * 1_000 + self.zero_ns


def clock(times: Iterable[float | str | None], started_ns: int | None) -> Clock:
    """
    The clock of an entry, told by its first message time that says anything.

    A monotonic clock (seconds since the machine started) is set so that the first message comes
    when the entry started, if that is known.
    """
    first = next((time for time in map(finite, times) if time is not None and time >= 0), None)
    if first is None:
        return Clock()
    if first >= MILLISECONDS_FROM:
        return Clock(TimeBase.MILLISECONDS, 1e3, 0)
    if first >= SANE_S:
        return Clock(TimeBase.SECONDS, 1e6, 0)
    zero_ns = None if started_ns is None else started_ns - round(first * 1e6) * 1_000
    return Clock(TimeBase.MONOTONIC, 1e6, zero_ns)


def close_ns(timestamp: float | None) -> int | None:
    """When a socket closed, of a number counting seconds or milliseconds since 1970."""
    return clock([timestamp], None).ns(timestamp)
