"""Requests of a BOSH session, for the rules that look at them (XEP-0124)."""

from collections.abc import Iterator
from itertools import accumulate, pairwise

from ...model.bosh import TurnFacts
from ...model.rule import Effect
from ...model.session import CloseKind, Session
from ...model.source import Source
from ..evidence import beginning

SECOND_NS = 1_000_000_000

_FINAL = frozenset({400, 403, 404})

_TOLERANCE_NS = 50_000_000
"""What clocks, and the way from an answer to the next request, may differ by."""


def turns(session: Session) -> tuple[TurnFacts, ...]:
    """The requests in the order they went; none where BOSH did not carry the session."""
    return session.bosh.turns if session.bosh is not None else ()


def place(session: Session, turn: TurnFacts) -> Source:
    """The request, else its answer."""
    return turn.asked or turn.answered or beginning(session)


def creation(session: Session) -> TurnFacts | None:
    """The request that asked for the session; of several the one that was answered."""
    asked = [turn for turn in turns(session) if turn.creation]
    return next((turn for turn in asked if turn.status == 200), asked[0] if asked else None)


def number(turn: TurnFacts, name: str, *, answer: bool = False) -> int | None:
    """An attribute that holds a number, of the request or of the answer; None if it holds none."""
    text = (turn.response if answer else turn.request).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def ended_with(session: Session, conditions: frozenset[str]) -> bool:
    """Whether the server ended it with one of these conditions, or the status that means it."""
    close = session.close
    return close.kind is CloseKind.BOSH_ERROR and (close.condition or "") in conditions


def effect_of(session: Session, conditions: frozenset[str]) -> Effect:
    """BREAKS if the server ended the session for it, else NONE."""
    return Effect.BREAKS if ended_with(session, conditions) else Effect.NONE


def refused(session: Session) -> TurnFacts | None:
    """The request at whose answer the server ended the session."""
    latest = session.bosh.latest if session.bosh is not None else ()
    asked = latest or turns(session)
    found = (turn for turn in asked if turn.type == "terminate" or turn.status in _FINAL)
    return next((turn for turn in found if turn.condition or turn.status in _FINAL), None)


def idle(session: Session) -> Iterator[tuple[TurnFacts, int]]:
    """Requests before which none was open, with the time since the last answer, nanoseconds."""
    asked = turns(session)
    ends = accumulate((_until(turn) for turn in asked), max)
    for before, turn in zip(ends, asked[1:], strict=False):
        if turn.asked_ns is not None and before < turn.asked_ns:
            yield turn, turn.asked_ns - before


def too_many(session: Session) -> Iterator[tuple[TurnFacts, str]]:
    """Requests at which more were open than the server allowed (XEP-0124 section 11)."""
    allowed = session.bosh.requests if session.bosh is not None else None
    opened: list[int] = []
    for turn in turns(session):
        if allowed is None or turn.asked_ns is None:
            continue
        opened = [until for until in opened if until > turn.asked_ns + _TOLERANCE_NS]
        opened.append(turn.answered_ns or turn.asked_ns)
        # One more may ask for a pause, or end the session.
        spare = int("pause" in turn.request or "type" in turn.request)
        if len(opened) > allowed + spare:
            yield turn, f"{len(opened)} open at once, {allowed} allowed"


def too_soon(session: Session) -> Iterator[tuple[TurnFacts, str]]:
    """Empty requests of a polling session that came too soon (XEP-0124 section 12)."""
    bosh = session.bosh
    if bosh is None or bosh.polling_s is None or 0 not in {bosh.hold, bosh.wait_s}:
        return
    for before, turn in pairwise(turns(session)):
        since = (turn.asked_ns or 0) - (before.asked_ns or 0)
        polls = all(one.empty and not one.request for one in (before, turn))
        if polls and since + _TOLERANCE_NS < bosh.polling_s * SECOND_NS:
            yield turn, f"polls {since / SECOND_NS:.1f} s apart, {bosh.polling_s} s at least"


def _until(turn: TurnFacts) -> int:
    """When a request was answered; one that was not stays open."""
    return turn.answered_ns if turn.answered_ns is not None else _NEVER


_NEVER = 1 << 63
