"""Facts of a session that several recordings hold: which, by what sign, and where they disagree."""

from collections.abc import Iterator, Sequence
from itertools import islice

from ...model.joined import Disagreed, Part
from ...model.recording import Recording
from ...model.session import Session
from ...model.source import Source
from ..language.texts import Piece, aside, phrases, say
from ..language.words import Words
from .evidence import place_in

SHOWN = 5
"""Disagreements that are listed."""


def joined_facts(
    session: Session, words: Words, recordings: Sequence[Recording]
) -> Iterator[tuple[str, str]]:
    """Keys of facts with their values; none of a session that one recording holds."""
    if session.parts and recordings:
        parts = (_part(part, recordings, words) for part in session.parts)
        yield "seen_in", phrases(words, parts)
        found = islice(session.disagreements, SHOWN)
        told = [_disagreed(one, recordings, words) for one in found]
        more = len(session.disagreements) - len(told)
        if more:
            told.append(say(words, "more", count=more))
        yield "disagreements", phrases(words, told)


def _part(part: Part, recordings: Sequence[Recording], words: Words) -> str:
    """`session.har (clock +0.012 s, by Sec-WebSocket-Key)`: how far it is ahead of the first."""
    name = recordings[part.capture].name
    if part.matched_by is None:
        return name
    sign = Piece(words[f"matched.{part.matched_by.value}"])
    if not part.compared:
        return aside(words, name, say(words, "part.sign", sign=sign))
    offset = words.number(-part.offset_ns / 1e9, "+.3f")
    return aside(words, name, say(words, "part.clock", offset=offset, sign=sign))


def _disagreed(one: Disagreed, recordings: Sequence[Recording], words: Words) -> str:
    amount = ""
    if one.stanzas:
        amount = say(words, "disagreed.stanzas", count=one.stanzas)
    elif one.octets is not None:
        amount = say(words, "disagreed.octets", count=one.octets)
    way = "" if one.direction is None else one.direction.value
    kind = words[f"disagreement.{one.kind.value}"]
    what = Piece(" ".join(word for word in (kind, way, amount) if word))
    place = Piece(place_in(one.seen, recordings, words))
    if one.other is None:
        return say(words, "disagreed.at", what=what, place=place)
    other = Piece(place_in(one.other, recordings, words))
    return say(words, "disagreed.against", what=what, place=place, other=other)


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
