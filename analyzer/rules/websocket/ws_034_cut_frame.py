"""The connection ended inside a frame or a message (RFC 6455 section 5.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.flow import EndCause
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import violations


def _check(session: Session) -> Iterator[Hit]:
    if session.close.tcp in {EndCause.FIN, EndCause.RST}:
        yield from violations(session, AnomalyCode.WS_TRUNCATED, AnomalyCode.WS_UNFINISHED)


RULE = Rule(
    id="WS-034",
    severity=Severity.WARNING,
    title="The connection ended in the middle of a message of the {side!t}",
    cause="The {side!t} had begun a message and TCP ended before it was complete. A timeout does "
    "not do that: the program on one end crashed or was killed, or a device in between cut the "
    "connection while it looked at this message (size limit, content filter, virus scanner).",
    remedy="Look at the beginning of that message: if disconnects always hit the same kind of "
    "message (a long dialog event, say), a filter or a limit on the way takes offence at it. "
    "Otherwise look for a crash or restart on both ends at this second.",
    reference="RFC 6455 §5.2, §7.1.7",
    needs=frozenset({Needs.FRAMES, Needs.PACKETS}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [text fin=0] <message xmlns='jabber:client'
        5.1 S> [rst]
        """,
    ),
    silent_on=("@login",),
)
