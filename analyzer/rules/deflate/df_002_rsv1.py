"""RSV1 where compression does not allow it (RFC 7692 section 6)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.DEFLATE_RSV1))


RULE = Rule(
    id="DF-002",
    severity=Severity.WARNING,
    title="Marked as compressed where that is not allowed: {count:frame|frames} of the {side!t}",
    cause="With permessage-deflate, RSV1 marks the first frame of a compressed message; on a "
    "continuation or a control frame it is an error, and the {peer!t} has to fail the connection "
    "(1002). Old WebSocket libraries set it on every fragment; a proxy that splits messages anew "
    "may copy it.",
    remedy="If the {side!t} is a custom client, update its WebSocket library or switch its "
    "compression off. If it is a browser or Openfire, look for the proxy that changes the frames: "
    "captures on both ends, compare the frames; then switch WebSocket compression off in it.",
    reference="RFC 7692 §6, §6.1",
    needs=frozenset({Needs.FRAMES}),
    explains=("DF-003", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @request Sec-WebSocket-Extensions: permessage-deflate
        @response Sec-WebSocket-Extensions: permessage-deflate
        @login
        5.0 S> [frame opcode=9 rsv=4 hex=01]
        5.1 C> [close 1002 rsv1]
        """,
    ),
    silent_on=("@login",),
)
