"""A Close frame whose body cannot be read (RFC 6455 section 5.5.1)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import violations


def _check(session: Session) -> Iterator[Hit]:
    yield from violations(session, AnomalyCode.WS_CLOSE_BODY, AnomalyCode.WS_CLOSE_REASON)


RULE = Rule(
    id="WS-020",
    severity=Severity.WARNING,
    title="The Close frame of the {side!t} cannot be read as it should",
    cause="The body of a Close is empty, or two octets of code and a reason in UTF-8. This one "
    "has a single octet, or a reason in another encoding or cut inside a character. The browser "
    "then reports 1002 or 1006 without a reason, so its console misleads.",
    remedy="Read the octets of the Close in Wireshark (filter: websocket.opcode == 8) and go by "
    "that reason, not by the code that the browser's console shows. Have the application encode "
    "the reason in UTF-8, at most 123 octets.",
    reference="RFC 6455 §5.5.1, §8.1",
    needs=frozenset({Needs.FRAMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close hex=03]
        """,
        """
        @login
        5.0 S> [close hex=03e8ff]
        """,
    ),
    silent_on=(
        """
        @login
        5.0 S> [close 1001 restart]
        """,
    ),
)
