"""Control frames without FIN (RFC 6455 section 5.5)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_CONTROL_FRAGMENTED))


RULE = Rule(
    id="WS-015",
    severity=Severity.WARNING,
    title="Fragmented: {count:control frame|control frames} of the {side!t} (ping, pong or Close)",
    cause="A control frame must be whole (FIN set); the {peer!t} has to fail the connection "
    "(1002). Only a home-made WebSocket library does this.",
    remedy="Find the application by the User-Agent and Origin of the upgrade and have its "
    "WebSocket library replaced by a maintained one.",
    reference="RFC 6455 §5.5",
    needs=frozenset({Needs.FRAMES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> [frame opcode=9 fin=0 hex=00]
        5.1 S> [close 1002 fragmented control frame]
        """,
    ),
    silent_on=("@login",),
)
