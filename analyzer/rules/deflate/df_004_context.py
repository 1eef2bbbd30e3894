"""Compressed messages that refer to something not captured (RFC 7692 section 7.1.1)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import violations


def _check(session: Session) -> Iterator[Hit]:
    yield from violations(session, AnomalyCode.DEFLATE_CONTEXT)


RULE = Rule(
    id="DF-004",
    severity=Severity.INFO,
    title="{count:compressed message|compressed messages} of the {side!t} can be read only in part",
    cause="They refer to earlier messages that are not in the capture: it began after the "
    "connection did, lost packets, or cut them short. The two ends had those messages, so nothing "
    "was wrong between them; only this recording has the hole.",
    remedy="If the missing part matters, capture again: start the capture before the agent logs "
    "in, keep whole packets (utils network capture file ws count 100000 size all host ip CLIENT; "
    "tcpdump -s 0), and take it on the agent's PC if packets got lost.",
    reference="RFC 7692 §7.1.1, §7.2.1",
    needs=frozenset({Needs.FRAMES}),
    check=_check,
    fires_on=(
        # The last message refers to the one before it, whose end was not captured.
        """
        @request Sec-WebSocket-Extensions: permessage-deflate
        @response Sec-WebSocket-Extensions: permessage-deflate
        @login
        5.0 S> [octets c14714c9310e80200c05]
        5.1 S> [gap 63]
        6.0 S> [text rsv=4 hex=b2a1d8a4c4f4c4cc3ca0490000]
        """,
    ),
    silent_on=("@login",),
)
