"""Fragments that do not follow each other (RFC 6455 section 5.4)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(
        session, violations(session, AnomalyCode.WS_CONTINUATION, AnomalyCode.WS_INTERRUPTED)
    )


RULE = Rule(
    id="WS-014",
    severity=Severity.WARNING,
    title="The {side!t} mixed up the fragments of its messages ({count:time|times})",
    cause="A message that is split goes out as one text frame and then continuations until FIN, "
    "with nothing but control frames in between. Here a continuation came without a beginning, or "
    "a new message began inside another; the {peer!t} has to fail the connection (1002). Typical "
    "for an application that writes to one socket from two threads without a lock, and for a proxy "
    "that loses a frame under load.",
    remedy="For a custom client: let one thread send, or hold a lock around the whole message. For "
    "the Finesse desktop: capture on both ends and compare the frames; if only one end shows the "
    "fault, take the proxy in between out of the path.",
    reference="RFC 6455 §5.4",
    needs=frozenset({Needs.FRAMES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> [continuation] lost beginning
        5.1 S> [close 1002 continuation]
        """,
        """
        @login
        5.0 C> [text fin=0] <presence
        5.1 C> <presence xmlns='jabber:client'/>
        5.2 S> [close 1002 expected a continuation]
        """,
    ),
    silent_on=("@login",),
)
