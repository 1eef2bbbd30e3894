"""A stanza before authentication has succeeded (RFC 6120 section 4.9.3.12)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ..consequences import ENDINGS, STREAM_ERRORS
from ..progress import effect_of_stop, what
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    early = [p.stanza for p in session.misplaced if p.missing is StepName.AUTH]
    if early:
        yield Hit(
            tuple(stanza.source for stanza in early[:PLACES]),
            {"sent": what(early[0]), "count": len(early)},
            effect=effect_of_stop(session),
        )


RULE = Rule(
    id="OR-002",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client sent {sent} before it was authenticated",
    cause="The stream is open, but no <success/> had come when the client sent {sent} ({count:such "
    "stanza|such stanzas} in all). Openfire answers an iq with not-authorized and may end the "
    "stream; other servers drop it without a word. Usual reasons: a custom client that does not "
    "wait for <success/>, or one that replays its queue of requests after a reconnect.",
    remedy="1. In the client, hold back every iq, message and presence until <success/>, the "
    "second <open/> and the bind result have come (Strophe: status CONNECTED). 2. After a lost "
    "connection empty the queue before it logs in again. 3. On the server, the openfire log tells "
    "which address sent it: file get activelog desktop recurs compress.",
    reference="RFC 6120 §4.9.3.12, §6.3.1, §7.1",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=(
        "OR-003",
        "OR-004",
        "OR-012",
        "FI-006",
        "IQ-008",
        "PR-001",
        "PR-005",
        "BI-004",
        *STREAM_ERRORS,
        *ENDINGS,
    ),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='p1'><error type='auth'>\
<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
        """
        @login until=open
        5.0 C> <presence xmlns='jabber:client'/>
        5.1 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login until=auth
        5.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        5.1 C> <presence xmlns='jabber:client'/>
        """,
    ),
)
