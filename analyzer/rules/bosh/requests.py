"""Requests of a BOSH session, for the rules that look at them (XEP-0124)."""

from collections.abc import Iterator
from heapq import heappop, heappush
from http import HTTPStatus
from itertools import accumulate, pairwise

from ...model.bosh import BoshFacts, TurnFacts
from ...model.diagnosis import Party
from ...model.rule import Effect
from ...model.session import CloseKind, Session
from ...model.source import Source
from ..evidence import beginning

SECOND_NS = 1_000_000_000

GONE = frozenset({"item-not-found"})
"""What the server says of a session that it does not know."""

PARTIES = {
    "bad-request": Party.CLIENT,
    "remote-stream-error": Party.SERVER,
    "see-other-uri": Party.SERVER,
    **{f"HTTP {status}": Party.PROXY for status in (401, 407, 413, 429, 502, 503, 504)},
}
"""Condition of a termination → whose fault it names."""

_WINDOW = 2
"""Requests that may be open at once where the server did not say."""

_ANY = 1 << 30

_TOLERANCE_NS = 50_000_000
"""What clocks, and the way from an answer to the next request, may differ by."""


def facts(session: Session) -> BoshFacts:
    """BOSH of a session; nothing is known of it where something else carried the session."""
    return session.bosh or _NOTHING


_NOTHING = BoshFacts(sid=None, url="")


def turns(session: Session) -> tuple[TurnFacts, ...]:
    """The requests in the order they went."""
    return facts(session).turns


def place(session: Session, turn: TurnFacts) -> Source:
    """The request, else its answer."""
    return turn.asked or turn.answered or beginning(session)


def creation(session: Session) -> list[TurnFacts]:
    """The request that asked for the session; of several the one that was answered."""
    asked = [turn for turn in turns(session) if turn.creation]
    return sorted(asked, key=lambda turn: turn.status != 200)[:1]


def number(turn: TurnFacts, name: str, *, answer: bool = False) -> int | None:
    """An attribute that holds a number, of the request or of the answer; None if it holds none."""
    text = (turn.response if answer else turn.request).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def ended_with(session: Session, conditions: frozenset[str]) -> bool:
    """Whether the server ended it with one of these conditions, or the status that means it."""
    close = session.close
    return close.kind is CloseKind.BOSH_ERROR and (close.condition or "") in conditions


def until_gone(asked: tuple[TurnFacts, ...]) -> tuple[TurnFacts, ...]:
    """Requests that went before the server said that it does not know the session; some go on."""
    gone = (t.answered_ns for t in asked if t.condition in GONE or t.status == HTTPStatus.NOT_FOUND)
    until_ns = next(gone, None) or _NEVER
    return tuple(turn for turn in asked if (turn.asked_ns or 0) <= until_ns)


def effect_of(session: Session, conditions: frozenset[str]) -> Effect:
    """BREAKS if the server ended the session for it, else NONE."""
    return Effect.BREAKS if ended_with(session, conditions) else Effect.NONE


def out_of_window(session: Session) -> tuple[TurnFacts, str] | None:
    """
    The latest request whose id the server need not accept (XEP-0124 section 14), and why.

    None if more requests came behind it than were on their way when it was refused.
    """
    latest = until_gone(facts(session).latest or turns(session))
    asked = [turn for turn in latest if turn.rid is not None]
    window = facts(session).requests or _WINDOW
    known: set[int] = set()
    highest = asked[0].rid or 0 if asked else 0
    found: tuple[TurnFacts, str] | None = None
    for turn in asked:
        rid = turn.rid or 0
        if rid in known:
            found = turn, "sent a second time"
        elif abs(rid - highest) > window:
            side = "ahead of" if rid > highest else "behind"
            found = turn, f"{abs(rid - highest)} {side} the latest before it"
        known.add(rid)
        highest = max(highest, rid)
    return found if found is not None and found[0] in asked[-window - 1 :] else None


def in_vain(session: Session) -> list[TurnFacts]:
    """
    Requests that failed, and behind which others succeeded: first the first of them.

    One without any answer failed if the client sent it again, or the browser says that it did.
    """
    again: set[int | None] = set()
    succeeded = False
    found: list[TurnFacts] = []
    for turn in reversed(turns(session)):
        if turn.status == HTTPStatus.OK:
            succeeded = True
        elif succeeded and (turn.status or turn.error is not None or turn.rid in again):
            found.append(turn)
        again.add(turn.rid)
    return found[::-1]


def idle(session: Session) -> Iterator[tuple[TurnFacts, int]]:
    """Requests before which none was open, with the time since the last answer, nanoseconds."""
    asked = turns(session)
    ends = accumulate((_until(turn) for turn in asked), max)
    for before, turn in zip(ends, asked[1:], strict=False):
        if turn.asked_ns is not None and before < turn.asked_ns:
            yield turn, turn.asked_ns - before


def too_many(session: Session) -> Iterator[tuple[TurnFacts, str]]:
    """Requests at which more were open than the server allowed (XEP-0124 section 11)."""
    allowed = facts(session).requests or _ANY
    opened: list[int] = []
    for turn in turns(session):
        asked_ns = turn.asked_ns or 0
        while opened and opened[0] <= asked_ns + _TOLERANCE_NS:
            heappop(opened)
        heappush(opened, turn.answered_ns or asked_ns)
        # One more may ask for a pause, or end the session.
        spare = int("pause" in turn.request or "type" in turn.request)
        if len(opened) > allowed + spare:
            yield turn, f"{len(opened)} open at once, {allowed} allowed"


def too_soon(session: Session) -> Iterator[tuple[TurnFacts, str]]:
    """Empty requests of a polling session that came too soon (XEP-0124 section 12)."""
    bosh = facts(session)
    least_s = bosh.polling_s or 0 if 0 in {bosh.hold, bosh.wait_s} else 0
    for before, turn in pairwise(turns(session)):
        since = (turn.asked_ns or 0) - (before.asked_ns or 0)
        polls = all(one.empty and not one.request for one in (before, turn))
        if polls and since + _TOLERANCE_NS < least_s * SECOND_NS:
            yield turn, f"polls {since / SECOND_NS:.1f} s apart, {least_s} s at least"


def _until(turn: TurnFacts) -> int:
    """When a request was answered; one that was not stays open."""
    return turn.answered_ns if turn.answered_ns is not None else _NEVER


_NEVER = 1 << 63
