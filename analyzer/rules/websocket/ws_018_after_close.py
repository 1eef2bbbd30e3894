"""Frames behind one's own Close (RFC 6455 section 5.5.1)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import violations


def _check(session: Session) -> Iterator[Hit]:
    if not session.close.orderly:  # some servers send <close/> behind the Close of a logout
        yield from violations(session, AnomalyCode.WS_AFTER_CLOSE)


RULE = Rule(
    id="WS-018",
    severity=Severity.INFO,
    title="The {side!t} sent {count:more frame|more frames} behind its own Close",
    cause="After a Close frame nothing may follow; the {peer!t} ignores it, and what it said is "
    "lost. The {side!t} had not noticed that its own connection was closing: events in a queue, or "
    "a "
    'thread that went on writing. Chrome writes "Data frame received after close" into the HAR '
    "then.",
    remedy="Do not take that error row of a HAR for the cause of the disconnect: what came before "
    "the Close tells it. If an event is missing on the agent's screen, look whether it is among "
    "the frames behind the Close.",
    reference="RFC 6455 §5.5.1",
    needs=frozenset({Needs.FRAMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1012 restart]
        5.1 S> <presence xmlns='jabber:client' from='finesse@example.test/x' type='unavailable'/>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        5.1 S> [close 1000 bye]
        5.2 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
