"""Sessions that several inputs hold, in the report for machines."""

from collections.abc import Sequence

from ...model.joined import Disagreed, Part
from ...model.recording import Recording
from ...model.session import Session
from ...model.source import Source
from ..facts.evidence import place
from ..facts.joined import written_ns
from .json_values import Json, milliseconds, moment


def session_joined(session: Session, recordings: Sequence[Recording] = ()) -> Json:
    """Fields of a session, added in version 1.2 of the schema."""
    return {
        "parts": [_part(part) for part in session.parts],
        "disagreements": [_disagreed(one, session, recordings) for one in session.disagreements],
    }


def _part(part: Part) -> Json:
    return {
        "input": part.capture,
        "matched_by": None if part.matched_by is None else part.matched_by.value,
        "clock_ahead_ms": round(-part.offset_ns / 1e6, 3),
        "spread_ms": milliseconds(part.spread_ns),
        "compared": part.compared,
        "stanzas": part.stanzas,
    }


def _disagreed(one: Disagreed, session: Session, recordings: Sequence[Recording]) -> Json:
    return {
        "kind": one.kind.value,
        "direction": None if one.direction is None else one.direction.value,
        "seen": _place(one.seen, session, recordings),
        "other": None if one.other is None else _place(one.other, session, recordings),
        "octets": one.octets,
        "stanzas": one.stanzas,
    }


def _place(source: Source, session: Session, recordings: Sequence[Recording]) -> Json:
    return {
        "input": source.capture,
        "place": place(source, recordings),
        "time": moment(written_ns(source, session)),
    }
