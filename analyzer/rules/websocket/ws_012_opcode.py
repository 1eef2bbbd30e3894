"""Frames with an opcode that is not defined (RFC 6455 section 5.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_OPCODE))


RULE = Rule(
    id="WS-012",
    severity=Severity.WARNING,
    title="An opcode that does not exist ({opcode}), in {count:frame|frames} of the {side!t}",
    cause="Only 0, 1, 2, 8, 9 and 10 are defined; the {peer!t} has to fail the connection. No "
    "browser and no server sends others. Either something between them damaged or injected octets, "
    "so that frames are read at the wrong place, or the {side!t} is an experiment.",
    remedy="1. Open the packet in Wireshark (filter: websocket) and look whether the frames before "
    "it are sound. 2. If the octets are text of another protocol (an HTML error page, an HTTP "
    "answer), a proxy wrote into the tunnel: its own log at this second tells why. 3. Otherwise "
    "capture on both ends and compare: what differs was changed on the way.",
    reference="RFC 6455 §5.2, §11.8",
    needs=frozenset({Needs.FRAMES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [frame opcode=3] hello
        5.1 C> [close 1002 opcode]
        """,
    ),
    silent_on=("@login",),
)
