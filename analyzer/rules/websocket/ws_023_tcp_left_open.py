"""TCP that nobody ended behind the closing handshake (RFC 6455 section 7.1.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.websocket import Opcode
from ..progress import seconds, until_end

_LONG_NS = 10_000_000_000
"""Browsers wait a few seconds for the server's FIN and then end TCP themselves."""


def _check(session: Session) -> Iterator[Hit]:
    closes = [frame for frame in session.control_frames if frame.opcode == Opcode.CLOSE]
    if len({frame.direction for frame in closes}) < 2:
        return
    left = until_end(session, closes[-1].source)
    if left is not None and left >= _LONG_NS:
        values: dict[str, Value] = {"left_s": seconds(left), "server": session.server}
        yield Hit((closes[-1].source,), values)


RULE = Rule(
    id="WS-023",
    severity=Severity.INFO,
    party=Party.SERVER,
    title="TCP stayed open for {left_s} s after both sides had closed the WebSocket",
    cause="When both Close frames have gone, the server ends TCP at once. {server} did not, so "
    "the connection stayed in the tables of the server and of each firewall and proxy on the way. "
    "One such connection is harmless, thousands use up ports and memory. Mostly a proxy keeps its "
    "side open, or the server hangs.",
    remedy="Look whether it is so for many sessions (netstat on the PC shows CLOSE_WAIT or "
    "FIN_WAIT_2 towards {server}). If it is, capture on the Finesse node: if the node sends its "
    "FIN and the client never gets it, the proxy in between keeps it.",
    reference="RFC 6455 §7.1.1",
    needs=frozenset({Needs.FRAMES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> [close 1000]
        5.1 S> [close 1000]
        65.0 C> [fin]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> [close 1000]
        5.1 S> [close 1000]
        5.2 S> [fin]
        """,
    ),
)
