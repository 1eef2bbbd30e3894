"""How a BOSH session ended of which neither side took leave, by its last requests."""

from typing import NamedTuple

from ..model.bosh import BoshFacts, TurnFacts
from ..model.flow import Connection, EndCause
from ..model.session import CloseKind
from ..model.source import Side, Source

INACTIVITY_S = 60
"""Where the server did not say how long a session may be without a request."""

_CONDITIONS = {400: "bad-request", 403: "policy-violation", 404: "item-not-found"}
"""What old connection managers said by HTTP alone (XEP-0124 section 17.1)."""

_KINDS = {EndCause.FIN: CloseKind.FIN, EndCause.RST: CloseKind.RST}


class LastRequest(NamedTuple):
    """
    What the last request tells of the end.

    Attributes:
        kind: How.
        by: Who; None if that cannot be told.
        orderly: False for faults, None if it cannot be told.
        condition: Of a refusal.
        reason: What the browser says.
        time_ns: When.
        source: What proves it.
    """

    kind: CloseKind
    by: Side | None = None
    orderly: bool | None = None
    condition: str | None = None
    reason: str | None = None
    time_ns: int | None = None
    source: Source | None = None


def last_request(bosh: BoshFacts, connection: Connection | None, until_ns: int) -> LastRequest:
    """
    The end of a session without a good-bye.

    Args:
        bosh: Its requests.
        connection: Its connections as one; how it ended is how that of the last request did.
        until_ns: Last sign of anything in the recording.
    """
    turns = bosh.latest or bosh.turns
    refusal = _refusal(turns)
    if refusal is not None:
        status = refusal.status
        return LastRequest(
            CloseKind.BOSH_ERROR,
            Side.SERVER,
            orderly=False,
            condition=_CONDITIONS.get(status, f"HTTP {status}"),
            time_ns=refusal.answered_ns,
            source=refusal.answered,
        )
    waiting = next((turn for turn in reversed(turns) if not turn.status), None)
    last = max((_until(turn) for turn in turns), default=0)
    if waiting is not None and (waiting.asked_ns or 0) >= last - _allowed_ns(bosh):
        return _broken_off(waiting, connection, until_ns)
    if until_ns - last <= _allowed_ns(bosh):
        return LastRequest(CloseKind.OPEN, time_ns=until_ns or None)
    # Nobody asked again: the session has run out at the server, and the client is gone.
    source = turns[-1].answered if turns else None
    return LastRequest(CloseKind.UNKNOWN, Side.CLIENT, time_ns=last or None, source=source)


def _refusal(turns: tuple[TurnFacts, ...]) -> TurnFacts | None:
    """The first answer of an error status behind which no request succeeded."""
    found: TurnFacts | None = None
    for turn in reversed(turns):
        if turn.status == 200:
            break
        if turn.status >= 300:
            found = turn
    return found


def _broken_off(turn: TurnFacts, connection: Connection | None, until_ns: int) -> LastRequest:
    """A request that was not answered."""
    if turn.error is not None:
        return LastRequest(
            CloseKind.CLOSED,
            orderly=False,
            reason=turn.error,
            time_ns=turn.answered_ns or turn.asked_ns,
            source=turn.asked,
        )
    kind = None if connection is None else _KINDS.get(connection.ended_by)
    if kind is None or connection is None:
        return LastRequest(CloseKind.OPEN, time_ns=until_ns or None, source=turn.asked)
    source = connection.end_source
    return LastRequest(
        kind,
        connection.ended_side,
        # A page that was left lets go of its requests.
        orderly=None if connection.ended_side is Side.CLIENT else False,
        time_ns=source.time_ns if source is not None else connection.closed_ns,
        source=source,
    )


def _until(turn: TurnFacts) -> int:
    return turn.answered_ns or turn.asked_ns or 0


def _allowed_ns(bosh: BoshFacts) -> int:
    inactivity = INACTIVITY_S if bosh.inactivity_s is None else bosh.inactivity_s
    return inactivity * 1_000_000_000
