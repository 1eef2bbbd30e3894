"""TCP ended without a Close frame: what a browser reports as 1006 (RFC 6455 section 7.1.5)."""

from collections.abc import Iterator

from ...model.flow import EndCause
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.websocket import Opcode
from ..evidence import ending


def _check(session: Session) -> Iterator[Hit]:
    tcp = session.close.tcp
    closed = any(frame.opcode == Opcode.CLOSE for frame in session.control_frames)
    if tcp in {EndCause.FIN, EndCause.RST} and session.frames and not closed and not session.gaps:
        by = session.connection.ended_side if session.connection is not None else None
        yield Hit((ending(session),), {"tcp": tcp, "side": by or "network"})


RULE = Rule(
    id="WS-022",
    severity=Severity.INFO,
    title="TCP ended ({tcp} by the {side!t}) without a WebSocket Close: the browser reports 1006",
    cause="A program that ends its WebSocket on purpose sends a Close first. Where there is none, "
    "the program died, the PC or the server was cut off, or a device in between (firewall, proxy, "
    "VPN, load balancer) ended the connection.",
    remedy="1. See how long the connection had been silent: a round number of seconds is a "
    "timeout, no silence is a crash or a change of network. 2. Capture on both ends at once: if "
    "each end sees the other one closing, a device in between did it.",
    reference="RFC 6455 §7.1.5, §7.4.1",
    needs=frozenset({Needs.FRAMES, Needs.PACKETS}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [rst]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> [close 1012 restart]
        5.1 C> [close 1012]
        5.2 S> [fin]
        """,
    ),
)
