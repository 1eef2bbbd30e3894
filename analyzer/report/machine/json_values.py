"""Times and durations in the outputs for machines; null where they are not known."""

import math
from typing import Any

from ...model.rule import Value
from ..facts.evidence import timestamp

Json = dict[str, Any]


def moment(time_ns: int | None) -> str | None:
    """A time in ISO 8601."""
    return None if time_ns is None else timestamp(time_ns)


def milliseconds(span_ns: int | None) -> float | None:
    """A duration, to the microsecond."""
    return None if span_ns is None else round(span_ns / 1e6, 3)


def finite(value: Value) -> Value:
    """A value as JSON can hold it: RFC 8259 section 6 has no infinity and no NaN."""
    return value if not isinstance(value, float) or math.isfinite(value) else str(value)
