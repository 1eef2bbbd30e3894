"""Frames masked the wrong way round (RFC 6455 section 5.1)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_UNMASKED, AnomalyCode.WS_MASKED))


RULE = Rule(
    id="WS-009",
    severity=Severity.WARNING,
    title="Masked the wrong way round: {count:frame|frames} of the {side!t}",
    cause="A client masks every frame and a server none; the {peer!t} has to fail the connection "
    "(1002) when it meets the opposite. Browsers and Openfire do it right, so something else wrote "
    "these frames: a home-made WebSocket client, or a middlebox (TLS inspection, web application "
    "firewall) that takes frames apart and puts them together again.",
    remedy="1. Look at the User-Agent of the upgrade; if it is an application, have its WebSocket "
    "library replaced by a maintained one. 2. If it is a browser, capture on the agent's PC and on "
    "the Finesse node at once (utils network capture file ws count 100000 size all host ip "
    "CLIENT). 3. If only one of the two shows the fault, the middlebox between them makes it: "
    "exempt the Finesse host from its inspection.",
    reference="RFC 6455 §5.1, §5.3",
    needs=frozenset({Needs.FRAMES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> [text mask=no] <presence xmlns='jabber:client'/>
        5.1 S> [close 1002 unmasked]
        """,
        """
        @login
        5.0 S> [text mask=yes] <presence xmlns='jabber:client' from='b@example.test'/>
        """,
    ),
    silent_on=("@login",),
)
