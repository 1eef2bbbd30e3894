"""Pauses of a session by their kind, for the rules that explain them."""

from ...model.rule import Effect, Value
from ...model.session import Session
from ...model.source import Source
from ...model.timing import Pause, PauseKind
from ..progress import seconds
from ..violations import PLACES

GONE_NS = 58_000_000_000
"""The server takes an agent out whom it has not heard for a minute; a little less for clocks."""

CONSEQUENCES = (
    "FI-004",
    "FI-005",
    "FI-012",
    "FI-016",
    "FI-022",
    "PG-001",
    "PG-002",
    "PG-003",
    "CO-004",
    "CO-005",
    "WS-022",
    "PR-003",
    "BO-006",
    "ST-014",
)
"""What follows where a client says nothing for a minute."""


def pauses_of(session: Session, *kinds: PauseKind) -> list[Pause]:
    """The pauses of these kinds."""
    return [pause for pause in session.pauses if pause.kind in kinds]


def lasted(pause: Pause) -> int:
    """Nanoseconds that it took."""
    return pause.end_ns - pause.begin_ns


def told(session: Session, pauses: list[Pause]) -> dict[str, Value]:
    """Values for the texts of a rule about pauses."""
    return {
        "count": len(pauses),
        "gap_s": seconds(max(map(lasted, pauses))),
        "heard": sum(pause.heard for pause in pauses),
        "usual_s": seconds(session.profile.ping_interval_ms * 1_000_000),
        "server": session.server,
    }


def places(pauses: list[Pause]) -> tuple[Source, ...]:
    """Where they begin and end, the longest first."""
    ordered = sorted(pauses, key=lasted, reverse=True)
    ends = (end for pause in ordered for end in (pause.before, pause.after) if end is not None)
    return tuple(dict.fromkeys(ends))[:PLACES]


def effect_of(pauses: list[Pause]) -> Effect:
    """DEGRADES if one was long enough for the server to take the agent out, else NONE."""
    return Effect.DEGRADES if max(map(lasted, pauses)) >= GONE_NS else Effect.NONE
