"""Times as they are written in payloads (ISO 8601, XEP-0082)."""

from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(text: str | None) -> int | None:
    """A time as nanoseconds since 1970 UTC, without a zone it is UTC; None if it is none."""
    try:
        told = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    told = told if told.tzinfo is not None else told.replace(tzinfo=UTC)
    since = told - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000
