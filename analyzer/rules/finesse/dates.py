"""What the Date header of answers tells of the server's clock (RFC 9110 section 6.6.1)."""

from collections.abc import Iterator
from email.utils import mktime_tz, parsedate_tz
from itertools import islice

from ...model.http import Exchange, field
from ...model.session import Session
from ...model.source import Source

LOOKED_AT = 50
"""Answers of a session; one would do, but a cache may give an old one."""

_SECOND_NS = 1_000_000_000

_LAST_S = 1 << 33
"""In the year 2242; beyond it is damage."""


def drift(session: Session) -> tuple[int, Source] | None:
    """
    The server's clock less the recording's, nanoseconds, and the answer that shows it.

    A server writes Date, in whole seconds, between request and response. The least of several is
    taken: what comes from a cache is old. Without any Date SystemInfo tells, None if nothing does.
    """
    found = list(islice(_drifts(session), LOOKED_AT))
    if found:
        return min(found, key=lambda one: abs(one[0]))
    info = session.system_info
    if info is None or info.clock_offset_ns is None:
        return None
    return info.clock_offset_ns, info.source


def _drifts(session: Session) -> Iterator[tuple[int, Source]]:
    upgrade = session.upgrade
    for exchange in (*session.exchanges, *([] if upgrade is None else [upgrade.exchange])):
        drifted = _of(exchange)
        if drifted is not None and exchange.response is not None:
            yield drifted, exchange.response.source


def _of(exchange: Exchange) -> int | None:
    request, response = exchange.request, exchange.response
    if request is None or response is None:
        return None
    asked_ns, answered_ns = request.source.time_ns, response.source.time_ns
    date_ns = date(field(response.headers, "Date"))
    if date_ns is None or asked_ns is None or answered_ns is None:
        return None
    if date_ns > answered_ns:
        return date_ns - answered_ns
    return min(date_ns + _SECOND_NS - asked_ns, 0)


def date(text: str | None) -> int | None:
    """A date of HTTP as nanoseconds since 1970 UTC; None if it is none."""
    try:
        parsed = parsedate_tz(text)
        seconds = -1 if parsed is None else mktime_tz(parsed)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return seconds * _SECOND_NS if 0 <= seconds < _LAST_S else None
