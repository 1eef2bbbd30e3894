"""Control frames of more than 125 octets (RFC 6455 section 5.5)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_CONTROL_LENGTH))


RULE = Rule(
    id="WS-016",
    severity=Severity.WARNING,
    title="Longer than 125 octets: {count:control frame|control frames} of the {side!t} (ping, "
    "pong or Close)",
    cause="A control frame carries at most 125 octets; the {peer!t} has to fail the connection "
    "(1002). Mostly it is a Close with a long reason (a whole exception text): that reason is "
    "lost, the other end sees only 1002 or 1006.",
    remedy="Read the payload in Wireshark (filter: websocket.opcode >= 8): it is the reason that "
    "got lost. Then have the application shorten its Close reason to 123 octets of UTF-8.",
    reference="RFC 6455 §5.5, §5.5.1",
    needs=frozenset({Needs.FRAMES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        f"""
        @login
        5.0 C> [ping {"00" * 126}]
        5.1 S> [close 1002 too long]
        """,
    ),
    silent_on=(
        f"""
        @login
        5.0 C> [ping {"00" * 125}]
        5.1 S> [pong {"00" * 125}]
        """,
    ),
)
