"""What the ends of several sessions have in common."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ...model.session import CloseKind, Session, SessionClose
from ...model.source import Side
from .cut import is_cut
from .loops import address

MANY = 3
"""Two may be chance."""

LONG_NS = 60_000_000_000
"""Shorter sessions end at a like age for many reasons."""

_ENDED = frozenset({CloseKind.STREAM_ERROR, CloseKind.WEBSOCKET_CLOSE, CloseKind.BOSH_ERROR})


def lost(sessions: Sequence[Session]) -> list[Session]:
    """Those that were cut, or ended by the server without need."""
    return [session for session in sessions if is_cut(session) or _is_ended(session)]


def how(close: SessionClose) -> str:
    """The word that tells most of an end: `system-shutdown`, `close 1012`, `rst`."""
    return close.condition or (f"close {close.code}" if close.code else close.kind.value)


def _is_ended(session: Session) -> bool:
    close = session.close
    return close.kind in _ENDED and close.by is Side.SERVER and close.orderly is False


def clusters(
    sessions: Sequence[Session], measure: Callable[[Session], int | None], width: float, least: int
) -> Iterator[list[Session]]:
    """
    Groups of at least three whose measures lie close together.

    Args:
        sessions: Which.
        measure: Of each, nanoseconds; None leaves it out.
        width: Share of the smallest by which the others may exceed it.
        least: Nanoseconds by which they may in any case.
    """
    known = sorted(
        ((value, n) for n, s in enumerate(sessions) if (value := measure(s)) is not None)
    )
    group: list[tuple[int, int]] = []
    for value, n in known:
        if group and value - group[0][0] > max(least, width * group[0][0]):
            if len(group) >= MANY:
                yield [sessions[m] for _, m in group]
            group = []
        group.append((value, n))
    if len(group) >= MANY:
        yield [sessions[m] for _, m in group]


def age(session: Session) -> int | None:
    """How long it lived, nanoseconds; None if not long, or if silence ended it."""
    ended = session.ended_ns or 0
    lived = ended - (session.started_ns or ended)
    return lived if lived >= LONG_NS and (session.close.idle_ns or 0) * 2 < lived else None


def agents_of(sessions: Sequence[Session], known: Mapping[int, str]) -> dict[str, Session]:
    """
    Agent → its first session; of one that TLS hides, another address is another agent.

    Args:
        sessions: Which.
        known: Number of a session → agent it belongs to though it does not say so.
    """
    found: dict[str, Session] = {}
    for one in sessions:
        agent = one.agent or known.get(one.number) or address(one)
        if agent:
            found.setdefault(agent, one)
    return found
