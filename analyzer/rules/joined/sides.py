"""What two recordings of a session tell of the way between them, for the rules of this family."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.joined import Disagreed, Disagreement, MatchedBy
from ...model.rule import Effect, Value
from ...model.session import Session
from ...model.source import Direction, Source

_STREAM = frozenset({MatchedBy.STREAM_ID, MatchedBy.STANZAS})
"""Signs of a stream whose connections differ: something ends the one and opens the other."""


def told(session: Session, kind: Disagreement) -> Iterator[Disagreed]:
    """The disagreements of a kind."""
    return (one for one in session.disagreements if one.kind is kind)


def places(disagreed: Disagreed) -> tuple[Source, ...]:
    """What proves it, in both recordings."""
    other = disagreed.other
    return (disagreed.seen,) if other is None else (disagreed.seen, other)


def between(session: Session) -> Party:
    """What stands between both captures: a device that takes the stream apart, or a way."""
    captures = [part for part in session.parts if not part.har]
    apart = any(part.matched_by in _STREAM for part in captures[1:])
    return Party.PROXY if apart else Party.NETWORK


def effect(session: Session) -> Effect:
    """What it does to the outcome: little, where the session ended as it should."""
    return Effect.DEGRADES if session.close.orderly else Effect.BREAKS


def words(disagreed: Disagreed) -> dict[str, Value]:
    """How much, and from which side to which."""
    ends = ("client", "server")
    if disagreed.direction is Direction.TO_CLIENT:
        ends = ends[::-1]
    amount: Value = disagreed.stanzas
    unit = "messages"
    if disagreed.octets is not None:
        amount, unit = disagreed.octets, "octets"
    return {"amount": amount, "unit": unit, "sender": ends[0], "receiver": ends[1]}
