"""A compressed message that cannot be inflated (RFC 7692 section 7.2.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.DEFLATE_DATA))


RULE = Rule(
    id="DF-003",
    severity=Severity.WARNING,
    title="{count:compressed message|compressed messages} of the {side!t} cannot be inflated",
    cause="What the {side!t} sent is no valid deflate data, so the {peer!t} cannot read it either "
    "and closes (mostly 1002 or 1007). With context takeover one bad message spoils all that "
    "follow. A middlebox that edits, drops or repeats frames of a compressed connection causes it, "
    "or an end that forgets the agreed window.",
    remedy="1. Switch WebSocket compression off for a test: let the proxy drop "
    "Sec-WebSocket-Extensions from requests to /ws/. 2. If that cures it, look for the device that "
    "changes frames: captures on both ends, same message, other octets. Exempt /ws/ from its "
    "inspection. 3. If both ends show the same octets, the {side!t}'s WebSocket library is at "
    "fault.",
    reference="RFC 7692 §7.2.2; RFC 1951 §3.2",
    needs=frozenset({Needs.FRAMES}),
    explains=("WS-024", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @request Sec-WebSocket-Extensions: permessage-deflate
        @response Sec-WebSocket-Extensions: permessage-deflate
        @login
        5.0 S> [text rsv=4 hex=ffffffff]
        5.1 C> [close 1007 inflate]
        """,
    ),
    silent_on=("@login",),
)
