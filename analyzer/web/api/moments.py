"""Times as programs write them (RFC 3339), and as the records hold them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_NS = 2**63 - 1


def written(ns: int) -> str:
    """Nanoseconds since 1970 UTC → RFC 3339, cut to microseconds: what most languages can read."""
    moment = _EPOCH + timedelta(microseconds=ns // 1000)
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read(text: str) -> int:
    """
    RFC 3339 date-time, or a date as its beginning in UTC → nanoseconds since 1970 UTC.

    What 64 bits do not hold becomes the nearest that they do.

    Raises:
        ValueError: It is neither, or has no offset to UTC.
    """
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("neither a date nor a date-time of RFC 3339") from None
    if len(text) == len("2026-11-21"):
        moment = moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        raise ValueError("no offset to UTC, such as Z or +01:00")
    return min(max((moment - _EPOCH) // timedelta(microseconds=1) * 1000, 0), _MOST_NS)


Moment = Annotated[
    int, PlainSerializer(written), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A time in an answer."""

Instant = Annotated[
    int,
    BeforeValidator(read),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date"},
            ]
        }
    ),
]
"""A time in a query."""
