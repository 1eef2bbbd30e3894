"""Facts of a session that several recordings hold: which, by what sign, and where they disagree."""

from collections.abc import Iterator, Sequence
from itertools import islice

from ..model.joined import Disagreed, Part
from ..model.recording import Recording
from ..model.session import Session
from ..model.source import Source
from .evidence import place_in

SHOWN = 5
"""Disagreements that are listed."""


def joined_facts(session: Session, recordings: Sequence[Recording]) -> Iterator[tuple[str, str]]:
    """Keys of facts with their values; none of a session that one recording holds."""
    if session.parts and recordings:
        yield "seen_in", "; ".join(_part(part, recordings) for part in session.parts)
        found = islice(session.disagreements, SHOWN)
        told = [_disagreed(one, recordings) for one in found]
        more = len(session.disagreements) - len(told)
        yield "disagreements", "; ".join([*told, *([f"{more} more"] if more else [])])


def _part(part: Part, recordings: Sequence[Recording]) -> str:
    """`session.har (clock +0.012 s, by Sec-WebSocket-Key)`: how far it is ahead of the first."""
    name = recordings[part.capture].name
    if part.matched_by is None:
        return name
    clock = f"clock {-part.offset_ns / 1e9:+.3f} s, " if part.compared else ""
    return f"{name} ({clock}by {part.matched_by.value})"


def _disagreed(one: Disagreed, recordings: Sequence[Recording]) -> str:
    amount = f"{one.octets} octets" if one.octets is not None else ""
    if one.stanzas:
        amount = f"{one.stanzas} stanza{'s' if one.stanzas > 1 else ''}"
    way = "" if one.direction is None else one.direction.value
    words = " ".join(word for word in (one.kind.value, way, amount) if word)
    other = "" if one.other is None else f", against {place_in(one.other, recordings)}"
    return f"{words} ({place_in(one.seen, recordings)}{other})"


def written_ns(source: Source, session: Session | None) -> int | None:
    """
    The time of a place as its own file has it.

    Args:
        source: The place, its time by the clock of the session's first part.
        session: What it belongs to; None: what no other recording holds.
    """
    if source.time_ns is None or session is None:
        return source.time_ns
    offsets = {part.capture: part.offset_ns for part in session.parts}
    return source.time_ns - offsets.get(source.capture, 0)
