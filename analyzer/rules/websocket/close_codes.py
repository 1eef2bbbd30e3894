"""Close codes, for the rules that tell what each means (RFC 6455 section 7.4.1)."""

from collections.abc import Container, Iterator

from ...model.rule import Effect, Hit, Value
from ...model.session import Session
from ...model.source import Side
from ...model.websocket import Opcode
from ..consequences import ENDINGS
from ..evidence import ending
from ..progress import seconds

CODES = ("WS-026", "WS-027", "WS-028", "WS-029", "WS-030", "WS-031", "WS-032", "WS-033", "WS-035")
"""Rules that each tell some codes."""

TOLD = tuple(rule_id for rule_id in ENDINGS if rule_id not in CODES)
"""What a telling Close makes plain: how the socket went down then, what stayed unanswered."""


def closed_with(session: Session, codes: Container[int], by: Side | None = None) -> Iterator[Hit]:
    """
    The first Close of the session, if it has one of the codes.

    A session that had said good-bye before (`<close/>`, presence unavailable) did not die of it.

    Args:
        session: Its Close frame, or what HTTP Toolkit's HAR says of it.
        codes: Close codes; 1005 stands for none.
        by: Who must have sent it; None: anybody, also where a HAR does not say.
    """
    code = session.close.code
    if code is None or code not in codes:
        return
    frame = next((f for f in session.control_frames if f.opcode == Opcode.CLOSE), None)
    sender = session.close.by if frame is None else frame.direction.sender
    if by is not None and sender is not by:
        return
    values: dict[str, Value] = {
        "side": sender or "peer",
        "code": code,
        "reason": session.close.reason or "none",
        "server": session.server,
        "idle_s": seconds(session.close.idle_ns),
    }
    source = ending(session) if frame is None else frame.source
    effect = Effect.NONE if session.close.orderly else Effect.BREAKS
    yield Hit((source,), values, effect=effect)


def names_idleness(session: Session) -> bool:
    """Whether the reason speaks of an idle connection: Jetty says 1001 for that as well."""
    return "idle" in (session.close.reason or "").lower()
