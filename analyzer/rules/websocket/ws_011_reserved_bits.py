"""Reserved bits without an extension that gives them a meaning (RFC 6455 section 5.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_RSV))


RULE = Rule(
    id="WS-011",
    severity=Severity.WARNING,
    title="Reserved bits that nobody agreed on, in {count:frame|frames} of the {side!t}",
    cause="RSV1 to RSV3 may be set only for an extension that the upgrade agreed on; the {peer!t} "
    "has to fail the connection (1002). Mostly the {side!t} compresses although the other end "
    "never heard of permessage-deflate: a proxy dropped Sec-WebSocket-Extensions from the request "
    "or from the response, so that the two ends remember different agreements.",
    remedy="1. Let one agent connect past the proxy: if that works, the proxy it is. 2. Compare "
    "Sec-WebSocket-Extensions of the 101 as the client got it with what the server sent (captures "
    "on both ends); the proxy must pass the header both ways or drop it both ways. 3. If it is the "
    "same on both ends, the WebSocket library of the {side!t} is at fault.",
    reference="RFC 6455 §5.2, §9.1; RFC 7692 §6",
    needs=frozenset({Needs.FRAMES}),
    explains=("DF-003", "WS-024", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [text rsv=2] <presence xmlns='jabber:client' from='b@example.test'/>
        5.1 C> [close 1002 reserved bits]
        """,
    ),
    silent_on=("@login",),
)
