"""
Times of one recording, told by the clock of another.

A place stays the place it is (packet 12 of that input, entry 3): only its time is told by the other
clock, so that durations between two recordings are true. What stands in the file is that time less
the offset (`model.joined.Part`).
"""

from functools import cache
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import fields, replace

_Fact = TypeVar("_Fact")

TIMES = frozenset(
    {
        "accepted_ns",
        "answered_ns",
        "asked_ns",
        "began_ns",
        "begin_ns",
        "closed_ns",
        "end_ns",
        "ended_ns",
        "event_ns",
        "last_client_ns",
        "last_ns",
        "opened_ns",
        "previous_ns",
        "recorded_until_ns",
        "resent_ns",
        "started_ns",
        "time_ns",
        "times_ns",
    }
)
"""Fields that hold a time of a recording's clock; other nanoseconds are durations."""


def shifted(fact: _Fact, offset_ns: int) -> _Fact:
    """
    A fact with all it holds, its times later by an offset.

    Args:
        fact: A Struct of the model, or tuples, lists and dicts of such; anything else stays.
        offset_ns: Nanoseconds, may be negative.
    """
    return fact if not offset_ns else _shifted(fact, offset_ns)


def _shifted(fact: Any, offset_ns: int) -> Any:
    if isinstance(fact, Struct):
        changed = {}
        for name in _names(type(fact)):
            value = getattr(fact, name)
            if value is None:
                continue
            new = _moved(value, offset_ns) if name in TIMES else _shifted(value, offset_ns)
            if new is not value:
                changed[name] = new
        return replace(fact, **changed) if changed else fact
    if isinstance(fact, tuple | list):
        rows = [_shifted(one, offset_ns) for one in fact]
        if all(new is old for new, old in zip(rows, fact, strict=True)):
            return fact
        return type(fact)(rows)
    if isinstance(fact, dict):
        return {key: _shifted(value, offset_ns) for key, value in fact.items()}
    return fact


def _moved(value: Any, offset_ns: int) -> Any:
    if isinstance(value, tuple):
        return tuple(one + offset_ns for one in value)
    return value + offset_ns


@cache
def _names(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
